"""Two drafts at once: what both only let follow is put together anew, what both decided is settled by a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import shapely

from grids.boundaries import operations as registry_operations
from grids.boundaries import queries as registry
from grids.boundaries.records import AreaRecord
from grids.change_sets import operations, queries
from grids.change_sets.errors import EditRefusedError
from grids.change_sets.rules.verbs import EditCommand
from tests.factories.identity import who

if TYPE_CHECKING:
    from core.db import Database

STEP = 0.01


def cell(x: int, y: int) -> shapely.Polygon:
    west, south, east, north = (
        round(v, 7) for v in (113.3 + x * STEP, 34.8 + y * STEP, 113.3 + (x + 1) * STEP, 34.8 + (y + 1) * STEP)
    )
    return shapely.box(west, south, east, north)


def published_layer(database: Database) -> None:
    """Two communities, west and east, of 2 × 4 grids each."""
    grids = [
        AreaRecord("grid", f"{'we'[x // 2]}-{1 + x % 2 + 2 * y}", f"{x}{y}", cell(x, y), "we"[x // 2])
        for x in range(4) for y in range(4)
    ]  # fmt: skip
    communities = [
        AreaRecord("community", c, c, shapely.coverage_union_all([g.geom for g in grids if g.parent_code == c]))
        for c in "we"
    ]
    with database.transaction() as session:
        layer = registry_operations.create_layer(
            session, code="admin", name="网格", levels=["community", "grid"], actor=who("t")
        )
        registry_operations.publish(
            session,
            layer=layer,
            areas=[*communities, *grids],
            publication=registry_operations.Publication(author=who("t")),
            lead_s=0,
        )


def transferred(database: Database, giver: str, taker: str, y: float) -> int:
    """Open a draft that moves a piece across the border of the communities."""
    piece = shapely.Point(113.32, y).buffer(0.002)
    with database.transaction() as session:
        draft = operations.open_draft(session, layer=registry.get_layer(session, "admin"), title="t", author=who("e"))
        command = EditCommand("transfer", (giver, taker), geometry=piece)
        operations.edit(session, change_set_id=draft.id, command=command, actor=who("e"))
        return draft.id


def publish(database: Database, draft: int) -> None:
    with database.transaction() as session:
        operations.submit(session, change_set_id=draft, actor=who("e"))
        operations.approve(session, change_set_id=draft, actor=who("a"))
        operations.publish_change_set(session, change_set_id=draft, actor=who("a"), lead_s=0)


def test_coarser_areas_that_both_drafts_let_follow_are_no_conflict(database: Database) -> None:
    published_layer(database)
    one = transferred(database, "w-2", "e-1", 34.805)
    two = transferred(database, "e-5", "w-6", 34.825)
    publish(database, one)
    with database.transaction() as session:
        rebased = operations.rebase(session, change_set_id=two, actor=who("e"))
        assert (rebased.is_current, rebased.conflicts) == (True, ())
        assert operations.check(session, change_set_id=two).defects == ()
    publish(database, two)
    with database.transaction() as session:
        layer = registry.get_layer(session, "admin")
        latest = registry.latest_release(session, layer)
        areas = {a.record.code: a.record for a in registry.areas_of_release(session, layer, latest)}
    grids = [r.geom for r in areas.values() if r.parent_code == "w"]
    assert areas["w"].geom.symmetric_difference(shapely.union_all(grids)).area < 1e-12


def test_an_edit_undone_after_a_rebase_leaves_what_the_other_draft_published(database: Database) -> None:
    published_layer(database)
    one = transferred(database, "w-2", "e-1", 34.805)
    two = transferred(database, "e-5", "w-6", 34.825)
    publish(database, one)
    with database.transaction() as session:
        operations.rebase(session, change_set_id=two, actor=who("e"))
        operations.undo(session, change_set_id=two, actor=who("e"))
        found = queries.get_change_set(session, two)
        latest = queries.base_of(session, found)
        layer = queries.layer_of(session, found)
        areas = {a.record.code: a.record for a in registry.areas_of_release(session, layer, latest)}
        drafted = queries.draft_areas(session, found)
    assert drafted.keys() == areas.keys()
    assert all(shapely.equals_identical(drafted[code].geom, areas[code].geom) for code in areas)


def test_who_settled_a_conflict_worked_on_the_draft_and_the_decision_can_be_undone(database: Database) -> None:
    published_layer(database)
    drafts = []
    for name in ("甲", "乙"):
        with database.transaction() as session:
            draft = operations.open_draft(
                session, layer=registry.get_layer(session, "admin"), title="t", author=who("e")
            )
            operations.assign_facts(session, change_set_id=draft.id, code="w-1", facts={"name": name}, actor=who("e"))
            drafts.append(draft.id)
    publish(database, drafts[0])
    with database.transaction() as session:
        assert operations.rebase(session, change_set_id=drafts[1], actor=who("e")).conflicts == ("w-1",)
        settled = operations.resolve_conflict(
            session, change_set_id=drafts[1], code="w-1", keep="theirs", actor=who("judge")
        )
        assert settled.is_current
        found = queries.get_change_set(session, drafts[1])
        assert [(e.verb, e.actor) for e in queries.edits(session, found)] == [("assign", "e"), ("settle", "judge")]
        assert queries.draft_areas(session, found)["w-1"].name == "甲"
        operations.undo(session, change_set_id=drafts[1], actor=who("e"))
        assert queries.draft_areas(session, found)["w-1"].name == "乙"


def test_two_drafts_are_never_given_the_same_new_codes(database: Database) -> None:
    published_layer(database)
    given = []
    for _ in range(2):
        with database.transaction() as session:
            draft = operations.open_draft(
                session, layer=registry.get_layer(session, "admin"), title="t", author=who("e")
            )
            line = shapely.LineString([(113.299, 34.805), (113.311, 34.805)])
            command = EditCommand("split", ("w-1",), geometry=line)
            done = operations.edit(session, change_set_id=draft.id, command=command, actor=who("e"))
            given.append({code for code, record in done.after.items() if record is not None and record.level == "grid"})
    fresh = [codes - {"w-1", "w-2", "w-3"} for codes in given]
    assert fresh == [{"w-9", "w-10"}, {"w-11", "w-12"}]


def test_a_number_that_was_retired_does_not_come_back_by_a_delivery(database: Database) -> None:
    published_layer(database)
    with database.transaction() as session:
        draft = operations.open_draft(session, layer=registry.get_layer(session, "admin"), title="t", author=who("e"))
        operations.edit(session, change_set_id=draft.id, command=EditCommand("merge", ("w-1", "w-2")), actor=who("e"))
    publish(database, draft.id)
    with database.transaction() as session:
        draft = operations.open_draft(session, layer=registry.get_layer(session, "admin"), title="t", author=who("e"))
        back = AreaRecord("grid", "w-2", "回来", cell(1, 0), "w")
        with pytest.raises(EditRefusedError, match="not given twice"):
            operations.replace_areas(session, change_set_id=draft.id, areas=[back], actor=who("e"))
