"""The one place that turns errors into RFC 9457 `application/problem+json`.

A domain error's kind decides the status. Payload validation alone answers 422; a bad query or path value answers 400.
Nothing of the database, no stack trace leaves the process: an unexpected error carries only the request's id.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import orjson
import structlog
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from api.http.keys import CHALLENGE
from api.http.language import in_words, is_page_asked_for, language, language_among, translated
from core.errors import Detail, DomainError, Kind, Worded
from core.personal import masked, masked_text
from core.words import FIRST_LANGUAGE
from presentation.pages.template_page import template_page
from presentation.words.pages import CATALOGUE as PAGE_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI
    from starlette.requests import Request

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:wangge:problem:"

STATUS: dict[Kind, int] = {
    Kind.INVALID: 400,
    Kind.UNAUTHORIZED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.PRECONDITION: 412,
    Kind.TOO_SLOW: 408,
    Kind.TOO_LARGE: 413,
    Kind.UNSUPPORTED: 415,
    Kind.QUOTA: 429,
    Kind.UNAVAILABLE: 503,
}
RETRY_AFTER_S = 5


class FieldError(BaseModel):
    """One wrong field and how to mend it."""

    field: str = Field(examples=["body.items.3.lon"])
    message: str = Field(examples=["Input should be a finite number"])


class Problem(BaseModel):
    """RFC 9457 problem details."""

    type: str = Field(examples=["urn:wangge:problem:point-swapped"])
    title: str
    status: int
    detail: str
    instance: str | None = None
    field: str | None = None
    errors: list[FieldError] | None = None
    request_id: str | None = None


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Document that an operation may answer these statuses with a problem."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in statuses
    }


def problem_response(
    *,
    status: int,
    code: str,
    title: str,
    detail: str | Detail,
    instance: str | None = None,
    field: str | None = None,
    errors: list[dict[str, str]] | None = None,
    headers: Mapping[str, str] | None = None,
    context: Mapping[str, Any] | None = None,
) -> Response:
    """Build the response of one problem, in the request's language; people in what it quotes are masked."""
    words = translated(code, {}, title)
    told = words if str(detail) == title else _in_words(detail)
    body: dict[str, Any] = {"type": TYPE_PREFIX + code, "title": words, "status": status, "detail": masked_text(told)}
    optional = {"instance": instance, "field": field, "errors": masked(errors)}
    body |= {name: value for name, value in optional.items() if value is not None}
    body |= {name: masked(_in_words(value)) for name, value in (context or {}).items() if name not in body}
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    if request_id:
        body["request_id"] = request_id
    spoken = {"Content-Language": language(), "Vary": "Accept-Language"}
    return Response(_encoded(body), status, {**spoken, **(headers or {})}, MEDIA_TYPE)


def _in_words(value: Any) -> Any:  # noqa: ANN401 (any member of a problem)
    """Put the details that stand in a member of a problem into the request's language."""
    if isinstance(value, Detail):
        return in_words(value)
    if isinstance(value, Worded):
        return value.words(language())
    if isinstance(value, dict):
        return {name: _in_words(member) for name, member in value.items()}
    return [_in_words(item) for item in value] if isinstance(value, list | tuple) else value


def _encoded(body: dict[str, Any]) -> bytes:
    """Write a problem's JSON; half a surrogate pair, quoted from what was sent, becomes a question mark."""
    try:
        return orjson.dumps(body, default=str)
    except TypeError:
        return json.dumps(body, default=str, ensure_ascii=False).encode(errors="replace")


def from_domain(error: DomainError, instance: str | None = None) -> Response:
    """Build the response of a domain error."""
    status = STATUS[error.kind]
    headers: dict[str, str] = {}
    if status in {429, 503}:
        headers["Retry-After"] = str(error.context.get("retry_after_s", RETRY_AFTER_S))
    if status == 415:
        headers["Accept-Encoding"] = "identity"
    if status == 401:
        headers["WWW-Authenticate"] = CHALLENGE
        if is_page_asked_for():
            spoken = language_among(PAGE_WORDS.languages, FIRST_LANGUAGE)
            headers |= {"Vary": "Accept, Accept-Language", "Content-Language": spoken, "Cache-Control": "no-store"}
            return Response(template_page("key.html", spoken), status, headers, "text/html")
    return problem_response(
        status=status,
        code=error.code,
        title=error.title,
        detail=error.particular,
        instance=instance,
        field=error.field,
        headers=headers,
        context=error.context,
    )


