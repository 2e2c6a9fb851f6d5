"""Counts of cases: what each unit has in hand, and at which level closed cases were solved."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated

from fastapi import Query

from api.cases import schemas
from api.http.access import LocalCaseViewer
from api.http.dependencies import SnapshotDep
from api.http.instants import InstantQuery
from api.http.openapi import feature_router
from api.http.problems import responses
from core import clock
from governance.cases.lifecycle import counting
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
