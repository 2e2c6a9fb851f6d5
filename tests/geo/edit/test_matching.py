"""Matched areas share every vertex: what an editor moves in one moves in its neighbours."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Polygon

from geo.edit import match_vertices

DECIMALS = 7
STEP = 1e-7


def strip(seed: int) -> dict[str, Polygon]:
    """One long area below others whose corners on its slanting edge it does not have, some a step away."""
    generator = np.random.default_rng(seed)
    count, lean = int(generator.integers(2, 6)), generator.uniform(-0.4, 0.4)
    xs = np.concatenate([[0.0], np.sort(generator.uniform(0.1, 0.9, count - 1)), [1.0]])
    foot = np.round(np.column_stack([113 + xs * 1e-2, 34 + lean * xs * 1e-2]), DECIMALS)
    head = np.round(np.column_stack([113 + xs * 1e-2, np.full(count + 1, 34.01)]), DECIMALS)
    above = {f"a{i}": Polygon([foot[i], foot[i + 1], head[i + 1], head[i]]) for i in range(count)}
    near = foot[[0, -1]] + generator.choice([-STEP, 0.0, STEP], (2, 2))
    return above | {"long": Polygon([*np.round(near, DECIMALS), (113.01, 33.99), (113.0, 33.99)])}


@given(st.integers(0, 10_000))
def test_neighbours_have_the_same_vertices_on_their_borders_and_move_by_a_step_at_most(seed: int) -> None:
    before = strip(seed)
    after = match_vertices(before, DECIMALS)
    assert list(after) == list(before)
    assert shapely.coverage_is_valid(list(after.values()))
    uppers = shapely.get_coordinates([area for code, area in after.items() if code != "long"])
    own = {tuple(point) for point in shapely.get_coordinates(after["long"])}
    edge = shapely.LineString(np.array(sorted(p for p in own if p[1] > 33.995)))
    touching = uppers[shapely.distance(shapely.points(uppers), edge) <= 3 * STEP]
    assert len(touching) >= 4
    assert {tuple(point) for point in touching} <= own
    for code, area in before.items():
        assert shapely.hausdorff_distance(area.boundary, after[code].boundary) <= 3 * STEP


@given(st.integers(0, 10_000))
def test_matching_again_changes_nothing(seed: int) -> None:
    once = match_vertices(strip(seed), DECIMALS)
    assert all(shapely.equals_identical(once[code], area) for code, area in match_vertices(once, DECIMALS).items())


def test_what_is_not_valid_or_empty_stays_as_it_is() -> None:
    bow = Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    assert match_vertices({"bow": bow, "none": Polygon()}, DECIMALS) == {"bow": bow, "none": Polygon()}
    assert match_vertices({}, DECIMALS) == {}
