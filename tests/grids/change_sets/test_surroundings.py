"""Around an edit the desk tells what the whole check tells, from a few rows; repairs are taken until none is left."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from shapely import LineString

from grids.boundaries import queries as registry
from grids.change_sets import operations, queries
from grids.change_sets.errors import EditRefusedError
from grids.change_sets.rules.verbs import EditCommand
from tests.factories.identity import who

if TYPE_CHECKING:
    from core.db import Database
    from geo.coverage import CoverageReport
    from grids.boundaries.records import AreaRecord


def opened(database: Database, layer: str) -> tuple[int, dict[str, AreaRecord]]:
    with database.transaction() as session:
        found = registry.get_layer(session, layer)
        draft = operations.open_draft(session, layer=found, title="t", author=who("e"))
        return draft.id, queries.draft_areas(session, draft)


def told(report: CoverageReport) -> set[tuple[str, tuple[str, ...]]]:
    return {(d.kind.value, d.codes) for d in report.defects}


def test_every_edit_is_judged_as_by_the_whole_check(database: Database, district: str) -> None:
    draft, areas = opened(database, district)
    grids = sorted((r for r in areas.values() if r.level == "grid"), key=lambda r: r.code)
    generator = np.random.default_rng(4)
    shown: set[tuple[str, tuple[str, ...]]] = set()
    for number in range(8):
        one = grids[int(generator.integers(len(grids)))]
        shoved = shapely.transform(one.geom, lambda xy: xy + generator.uniform(-3e-5, 3e-5, 2))
        with database.transaction() as session:
            if number % 4 == 3:
                command = EditCommand("retire", (one.code,))
                try:
                    done = operations.edit(session, change_set_id=draft, command=command, actor=who("e"))
                except EditRefusedError:
                    continue
            else:
                area = queries.draft_areas(session, queries.get_change_set(session, draft)).get(one.code)
                if area is None:
                    continue
                moved = replace(area, geom=shoved)
                done = operations.replace_areas(session, change_set_id=draft, areas=[moved], actor=who("e"))
            near = operations.surroundings_of(session, done)
            whole = operations.check(session, change_set_id=draft)
        assert near.report is not None
        assert near.report.areas_checked < len(areas) / 3
        fresh = told(whole) - shown
        assert {kind for kind, _ in fresh} <= {kind for kind, _ in told(near.report)} | {"suspected_datum"}
        assert {entry for entry in told(near.report) if entry[0] in {"overlap", "gap"}} <= told(whole)
        shown = told(whole)


def test_a_dry_run_changes_nothing_and_tells_the_same(database: Database, district: str) -> None:
    draft, areas = opened(database, district)
    one = min((r for r in areas.values() if r.level == "grid"), key=lambda r: r.code)
    west, _, east, _ = one.geom.bounds
    middle = one.geom.representative_point().y
    command = EditCommand("split", (one.code,), geometry=LineString([(west - 1e-3, middle), (east + 1e-3, middle)]))
    with database.transaction() as session:
        tried = operations.edit(session, change_set_id=draft, command=command, actor=who("e"), dry_run=True)
        around = operations.surroundings_of(session, tried)
        assert (tried.number, tried.change_set.version) == (None, 1)
        assert queries.overlay(session, tried.change_set) == {}
    with database.transaction() as session:
        done = operations.edit(session, change_set_id=draft, command=command, actor=who("e"))
        again = operations.surroundings_of(session, done)
    assert tried.after.keys() == done.after.keys()
    assert around.beside.keys() == again.beside.keys()
    assert around.beside.keys().isdisjoint(done.after)
    changed = shapely.union_all([r.geom for r in done.after.values() if r is not None and r.level == "grid"])
    assert all(shapely.intersects(r.geom, changed) for r in around.beside.values())


def spoiled(database: Database, draft: int, areas: dict[str, AreaRecord], many: int) -> None:
    """Shrink some grids of the draft, so that gaps open around them."""
    grids = sorted((r for r in areas.values() if r.level == "grid"), key=lambda r: r.code)[:: len(areas) // many][:many]
    shrunk = [replace(r, geom=shapely.buffer(r.geom, -2e-5, join_style="mitre")) for r in grids]
    with database.transaction() as session:
        operations.replace_areas(session, change_set_id=draft, areas=shrunk, actor=who("e"))


def test_repairs_come_page_by_page_and_all_are_taken_until_none_is_left(database: Database, district: str) -> None:
    draft, areas = opened(database, district)
    spoiled(database, draft, areas, 6)
    memory = operations.CheckMemory()
    seen: list[str] = []
    after = None
    with database.transaction() as session:
        everything = operations.offers(session, change_set_id=draft, limit=200, memory=memory)
        while True:
            page = operations.offers(session, change_set_id=draft, limit=4, after=after, memory=memory)
            seen += [offer.key for offer in page.offers]
            after = page.next
            if after is None:
                break
        assert seen == [offer.key for offer in everything.offers]
        gaps = operations.offers(session, change_set_id=draft, wanted=operations.Wanted(kinds=["gap"]), limit=1)
        assert {offer.defect.kind.value for offer in gaps.offers} == {"gap"}
        offer = gaps.offers[0]
        assert offer.repair.moved_m2 == pytest.approx(offer.defect.size, rel=0.02)
        assert not shapely.is_empty(offer.repair.ground)
    with database.transaction() as session:
        one = operations.repair(session, change_set_id=draft, keys=[offer.key], actor=who("e"))
        assert (one.taken, one.edited.number) == (1, 2)
    with database.transaction() as session:
        done = operations.repair(session, change_set_id=draft, keys=None, actor=who("e"))
        assert not any(defect.severity == "blocks" for defect in done.left)
        assert not operations.check(session, change_set_id=draft).blocks
    with pytest.raises(EditRefusedError, match="no proposal"), database.transaction() as session:
        operations.repair(session, change_set_id=draft, keys=[offer.key], actor=who("e"))


@pytest.mark.parametrize("cursor", ["", "%%%", "bm90anNvbg", "WzEsMl0", "\ud83d"])
def test_a_cursor_that_no_page_gave_is_refused(database: Database, district: str, cursor: str) -> None:
    draft, _ = opened(database, district)
    with pytest.raises(EditRefusedError, match="after"), database.transaction() as session:
        operations.offers(session, change_set_id=draft, after=cursor)
