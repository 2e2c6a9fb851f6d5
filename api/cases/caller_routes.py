"""Callers: marks on them, which two persons make, and matters to which they came back without new facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Path, Query

from api.cases import caller_schemas as schemas
from api.cases.addressed import Number, id_of
from api.cases.summaries import summary
from api.http.access import LocalCaseOpener, LocalCaseSupervisor, LocalCaseViewer
from api.http.dependencies import SessionDep, SnapshotDep
from api.http.openapi import feature_router
from api.http.problems import responses
from core import clock
from governance.cases.caller_marks import operations, queries
from governance.cases.caller_marks.states import CallerMarkState
from governance.cases.duplicates import repeat_queries
from governance.reports.numbers import report_number
from identity.grants import Scope

if TYPE_CHECKING:
    from governance.cases.caller_marks.tables import CallerMark

router = feature_router(prefix="/v1", tags=["cases"])
Mark = Annotated[int, Path(ge=1, le=2**62, description="Number of the mark.")]


@router.get("/caller-marks", responses=responses(400, 401, 403, 503))
def list_caller_marks(
    session: SessionDep,
    supervisor: LocalCaseSupervisor,
    *,
    state: CallerMarkState | None = None,
    current: Annotated[bool, Query(description="Those alone that count today or wait for a second person.")] = False,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    after: Annotated[int | None, Query(ge=1, le=2**62, description="`next` of the page before.")] = None,
) -> schemas.CallerMarkListOut:
    """List marks on callers, the latest first, of reports in reach. The audit keeps that they were read."""
    rows, following = queries.marks_page(
        session, reach=supervisor.reach(Scope.CASES_SUPERVISE), actor=supervisor.actor, state=state, current=current,
        before=after, limit=limit,
    )  # fmt: skip
    return schemas.CallerMarkListOut(items=[_mark(one) for one in rows], next=following)


@router.post("/caller-marks", status_code=201, responses=responses(400, 401, 403, 404, 409, 422, 503))
def propose_caller_mark(
    session: SessionDep, clerk: LocalCaseOpener, body: schemas.CallerMarkIn
) -> schemas.CallerMarkOut:
    """Propose to mark who sent a report; it counts once a second person has confirmed it, and refuses no report."""
    mark = operations.propose(
        session, id_of(session, body.report), body.kind, reason=body.reason, last_day=body.last_day,
        reach=clerk.reach(Scope.CASES_ACCEPT), actor=clerk.actor,
    )  # fmt: skip
    return _mark(mark)


@router.post("/caller-marks/{mark}/decision", responses=responses(400, 401, 403, 404, 409, 422, 503))
def decide_caller_mark(
    session: SessionDep, supervisor: LocalCaseSupervisor, mark: Mark, body: schemas.CallerMarkDecisionIn
) -> schemas.CallerMarkOut:
    """Confirm or refuse a mark as a second person, or lift it before its last day."""
    decided = operations.decide(
        session, mark, body.action, reach=supervisor.reach(Scope.CASES_SUPERVISE), actor=supervisor.actor,
        reason=body.reason,
    )  # fmt: skip
    return _mark(decided)


@router.get("/cases/{number}/caller-marks", responses=responses(400, 401, 403, 404, 503))
def list_marks_on_caller(session: SessionDep, clerk: LocalCaseOpener, number: Number) -> schemas.CallerMarksOfCaseOut:
    """List the marks in force on who reported a case, to who accepts cases there. The audit keeps each reading."""
    reach = clerk.reach(Scope.CASES_ACCEPT)
    case_id = id_of(session, number)
    found = queries.marks_on_caller(session, case_id, reach=reach, actor=clerk.actor)
    return schemas.CallerMarksOfCaseOut(number=report_number(case_id), items=[_mark(one) for one in found])


@router.get("/cases/repeats", responses=responses(400, 401, 403, 503))
def list_repeated_cases(
    session: SnapshotDep, viewer: LocalCaseViewer, limit: Annotated[int, Query(ge=1, le=1000)] = 100
) -> schemas.RepeatedCaseListOut:
    """List cases to which their callers came back without new facts, the most often repeated first."""
    now = clock.now()
    found = repeat_queries.repeated(session, reach=viewer.reach(Scope.CASES_READ), limit=limit)
    items = [
        schemas.RepeatedCaseOut.model_validate(
            summary(one.case, now) | {"repeats": one.repeats, "last_repeat_at": one.last_at}
        )
        for one in found
    ]
    return schemas.RepeatedCaseListOut(items=items, repeats=sum(one.repeats for one in found))


def _mark(row: CallerMark) -> schemas.CallerMarkOut:
    known = {name: getattr(row, name) for name in schemas.CallerMarkOut.model_fields if hasattr(row, name)}
    counts = row.state == CallerMarkState.IN_FORCE and row.last_day >= queries.today()
    own = {"mark": row.id, "report": queries.number_of(row), "in_force": counts}
    return schemas.CallerMarkOut.model_validate(known | own)
