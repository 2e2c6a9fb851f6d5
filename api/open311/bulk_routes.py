"""GeoReport Bulk: all requests of a span as one CSV, for who wants more than pages."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, BinaryIO, Final

from starlette.responses import Response

from api.http.admission import costly
from api.http.dependencies import SnapshotDep
from api.http.instants import InstantQuery
from api.http.openapi import feature_router
from api.open311.callers import ReaderDep
from api.open311.formats import GeoReportRoute
from api.open311.routes import PREFIX, said
from api.shapes.whole_file import file_response
from core import clock
from core.spreadsheet_writer import CSV, write_csv
from governance.open311 import queries

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session

    from governance.open311.queries import BulkRow, Reader

router = feature_router(prefix=PREFIX, include_in_schema=False)
router.route_class = GeoReportRoute
COLUMNS: Final = (
    "service_request_id", "requested_datetime", "updated_datetime", "closed_date", "status_description", "status_notes",
    "source", "service_name", "service_subtype", "description", "agency_responsible", "address", "lat", "long",
)  # fmt: skip
"""As the specification names and orders them."""


@router.get("/bulk/requests.csv")
@costly("exports", 2)
def export_requests(
    session: SnapshotDep,
    reader: ReaderDep,
    start_date: InstantQuery | None = None,
    end_date: InstantQuery | None = None,
) -> Response:
    """Write all requests that the key may see as CSV, the latest first; of a span if one is given."""
    file: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 (closed when it was sent)
    try:
        write_csv(file, _rows(session, reader, start_date, end_date))
    except BaseException:
        file.close()
        raise
    return file_response(file, name="requests.csv", media_type=CSV)


def _rows(session: Session, reader: Reader, first: datetime | None, behind: datetime | None) -> Iterator[list[str]]:
    yield list(COLUMNS)
    for row in queries.bulk_rows(session, reader, first=first, behind=behind, at=clock.now()):
        yield _cells(row)


def _cells(row: BulkRow) -> list[str]:
    one = row.request
    return [
        one.number, _instant(one.requested_at), _instant(one.updated_at), _instant(row.closed_at), str(one.status),
        said(f"state/{one.state or 'opened'}"), row.channel,
        one.service.name if one.service else one.word, "", one.description, one.unit or "",
        one.address or "", *("" if value is None else f"{value:.7f}" for value in (one.lat, one.lon)),
    ]  # fmt: skip


def _instant(at: datetime | None) -> str:
    return "" if at is None else str(at.astimezone(clock.LOCAL).isoformat(timespec="seconds"))
