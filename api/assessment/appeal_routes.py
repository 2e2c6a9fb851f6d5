"""Appeals against results: filed by whom they concern, answered, and decided on by a person without a part in it.

Persons see those of their units and their own; who supervises cases everywhere sees all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Path, Query

from api.assessment.appeal_schemas import AppealDecisionIn, AppealIn, AppealListOut, AppealOut, AppealWordsIn
from api.http.access import CaseSupervisor, LocalCaseViewer
from api.http.dependencies import SessionDep, SnapshotDep
from api.http.openapi import feature_router
from api.http.problems import responses
from core import clock
from core.personal import masked_text
from governance.assessment.appeals import operations, queries, rules
from governance.assessment.appeals.states import AppealState
from governance.reports.numbers import report_id, report_number
from governance.reports.queries import current_id
from identity.grants import Scope

if TYPE_CHECKING:
    from governance.assessment.appeals.tables import Appeal
    from identity.keys import Principal

router = feature_router(prefix="/v1/assessment/appeals", tags=["assessment"])
Number = Annotated[int, Path(ge=1, le=2**62, description="Number of the appeal.")]
WRITE = responses(400, 401, 403, 404, 409, 422, 503)
_TEXTS = ("words", "answer", "reason")


@router.get("", responses=responses(400, 401, 403, 503))
def list_appeals(
    session: SnapshotDep,
    viewer: LocalCaseViewer,
    state: AppealState | None = None,
    assessment: Annotated[int | None, Query(ge=1, le=2**62, description="Number of results.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    after: Annotated[int | None, Query(ge=1, le=2**62, description="`next` of the page before.")] = None,
) -> AppealListOut:
    """List appeals, the latest first: the own ones and those of the own units; to the supervisor all."""
    rows = queries.appeals(
        session, person=_person(viewer), now=clock.now(), run_id=assessment, state=state, before=after, limit=limit + 1
    )
    following = rows[limit - 1].id if len(rows) > limit else None
    return AppealListOut(items=[_appeal(one) for one in rows[:limit]], next=following)


@router.post("", status_code=201, responses=WRITE)
def file_appeal(session: SessionDep, viewer: LocalCaseViewer, body: AppealIn) -> AppealOut:
    """Contest something that was counted, with its ground and evidence, within the days of the policy."""
    given = rules.AppealIn(
        counted=body.counted, case_id=current_id(session, report_id(body.number)), step=body.step, ground=body.ground,
        words=body.words, evidence=body.evidence,
    )  # fmt: skip
    speaks_for_all = viewer.holds(Scope.CASES_SUPERVISE)
    return _appeal(operations.file(session, body.assessment, given, actor=viewer.actor, any_unit=speaks_for_all))


@router.get("/{appeal}", responses=responses(400, 401, 403, 404, 503))
def read_appeal(session: SnapshotDep, viewer: LocalCaseViewer, appeal: Number) -> AppealOut:
    """Read an appeal: what both sides say, what was decided, and what that changes."""
    return _appeal(queries.appeal(session, appeal, person=_person(viewer), now=clock.now()))


@router.post("/{appeal}/answer", responses=WRITE)
def answer_appeal(session: SessionDep, supervisor: CaseSupervisor, appeal: Number, body: AppealWordsIn) -> AppealOut:
    """Write what the other side says; without it nothing is decided."""
    return _appeal(operations.answer(session, appeal, body.words, actor=supervisor.actor))


@router.post("/{appeal}/decision", responses=WRITE)
def decide_appeal(session: SessionDep, supervisor: CaseSupervisor, appeal: Number, body: AppealDecisionIn) -> AppealOut:
    """Grant or refuse an appeal, as who neither filed nor answered it; a granted one computes the results anew."""
    return _appeal(operations.decide(session, appeal, body.action, body.reason, actor=supervisor.actor))


@router.post("/{appeal}/withdrawal", responses=WRITE)
def withdraw_appeal(session: SessionDep, viewer: LocalCaseViewer, appeal: Number) -> AppealOut:
    """Take an own appeal back before it is decided."""
    queries.appeal(session, appeal, person=_person(viewer), now=clock.now())
    return _appeal(operations.withdraw(session, appeal, actor=viewer.actor))


def _person(viewer: Principal) -> int | None:
    return None if viewer.holds(Scope.CASES_SUPERVISE) else viewer.actor.id


def _appeal(row: Appeal) -> AppealOut:
    known: dict[str, Any] = {name: getattr(row, name) for name in AppealOut.model_fields if hasattr(row, name)}
    told = {name: masked_text(known[name]) for name in _TEXTS if known[name]}
    return AppealOut.model_validate(known | told | {
        "appeal": row.id, "assessment": row.run_id, "number": report_number(row.case_id),
        "evidence": [masked_text(one) for one in row.evidence],
    })  # fmt: skip
