"""Whose land became whose: every change of land is told, whole, whatever way the release came in."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString
from shapely.ops import polygonize

from grids.boundaries import operations, queries
from grids.boundaries.descent import LEAST_SHARE, descents
from grids.boundaries.records import AreaRecord, with_canonical_geometries
from grids.change_sets.queries import lineage
from tests.factories.identity import who

if TYPE_CHECKING:
    from core.db import Database

FRAME = shapely.box(113.3, 34.8, 113.33, 34.82)


def cut(seed: int, letter: str, cuts: int) -> dict[str, AreaRecord]:
    """The frame cut along some lines, as areas of one level."""
    generator = np.random.default_rng(seed)
    west, south, east, north = FRAME.bounds
    lines = []
    for _ in range(cuts):
        y = generator.uniform(south, north, 2)
        x = generator.uniform(west, east, 2)
        across = (
            [(west - 1, y[0]), (east + 1, y[1])] if generator.random() < 0.5 else [(x[0], south - 1), (x[1], north + 1)]
        )
        lines.append(LineString(across))
    faces = [
        f for f in polygonize(shapely.union_all([FRAME.boundary, *lines])) if FRAME.covers(f.representative_point())
    ]
    records = [AreaRecord("grid", f"{letter}{n}", "x", face) for n, face in enumerate(faces)]
    return {record.code: record for record in with_canonical_geometries(records)}


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 4), st.integers(0, 4))
def test_all_land_of_a_layer_cut_anew_is_told_both_ways(one: int, two: int, before: int, after: int) -> None:
    old, new = cut(one, "a", before), cut(two, "b", after)
    given_away: dict[str, float] = defaultdict(float)
    taken: dict[str, float] = defaultdict(float)
    for step in descents(old, new, ["grid"]):
        given_away[step.predecessor] += step.share_of_predecessor
        taken[step.successor] += step.share_of_successor
    slack = LEAST_SHARE * max(len(old), len(new)) + 1e-5  # crumbs left out, and borders rounded to 1 cm
    large = {code for code, record in (old | new).items() if record.geom.area > 1e-8}
    for shares in (given_away, taken):
        assert all(share <= 1 + slack for share in shares.values())
        assert all(shares[code] == pytest.approx(1, abs=slack) for code in large & shares.keys())
    assert large & old.keys() <= given_away.keys()
    assert large & new.keys() <= taken.keys()


def test_an_area_that_keeps_its_land_has_no_step() -> None:
    old = cut(3, "a", 3)
    assert descents(old, old, ["grid"]) == []


def test_a_new_code_on_the_same_land_takes_all_of_it() -> None:
    old, new = cut(3, "a", 2), cut(3, "b", 2)
    steps = descents(old, new, ["grid"])
    assert {(s.predecessor[1:], s.successor[1:]) for s in steps} == {(code[1:], code[1:]) for code in old}
    assert all((s.share_of_predecessor, s.share_of_successor) == (1.0, 1.0) for s in steps)


def test_imports_and_rollbacks_tell_their_lineage_as_of_any_date(database: Database) -> None:
    old, new = cut(5, "a", 2), cut(9, "b", 3)
    with database.transaction() as session:
        layer = operations.create_layer(session, code="l", name="l", levels=["grid"], actor=who("t"))
        for areas in (old, new):
            operations.publish(
                session,
                layer=layer,
                areas=list(areas.values()),
                publication=operations.Publication(author=who("t")),
                lead_s=0,
            )
        operations.roll_back(
            session, layer=layer, to_number=1, publication=operations.Publication(author=who("t")), lead_s=0
        )
    with database.transaction() as session:
        layer = queries.get_layer(session, "l")
        second, third = (queries.get_release(session, layer, number) for number in (2, 3))
        code = min(old)
        then = lineage(session, layer, code, backwards=False, at=second.effective_at)
        now = lineage(session, layer, code, backwards=False)
        back = lineage(session, layer, code, backwards=True)
    assert {step.release_number for step in then} == {2}
    assert sum(step.share_of_predecessor for step in then) == pytest.approx(1, abs=1e-4)
    assert {step.release_number for step in now} == {2, 3}
    came = [step for step in back if step.successor == code and step.release_number == 3]
    assert sum(step.share_of_successor for step in came) == pytest.approx(1, abs=1e-4)
    assert {step.predecessor for step in came} <= new.keys()
    assert third.number == 3
