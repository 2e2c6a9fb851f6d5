"""A draft's effect on land, matters, units and grid workers is known before it is published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import shapely
from sqlalchemy import text

from governance.boundary_changes import impact, operations
from governance.grid_workers import operations as grid_workers
from governance.grid_workers.rules import Appointment
from grids.boundaries import queries as registry
from grids.change_sets import operations as desk
from identity.grants import ROLES
from identity.keys import Principal
from tests.factories.identity import who
from tests.factories.reports import decide

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.db import Database

    Draft = Callable[..., int]


def border_at(lon: float) -> shapely.LineString:
    return shapely.LineString([(lon, 34.79), (lon, 34.82)])


def seen(town: Database, change_set: int, role: str | None = None) -> operations.Preview:
    reader = None if role is None else Principal(1, role, who(role), frozenset(ROLES[role]), 1000)
    with town.transaction() as session:
        return operations.preview(session, change_set_id=change_set, reader=reader)


def staffed(town: Database, **posts: str) -> None:
    """Let workers work areas: a="N1" puts staff number N1 on area a."""
    with town.transaction() as session:
        grid_workers.set_workers(
            session,
            layer=registry.get_layer(session, "admin"),
            appointments=[Appointment(code, number, f"网格员（示例）{number}") for code, number in posts.items()],
            areas=list(posts),
            actor=who("test"),
        )


def test_the_preview_tells_land_matters_and_units_that_change_hands(town: Database, draft: Draft) -> None:
    preview = seen(town, draft("reshape", "a", "b", geometry=border_at(113.309)))
    found = preview.impact
    sizes = {c.code: (c.kind, round(c.gained_m2), round(c.lost_m2)) for c in found.areas}
    strip = sizes["a"][2]
    assert strip == pytest.approx(0.001 * 91_400 * 0.01 * 110_940, rel=0.01)
    assert sizes == {"a": ("changed", 0, strip), "b": ("changed", strip, 0)}
    assert (found.open_moved, found.year_moved, found.open_other_unit, found.year_other_unit) == (1, 2, 1, 2)
    assert found.moved == (impact.ReportMove("a", "b", "unit-a", "unit-b", 2, 1, is_rehomed=True),)
    assert [(piece.from_area, piece.to_area, round(piece.m2)) for piece in found.land] == [("a", "b", strip)]
    land = pytest.approx(strip, abs=1)
    assert found.units == {
        "unit-a": impact.Balance(lost_m2=land, open_lost=1, year_lost=2),
        "unit-b": impact.Balance(gained_m2=land, open_gained=1, year_gained=2),
    }
    assert (len(preview.matters), int(preview.is_open.sum())) == (2, 1)
    assert preview.before.keys() == preview.after.keys() >= {"a", "b"}


def test_another_unit_for_the_same_land_is_told_too(town: Database) -> None:
    with town.transaction() as session:
        change_set = desk.open_draft(session, layer=registry.get_layer(session, "admin"), title="换", author=who("e"))
        desk.assign_facts(session, change_set_id=change_set.id, code="a", facts={"unit_code": "unit-b"}, actor=who("e"))
    found = seen(town, change_set.id).impact
    assert (found.year_moved, found.year_other_unit, found.open_other_unit) == (0, 20, 19)
    assert (found.units["unit-a"].year_lost, found.units["unit-b"].year_gained) == (20, 20)
    assert found.land == ()


def test_an_empty_draft_moves_nothing(town: Database) -> None:
    with town.transaction() as session:
        change_set = desk.open_draft(
            session, layer=registry.get_layer(session, "admin"), title="空", author=who("editor")
        )
    assert seen(town, change_set.id).impact == impact.Impact()


def test_grid_workers_gain_and_lose_with_their_areas(town: Database, draft: Draft) -> None:
    staffed(town, a="N1", b="N2")
    found = seen(town, draft("reshape", "a", "b", geometry=border_at(113.309)), "gis-editor").impact
    told = {c.worker.staff_number: (c.worker.unit, c.before, c.after, c.balance) for c in found.workers}
    strip = pytest.approx(found.land[0].m2)
    assert told == {
        "N1": ("unit-a", ("a",), ("a",), impact.Balance(lost_m2=strip, open_lost=1, year_lost=2)),
        "N2": ("unit-b", ("b",), ("b",), impact.Balance(gained_m2=strip, open_gained=1, year_gained=2)),
    }
    assert found.vacant == ()


def test_who_works_both_sides_gains_and_loses_nothing(town: Database, draft: Draft) -> None:
    staffed(town, a="N1", b="N1")
    found = seen(town, draft("reshape", "a", "b", geometry=border_at(113.309))).impact
    assert [(c.worker.staff_number, c.balance) for c in found.workers] == [("N1", impact.Balance())]


def test_areas_with_no_grid_worker_are_named(town: Database, draft: Draft) -> None:
    staffed(town, a="N1")
    assert seen(town, draft("reshape", "a", "b", geometry=border_at(113.309))).impact.vacant == ("b",)


def test_a_worker_follows_the_larger_piece_of_a_split_grid(town: Database, draft: Draft) -> None:
    staffed(town, a="N1", b="N2")
    change_set = draft("split", "a", geometry=border_at(113.303), new_codes=("a1", "a2"))
    found = seen(town, change_set).impact
    (change,) = found.workers
    assert (change.before, change.after) == (("a",), ("a2",))
    assert change.balance.lost_m2 == pytest.approx(0.003 * 91_400 * 0.01 * 110_940, rel=0.01)
    assert found.vacant == ("a1",)


@pytest.mark.parametrize(("role", "name"), [("gis-editor", "网格员（示例）N1"), ("viewer", "网***")])
def test_names_are_masked_without_the_scope_and_audited_with_it(
    town: Database, draft: Draft, role: str, name: str
) -> None:
    staffed(town, a="N1")
    found = seen(town, draft("reshape", "a", "b", geometry=border_at(113.309)), role)
    assert [c.worker.name for c in found.impact.workers] == [name]
    with town.transaction() as session:
        reads = session.execute(text("SELECT actor FROM audit_entry WHERE action = 'grid_workers.read'")).all()
    assert [tuple(row) for row in reads] == ([("gis-editor",)] if role == "gis-editor" else [])


def test_a_matter_put_into_an_area_without_a_point_goes_where_its_land_goes(town: Database, draft: Draft) -> None:
    with town.transaction() as session:
        decide(session, session.scalars(text("SELECT id FROM report WHERE geom IS NULL")).one(), ("c", "a"))
    found = seen(town, draft("merge", "a", "b", into="b")).impact
    moved: Any = {(m.from_area, m.to_area): (m.in_a_year, m.still_open) for m in found.moved}
    assert moved == {("a", "b"): (21, 20)}


def test_land_of_nobody_is_told(town: Database, draft: Draft) -> None:
    found = seen(town, draft("retire", "b")).impact
    assert {(p.from_area, p.to_area) for p in found.land} == {("b", None)}
    assert {(m.from_area, m.to_area) for m in found.moved} == {("b", "c")} or found.year_moved == 20
