"""The remembered check of a draft is that of the draft as it is: after edits, undo, rollbacks and rebases."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from grids.boundaries import operations as boundaries
from grids.boundaries import queries as registry
from grids.change_sets import operations, queries
from grids.change_sets.errors import ChangeSetStaleError
from grids.change_sets.rules.verbs import EditCommand
from tests.factories.identity import who

if TYPE_CHECKING:
    from core.db import Database
    from geo.coverage import CoverageReport
    from grids.boundaries.records import AreaRecord
    from grids.change_sets.operations import CheckMemory


def opened(database: Database, layer: str) -> int:
    with database.transaction() as session:
        return operations.open_draft(session, layer=registry.get_layer(session, layer), title="t", author=who("e")).id


def grids(database: Database, draft: int) -> list[AreaRecord]:
    with database.transaction() as session:
        areas = queries.draft_areas(session, queries.get_change_set(session, draft))
    return sorted((r for r in areas.values() if r.level == "grid"), key=lambda r: r.code)


def shrunk(database: Database, draft: int, area: AreaRecord) -> None:
    with database.transaction() as session:
        smaller = replace(area, geom=shapely.buffer(area.geom, -2e-5, join_style="mitre"))
        operations.replace_areas(session, change_set_id=draft, areas=[smaller], actor=who("e"))


def told(report: CoverageReport) -> list[tuple[object, ...]]:
    found = [(d.kind, d.level, d.codes, str(d.cause), round(d.size or 0.0, 3)) for d in report.defects]
    return sorted(found, key=str)


def assert_up_to_date(database: Database, draft: int, memory: CheckMemory) -> list[tuple[object, ...]]:
    """The remembered check tells what one from the beginning tells; return it."""
    with database.snapshot() as session:
        remembered = told(operations.check(session, change_set_id=draft, memory=memory))
        assert remembered == told(operations.check(session, change_set_id=draft))
    return remembered


def test_after_every_edit_and_undo_it_is_the_check_from_the_beginning(database: Database, district: str) -> None:
    draft, memory = opened(database, district), operations.CheckMemory()
    generator = np.random.default_rng(8)
    assert assert_up_to_date(database, draft, memory) == []
    for number in range(6):
        alive = grids(database, draft)
        one = alive[int(generator.integers(len(alive)))]
        if number % 3 == 2:
            with database.transaction() as session:
                operations.undo(session, change_set_id=draft, actor=who("e"))
        elif number % 3 == 1:
            with database.transaction() as session:
                operations.edit(
                    session, change_set_id=draft, command=EditCommand("retire", (one.code,)), actor=who("e")
                )
        else:
            shrunk(database, draft, one)
            assert assert_up_to_date(database, draft, memory) != []
        assert_up_to_date(database, draft, memory)


def test_an_edit_with_the_number_of_one_that_was_undone_is_another(database: Database, district: str) -> None:
    draft, memory = opened(database, district), operations.CheckMemory()
    one, two = grids(database, draft)[:2]
    shrunk(database, draft, one)
    first = assert_up_to_date(database, draft, memory)
    with database.transaction() as session:
        operations.undo(session, change_set_id=draft, actor=who("e"))
    again = replace(one, geom=shapely.buffer(one.geom, -4e-5, join_style="mitre"))
    with database.transaction() as session:
        operations.replace_areas(session, change_set_id=draft, areas=[again], actor=who("e"))
    assert assert_up_to_date(database, draft, memory) != first
    shrunk(database, draft, two)
    assert_up_to_date(database, draft, memory)


def test_what_was_rolled_back_is_not_remembered(database: Database, district: str) -> None:
    draft, memory = opened(database, district), operations.CheckMemory()
    one, two = grids(database, draft)[:2]
    assert_up_to_date(database, draft, memory)
    shrunk(database, draft, one)
    assert_up_to_date(database, draft, memory)
    with pytest.raises(ChangeSetStaleError):
        edited_in_vain(database, draft, two)
    shrunk(database, draft, two)
    assert_up_to_date(database, draft, memory)


def edited_in_vain(database: Database, draft: int, area: AreaRecord) -> None:
    with database.transaction() as session:
        operations.edit(session, change_set_id=draft, command=EditCommand("retire", (area.code,)), actor=who("e"))
        operations.undo(session, change_set_id=draft, actor=who("e"), expected_version=1)


def test_one_drafts_check_leads_to_anothers(database: Database, district: str) -> None:
    memory = operations.CheckMemory()
    drafts = [opened(database, district) for _ in range(3)]
    areas = grids(database, drafts[0])
    for number, draft in enumerate(drafts):
        shrunk(database, draft, areas[number])
    found = [assert_up_to_date(database, draft, memory) for draft in drafts]
    assert len({str(one) for one in found}) == len(drafts)
    assert [assert_up_to_date(database, draft, memory) for draft in drafts] == found


def test_a_rebased_draft_is_checked_on_its_new_ground(database: Database, district: str) -> None:
    draft, memory = opened(database, district), operations.CheckMemory()
    one, two = grids(database, draft)[:2]
    shrunk(database, draft, one)
    before = assert_up_to_date(database, draft, memory)
    with database.transaction() as session:
        layer = registry.get_layer(session, district)
        areas = [a.record for a in registry.areas_of_release(session, layer, registry.latest_release(session, layer))]
        renamed = [replace(area, name="新名") if area.code == two.code else area for area in areas]
        boundaries.publish(
            session, layer=layer, areas=renamed, publication=boundaries.Publication(author=who("t")), lead_s=30
        )
    with database.transaction() as session:
        assert operations.rebase(session, change_set_id=draft, actor=who("e")).is_current
    assert assert_up_to_date(database, draft, memory) == before
