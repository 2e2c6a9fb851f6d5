"""Cases for other systems: what changed since a place, and files of all cases."""

from __future__ import annotations

import base64
import binascii
import tempfile
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Path, Query
from starlette.responses import Response

from api.cases import schemas
from api.cases.filters import CaseQuery
from api.cases.summaries import summary
from api.http.access import LocalCaseViewer
from api.http.admission import costly
from api.http.answers import BINARY
from api.http.dependencies import SnapshotDep
from api.http.openapi import feature_router
from api.http.problems import responses
from api.shapes.whole_file import file_response
from core import clock
from core.events.reading import Place
from governance.cases import exporting
from governance.cases.exporting import ExportForm
from governance.cases.lifecycle.change_queries import ChangesPlace, changes_after
from governance.reports.queries import CursorMalformedError
from identity.grants import Scope

if TYPE_CHECKING:
    from typing import BinaryIO

router = feature_router(prefix="/v1/cases", tags=["cases"])
_LARGEST = 2**63 - 1


@router.get("/changes", responses=responses(400, 401, 403, 409, 503))
def list_case_changes(
    session: SnapshotDep,
    viewer: LocalCaseViewer,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    after: Annotated[str | None, Query(max_length=200, description="`next` of the answer before.")] = None,
) -> schemas.CaseChangesOut:
    """List the cases that changed since an answer before, in the order in which they did, each as it stands now.

    Nothing is passed over, whatever is committed meanwhile. Without `after` nothing is listed: `next` is the place from
    which to go on once all cases were read. 409 when the place is older than what is kept (some seven weeks).
    """
    found = changes_after(
        session, None if after is None else _read(after), reach=viewer.reach(Scope.CASES_READ), limit=limit
    )
    now = clock.now()
    return schemas.CaseChangesOut(
        items=[schemas.CaseSummaryOut.model_validate(summary(one, now)) for one in found.cases],
        next=_written(found.next),
        more=found.more,
    )


@router.get(
    "/export.{form}",
    response_class=Response,
    responses={
        200: {
            "description": "The file, the latest case first.",
            "content": dict.fromkeys(exporting.MEDIA_TYPES.values(), BINARY),
        },
        **responses(400, 401, 403, 413, 503),
    },
)
@costly("exports", 2)
def export_cases(
    session: SnapshotDep,
    viewer: LocalCaseViewer,
    form: Annotated[ExportForm, Path(description="CSV, an Excel workbook, or GeoParquet (`parquet`).")],
    wanted: Annotated[CaseQuery, Depends()],
) -> Response:
    """Export the cases of the caller's areas and categories as one file: codes, places and times, never texts.

    It is one snapshot, and is whole on disk before its first byte is sent: memory does not grow with the cases.
    """
    file: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 (closed when it was sent)
    try:
        exporting.write_cases(
            session, wanted.filter(session, viewer, clock.now()), file, form=form, reach=viewer.reach(Scope.CASES_READ)
        )
    except BaseException:
        file.close()
        raise
    return file_response(file, name=f"cases.{form}", media_type=exporting.MEDIA_TYPES[form])


def _written(place: ChangesPlace) -> str:
    words = ".".join(map(str, (*place.place, place.case_id)))
    return base64.urlsafe_b64encode(words.encode()).decode().rstrip("=")


def _read(cursor: str) -> ChangesPlace:
    """Read a place that was given; CursorMalformedError for what is none."""
    try:
        words = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        epoch, xid, event_id, seen, case_id = map(int, words.split("."))
    except (ValueError, binascii.Error) as error:
        raise CursorMalformedError(field="query.after") from error
    if not all(0 <= one <= _LARGEST for one in (xid, event_id, seen, case_id)) or not 0 <= epoch < 2**31:
        raise CursorMalformedError(field="query.after")
    return ChangesPlace(Place(epoch, xid, event_id, seen), case_id)
