"""How GeoReport v2 is written: XML or JSON by the ending of the address, and errors as a list of code and words."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.http.answers import GEOJSON, JSON, json_response
from api.http.language import in_words
from api.http.problems import STATUS
from core.errors import DomainError, Kind
from core.personal import masked_text

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Mapping

    from fastapi import Request

XML: Final = "text/xml; charset=utf-8"
_UNUSUAL: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_KEPT: Final = {403, 404, 413, 415, 429, 503}
"""Statuses beside 400 that are told as they are; the standard knows 403 and 404."""


class Form(StrEnum):
    """Forms of an answer."""

    XML = "xml"
    JSON = "json"


class RequestsForm(StrEnum):
    """Forms of a list of requests."""

    XML = "xml"
    JSON = "json"
    GEOJSON = "geojson"


def answer(form: str, root: str, item: str, rows: Iterable[Mapping[str, Any]], status: int = 200) -> Response:
    """Write rows: in XML elements `item` in an element `root`, in JSON a list."""
    if form == Form.JSON:
        return json_response(list(rows), status)
    inside = "".join(f"<{item}>{_members(row)}</{item}>" for row in rows)
    return Response(f'<?xml version="1.0" encoding="utf-8"?><{root}>{inside}</{root}>', status, media_type=XML)


def one(form: str, root: str, members: Mapping[str, Any]) -> Response:
    """Write one thing."""
    if form == Form.JSON:
        return json_response(members)
    return Response(f'<?xml version="1.0" encoding="utf-8"?><{root}>{_members(members)}</{root}>', media_type=XML)


def geojson(rows: Iterable[Mapping[str, Any]]) -> Response:
    """Write requests as features; one without a place has no geometry."""
    features = [
        {
            "type": "Feature",
            "id": row["service_request_id"],
            "geometry": None if row["long"] is None else {"type": "Point", "coordinates": [row["long"], row["lat"]]},
            "properties": {name: value for name, value in row.items() if name not in {"lat", "long"}},
        }
        for row in rows
    ]
    return json_response({"type": "FeatureCollection", "features": features}, media_type=GEOJSON)


def _members(members: Mapping[str, Any]) -> str:
    return "".join(f"<{name}>{_content(value)}</{name}>" for name, value in members.items())


def _content(value: Any) -> str:  # noqa: ANN401 (a member)
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case dict():
            return _members(value)
        case list():
            return "".join(map(_content, value))
    return escape(_UNUSUAL.sub("", str(value)))


class GeoReportRoute(APIRoute):
    """A route whose errors are those of the standard."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler that answers errors as a list of code and words."""
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await inner(request)
            except (DomainError, RequestValidationError, HTTPException) as error:
                return _error(request, error)

        return handle


def _error(request: Request, error: DomainError | RequestValidationError | HTTPException) -> Response:
    headers: dict[str, str] = {}
    if isinstance(error, DomainError):
        status = 403 if error.kind is Kind.UNAUTHORIZED else STATUS[error.kind]
        words = in_words(error.particular)
        if status in {429, 503}:
            headers["Retry-After"] = str(error.context.get("retry_after_s", 5))
        if error.field:
            words = f"{error.field}: {words}"
    elif isinstance(error, RequestValidationError):
        first = error.errors()[0]
        status, words = 400, f"{first['loc'][-1]}: {first['msg']}"
    else:
        status, words = error.status_code, str(error.detail)
    status = status if status in _KEPT else 400
    form = Form.JSON if request.url.path.endswith("json") else Form.XML
    found = answer(form, "errors", "error", [{"code": str(status), "description": masked_text(words)}], status)
    found.headers.update(headers)
    return found


MEDIA_TYPES: Final = (JSON, XML, GEOJSON)
