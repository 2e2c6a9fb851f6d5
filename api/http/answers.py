"""Answers made from plain values, and the media types in which this service answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson
from starlette.responses import JSONResponse, Response

if TYPE_CHECKING:
    from collections.abc import Mapping

JSON: Final = "application/json"
GEOJSON: Final = "application/geo+json"
MVT: Final = "application/vnd.mapbox-vector-tile"
BINARY: Final[dict[str, Any]] = {"schema": {"type": "string", "format": "binary"}}


def json_response(
    content: object, status: int = 200, headers: Mapping[str, str] | None = None, *, media_type: str = JSON
) -> Response:
    """Write values that JSON knows, dates among them, without checking them against the documented shape."""
    return Response(orjson.dumps(content), status, headers, media_type)


class GeoJsonResponse(JSONResponse):
    """Documents (`response_class`) that a route answers its `response_model` as GeoJSON; `json_response` writes it."""

    media_type = GEOJSON
