"""Drafts of the sample district: opened, edited, looked at and published, as most tests of the desk do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import LineString

from grids.boundaries import queries as registry
from grids.change_sets import operations, queries
from grids.change_sets.rules.verbs import EditCommand
from tests.factories.identity import who

if TYPE_CHECKING:
    from core.db import Database
    from grids.boundaries.records import AreaRecord


def draft(database: Database, layer: str, author: str = "editor") -> int:
    with database.transaction() as session:
        found = registry.get_layer(session, layer)
        return operations.open_draft(session, layer=found, title="试改", author=who(author)).id


def do(database: Database, change_set: int, verb: str, *codes: str, **rest: object) -> operations.drafting.Edited:
    with database.transaction() as session:
        command = EditCommand(verb, codes, **rest)  # type: ignore[arg-type]
        return operations.edit(session, change_set_id=change_set, command=command, actor=who("editor"))


def areas(database: Database, change_set: int) -> dict[str, AreaRecord]:
    with database.transaction() as session:
        return queries.draft_areas(session, queries.get_change_set(session, change_set))


def published(database: Database, layer: str) -> dict[str, AreaRecord]:
    with database.transaction() as session:
        found = registry.get_layer(session, layer)
        latest = registry.latest_release(session, found)
        assert latest is not None
        return {a.record.code: a.record for a in registry.areas_of_release(session, found, latest)}


def defects(database: Database, change_set: int) -> dict[str, int]:
    with database.transaction() as session:
        report = operations.check(session, change_set_id=change_set)
    return {kind: n for kind, n in report.counts.items() if report.blocks}


def across(record: AreaRecord) -> LineString:
    """A line through the middle of an area, west to east and beyond."""
    middle = record.geom.representative_point()
    west, _, east, _ = record.geom.bounds
    return LineString([(west - 1e-3, middle.y), (east + 1e-3, middle.y)])


def border_pair(found: dict[str, AreaRecord], *, same_street: bool) -> tuple[str, str]:
    """Two grids of different communities with a long common border."""
    grids = [r for r in found.values() if r.level == "grid"]
    tree = shapely.STRtree([r.geom for r in grids])
    for i, j in np.array(tree.query([r.geom for r in grids], predicate="touches")).T:
        one, two = grids[i], grids[j]
        if one.parent_code == two.parent_code or (one.parent_code[:9] == two.parent_code[:9]) is not same_street:
            continue
        if one.geom.intersection(two.geom).length > 2e-3 and len(one.geom.geoms) == len(two.geom.geoms) == 1:
            return one.code, two.code
    raise LookupError


def publish(database: Database, change_set: int) -> int:
    with database.transaction() as session:
        operations.submit(session, change_set_id=change_set, actor=who("editor"))
    with database.transaction() as session:
        operations.approve(session, change_set_id=change_set, actor=who("approver"))
    with database.transaction() as session:
        return operations.publish_change_set(
            session, change_set_id=change_set, actor=who("approver"), lead_s=0
        ).release.number


def first_grid(found: dict[str, AreaRecord]) -> str:
    return min(c for c, r in found.items() if r.level == "grid")
