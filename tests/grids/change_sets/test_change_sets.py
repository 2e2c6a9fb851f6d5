"""A draft keeps levels nested, moves only what it says, is approved by a second person, and loses nobody's work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from shapely import LineString

from core import clock
from grids.boundaries import operations as registry_operations
from grids.boundaries import queries as registry
from grids.change_sets import operations, queries
from grids.change_sets.errors import (
    ChangeSetConflictError,
    ChangeSetStaleError,
    ChangeSetStateError,
    EditRefusedError,
    NothingToUndoError,
    SecondPersonError,
)
from grids.change_sets.rules.facts import changed_facts
from grids.change_sets.rules.verbs import Deed

if TYPE_CHECKING:
    from core.db import Database
    from grids.boundaries.records import AreaRecord


def draft(database: Database, layer: str, author: str = "editor") -> int:
    with database.transaction() as session:
        found = registry.get_layer(session, layer)
        return operations.open_draft(session, layer=found, title="试改", author=author).id


def do(database: Database, change_set: int, verb: str, *codes: str, **rest: object) -> operations.drafting.Edited:
    with database.transaction() as session:
        deed = Deed(verb, codes, **rest)  # type: ignore[arg-type]
        return operations.edit(session, change_set_id=change_set, deed=deed, actor="editor")


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
        operations.submit(session, change_set_id=change_set, actor="editor")
    with database.transaction() as session:
        operations.approve(session, change_set_id=change_set, actor="approver")
    with database.transaction() as session:
        return operations.publish_change_set(
            session, change_set_id=change_set, actor="approver", lead_s=0
        ).release.number


def first_grid(found: dict[str, AreaRecord]) -> str:
    return min(c for c, r in found.items() if r.level == "grid")


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
        operations.assign_facts(session, change_set_id=change_set, code=code, facts={"name": "甲"}, actor="editor")
    do(database, change_set, "split", code, geometry=across(before[code]))
    with database.transaction() as session:
        operations.undo(session, change_set_id=change_set, actor="editor")
    assert areas(database, change_set)[code].name == "甲"
    with database.transaction() as session:
        operations.undo(session, change_set_id=change_set, actor="editor")
    assert areas(database, change_set).keys() == before.keys()
    with pytest.raises(NothingToUndoError), database.transaction() as session:
        operations.undo(session, change_set_id=change_set, actor="editor")


def test_a_new_code_goes_to_the_children_too(database: Database, district: str) -> None:
    before = published(database, district)
    old = before[first_grid(before)].parent_code
    change_set = draft(database, district)
    with database.transaction() as session:
        operations.assign_facts(
            session, change_set_id=change_set, code=old, facts={"code": old[:9] + "988"}, actor="editor"
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
            session, change_set_id=change_set, code=code, facts={"name": "甲"}, actor="a", expected_version=1
        )
    with pytest.raises(ChangeSetStaleError), database.transaction() as session:
        operations.assign_facts(
            session, change_set_id=change_set, code=code, facts={"name": "乙"}, actor="b", expected_version=1
        )


def test_who_worked_on_a_draft_cannot_approve_it(database: Database, district: str) -> None:
    change_set = draft(database, district, author="author")
    code = first_grid(published(database, district))
    with database.transaction() as session:
        operations.assign_facts(session, change_set_id=change_set, code=code, facts={"name": "甲"}, actor="helper")
        operations.submit(session, change_set_id=change_set, actor="submitter")
    for actor in ("author", "helper", "submitter"):
        with pytest.raises(SecondPersonError), database.transaction() as session:
            operations.approve(session, change_set_id=change_set, actor=actor)
    with database.transaction() as session:
        assert operations.approve(session, change_set_id=change_set, actor="approver").state == "approved"


def test_a_draft_with_a_blocking_defect_cannot_be_submitted(database: Database, district: str) -> None:
    change_set = draft(database, district)
    code = first_grid(published(database, district))
    do(database, change_set, "retire", code)
    with pytest.raises(Exception, match="defects"), database.transaction() as session:
        operations.submit(session, change_set_id=change_set, actor="editor")


def test_publishing_makes_the_next_release_and_keeps_the_past(database: Database, district: str) -> None:
    before = published(database, district)
    code = first_grid(before)
    change_set = draft(database, district)
    do(database, change_set, "split", code, geometry=across(before[code]))
    expected = areas(database, change_set)
    asked = clock.now()
    assert publish(database, change_set) == 2
    after = published(database, district)
    assert after.keys() == expected.keys()
    assert all(shapely.equals_identical(after[c].geom, expected[c].geom) for c in after)
    with database.transaction() as session:
        layer = registry.get_layer(session, district)
        assert {a.record.code for a in registry.areas_at(session, layer, asked)} == before.keys()
    with pytest.raises(ChangeSetStateError), database.transaction() as session:
        operations.publish_change_set(session, change_set_id=change_set, actor="approver", lead_s=0)


def test_lineage_is_told_in_both_directions_and_as_of_a_date(database: Database, district: str) -> None:
    before = published(database, district)
    code = first_grid(before)
    change_set = draft(database, district)
    edited = do(database, change_set, "split", code, geometry=across(before[code]))
    pieces = sorted(c for c, r in edited.after.items() if r is not None and c not in before)
    start = clock.now()
    publish(database, change_set)
    second = draft(database, district)
    do(database, second, "merge", *pieces, into=pieces[0])
    publish(database, second)
    with database.transaction() as session:
        layer = registry.get_layer(session, district)
        forward = queries.lineage(session, layer, code, backwards=False)
        back = queries.lineage(session, layer, pieces[0], backwards=True)
        then = queries.lineage(session, layer, code, backwards=False, at=start)
    split_steps = [s for s in forward if s.release_number == 2]
    assert sorted(s.successor for s in split_steps if s.predecessor == code) == pieces
    assert sum(s.share_of_predecessor for s in split_steps if s.predecessor == code) == pytest.approx(1, abs=1e-6)
    assert (3, pieces[1], pieces[0]) in {(s.release_number, s.predecessor, s.successor) for s in forward}
    assert code in {s.predecessor for s in back}
    assert then == []


def test_drafts_on_different_areas_follow_each_other(database: Database, district: str) -> None:
    before = published(database, district)
    grids = sorted(c for c, r in before.items() if r.level == "grid")
    one, two = draft(database, district), draft(database, district)
    for change_set, code in ((one, grids[0]), (two, grids[-1])):
        with database.transaction() as session:
            operations.assign_facts(session, change_set_id=change_set, code=code, facts={"name": "改"}, actor="editor")
    publish(database, one)
    with pytest.raises(ChangeSetConflictError), database.transaction() as session:
        operations.submit(session, change_set_id=two, actor="editor")
    with database.transaction() as session:
        assert operations.rebase(session, change_set_id=two, actor="editor").is_current
    publish(database, two)
    after = published(database, district)
    assert after[grids[0]].name == after[grids[-1]].name == "改"


@pytest.mark.parametrize(("keep", "name"), [("mine", "乙"), ("theirs", "甲")])
def test_drafts_on_the_same_area_are_settled_by_a_person(
    database: Database, district: str, keep: str, name: str
) -> None:
    code = first_grid(published(database, district))
    one, two = draft(database, district), draft(database, district)
    for change_set, new_name in ((one, "甲"), (two, "乙")):
        with database.transaction() as session:
            operations.assign_facts(
                session, change_set_id=change_set, code=code, facts={"name": new_name}, actor="editor"
            )
    publish(database, one)
    with database.transaction() as session:
        stuck = operations.rebase(session, change_set_id=two, actor="editor")
        assert (stuck.is_current, stuck.conflicts) == (False, (code,))
    with database.transaction() as session:
        assert operations.settle(session, change_set_id=two, code=code, keep=keep, actor="editor").is_current  # type: ignore[arg-type]
    assert areas(database, two)[code].name == name


def test_a_delivery_replaces_by_code_and_is_refused_when_it_changes_nothing(database: Database, district: str) -> None:
    before = published(database, district)
    change_set = draft(database, district)
    with pytest.raises(EditRefusedError, match="nothing to take over"), database.transaction() as session:
        operations.replace_areas(session, change_set_id=change_set, areas=list(before.values()), actor="editor")
    code = first_grid(before)
    moved = changed_facts(before[code], {"name": "测绘后"})
    with database.transaction() as session:
        edited = operations.replace_areas(session, change_set_id=change_set, areas=[moved], actor="editor")
    assert set(edited.after) == {code}


def test_a_release_can_be_rolled_back_as_a_new_one(database: Database, district: str) -> None:
    before = published(database, district)
    change_set = draft(database, district)
    do(database, change_set, "split", first_grid(before), geometry=across(before[first_grid(before)]))
    publish(database, change_set)
    with database.transaction() as session:
        layer = registry.get_layer(session, district)
        again = registry_operations.roll_back(session, layer=layer, to_number=1, author="approver", lead_s=0)
    assert again.release.number == 3
    assert published(database, district).keys() == before.keys()


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
        operations.take(session, change_set_id=change_set, redesign=redesign, actor="editor")
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
        opened = operations.open_draft(session, layer=registry.get_layer(session, district), title="t", author="a")
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
