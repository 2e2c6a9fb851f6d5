"""Call-backs over HTTP: by who verifies cases, or by the channel that sent the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Path, Query

from api.call_backs.schemas import (
    CallBackBody,
    CallBackCaseListOut,
    CallBackCaseOut,
    CallBackListOut,
    CallBackOut,
    CallBackRatesListOut,
    CallBackRatesOut,
)
from api.http.access import LocalCaseVerifier, LocalCaseViewer, LocalSender
from api.http.dependencies import SessionDep, SnapshotDep
from api.http.instants import InstantQuery
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.texts import LINE_PATTERN
from core import clock
from governance.call_backs import operations, queries
from governance.call_backs.rules import CallBackIn
from governance.cases.lifecycle import queries as cases
from governance.cases.lifecycle.operations import Caller
from governance.reports import queries as reports
from governance.reports.numbers import report_id, report_number
from identity.grants import EVERYTHING, Scope

if TYPE_CHECKING:
    from governance.call_backs.rules import CallBackMade

router = feature_router(prefix="/v1", tags=["call-backs"])
Number = Annotated[str, Path(max_length=40, pattern=LINE_PATTERN, examples=["SJ2607000731-4"])]
Since = Annotated[InstantQuery | None, Query(description="Closed since; 30 days ago if left out.")]
WRITE = responses(400, 401, 403, 404, 409, 422, 503)


@router.post("/cases/{number}/call-backs", status_code=201, responses=WRITE)
def record_call_back(
    session: SessionDep, verifier: LocalCaseVerifier, number: Number, body: CallBackBody
) -> CallBackOut:
    """Keep what the office found by calling a caller; what is not solved is reopened or explained."""
    case_id = reports.current_id(session, report_id(number))
    caller = Caller(verifier.actor, verifier.reach)
    return _made(operations.record(session, case_id, _given(body), caller=caller))


@router.post("/reports/{number}/call-backs", status_code=201, responses=WRITE)
def record_call_back_of_channel(
    session: SessionDep, sender: LocalSender, number: Number, body: CallBackBody
) -> CallBackOut:
    """Keep what the channel that sent a report asked its caller: over the way by which the matter came."""
    found = reports.report(session, report_id(number), reach=EVERYTHING, sender=sender.client_id)
    return _made(operations.record_of_channel(session, found["id"], _given(body)))


@router.get("/cases/{number}/call-backs", responses=responses(400, 401, 403, 404, 503))
def list_call_backs_of_case(session: SnapshotDep, viewer: LocalCaseViewer, number: Number) -> CallBackListOut:
    """List the call-backs of a case, in order."""
    case_id = reports.current_id(session, report_id(number))
    cases.case(session, case_id, reach=viewer.reach(Scope.CASES_READ))
    return CallBackListOut(items=[_made(one) for one in queries.made_of(cases.steps_of(session, case_id))])


@router.get("/call-backs", responses=responses(400, 401, 403, 503))
def list_call_backs(
    session: SnapshotDep,
    viewer: LocalCaseViewer,
    unsolved: Annotated[bool, Query(description="Instead: not solved, not reopened, not back-checked.")] = False,  # noqa: FBT002
    since: Since = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    after: Annotated[int | None, Query(ge=1, le=2**62, description="`next` of the page before.")] = None,
) -> CallBackCaseListOut:
    """List closed cases whose callers were not reached yet, the latest first."""
    read = queries.not_solved if unsolved else queries.to_call
    instant = queries.since_or_month(since, clock.now())
    found = read(session, reach=viewer.reach(Scope.CASES_READ), since=instant, limit=limit + 1, before=after)
    items = [
        CallBackCaseOut(
            number=report_number(one.case_id), unit_code=one.unit_code, closed_at=one.closed_at, tries=one.tries
        )
        for one in found[:limit]
    ]
    return CallBackCaseListOut(items=items, next=found[limit - 1].case_id if len(found) > limit else None)


@router.get("/call-backs/rates", responses=responses(400, 401, 403, 503))
def count_call_backs(
    session: SnapshotDep,
    viewer: LocalCaseViewer,
    since: Since = None,
    until: Annotated[InstantQuery | None, Query(description="Closed before; now if left out.")] = None,
) -> CallBackRatesListOut:
    """Count what callers said by unit: reached, solved, satisfied (三率)."""
    end = until or clock.now()
    reach = viewer.reach(Scope.CASES_READ)
    found = queries.rates(session, reach=reach, since=queries.since_or_month(since, end), until=end)
    return CallBackRatesListOut(items=[CallBackRatesOut.model_validate(one, from_attributes=True) for one in found])


def _given(body: CallBackBody) -> CallBackIn:
    return CallBackIn(**body.model_dump(exclude={"comment"}), words=body.comment)


def _made(made: CallBackMade) -> CallBackOut:
    return CallBackOut.model_validate(made, from_attributes=True)
