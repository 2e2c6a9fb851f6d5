"""Counts of cases: what stands, what each unit has in hand, and at which level closed cases were solved."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated

from fastapi import Query

from api.cases import schemas
from api.cases.overview_schemas import (
    AreaCountOut,
    ChannelCountOut,
    OpenPlaceOut,
    OverviewOut,
    SameDayOut,
    StepCountOut,
    TakenWithinOut,
)
from api.http.access import LocalCaseViewer
from api.http.dependencies import SnapshotDep
from api.http.instants import InstantQuery
from api.http.openapi import feature_router
from api.http.problems import responses
from core import clock
from governance.cases.lifecycle import counting, overview
from identity.grants import Scope

router = feature_router(prefix="/v1/cases", tags=["cases"])
YEAR = timedelta(days=365)


@router.get("/load", responses=responses(400, 401, 403, 503))
def count_cases_in_hand(session: SnapshotDep, viewer: LocalCaseViewer) -> schemas.UnitLoadListOut:
    """Count what each unit has in hand of the caller's areas and categories, the most first."""
    found = counting.load_by_unit(session, reach=viewer.reach(Scope.CASES_READ), now=clock.now())
    return schemas.UnitLoadListOut(items=[schemas.UnitLoadOut(**asdict(one)) for one in found])


@router.get("/levels", responses=responses(400, 401, 403, 503))
def count_cases_by_level(
    session: SnapshotDep,
    viewer: LocalCaseViewer,
    since: Annotated[InstantQuery | None, Query(description="Only cases opened since; a year before `until`.")] = None,
    until: Annotated[InstantQuery | None, Query(description="Only cases opened before; now if left out.")] = None,
) -> schemas.LevelShareListOut:
    """Count at which level closed cases were solved: on the spot, by communities, streets, departments."""
    end = until or clock.now()
    start = since or end - YEAR
    found = counting.solved_by_level(session, reach=viewer.reach(Scope.CASES_READ), since=start, until=end)
    return schemas.LevelShareListOut(
        since=start, until=end, items=[schemas.LevelShareOut(**asdict(one)) for one in found]
    )


@router.get("/overview", responses=responses(400, 401, 403, 503))
def read_cases_overview(
    session: SnapshotDep,
    viewer: LocalCaseViewer,
    days: Annotated[int, Query(ge=1, le=31, description="Days that channels and times are counted over.")] = 7,
    level: Annotated[
        int, Query(ge=0, le=9, description="Count by areas of this level: 0 the widest of a layer, 1 the next.")
    ] = 0,
) -> OverviewOut:
    """Read what stands now of the caller's areas and categories, and today beside the same weekday before."""
    found = overview.overview(session, reach=viewer.reach(Scope.CASES_READ), now=clock.now(), days=days, level=level)
    return OverviewOut(
        as_of=found.now,
        since=found.since,
        steps=[StepCountOut(**one._asdict()) for one in found.steps],
        areas=[AreaCountOut(**one._asdict()) for one in found.areas],
        places=[OpenPlaceOut(**one._asdict()) for one in found.places],
        same_days=[SameDayOut(day=one.day.astimezone(clock.LOCAL).date(), cases=one.cases) for one in found.same_days],
        done_today=found.done_today,
        channels=[ChannelCountOut(channel=channel, cases=cases) for channel, cases in found.channels],
        taken=[TakenWithinOut(**one._asdict()) for one in found.taken],
        median_minutes=found.median_minutes,
        waiting=found.waiting,
    )
