"""A small town: two grids of different units, and reports on a line across both."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely

from core import clock
from grids.boundaries import queries as registry
from grids.boundaries.records import AreaRecord
from grids.change_sets import operations as desk
from grids.change_sets.rules.verbs import EditCommand
from tests.factories.cases import open_case_of
from tests.factories.identity import who
from tests.factories.releases import publish_areas
from tests.factories.reports import store_report

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from core.db import Database

WEST, EAST = shapely.box(113.30, 34.80, 113.31, 34.81), shapely.box(113.31, 34.80, 113.32, 34.81)


@pytest.fixture
def town(database: Database) -> Database:
    """Two grids of different units, 40 reports on a line across both, one without a case, and one without a point."""
    with database.transaction() as session:
        areas = [
            AreaRecord("community", "c", "社区", shapely.box(113.30, 34.80, 113.32, 34.81)),
            AreaRecord("grid", "a", "甲", WEST, "c", "unit-a", "甲组"),
            AreaRecord("grid", "b", "乙", EAST, "c", "unit-b", "乙组"),
        ]
        publish_areas(session, areas, levels=["community", "grid"])
        for i, lon in enumerate(np.linspace(113.3001, 113.3199, 40)):
            report = place_report(session, float(lon), days_ago=200 if i == 0 else 5)
            if i != 19:
                open_case_of(session, report)
        open_case_of(session, place_report(session, None, days_ago=5))
    return database


def place_report(session: Session, lon: float | None, *, days_ago: float, release: int = 1) -> int:
    path = () if lon is None else ("c", "a" if lon < 113.31 else "b")
    lat = None if lon is None else 34.805
    at = clock.now() - timedelta(days=days_ago)
    return store_report(session, lon=lon, lat=lat, path=path, at=at, release=release)


@pytest.fixture
def draft(town: Database) -> Callable[..., int]:
    """Open a draft and carry out one verb in it; gives the draft's number."""

    def make(verb: str, *codes: str, **rest: Any) -> int:
        with town.transaction() as session:
            change_set = desk.open_draft(
                session, layer=registry.get_layer(session, "admin"), title="移界", author=who("editor")
            )
            desk.edit(
                session, change_set_id=change_set.id, command=EditCommand(verb, codes, **rest), actor=who("editor")
            )
            return change_set.id

    return make


@pytest.fixture
def publish(town: Database) -> Callable[[int], int]:
    """Submit, approve and publish a draft at once; gives the release's number."""

    def make(change_set: int) -> int:
        with town.transaction() as session:
            desk.submit(session, change_set_id=change_set, actor=who("editor"))
            desk.approve(session, change_set_id=change_set, actor=who("approver"))
            done = desk.publish_change_set(session, change_set_id=change_set, actor=who("approver"), lead_s=0)
            return done.release.number

    return make
