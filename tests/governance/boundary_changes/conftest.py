"""A small town: two grids of different units, and reports on a line across both."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from sqlalchemy import text

from core import clock
from grids.boundaries import operations as registry_operations
from grids.boundaries import queries as registry
from grids.boundaries.records import AreaRecord
from grids.change_sets import operations as desk
from grids.change_sets.rules.verbs import EditCommand
from tests.factories.identity import who

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from core.db import Database

WEST, EAST = shapely.box(113.30, 34.80, 113.31, 34.81), shapely.box(113.31, 34.80, 113.32, 34.81)


@pytest.fixture
def town(database: Database) -> Database:
    """Two grids of different units, 40 reports on a line across both, one of them old, and one without a point."""
    with database.transaction() as session:
        layer = registry_operations.create_layer(
            session, code="admin", name="网格", levels=["community", "grid"], actor=who("test")
        )
        registry_operations.publish(
            session,
            layer=layer,
            areas=[
                AreaRecord("community", "c", "社区", shapely.box(113.30, 34.80, 113.32, 34.81)),
                AreaRecord("grid", "a", "甲", WEST, "c", "unit-a", "甲组"),
                AreaRecord("grid", "b", "乙", EAST, "c", "unit-b", "乙组"),
            ],
            publication=registry_operations.Publication(author=who("test")),
            lead_s=0,
        )
        session.execute(
            text(
                "INSERT INTO api_client (name, holder_id, key_sha256, scopes, created_at)"
                " VALUES ('t', 1, '\\x00', '{}', now())"
            )
        )
        for i, lon in enumerate(np.linspace(113.3001, 113.3199, 40)):
            store_report(session, layer.id, float(lon), days_ago=200 if i == 19 else 5)
        store_report(session, layer.id, None, days_ago=5)
    return database


def store_report(session: Session, layer: int, lon: float | None, *, days_ago: float, release: int = 1) -> int:
    code = None if lon is None else "a" if lon < 113.31 else "b"
    found = session.execute(
        text(
            "INSERT INTO report (client_id, channel, body_sha256, category, crs, geom, reported_at, received_at,"
            " layer_id, release_number, method, area_path, reason) VALUES (1, 'app', '\\x00', '占道', 'WGS84',"
            " ST_SetSRID(ST_MakePoint(CAST(:lon AS float), 34.805), 4326), :at, now(), :layer, :release,"
            " :method, CAST(:path AS text[]), 'test') RETURNING id"
        ),
        {
            "lon": lon, "at": clock.now() - timedelta(days=days_ago), "layer": layer, "release": release,
            "method": "unassigned" if code is None else "covered", "path": [] if code is None else ["c", code],
        },
    )  # fmt: skip
    return int(found.scalar_one())


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
