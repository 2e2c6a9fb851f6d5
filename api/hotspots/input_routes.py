"""What hotspot runs stand on: the dated policy, patrol effort, days off. All of it is added to and never changed."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import Path, Query

from api.hotspots.input_schemas import (
    EffortAnswer,
    EffortOverview,
    EffortRequest,
    EnteredYear,
    HolidaysAnswer,
    HolidaysRequest,
    PolicyAnswer,
    PolicyRequest,
    effort_answer,
    effort_overview,
    entered_year,
    policy_answers,
)
from api.http.access import LocalViewer, Planner, Viewer
from api.http.dependencies import SessionDep
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.services import ServicesDep
from api.http.texts import Line
from core import clock
from governance.calendar import workdays
from governance.channels.queries import kinds_on
from governance.hotspots.patrol_effort import operations
from governance.hotspots.policy import dated_policy

router = feature_router(prefix="/v1/hotspots", tags=["hotspots"])


@router.get("/policies", responses=responses(401, 403, 503))
def list_hotspot_policies(session: SessionDep, _: LocalViewer) -> list[PolicyAnswer]:
    """List the policies, the latest first: thresholds of the four kinds of matters, kinds of sources."""
    return policy_answers(dated_policy.list_policies(session), partial(kinds_on, session))


@router.post("/policies", status_code=201, responses=responses(400, 401, 403, 409, 413, 422, 503))
def add_hotspot_policy(wanted: PolicyRequest, session: SessionDep, planner: Planner) -> PolicyAnswer:
    """Add a policy that counts from a day on. What it leaves out is as in the policy before it."""
    added = dated_policy.add_policy(
        session,
        valid_from=wanted.valid_from,
        thresholds=wanted.thresholds,
        sources=wanted.sources,
        note=wanted.note,
        actor=planner.actor,
    )
    found = policy_answers(dated_policy.list_policies(session), partial(kinds_on, session))
    return next(one for one in found if one.valid_from == added.valid_from)


@router.get("/effort", responses=responses(400, 401, 403, 404, 503))
def get_patrol_effort(
    services: ServicesDep,
    session: SessionDep,
    _: Viewer,
    layer: Annotated[Line | None, Query(description="The default layer if left out.")] = None,
) -> EffortOverview:
    """Return what patrol effort is recorded, by channel, and from which imports."""
    chosen = layer or services.settings.default_layer
    return effort_overview(operations.coverage(session, layer=chosen), operations.list_imports(session, layer=chosen))


@router.post("/effort", status_code=201, responses=responses(400, 401, 403, 404, 413, 422, 503))
def add_patrol_effort(
    services: ServicesDep, wanted: EffortRequest, session: SessionDep, planner: Planner
) -> EffortAnswer:
    """Take patrol effort in. Rows that cannot be used are named; the others are taken."""
    imported = operations.record_effort(
        session,
        layer=wanted.layer or services.settings.default_layer,
        rows=[row.model_dump() for row in wanted.rows],
        unit=wanted.unit,
        source=wanted.source,
        actor=planner.actor,
    )
    return effort_answer(imported)


@router.get("/holidays", responses=responses(401, 403, 503))
def get_holidays(session: SessionDep, _: LocalViewer) -> HolidaysAnswer:
    """Return which years' days off are known, and which years were entered here."""
    own = workdays.entered(session, known_by=clock.now())
    return HolidaysAnswer(
        library=workdays.library(),
        library_years=list(workdays.library_years()),
        entered=[entered_year(own[year]) for year in sorted(own)],
    )


@router.post("/holidays/{year}", status_code=201, responses=responses(400, 401, 403, 413, 422, 503))
def add_holidays(
    year: Annotated[int, Path(ge=2000, le=2200, examples=[2027])],
    wanted: HolidaysRequest,
    session: SessionDep,
    planner: Planner,
) -> EnteredYear:
    """Enter a year's days off and weekend days worked instead; it counts before the library's."""
    notice = workdays.enter_year(
        session,
        year=year,
        days_off=wanted.days_off,
        make_up_workdays=wanted.make_up_workdays,
        source=wanted.source,
        actor=planner.actor,
    )
    return entered_year(notice)
