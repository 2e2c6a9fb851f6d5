"""Settling a conflict means what it says: one side's land stays, whole, and neither land nor a name is there twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from grids.boundaries import operations as registry_operations
from grids.boundaries import queries as registry
from grids.boundaries.records import AreaRecord
from grids.change_sets import operations, queries
from grids.change_sets.errors import EditRefusedError
from grids.change_sets.rules.conflicts import conflicts
from grids.change_sets.rules.verbs import EditCommand
from tests.factories.identity import who
from tests.grids.change_sets.drafts import defects, publish
from tests.grids.change_sets.test_rebasing import cell

if TYPE_CHECKING:
    from core.db import Database

WEST_EAST = shapely.LineString([(113.299, 34.8051), (113.311, 34.8052)])
NORTH_SOUTH = shapely.LineString([(113.3051, 34.799), (113.3052, 34.811)])
OVER_THE_BORDER = shapely.box(113.315, 34.802, 113.325, 34.808)
HOLE = cell(1, 1)

# What one draft and another do on the same release; areas w-1 … w-4 lie west, e-1 … e-4 east, 2 × 2 each.
CASES: dict[str, tuple[EditCommand, EditCommand]] = {
    "two splits": (
        EditCommand("split", ("w-1",), geometry=WEST_EAST),
        EditCommand("split", ("w-1",), geometry=NORTH_SOUTH),
    ),
    "a split and a merge": (EditCommand("split", ("w-1",), geometry=WEST_EAST), EditCommand("merge", ("w-2", "w-1"))),
    "a split and land given to another community": (
        EditCommand("split", ("w-2",), geometry=shapely.LineString([(113.309, 34.805), (113.321, 34.805)])),
        EditCommand("transfer", ("w-2", "e-1"), geometry=OVER_THE_BORDER),
    ),
    "two transfers of one area to different ones": (
        EditCommand("transfer", ("w-2", "e-1"), geometry=OVER_THE_BORDER),
        EditCommand("transfer", ("w-2", "w-1"), geometry=shapely.box(113.305, 34.802, 113.316, 34.808)),
    ),
    "two new areas on the same uncovered land": (
        EditCommand("create", geometry=HOLE, parent_code="w"),
        EditCommand("create", geometry=HOLE.buffer(0.001), parent_code="w", name="补"),
    ),
}  # fmt: skip


def publish_layer(database: Database, code: str, *, holed: bool) -> None:
    grids = [
        AreaRecord("grid", f"{'we'[x // 2]}-{1 + x % 2 + 2 * y}", f"{x}{y}", cell(x, y), "we"[x // 2])
        for x in range(4) for y in range(2) if not (holed and (x, y) == (1, 1))
    ]  # fmt: skip
    above = [
        AreaRecord("community", c, c, shapely.union_all([g.geom for g in grids if g.parent_code == c])) for c in "we"
    ]
    with database.transaction() as session:
        layer = registry_operations.create_layer(
            session, code=code, name=code, levels=["community", "grid"], is_coverage=not holed, actor=who("t")
        )
        publication = registry_operations.Publication(author=who("t"))
        registry_operations.publish(session, layer=layer, areas=[*above, *grids], publication=publication, lead_s=0)


def drafted(database: Database, layer: str, command: EditCommand) -> int:
    with database.transaction() as session:
        draft = operations.open_draft(
            session, layer=registry.get_layer(session, layer), title="t", author=who("editor")
        )
        operations.edit(session, change_set_id=draft.id, command=command, actor=who("editor"))
        return draft.id


def lands(database: Database, draft: int) -> dict[str, AreaRecord]:
    with database.transaction() as session:
        return queries.draft_areas(session, queries.get_change_set(session, draft))


@pytest.mark.parametrize("keep", ["mine", "theirs"])
def test_what_is_settled_is_one_sides_land_with_no_overlap_and_no_name_twice(database: Database, keep: Any) -> None:
    for number, (what, (first, second)) in enumerate(CASES.items()):
        layer = f"l{number}"
        publish_layer(database, layer, holed=first.verb == "create")
        one, two = drafted(database, layer, first), drafted(database, layer, second)
        publish(database, one)
        theirs, mine = lands(database, one), lands(database, two)
        with database.transaction() as session:
            left = operations.rebase(session, change_set_id=two, actor=who("editor")).conflicts
            assert left, what
            while left:
                done = operations.resolve_conflict(
                    session, change_set_id=two, code=left[0], keep=keep, actor=who("editor")
                )
                assert len(done.conflicts) < len(left), what
                left = done.conflicts
            assert done.is_current, what
        found, wanted = lands(database, two), mine if keep == "mine" else theirs
        assert found.keys() == wanted.keys(), what
        for code, record in wanted.items():
            assert found[code].geom.symmetric_difference(record.geom).area < 1e-13, (what, code)
            assert found[code].name == record.name, (what, code)
        assert defects(database, two) == {}, what
        names = [record.name for record in {**mine, **theirs}.values() if record.level == "grid"]
        assert len(names) == len(set(names)), (what, "names are given once, over both drafts")


ATOMS = [(x, y) for x in range(6) for y in range(2)]


def area(code: str, atoms: set[tuple[int, int]]) -> AreaRecord:
    return AreaRecord(
        "grid", code, code, shapely.union_all([shapely.box(x, y, x + 1, y + 1) for x, y in sorted(atoms)])
    )


@st.composite
def one_side(draw: st.DrawFn, prefix: str) -> dict[str, set[tuple[int, int]]]:
    """Some areas' land put together and dealt out anew, to some of them and to new areas."""
    side = {f"a{x}{y}": {(2 * x, y), (2 * x + 1, y)} for x in range(3) for y in range(2)}
    for turn in range(draw(st.integers(0, 2))):
        chosen = draw(st.sets(st.sampled_from(sorted(side)), min_size=1, max_size=3))
        pool = sorted(atom for code in chosen for atom in side.pop(code))
        heirs = [*sorted(chosen), f"{prefix}{turn}1", f"{prefix}{turn}2"]
        for atom in pool:
            side.setdefault(draw(st.sampled_from(heirs)), set()).add(atom)
    return side