def _domain(request: Request, error: Exception) -> Response:
    assert isinstance(error, DomainError)  # noqa: S101 (registered for this class)
    return from_domain(error, request.url.path)


def from_any(error: BaseException, instance: str | None = None) -> Response:
    """Build the response of any error of a request, or of one row of many; an unforeseen one shows no detail."""
    if isinstance(error, DomainError):
        return from_domain(error, instance)
    if isinstance(error, RequestValidationError):
        return from_validation(error, instance)
    if isinstance(error, HTTPException):
        return from_http(error, instance)
    return unexpected(instance)


def _validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 (registered for this class)
    return from_validation(error, request.url.path)


def from_validation(error: RequestValidationError, instance: str | None = None) -> Response:
    """Build the response of a payload or parameter that is not valid."""
    found = [
        {
            "field": ".".join(str(part) for part in entry["loc"]),
            "message": _complaint(entry),
        }
        for entry in error.errors()
    ]
    in_body = any(entry["field"].startswith("body") for entry in found)
    first = found[0] if found else {"field": "request", "message": "not understood"}
    return problem_response(
        status=422 if in_body else 400,
        code="payload-invalid" if in_body else "parameter-invalid",
        title="The request's content is not valid." if in_body else "A parameter is not valid.",
        detail=f"{first['field']}: {first['message']}",
        instance=instance,
        field=first["field"],
        errors=found[:100],
    )


def _complaint(entry: Mapping[str, Any]) -> str:
    """Return what is wrong with one field: by pydantic's type of error, else the words that stand with a check."""
    told = entry["msg"]
    if entry["type"] == "value_error" and not isinstance(told, Detail):
        told = str((entry.get("ctx") or {}).get("error", str(told).removeprefix("Value error, ")))
    words = in_words(told if isinstance(told, Detail) else Detail(str(told)))
    return translated(f"field/{entry['type']}", entry.get("ctx") or {}, WORDS.get(entry["type"], words))


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 (registered for this class)
    if error.status_code == 405 and error.detail == HTTPStatus.METHOD_NOT_ALLOWED.phrase:
        # Starlette's own, with the methods of the first route of that address only; a route's own lists what it takes.
        served = [route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE]
        methods = {method for route in served for method in getattr(route, "methods", None) or ()}
        if methods:
            error.headers = {"Allow": ", ".join(sorted(methods))}
    return from_http(error, request.url.path)


ADVICE = {
    404: "There is no such address here. /docs shows every operation, /openapi.json tells them to programs.",
    405: "This address takes other methods; the header Allow names them.",
}
"""What to do about an error that the framework raised with nothing but its phrase."""
WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not known here; perhaps it is misspelt",
    "timezone_aware": "needs a time zone, for example +08:00",
}
"""What is wrong with a member, by pydantic's type of error, where pydantic's own words leave one guessing."""


class ProtocolError(HTTPException):
    """A request that HTTP itself does not allow here, with what is particular about it."""

    def __init__(self, status_code: int, particular: Detail, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status_code, str(particular), headers)
        self.particular = particular


class CarriedError(HTTPException):
    """A domain error in the one class that FastAPI lets through while it reads a body."""

    def __init__(self, error: DomainError) -> None:
        super().__init__(STATUS[error.kind], error.detail)
        self.error = error


def from_http(error: HTTPException, instance: str | None = None) -> Response:
    """Build the response of an error that the framework raised."""
    if isinstance(error, CarriedError):
        return from_domain(error.error, instance)
    phrase = HTTPStatus(error.status_code).phrase
    detail = error.particular if isinstance(error, ProtocolError) else error.detail
    return problem_response(
        status=error.status_code,
        code=phrase.lower().replace(" ", "-"),
        title=phrase,
        detail=_advice(error.status_code, phrase) if error.detail == phrase else detail,
        instance=instance,
        headers=error.headers,
    )


def _advice(status: int, phrase: str) -> str:
    return translated(f"advice/{status}", {}, ADVICE.get(status, phrase))


def unexpected(request_path: str | None) -> Response:
    """Build the response of an error nobody foresaw; the log has the rest under the same request id."""
    return problem_response(
        status=500,
        code="unexpected",
        title="An unexpected error.",
        detail=translated("advice/500", {}, "The service failed. Tell the operator the request_id of this answer."),
        instance=request_path,
    )


def install(app: FastAPI) -> None:
    """Register the handlers on the application."""
    app.add_exception_handler(DomainError, _domain)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
