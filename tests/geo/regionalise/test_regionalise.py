"""A redesign is contiguous, covers all land, is balanced as far as the pieces allow, and prefers roads as borders."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.regionalise import Atoms, cut_atoms, measure, partition


def squares(n: int, size: float = 100.0) -> Atoms:
    land = shapely.box(0, 0, n * size, n * size)
    lines = [shapely.LineString([(i * size, 0), (i * size, n * size)]) for i in range(1, n)]
    lines += [shapely.LineString([(0, i * size), (n * size, i * size)]) for i in range(1, n)]
    return cut_atoms(land, lines, [])


def is_contiguous(atoms: Atoms, labels: np.ndarray) -> bool:
    same = labels[atoms.pairs[:, 0]] == labels[atoms.pairs[:, 1]]
    pairs = atoms.pairs[same]
    graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(labels),) * 2)
    return connected_components(graph, directed=False)[0] == len(set(labels))


def test_land_is_cut_along_borders_and_roads_without_loss() -> None:
    land = shapely.box(0, 0, 1000, 1000)
    road = shapely.LineString([(-100, 480), (1100, 520)])
    atoms = cut_atoms(land, [shapely.box(0, 0, 500, 1000)], [road])
    assert len(atoms.geometries) == 4
    assert shapely.area(atoms.geometries).sum() == pytest.approx(land.area)
    assert sorted(atoms.road_share.round(1)) == pytest.approx([0.0, 0.0, 1.0, 1.0], abs=0.1)


def test_crumbs_join_their_neighbour() -> None:
    land = shapely.box(0, 0, 1000, 1000)
    crumb = shapely.LineString([(-1, 5), (5, -1)])
    assert len(cut_atoms(land, [], [crumb]).geometries) == 1


@settings(max_examples=25)
@given(st.integers(0, 1000), st.integers(2, 6))
def test_regions_hang_together_and_none_is_empty(seed: int, k: int) -> None:
    atoms = squares(5)
    weights = np.random.default_rng(seed).integers(0, 50, 25).astype(float)
    proposal = partition(atoms, weights, k, seed=seed, steps=40)
    assert set(proposal.labels) == set(range(k))
    assert is_contiguous(atoms, proposal.labels)
    assert proposal.loads.sum() == pytest.approx(weights.sum())


@pytest.mark.parametrize("k", [2, 3, 4, 6, 9])
def test_even_land_is_divided_evenly(k: int) -> None:
    proposal = partition(squares(12), np.ones(144), k, seed=1)
    assert proposal.imbalance <= 0.05


def test_the_same_seed_gives_the_same_proposal() -> None:
    one, two = (partition(squares(6), np.arange(36.0), 4, seed=3) for _ in range(2))
    assert (one.labels == two.labels).all()


def test_borders_fall_on_a_road_when_that_costs_no_balance() -> None:
    land = shapely.box(0, 0, 1200, 1200)
    lines = [shapely.LineString([(i * 100, 0), (i * 100, 1200)]) for i in range(1, 12) if i != 6]
    lines += [shapely.LineString([(0, i * 100), (1200, i * 100)]) for i in range(1, 12)]
    road = shapely.LineString([(600, -10), (600, 1210)])
    proposal = partition(cut_atoms(land, lines, [road]), np.ones(144), 2, seed=0)
    assert proposal.imbalance <= 0.02
    assert proposal.cut_on_roads >= 0.95


@pytest.mark.parametrize(
    ("weights", "k", "message"),
    [(np.ones(4), 5, "cannot make 5"), (np.ones(3), 2, "one finite number"), (-np.ones(4), 2, "not negative")],
)
def test_impossible_wishes_are_refused(weights: np.ndarray, k: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        partition(squares(2), weights, k)


def test_measures_of_two_squares_are_known() -> None:
    areas = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)], dtype=object)
    found = measure(areas, np.array([10.0, 30.0]))
    assert found.imbalance == pytest.approx(0.5)
    assert found.compactness == pytest.approx([np.pi / 4] * 2)
    assert found.border_m == pytest.approx(1.0)
