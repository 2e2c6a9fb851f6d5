"""Export cases: read page by page in one snapshot, written row by row, so that memory does not grow with the cases."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final

import orjson

from core import clock
from core.errors import DomainError, Kind
from core.spreadsheet_writer import CSV, MOST_ROWS, XLSX, write_csv, write_workbook
from governance.cases.lifecycle.page_queries import cases_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    from sqlalchemy.orm import Session

    from governance.cases.lifecycle.page_queries import CaseFilter
    from governance.cases.lifecycle.queries import CaseView
    from identity.grants import Reach

PAGE: Final = 5_000


class ExportForm(StrEnum):
    """Forms in which cases are exported."""

    CSV = "csv"
    XLSX = "xlsx"
    GEOPARQUET = "parquet"


MEDIA_TYPES: Final = {
    ExportForm.CSV: CSV,
    ExportForm.XLSX: XLSX,
    ExportForm.GEOPARQUET: "application/vnd.apache.parquet",
}


class ExportTooLargeError(DomainError):
    """A sheet does not hold so many rows. Export them as CSV or GeoParquet, or in parts."""

    code = "export-too-large"
    kind = Kind.TOO_LARGE


_COLUMNS: Final[dict[str, type]] = {
    "number": str, "state": str, "version": int, "category": str, "category_path": str, "word": str, "urgency": str,
    "channel": str, "external_id": str, "unit_code": str, "layer": str, "area_path": str, "lon": float, "lat": float,
    "reported_at": datetime, "opened_at": datetime, "changed_at": datetime, "due_at": datetime, "due_step": str,
    "is_overdue": bool, "supervised": bool, "rating": int,
}  # fmt: skip
"""Columns of every form, in order; texts and persons of reports are none of them."""


def write_cases(session: Session, wanted: CaseFilter, target: BinaryIO, *, form: ExportForm, reach: Reach) -> int:
    """Write the cases of a reach into an open file, the latest first; return how many.

    Needs a session on one snapshot.

    Raises
    ------
    ExportTooLargeError
        When a sheet does not hold them.
    """
    now = clock.now()
    count = _Counted()
    rows = count.counted(_row(view, now) for view in _cases(session, wanted, reach))
    _WRITERS[form](target, rows)
    return count.rows


def _cases(session: Session, wanted: CaseFilter, reach: Reach) -> Iterator[CaseView]:
    before: int | None = None
    while page := cases_page(session, wanted, reach=reach, limit=PAGE, before=before):
        yield from page
        before = page[-1].id


def _row(view: CaseView, now: datetime) -> list[Any]:
    made = {
        "category": view.category_path[0] if view.category_path else None,
        "category_path": "/".join(reversed(view.category_path)),
        "area_path": "/".join(view.area_path),
        "is_overdue": view.due_at is not None and view.due_at < now,
        "state": str(view.state),
    }
    return [made[name] if name in made else getattr(view, name) for name in _COLUMNS]


class _Counted:
    def __init__(self) -> None:
        self.rows = 0

    def counted(self, rows: Iterator[list[Any]]) -> Iterator[list[Any]]:
        for row in rows:
            self.rows += 1
            yield row


def _words(rows: Iterator[list[Any]]) -> Iterator[list[str]]:
    return chain([[*_COLUMNS]], ([_cell(value) for value in row] for row in rows))


def _cell(value: Any) -> str:  # noqa: ANN401 (any value of a row)
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.astimezone(clock.LOCAL).isoformat(timespec="seconds")
    return str(value)


def _csv(target: BinaryIO, rows: Iterator[list[Any]]) -> None:
    write_csv(target, _words(rows))


def _xlsx(target: BinaryIO, rows: Iterator[list[Any]]) -> None:
    lines = _words(rows)
    write_workbook(target, "cases", islice(lines, MOST_ROWS))
    if next(lines, None) is not None:
        raise ExportTooLargeError("A sheet holds {most} cases.", values={"most": MOST_ROWS - 1}, field="form")


def _parquet(target: BinaryIO, rows: Iterator[list[Any]]) -> None:
    """Write GeoParquet 1.1: points in longitude and latitude, WGS 84 (OGC:CRS84, its default)."""
    import pyarrow as pa  # noqa: PLC0415 (loaded by those who ask for it)
    import pyarrow.parquet as pq  # noqa: PLC0415
    import shapely  # noqa: PLC0415

    kinds = {
        str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_(),
        datetime: pa.timestamp("us", tz="UTC"),
    }  # fmt: skip
    fields = [pa.field(name, kinds[kind]) for name, kind in _COLUMNS.items()]
    geo = {
        "version": "1.1.0", "primary_column": "geometry",
        "columns": {"geometry": {"encoding": "WKB", "geometry_types": ["Point"]}},
    }  # fmt: skip
    schema = pa.schema([*fields, pa.field("geometry", pa.binary())], metadata={"geo": orjson.dumps(geo)})
    lon, lat = [*_COLUMNS].index("lon"), [*_COLUMNS].index("lat")
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        while page := list(islice(rows, PAGE)):
            points = [None if row[lon] is None else shapely.Point(row[lon], row[lat]) for row in page]
            columns = [
                pa.array(column, kind.type) for column, kind in zip(zip(*page, strict=True), fields, strict=True)
            ]
            columns.append(pa.array(shapely.to_wkb(points), pa.binary()))
            writer.write_table(pa.table(columns, schema=schema))


_WRITERS: Final[dict[ExportForm, Callable[[BinaryIO, Iterator[list[Any]]], None]]] = {
    ExportForm.CSV: _csv,
    ExportForm.XLSX: _xlsx,
    ExportForm.GEOPARQUET: _parquet,
}