@given(mine=one_side("m"), theirs=one_side("t"), choices=st.lists(st.booleans(), min_size=12, max_size=12))
def test_whichever_side_is_kept_of_each_conflict_all_land_is_covered_once(
    mine: dict[str, set[tuple[int, int]]], theirs: dict[str, set[tuple[int, int]]], choices: list[bool]
) -> None:
    base = {f"a{x}{y}": {(2 * x, y), (2 * x + 1, y)} for x in range(3) for y in range(2)}
    changed = [
        {code for code in {*base, *side} if side.get(code) != base.get(code)} for side in (mine, theirs)
    ]  # fmt: skip
    records = [
        {code: area(code, side[code]) if code in side else None for code in codes}
        for side, codes in ((mine, changed[0]), (theirs, changed[1]))
    ]
    found = conflicts({code: area(code, atoms) for code, atoms in base.items()}, *records)
    assert {code for c in found for code in c.codes} >= changed[0] & changed[1], "what both changed is asked about"
    result: dict[str, set[tuple[int, int]] | None] = {**theirs, **{code: mine.get(code) for code in changed[0]}}
    for conflict, keep_mine in zip(found, choices, strict=False):
        for code in {*conflict.mine, *conflict.theirs}:
            own = mine.get(code) if code in conflict.mine else base.get(code)
            result[code] = own if keep_mine else theirs.get(code)
    covered = sorted(atom for atoms in result.values() if atoms for atom in atoms)
    assert covered == sorted(ATOMS)


def test_a_line_that_misses_is_no_split_and_names_are_given_once(database: Database) -> None:
    publish_layer(database, "admin", holed=False)
    with database.transaction() as session:
        found = registry.get_layer(session, "admin")
        draft, other = (
            operations.open_draft(session, layer=found, title="t", author=who("editor")).id for _ in range(2)
        )
    far = shapely.LineString([(113.5, 34.9), (113.6, 34.9)])
    along = shapely.LineString([(113.3, 34.799), (113.3, 34.811)])
    ends_inside = shapely.LineString([(113.299, 34.805), (113.305, 34.805)])
    refused = [
        (EditCommand("split", ("w-1",), geometry=far), "does not cut w-1"),
        (EditCommand("split", ("w-1",), geometry=far, new_codes=("w-9",)), "does not cut w-1"),
        (EditCommand("split", ("w-1",), geometry=along), "does not cut w-1"),
        (EditCommand("split", ("w-1",), geometry=ends_inside), "does not cut w-1"),
        (EditCommand("recut", ("w-1",), geometry=cell(0, 0)), "nothing would be cut"),
        (EditCommand("merge", ("w-1", "w-2"), name="01"), "w-3 is called '01' already"),
    ]
    for command, why in refused:
        with pytest.raises(EditRefusedError, match=why), database.transaction() as session:
            operations.edit(session, change_set_id=draft, command=command, actor=who("editor"))
    with database.transaction() as session:
        operations.assign_facts(session, change_set_id=draft, code="w-1", facts={"name": "新苑"}, actor=who("editor"))
    for code, why in (("w-2", None), ("w-3", "w-1 of change set"), ("e-1", None)):
        with database.transaction() as session:
            if why is None:
                operations.assign_facts(
                    session, change_set_id=other, code=code, facts={"name": code}, actor=who("editor")
                )
                continue
            with pytest.raises(EditRefusedError, match=why):
                operations.assign_facts(
                    session, change_set_id=other, code=code, facts={"name": "新苑"}, actor=who("editor")
                )
    with database.transaction() as session:
        operations.assign_facts(session, change_set_id=other, code="e-1", facts={"name": "新苑"}, actor=who("editor"))


def test_a_new_area_of_a_one_level_layer_has_no_parent(database: Database) -> None:
    with database.transaction() as session:
        layer = registry_operations.create_layer(session, code="flat", name="flat", levels=["grid"], actor=who("t"))
        grids = [AreaRecord("grid", f"00{x}", f"g{x}", cell(x, 0)) for x in range(2)]
        publication = registry_operations.Publication(author=who("t"))
        registry_operations.publish(session, layer=layer, areas=grids, publication=publication, lead_s=0)
    new = EditCommand("create", geometry=cell(2, 0), new_codes=("002",), name="g2")
    draft = drafted(database, "flat", new)
    assert lands(database, draft)["002"].geom.equals(cell(2, 0))
    nameless = EditCommand("create", geometry=cell(3, 0))
    with pytest.raises(EditRefusedError, match="one code of its own"), database.transaction() as session:
        operations.edit(session, change_set_id=draft, command=nameless, actor=who("editor"))
