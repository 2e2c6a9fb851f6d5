"""Sheets of the dimensions that people score in part: forms, opening, scoring, the second look.

Who supervises cases everywhere writes them; who reads cases sees confirmed ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Path, Query

from api.assessment.schemas import IndicatorDecisionIn
from api.assessment.sheet_schemas import (
    ScoresIn,
    SheetActionIn,
    SheetFormIn,
    SheetFormListOut,
    SheetFormOut,
    SheetIn,
    SheetListOut,
    SheetOut,
)
from api.http.access import CaseSupervisor, LocalCaseViewer
from api.http.dependencies import PrincipalDep, SessionDep, SnapshotDep
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.texts import LineQuery
from core.personal import masked_text
from governance.assessment.sheets import operations, queries
from identity.grants import Scope

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from governance.assessment.sheets.rules import ScoreJson
    from governance.assessment.sheets.tables import Sheet, SheetForm

router = feature_router(prefix="/v1/assessment", tags=["assessment"])
FormNumber = Annotated[int, Path(ge=1, le=2**62, description="Number of the version of the form.")]
SheetNumber = Annotated[int, Path(ge=1, le=2**62, description="Number of the sheet.")]
WRITE = responses(400, 401, 403, 404, 409, 422, 503)


@router.get("/forms", responses=responses(400, 401, 503))
def list_sheet_forms(session: SnapshotDep, _: PrincipalDep) -> SheetFormListOut:
    """List the versions of forms of sheets with their items."""
    return SheetFormListOut(items=[_form(one) for one in queries.forms(session)])


@router.post("/forms", status_code=201, responses=responses(400, 401, 403, 422, 503))
def propose_sheet_form(session: SessionDep, supervisor: CaseSupervisor, body: SheetFormIn) -> SheetFormOut:
    """Propose the items of a dimension; they count once a second person confirms them, for periods to come."""
    return _form(operations.propose_form(
        session, body.dimension, body.items, valid_from=body.valid_from, source=body.source, actor=supervisor.actor
    ))  # fmt: skip


@router.post("/forms/{sheet_form}/decision", responses=WRITE)
def decide_sheet_form(
    session: SessionDep, supervisor: CaseSupervisor, sheet_form: FormNumber, body: IndicatorDecisionIn
) -> SheetFormOut:
    """Confirm or refuse proposed items, as a second person."""
    return _form(operations.decide_form(session, sheet_form, body.action, actor=supervisor.actor))


@router.get("/sheets", responses=responses(400, 401, 403, 503))
def list_sheets(
    session: SnapshotDep,
    viewer: LocalCaseViewer,
    unit: LineQuery = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    after: Annotated[int | None, Query(ge=1, le=2**62, description="`next` of the page before.")] = None,
) -> SheetListOut:
    """List sheets, the latest first: confirmed ones, and to the supervisor all."""
    rows = queries.sheets(
        session, sees_all=viewer.holds(Scope.CASES_SUPERVISE), unit=unit, before=after, limit=limit + 1
    )  # fmt: skip
    following = rows[limit - 1].id if len(rows) > limit else None
    return SheetListOut(items=[_sheet(session, one) for one in rows[:limit]], next=following)


@router.post("/sheets", status_code=201, responses=WRITE)
def open_sheet(session: SessionDep, supervisor: CaseSupervisor, body: SheetIn) -> SheetOut:
    """Open the sheet of a unit and period by the form in force; asked again it is the same."""
    row = operations.open_sheet(
        session, body.dimension, body.unit_code, body.first_day, body.until_day, actor=supervisor.actor
    )  # fmt: skip
    return _sheet(session, row)


@router.get("/sheets/{sheet}", responses=responses(400, 401, 403, 404, 503))
def read_sheet(session: SnapshotDep, viewer: LocalCaseViewer, sheet: SheetNumber) -> SheetOut:
    """Read a sheet: what each item got, by whom and by what it is shown, or of what it was counted."""
    return _sheet(session, queries.sheet(session, sheet, sees_all=viewer.holds(Scope.CASES_SUPERVISE)))


@router.put("/sheets/{sheet}/scores", responses=WRITE)
def score_sheet(session: SessionDep, supervisor: CaseSupervisor, sheet: SheetNumber, body: ScoresIn) -> SheetOut:
    """Score a sheet of a period that is over; seats, roll-calls and tasks are counted, not sent."""
    return _sheet(session, operations.score(session, sheet, body.scores, actor=supervisor.actor))


@router.post("/sheets/{sheet}/actions", responses=WRITE)
def act_on_sheet(session: SessionDep, supervisor: CaseSupervisor, sheet: SheetNumber, body: SheetActionIn) -> SheetOut:
    """Confirm a scored sheet as a second person, or send it back to be scored again."""
    return _sheet(session, operations.look_again(session, sheet, body.action, actor=supervisor.actor))


def _form(row: SheetForm) -> SheetFormOut:
    known = {name: getattr(row, name) for name in SheetFormOut.model_fields if hasattr(row, name)}
    return SheetFormOut.model_validate(
        known | {"number": row.id, "items": [one.model_dump() for one in queries.items_of(row)]}
    )


def _sheet(session: Session, row: Sheet) -> SheetOut:
    known: dict[str, Any] = {name: getattr(row, name) for name in SheetOut.model_fields if hasattr(row, name)}
    scores = [_masked(one) for one in queries.scores_of(row)]
    about = {"dimension": queries.form(session, row.form_id).dimension, "scores": scores}
    return SheetOut.model_validate(known | about | {"number": row.id, "form": row.form_id})


def _masked(score: ScoreJson) -> ScoreJson:
    """Hide what people wrote about people."""
    words = masked_text(score.words) if score.words else None
    return score.model_copy(update={"words": words, "evidence": [masked_text(one) for one in score.evidence]})
