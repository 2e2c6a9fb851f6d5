"""Borders in doubt are gathered by the edge that two areas share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import shapely
from sqlalchemy import text

from governance.boundary_changes import operations

if TYPE_CHECKING:
    from core.db import Database


def reassigned(town: Database, report: int, path: str, cause: str) -> None:
    """Store a later decision on the n-th report of the town."""
    with town.transaction() as session:
        session.execute(
            text(
                "INSERT INTO report_reassignment (report_id, decided_at, actor, cause, layer_id, release_number,"
                " method, area_path, reason) SELECT id, now(), 'd', :cause, 1, 1, 'covered', CAST(:path AS text[]), 'r'"
                " FROM report ORDER BY id OFFSET :before LIMIT 1"
            ),
            {"before": report - 1, "path": path, "cause": cause},
        )


def test_what_people_moved_and_what_could_be_either_s_is_counted_per_edge(town: Database) -> None:
    reassigned(town, 1, "{c,b}", "triage")
    reassigned(town, 1, "{c,a}", "refusal")
    reassigned(town, 2, "{c,b}", "release")  # a release's own handover is no doubt
    reassigned(town, 41, "{c,a}", "triage")  # from nowhere: no border is in doubt
    with town.transaction() as session:
        session.execute(
            text(
                "INSERT INTO report (client_id, channel, body_sha256, category, crs, reported_at, received_at,"
                " layer_id, method, area_path, candidates, reason)"
                " VALUES (1, 'app', '\\x00', 'x', 'WGS84', now(), now(), 1,"
                " 'boundary', '{c,a}', '[{\"code\": \"a\"}, {\"code\": \"b\"}]', 't')"
            )
        )
        (found,) = operations.disputes(session, layer="admin", days=30)
    assert (found.one, found.other, found.ambiguous, found.moved) == ("a", "b", 1, 2)
    assert shapely.from_wkb(found.edge).length == pytest.approx(0.01)


def test_areas_that_share_no_edge_have_none(town: Database) -> None:
    reassigned(town, 1, "{c,gone}", "triage")
    with town.transaction() as session:
        (found,) = operations.disputes(session, layer="admin", days=30)
    assert (found.one, found.other, found.moved, found.edge) == ("a", "gone", 1, None)
