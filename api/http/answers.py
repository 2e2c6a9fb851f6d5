"""Answers made from plain values, and the media types in which this service answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import orjson
from fastapi import Path
from starlette.responses import JSONResponse, Response

from core.spreadsheet_writer import CSV, XLSX, csv_table, workbook

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

JSON: Final = "application/json"
GEOJSON: Final = "application/geo+json"
MVT: Final = "application/vnd.mapbox-vector-tile"
BINARY: Final[dict[str, Any]] = {"schema": {"type": "string", "format": "binary"}}
TABLE_FILE: Final[dict[str, Any]] = {"content": {CSV: {"schema": {"type": "string"}}, XLSX: BINARY}}
"""How a route documents an answer of `table_file`."""
TableForm = Annotated[Literal["csv", "xlsx"], Path(description="Form of the table.")]


def table_file(
    name: str, title: str, rows: Iterable[Sequence[str]], form: str, headers: Mapping[str, str] | None = None
) -> Response:
    """Write a table as a file `name`.csv or .xlsx; no cell is a formula."""
    content, media_type = (csv_table(rows), CSV) if form == "csv" else (workbook(title, rows), XLSX)
    named = {"Content-Disposition": f'attachment; filename="{name}.{form}"', **(headers or {})}
    return Response(content, headers=named, media_type=media_type)


def json_response(
    content: object, status: int = 200, headers: Mapping[str, str] | None = None, *, media_type: str = JSON
) -> Response:
    """Write values that JSON knows, dates among them, without checking them against the documented shape."""
    return Response(orjson.dumps(content), status, headers, media_type)


class GeoJsonResponse(JSONResponse):
    """Documents (`response_class`) that a route answers its `response_model` as GeoJSON; `json_response` writes it."""

    media_type = GEOJSON
