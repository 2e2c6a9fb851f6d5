"""A draft is approved by a second person, becomes the next release, and loses nobody's work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import shapely

from core import clock
from grids.boundaries import operations as registry_operations
from grids.boundaries import queries as registry
from grids.change_sets import operations, queries
from grids.change_sets.errors import (
    ChangeSetConflictError,
    ChangeSetStateError,
    SecondPersonError,
)
from tests.factories.identity import who
from tests.grids.change_sets.drafts import (
    across,
    areas,
    do,
    draft,
    first_grid,
    publish,
    published,
)

if TYPE_CHECKING:
    from core.db import Database


def test_who_worked_on_a_draft_cannot_approve_it(database: Database, district: str) -> None:
    change_set = draft(database, district, author="author")
    code = first_grid(published(database, district))
    with database.transaction() as session:
        operations.assign_facts(session, change_set_id=change_set, code=code, facts={"name": "甲"}, actor=who("helper"))
        operations.submit(session, change_set_id=change_set, actor=who("submitter"))
    for actor in ("author", "helper", "submitter"):
        with pytest.raises(SecondPersonError), database.transaction() as session:
            operations.approve(session, change_set_id=change_set, actor=who(actor))
    with database.transaction() as session:
        assert operations.approve(session, change_set_id=change_set, actor=who("approver")).state == "approved"


def test_a_draft_with_a_blocking_defect_cannot_be_submitted(database: Database, district: str) -> None:
    change_set = draft(database, district)
    code = first_grid(published(database, district))
    do(database, change_set, "retire", code)
    with pytest.raises(Exception, match="defects"), database.transaction() as session:
        operations.submit(session, change_set_id=change_set, actor=who("editor"))


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
        operations.publish_change_set(session, change_set_id=change_set, actor=who("approver"), lead_s=0)


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
            operations.assign_facts(
                session, change_set_id=change_set, code=code, facts={"name": "改"}, actor=who("editor")
            )
    publish(database, one)
    with pytest.raises(ChangeSetConflictError), database.transaction() as session:
        operations.submit(session, change_set_id=two, actor=who("editor"))
    with database.transaction() as session:
        assert operations.rebase(session, change_set_id=two, actor=who("editor")).is_current
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
                session, change_set_id=change_set, code=code, facts={"name": new_name}, actor=who("editor")
            )
    publish(database, one)
    with database.transaction() as session:
        stuck = operations.rebase(session, change_set_id=two, actor=who("editor"))
        assert (stuck.is_current, stuck.conflicts) == (False, (code,))
    with database.transaction() as session:
        assert operations.resolve_conflict(
            session, change_set_id=two, code=code, keep=keep, actor=who("editor")
        ).is_current  # type: ignore[arg-type]
    assert areas(database, two)[code].name == name


def test_a_release_can_be_rolled_back_as_a_new_one(database: Database, district: str) -> None:
    before = published(database, district)
    change_set = draft(database, district)
    do(database, change_set, "split", first_grid(before), geometry=across(before[first_grid(before)]))
    publish(database, change_set)
    with database.transaction() as session:
        layer = registry.get_layer(session, district)
        again = registry_operations.roll_back(
            session,
            layer=layer,
            to_number=1,
            publication=registry_operations.Publication(author=who("approver")),
            lead_s=0,
        )
    assert again.release.number == 3
    assert published(database, district).keys() == before.keys()
