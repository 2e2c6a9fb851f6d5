"""Legal holds: what no erasure takes until a second person lifts them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query

from api.http.access import PrivacyOfficer
from api.http.dependencies import SessionDep, SnapshotDep
from api.http.openapi import feature_router
from api.http.problems import responses
from api.legal_holds.schemas import HoldIn, HoldLiftIn, HoldOut, HoldPage, hold_out
from governance.legal_holds import operations, queries
from governance.legal_holds.operations import HoldSubject
from governance.legal_holds.states import HoldState
from governance.reports.numbers import report_id

router = feature_router(prefix="/v1/legal-holds", tags=["personal information"])
Number = Annotated[int, Path(ge=1, le=2**62, description="Number of the hold.")]


@router.get("", responses=responses(400, 401, 403, 503))
def list_legal_holds(
    session: SnapshotDep,
    _: PrivacyOfficer,
    state: Annotated[HoldState | None, Query(description="Only holds in this state.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    after: Annotated[int | None, Query(ge=1, le=2**62, description="`next` of the page before.")] = None,
) -> HoldPage:
    """List legal holds, the latest first."""
    found, following = queries.page(session, state=state, limit=limit, after=after)
    return HoldPage(items=[hold_out(hold) for hold in found], next=following)


@router.post("", status_code=201, responses=responses(400, 401, 403, 404, 422, 503))
def set_legal_hold(session: SessionDep, officer: PrivacyOfficer, body: HoldIn) -> HoldOut:
    """Keep a report, the reports of a telephone number, a person who works here, or what was received in a span.

    Erasure and retention leave out what is held, and report how much.
    """
    subject = HoldSubject(
        None if body.report is None else report_id(body.report),
        body.phone,
        body.person,
        body.received_from,
        body.received_until,
    )
    return hold_out(operations.set_hold(session, subject, reason=body.reason, actor=officer.actor))


@router.post("/{hold}/lifting", responses=responses(400, 401, 403, 404, 409, 422, 503))
def lift_legal_hold(session: SessionDep, officer: PrivacyOfficer, hold: Number, body: HoldLiftIn) -> HoldOut:
    """Lift a hold that another person set."""
    return hold_out(operations.lift_hold(session, hold, reason=body.reason, actor=officer.actor))
