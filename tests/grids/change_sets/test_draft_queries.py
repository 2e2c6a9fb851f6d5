"""What is read of a draft by code, by family and by place is what the whole draft has there, at each of its edits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from grids.change_sets import draft_queries, operations, queries
from tests.factories.identity import who
from tests.grids.change_sets.drafts import across, areas, do, draft, first_grid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.db import Database
    from grids.boundaries.records import AreaRecord


ROUNDING_DEG = 2e-5
"""The database's indexes hold boxes in single precision, rounded outwards."""


def edited(database: Database, district: str) -> int:
    """A draft of a few edits, some on the same areas, one of them undone; and another draft on the same ground."""
    found = draft(database, district)
    before = areas(database, found)
    first = first_grid(before)
    others = sorted(code for code, record in before.items() if record.level == "grid" and code != first)
    for change_set in (draft(database, district), found):
        do(database, change_set, "split", first, geometry=across(before[first]))
        do(database, change_set, "retire", others[40])
        with database.transaction() as session:
            operations.undo(session, change_set_id=change_set, actor=who("editor"))
        for code, name in ((others[7], "甲"), (others[7], "乙"), (before[first].parent_code or "", "丙")):
            with database.transaction() as session:
                operations.assign_facts(
                    session, change_set_id=change_set, code=code, facts={"name": name}, actor=who("e")
                )
        do(database, change_set, "retire", others[20])
    return found


def as_it_was(database: Database, change_set: int, upto: int) -> dict[str, AreaRecord]:
    """The whole layer after an edit, put together from all that the draft wrote."""
    with database.transaction() as session:
        found = queries.get_change_set(session, change_set)
        whole = queries.content_of(session, found).base
        for number, rows in queries.areas_by_edit(session, found):
            whole = queries.overlaid(whole, rows) if number <= upto else whole
    return whole


def same(read: Mapping[str, AreaRecord], wanted: Mapping[str, AreaRecord]) -> bool:
    return read.keys() == wanted.keys() and all(
        (one.level, one.name, one.parent_code, one.unit_code) == (two.level, two.name, two.parent_code, two.unit_code)
        and shapely.equals_identical(one.geom, two.geom)
        for one, two in ((read[code], wanted[code]) for code in read)
    )


def meeting(whole: Mapping[str, AreaRecord], box: draft_queries.Box, within: float = 0.0) -> dict[str, AreaRecord]:
    place = shapely.box(*box)
    boxes = {code: shapely.box(*shapely.bounds(record.geom)) for code, record in whole.items()}
    return {code: whole[code] for code, own in boxes.items() if own.distance(place) <= within}


def test_at_every_edit_it_is_what_the_whole_draft_has_there(database: Database, district: str) -> None:
    change_set = edited(database, district)
    generator = np.random.default_rng(5)
    for upto in (0, 1, 2, 3, 4, 5, draft_queries.AS_IT_IS):
        whole = as_it_was(database, change_set, upto)
        west, south, east, north = shapely.total_bounds([record.geom for record in whole.values()])
        with database.transaction() as session:
            state = draft_queries.state_of(session, queries.get_change_set(session, change_set), upto=upto)
            assert same(draft_queries.named(session, state, [*whole, *areas(database, change_set), "nowhere"]), whole)
            parents = [record.parent_code for record in whole.values() if record.parent_code][::40]
            wanted = {code: r for code, r in whole.items() if code in parents or r.parent_code in parents}
            assert same(draft_queries.family(session, state, parents), wanted)
            for _ in range(6):
                corners = generator.uniform((west, south), (east, north), (2, 2))
                box = draft_queries.box_of(np.concatenate([corners.min(axis=0), corners.max(axis=0)]))
                read = draft_queries.within(session, state, draft_queries.everywhere(state, box))
                assert meeting(whole, box).keys() <= read.keys() <= meeting(whole, box, ROUNDING_DEG).keys()
                assert same(read, {code: whole[code] for code in read})
                grids = {code: record for code, record in read.items() if record.level == "grid"}
                assert same(draft_queries.within(session, state, {"grid": [box, box], "street": []}), grids)
                (grown,) = draft_queries.grown(session, state, "grid", [box])
                near = [record.geom for record in meeting(whole, box).values() if record.level == "grid"]
                reach = shapely.total_bounds([shapely.box(*box), *near])
                assert (np.array(grown)[:2] <= reach[:2] + 1e-12).all()
                assert (np.array(grown)[2:] >= reach[2:] - 1e-12).all()


def test_a_state_with_nothing_asked_for_gives_nothing(database: Database, district: str) -> None:
    change_set = draft(database, district)
    with database.transaction() as session:
        state = draft_queries.state_of(session, queries.get_change_set(session, change_set))
        assert draft_queries.named(session, state, []) == {}
        assert draft_queries.family(session, state, []) == {}
        assert draft_queries.within(session, state, {}) == {}
        assert draft_queries.ancestors(session, state, []) == {}
