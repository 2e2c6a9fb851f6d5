"""An edit keeps levels nested, moves only what it says, and can be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import shapely

from grids.change_sets import operations
from grids.change_sets.errors import (
    ChangeSetStaleError,
    EditRefusedError,
    NothingToUndoError,
)
from grids.change_sets.rules.facts import changed_facts
from tests.factories.identity import who
from tests.grids.change_sets.drafts import (
    across,
    areas,
    border_pair,
    defects,
    do,
    draft,
    first_grid,
    published,
)

if TYPE_CHECKING:
    from core.db import Database


def test_split_grids_get_the_next_numbers_of_their_community(database: Database, district: str) -> None:
    before = published(database, district)
    code = first_grid(before)
    siblings = [c for c, r in before.items() if r.parent_code == before[code].parent_code]
    edited = do(database, draft(database, district), "split", code, geometry=across(before[code]))
    highest = max(int(c) for c in siblings)
    created = sorted(c for c, r in edited.after.items() if r is not None and c not in before)
    assert [int(c) for c in created] == [highest + 1, highest + 2]
    assert edited.after[code] is None
    assert len(created[0]) == 15


def test_a_comb_that_would_cut_a_grid_into_thousands_is_refused(database: Database, district: str) -> None:
    before = published(database, district)
    code = first_grid(before)
    west, south, east, north = before[code].geom.bounds
    teeth = 4000
    comb = shapely.LineString(
        [(west + (east - west) * i / teeth, (south - 1e-3, north + 1e-3)[i % 2]) for i in range(teeth)]
    )
    with pytest.raises(EditRefusedError, match="more than 1000 parts"):
        do(database, draft(database, district), "split", code, geometry=comb)


def test_a_border_moved_between_communities_moves_every_level_and_stays_clean(
    database: Database, district: str
) -> None:
    before = published(database, district)
    first, second = border_pair(before, same_street=False)
    change_set = draft(database, district)
    middle = before[first].geom.intersection(before[second].geom).interpolate(0.5, normalized=True)
    piece = middle.buffer(0.0004)
    edited = do(database, change_set, "transfer", first, second, geometry=piece)
    levels = {r.level for r in edited.after.values() if r is not None}
    assert {"grid", "community", "street"} <= levels
    assert defects(database, change_set) == {}
    after = areas(database, change_set)
    assert after[first].geom.area < before[first].geom.area
    assert after[first[:9]].geom.area < before[first[:9]].geom.area
    assert shapely.equals(after["410106"].geom, before["410106"].geom)


def test_every_verb_leaves_the_sample_district_clean(database: Database, district: str) -> None:
    before = published(database, district)
    change_set = draft(database, district)
    first, second = border_pair(before, same_street=True)
    do(database, change_set, "split", first, geometry=across(before[first]), new_codes=(first, first[:12] + "901"))
    do(database, change_set, "merge", first, first[:12] + "901", into=first)
    do(database, change_set, "merge", first, second, into=second)
    do(database, change_set, "split", second, geometry=across(areas(database, change_set)[second]))
    hole = before[first_grid(before)]
    do(database, change_set, "retire", hole.code)
    do(database, change_set, "create", geometry=hole.geom.buffer(1e-4).intersection(before["410106"].geom),
       parent_code=hole.parent_code, name="新网格")  # fmt: skip
    assert defects(database, change_set) == {}


def test_undo_takes_back_exactly_the_last_edit(database: Database, district: str) -> None:
    before = published(database, district)
    code = first_grid(before)
    change_set = draft(database, district)
    with database.transaction() as session:
        operations.assign_facts(session, change_set_id=change_set, code=code, facts={"name": "甲"}, actor=who("editor"))
    do(database, change_set, "split", code, geometry=across(before[code]))
    with database.transaction() as session:
        operations.undo(session, change_set_id=change_set, actor=who("editor"))
    assert areas(database, change_set)[code].name == "甲"
    with database.transaction() as session:
        operations.undo(session, change_set_id=change_set, actor=who("editor"))
    assert areas(database, change_set).keys() == before.keys()
    with pytest.raises(NothingToUndoError), database.transaction() as session:
        operations.undo(session, change_set_id=change_set, actor=who("editor"))


def test_a_new_code_goes_to_the_children_too(database: Database, district: str) -> None:
    before = published(database, district)
    old = before[first_grid(before)].parent_code
    change_set = draft(database, district)
    with database.transaction() as session:
        operations.assign_facts(
            session, change_set_id=change_set, code=old, facts={"code": old[:9] + "988"}, actor=who("editor")
        )
    after = areas(database, change_set)
    assert old not in after
    children = {c for c, r in before.items() if r.parent_code == old}
    assert {c for c, r in after.items() if r.parent_code == old[:9] + "988"} == children


def test_an_edit_on_a_stale_version_is_refused(database: Database, district: str) -> None:
    change_set = draft(database, district)
    code = first_grid(published(database, district))
    with database.transaction() as session:
        operations.assign_facts(
            session, change_set_id=change_set, code=code, facts={"name": "甲"}, actor=who("a"), expected_version=1
        )
    with pytest.raises(ChangeSetStaleError), database.transaction() as session:
        operations.assign_facts(
            session, change_set_id=change_set, code=code, facts={"name": "乙"}, actor=who("b"), expected_version=1
        )


def test_a_delivery_replaces_by_code_and_is_refused_when_it_changes_nothing(database: Database, district: str) -> None:
    before = published(database, district)
    change_set = draft(database, district)
    with pytest.raises(EditRefusedError, match="nothing to take over"), database.transaction() as session:
        operations.replace_areas(session, change_set_id=change_set, areas=list(before.values()), actor=who("editor"))
    code = first_grid(before)
    moved = changed_facts(before[code], {"name": "测绘后"})
    with database.transaction() as session:
        edited = operations.replace_areas(session, change_set_id=change_set, areas=[moved], actor=who("editor"))
    assert set(edited.after) == {code}


@pytest.mark.parametrize(
    ("verb", "codes", "rest", "message"),
    [
        ("explode", ("a grid",), {}, "no verb"),
        ("split", ("410106",), {}, "no area 410106 on the finest"),
        ("merge", ("a grid",), {}, "at least 2"),
        ("create", (), {"geometry": shapely.box(113.29, 34.8, 113.3, 34.81)}, "needs the code of its parent"),
        ("retire", (), {}, "Name the areas"),
    ],
)
def test_what_cannot_be_done_is_said(
    database: Database, district: str, verb: str, codes: tuple[str, ...], rest: dict[str, object], message: str
) -> None:
    change_set = draft(database, district)
    grid = first_grid(published(database, district))
    with pytest.raises(EditRefusedError, match=message):
        do(database, change_set, verb, *(grid if code == "a grid" else code for code in codes), **rest)
