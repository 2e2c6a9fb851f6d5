"""A redesign is balanced, follows the load it is given, and can be taken as an edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from grids.boundaries import queries as registry
from grids.change_sets import operations
from grids.change_sets.errors import (
    EditRefusedError,
)
from tests.factories.identity import who
from tests.grids.change_sets.drafts import (
    areas,
    defects,
    draft,
    first_grid,
    published,
)

if TYPE_CHECKING:
    from core.db import Database


def test_a_redesign_is_balanced_and_can_be_taken_into_the_draft(database: Database, district: str) -> None:
    before = published(database, district)
    communities = sorted(c for c, r in before.items() if r.level == "community")
    community = next(c for c in communities if sum(r.parent_code == c for r in before.values()) == 5)
    change_set = draft(database, district)
    with database.transaction() as session:
        redesign = operations.propose(session, change_set_id=change_set, parent_code=community, k=4)
    assert len(redesign.pieces) == 4
    assert redesign.after.loads.sum() == pytest.approx(redesign.before.loads.sum())
    assert 0 <= redesign.moved_load < redesign.before.loads.sum()
    with database.transaction() as session:
        operations.take_redesign(session, change_set_id=change_set, redesign=redesign, actor=who("editor"))
    assert defects(database, change_set) == {}
    after = areas(database, change_set)
    assert sum(r.parent_code == community for r in after.values()) == 4
    assert shapely.equals(after["410106"].geom, before["410106"].geom)


def test_a_redesign_by_reports_follows_the_points(database: Database, district: str) -> None:
    before = published(database, district)
    community = before[first_grid(before)].parent_code
    land = before[community].geom
    generator = np.random.default_rng(4)
    west, south, east, north = land.bounds
    points = generator.uniform((west, south), (east, north), (500, 2))
    with database.transaction() as session:
        opened = operations.open_draft(session, layer=registry.get_layer(session, district), title="t", author=who("a"))
        redesign = operations.propose(session, change_set_id=opened.id, parent_code=community, k=3, points=points)
    inside = int(shapely.covers(land, shapely.points(points)).sum())
    assert redesign.after.loads.sum() == pytest.approx(inside, abs=1)


@pytest.mark.parametrize(("code", "k", "message"), [("nowhere", 3, "No grids"), (None, 9999, "cannot make 9999")])
def test_an_impossible_redesign_is_refused(
    database: Database, district: str, code: str | None, k: int, message: str
) -> None:
    before = published(database, district)
    change_set = draft(database, district)
    with pytest.raises(EditRefusedError, match=message), database.transaction() as session:
        operations.propose(
            session, change_set_id=change_set, parent_code=code or before[first_grid(before)].parent_code, k=k
        )
