"""A draft's effect on matters in hand is known before, and carried out once the release is in force."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from sqlalchemy import text

from core import clock
from governance.boundary_changes import operations, rules
from grids.boundaries import operations as registry_operations
from grids.boundaries import queries as registry
from grids.boundaries.records import AreaRecord
from grids.change_sets import operations as desk
from grids.change_sets.rules.verbs import Deed

if TYPE_CHECKING:
    from pathlib import Path

    from core.db import Database

WEST, EAST = shapely.box(113.30, 34.80, 113.31, 34.81), shapely.box(113.31, 34.80, 113.32, 34.81)


@pytest.fixture
def town(database: Database) -> Database:
    """Two grids of different units, 40 reports on a line across both, one of them old, and one without a point."""
    with database.transaction() as session:
        layer = registry_operations.create_layer(
            session, code="admin", name="网格", levels=["community", "grid"], actor="test"
        )
        registry_operations.publish(
            session,
            layer=layer,
            areas=[
                AreaRecord("community", "c", "社区", shapely.box(113.30, 34.80, 113.32, 34.81)),
                AreaRecord("grid", "a", "甲", WEST, "c", "unit-a", "甲组"),
                AreaRecord("grid", "b", "乙", EAST, "c", "unit-b", "乙组"),
            ],
            author="test",
            lead_s=0,
        )
        session.execute(
            text("INSERT INTO api_client (name, key_sha256, scopes, created_at) VALUES ('t', '\\x00', '{}', now())")
        )
        for i, lon in enumerate(np.linspace(113.3001, 113.3199, 40)):
            _report(session, layer.id, float(lon), days_ago=200 if i == 19 else 5)
        _report(session, layer.id, None, days_ago=5)
    return database


def _report(session: object, layer: int, lon: float | None, *, days_ago: int) -> None:
    code = None if lon is None else "a" if lon < 113.31 else "b"
    session.execute(  # type: ignore[attr-defined]
        text(
            "INSERT INTO report (client_id, channel, body_sha256, category, crs, geom, reported_at, received_at,"
            " layer_id, release_number, method, area_path, reason) VALUES (1, 'app', '\\x00', '占道', 'WGS84',"
            " ST_SetSRID(ST_MakePoint(CAST(:lon AS float), 34.805), 4326), :at, :at, :layer, 1,"
            " :method, CAST(:path AS text[]), 'test')"
        ),
        {
            "lon": lon, "at": clock.now() - timedelta(days=days_ago), "layer": layer,
            "method": "unassigned" if code is None else "covered", "path": [] if code is None else ["c", code],
        },
    )  # fmt: skip


def _move_border(database: Database, to_lon: float) -> int:
    with database.transaction() as session:
        change_set = desk.open_draft(session, layer=registry.get_layer(session, "admin"), title="移界", author="editor")
        line = shapely.LineString([(to_lon, 34.79), (to_lon, 34.82)])
        desk.edit(session, change_set_id=change_set.id, deed=Deed("reshape", ("a", "b"), geometry=line), actor="editor")
        return change_set.id


def _publish(database: Database, change_set: int) -> None:
    with database.transaction() as session:
        desk.submit(session, change_set_id=change_set, actor="editor")
        desk.approve(session, change_set_id=change_set, actor="approver")
        desk.publish_change_set(session, change_set_id=change_set, actor="approver", lead_s=0)


def test_the_preview_tells_land_matters_and_units_that_change_hands(town: Database) -> None:
    change_set = _move_border(town, 113.309)
    with town.transaction() as session:
        seen = operations.preview(session, change_set_id=change_set)
    found = seen.impact
    sizes = {c.code: (c.kind, round(c.gained_m2), round(c.lost_m2)) for c in found.areas}
    strip = sizes["a"][2]
    assert strip == pytest.approx(0.001 * 91_400 * 0.01 * 110_940, rel=0.01)
    assert sizes == {"a": ("changed", 0, strip), "b": ("changed", strip, 0)}
    assert (found.open_moved, found.year_moved) == (1, 2)
    assert found.moved == (rules.MatterMove("a", "b", "unit-a", "unit-b", 2, 1, is_rehomed=True),)
    assert [(piece.from_area, piece.to_area, round(piece.m2)) for piece in found.land] == [("a", "b", strip)]
    land = pytest.approx(strip, abs=1)
    assert found.units == {
        "unit-a": rules.Balance(lost_m2=land, open_lost=1, year_lost=2),
        "unit-b": rules.Balance(gained_m2=land, open_gained=1, year_gained=2),
    }
    assert len(seen.matters) == 2
    assert found.vacant == ("a", "b")
    assert seen.before.keys() == seen.after.keys()
    assert {"a", "b"} <= seen.before.keys()


def test_an_empty_draft_moves_nothing(town: Database) -> None:
    with town.transaction() as session:
        change_set = desk.open_draft(session, layer=registry.get_layer(session, "admin"), title="空", author="editor")
        found = operations.preview(session, change_set_id=change_set.id).impact
    assert (found.areas, found.year_moved) == ((), 0)


def test_the_handover_does_what_the_preview_said_once(town: Database, tmp_path: Path) -> None:
    change_set = _move_border(town, 113.3085)
    with town.transaction() as session:
        said = operations.preview(session, change_set_id=change_set).impact
    _publish(town, change_set)
    (done,) = operations.hand_over(town, cache=tmp_path)
    assert done.moved == said.open_moved > 0
    assert operations.hand_over(town, cache=tmp_path) == []
    with town.transaction() as session:
        history = session.execute(text("SELECT cause, actor, release_number, area_path FROM report_reassignment")).all()
    assert {tuple(row[:3]) for row in history} == {("release", "system", 2)}
    assert all(row[3] == ["c", "b"] for row in history)
    assert len(history) == done.moved


def test_the_first_release_hands_nothing_over(town: Database, tmp_path: Path) -> None:
    assert operations.hand_over(town, cache=tmp_path) == []
