"""Self-service: indicator × subject × period × category of published results, as JSON, CSV, workbook or Parquet."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Annotated

from fastapi import Path, Query, Response
from pydantic import BaseModel, Field

from api.http.access import LocalCaseViewer
from api.http.admission import costly
from api.http.answers import BINARY
from api.http.dependencies import SnapshotDep
from api.http.instants import Day
from api.http.openapi import feature_router
from api.http.problems import responses
from governance.assessment.states import Grouping
from governance.assessment.tabulating import MEDIA_TYPES, TableFilter, TableForm, table, written
from identity.grants import Scope

router = feature_router(prefix="/v1/assessment", tags=["assessment"])


class TableRowOut(BaseModel):
    """What an indicator came to."""

    first_day: date
    until_day: date = Field(description="The day behind the last.")
    version: int
    indicator: str
    grouping: Grouping
    subject: str
    category: str | None = Field(description="Null: of all categories.")
    numerator: int
    denominator: int
    excluded: int
    percent: Decimal | None


class TableOut(BaseModel):
    """The table as JSON."""

    rows: list[TableRowOut]


@router.get(
    "/table.{form}",
    response_class=Response,
    responses={
        200: {
            "description": "The table.",
            "content": {kind: BINARY for form, kind in MEDIA_TYPES.items() if form is not TableForm.JSON},
            "model": TableOut,
        },
        **responses(400, 401, 403, 503),
    },
)
@costly("exports", 2)
def tabulate_assessment(
    session: SnapshotDep,
    viewer: LocalCaseViewer,
    form: Annotated[TableForm, Path(description="JSON, CSV, an Excel workbook, or Parquet.")],
    indicator: Annotated[
        list[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,59}$")]] | None,
        Query(max_length=50, description="Codes of indicators; all if left out."),
    ] = None,
    grouping: Grouping = Grouping.UNIT,
    since: Annotated[Day | None, Query(description="Periods that begin on this day or later.")] = None,
    until: Annotated[Day | None, Query(description="Periods that begin before this day.")] = None,
    by_category: Annotated[bool, Query(description="A row for each category too.")] = False,  # noqa: FBT002 (a query)
) -> Response:
    """Tabulate published results, the latest version of each period; persons for the supervisor alone."""
    if grouping is Grouping.PERSON:
        viewer.require(Scope.CASES_SUPERVISE)
    wanted = TableFilter(
        indicators=indicator or (), grouping=grouping, since=since, until=until, by_category=by_category
    )
    rows = table(session, wanted)
    if form is TableForm.JSON:
        content = TableOut(rows=[TableRowOut.model_validate(asdict(one)) for one in rows]).model_dump_json()
        return Response(content, media_type=MEDIA_TYPES[form])
    named = {"Content-Disposition": f'attachment; filename="assessment.{form}"'}
    return Response(written(rows, form), media_type=MEDIA_TYPES[form], headers=named)
