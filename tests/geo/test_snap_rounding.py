"""Snap rounding keeps what was valid valid, in its place, and neighbours beside each other."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.snap_rounding import rounded, snap_rounded

STEP = 1e-7
REFUSED = Path(__file__).parents[1] / "grids" / "boundaries" / "inputs" / "valid_but_refused.geojson"


def cells(seed: int, count: int, across: float) -> np.ndarray:
    """A coverage of convex cells, `across` degrees wide, some joined so that they have necks."""
    rng = np.random.default_rng(seed)
    points = np.array([113.28, 34.8]) + across * rng.random((count, 2))
    frame = shapely.box(113.28, 34.8, 113.28 + across, 34.8 + across)
    voronoi = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points), extend_to=frame))
    clipped = shapely.intersection(voronoi, frame)
    groups = rng.integers(0, max(count // 3, 1), len(clipped))
    return np.array([shapely.coverage_union_all(clipped[groups == g]) for g in np.unique(groups)], dtype=object)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), count=st.integers(3, 60), steps=st.sampled_from([8, 20, 50, 200]))
def test_a_coverage_of_some_steps_stays_one(seed: int, count: int, steps: int) -> None:
    exact = cells(seed, count, steps * STEP)
    exact = exact[shapely.is_valid(exact)]
    broken = ~shapely.is_valid(rounded(exact, 7))
    found = snap_rounded(exact, 7, broken)
    assert shapely.is_valid(found[broken]).all()
    there = ~shapely.is_empty(found)
    assert (shapely.area(exact[~there]) <= STEP * shapely.length(exact[~there])).all(), "only what is narrow is gone"
    assert all(shapely.equals_identical(rounded(found, 7), found)), "its vertices are points of the grid"
    sound = there & shapely.is_valid(found)
    moved = shapely.area(shapely.symmetric_difference(found[sound], exact[sound]))
    assert (moved <= 0.75 * STEP * shapely.length(exact[sound])).all(), "land moves by less than a step"
    i, j = np.triu_indices(int(sound.sum()), 1)
    shared = shapely.intersection(found[sound][i], found[sound][j])
    assert (shapely.area(shared) <= 0.75 * STEP * shapely.length(shared)).all(), "no overlap wider than the grid"


def test_a_neck_and_a_hole_of_millimetres_are_closed_and_neighbours_get_the_node() -> None:
    features = json.loads(REFUSED.read_text(encoding="utf-8"))["features"]
    exact = np.array([shapely.geometry.shape(f["geometry"]) for f in features], dtype=object)
    south = shapely.box(113.28, 34.79, 113.29, 34.8)
    exact = np.append(exact, south)
    assert shapely.is_valid(exact).all()
    broken = ~shapely.is_valid(rounded(exact, 7))
    assert broken.tolist() == [True, True, False]
    neck, hole, beside = snap_rounded(exact, 7, broken)
    assert neck.equals(shapely.union_all([
        shapely.Polygon([(113.28, 34.8), (113.285, 34.8), (113.284, 34.81), (113.28, 34.81)]),
        shapely.Polygon([(113.285, 34.8), (113.29, 34.8), (113.29, 34.81), (113.286, 34.81)]),
    ]))  # fmt: skip
    assert hole.equals(shapely.box(113.29, 34.8, 113.3, 34.81))
    assert (113.285, 34.8) in beside.exterior.coords[:]
    assert shapely.coverage_is_valid([neck, beside])


def test_nothing_is_done_to_what_rounding_does_not_break() -> None:
    exact = cells(1, 20, 0.01)
    found = snap_rounded(exact, 7, np.zeros(len(exact), dtype=bool))
    assert shapely.equals_identical(found, rounded(exact, 7)).all()
    assert len(snap_rounded(np.empty(0, dtype=object), 7, np.zeros(0, dtype=bool))) == 0
    line = shapely.Polygon([(0, 0), (1e-9, 0), (0, 1e-9)])
    assert snap_rounded(np.array([line]), 7, np.array([True]))[0].is_empty
