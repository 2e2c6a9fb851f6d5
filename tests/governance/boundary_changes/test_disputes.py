"""Borders in doubt are gathered by the edge that two areas share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import shapely
from sqlalchemy import text

from governance.boundary_changes import operations
from tests.factories.reports import decide, store_report

if TYPE_CHECKING:
    from core.db import Database


def test_what_people_moved_and_what_could_be_either_s_is_counted_per_edge(town: Database) -> None:
    with town.transaction() as session:
        first, second, *_, last = session.scalars(text("SELECT id FROM report ORDER BY id"))
        decide(session, first, ("c", "b"))
        decide(session, first, ("c", "a"))
        decide(session, second, ("c", "b"), cause="release")  # a release's own handover is no doubt
        decide(session, last, ("c", "a"))  # from nowhere: no border is in doubt
        store_report(session, method="boundary", path=("c", "a"), candidates=[{"code": "a"}, {"code": "b"}])
        (found,) = operations.disputes(session, layer="admin", days=30)
    assert (found.one, found.other, found.ambiguous, found.moved) == ("a", "b", 1, 2)
    assert shapely.from_wkb(found.edge).length == pytest.approx(0.01)


def test_areas_that_share_no_edge_have_none(town: Database) -> None:
    with town.transaction() as session:
        decide(session, session.scalars(text("SELECT min(id) FROM report")).one(), ("c", "gone"))
        (found,) = operations.disputes(session, layer="admin", days=30)
    assert (found.one, found.other, found.moved, found.edge) == ("a", "gone", 1, None)
