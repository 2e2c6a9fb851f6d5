"""Emerging hot spots: trends equal pymannkendall, categories equal the published ones, scores equal Gi* of the cube."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.stats import norm

from geo.hotspot.arrays import HotspotInputError
from geo.hotspot.emerging import (
    Category,
    classify,
    emerging_hot_spots,
    mann_kendall,
    space_time_cube,
)
from geo.hotspot.local import Neighbours, getis_ord

if TYPE_CHECKING:
    from pathlib import Path

SIGNS = {"h": 1, "c": -1, "o": 0}
TRENDS = {"up": 1, "down": -1, None: 0}


def test_mann_kendall_equals_pymannkendall_with_and_without_ties() -> None:
    import pymannkendall

    random = np.random.default_rng(0)
    for table in (random.poisson(2, (15, 14)).astype(float), random.normal(size=(15, 30)).cumsum(axis=1)):
        ours = mann_kendall(table)
        for i, row in enumerate(table):
            theirs = pymannkendall.original_test(row)
            assert ours.s[i] == theirs.s
            assert ours.variance[i] == pytest.approx(theirs.var_s, abs=1e-9)
            assert ours.z[i] == pytest.approx(theirs.z, abs=1e-12)
            assert ours.p[i] == pytest.approx(theirs.p, abs=1e-12)
            assert ours.slope[i] == pytest.approx(theirs.slope, abs=1e-12)
            assert ours.tau[i] == pytest.approx(theirs.Tau, abs=1e-12)
    assert mann_kendall(np.ones(5)).p[0] == 1


def test_published_sequences_get_their_published_class(published: Path) -> None:
    record = json.loads((published / "emerging_classes.json").read_text())
    for case in record["cases"]:
        assert classify([SIGNS[sign] for sign in case["z"]], TRENDS[case["trend"]]) == case["expected"]
    trap = record["trap"]
    assert classify([SIGNS[sign] for sign in trap["z"]], TRENDS[trap["trend"]]) == "diminishing cold spot"


@pytest.mark.parametrize(
    ("history", "trend", "expected"),
    [
        ("oooooooohhhh", 0, Category.CONSECUTIVE_HOT),
        ("oohhoooooohh", 0, Category.SPORADIC_HOT),
        ("hoooooooooooh", 0, Category.SPORADIC_HOT),
        ("cooooooooohh", 0, Category.OSCILLATING_HOT),
        ("ccccccccccch", 0, Category.OSCILLATING_HOT),
        ("hhhhhhhhhho", 0, Category.HISTORICAL_HOT),
        ("hhhhhhhhoo", 0, Category.NONE),
        ("cccccccccccc", -1, Category.INTENSIFYING_COLD),
        ("cccccccccccc", 0, Category.PERSISTENT_COLD),
        ("ccccccccccco", 0, Category.HISTORICAL_COLD),
        ("oooooooocccc", 0, Category.CONSECUTIVE_COLD),
        ("occooooooooc", 0, Category.SPORADIC_COLD),
        ("hoooooooocc", 0, Category.OSCILLATING_COLD),
        ("ohhhhhhhhhhh", 1, Category.INTENSIFYING_HOT),
        ("h", 0, Category.NEW_HOT),
    ],
)
def test_every_definition(history: str, trend: int, expected: Category) -> None:
    assert classify([SIGNS[sign] for sign in history], trend) is expected


def test_hot_and_cold_mirror_each_other() -> None:
    random = np.random.default_rng(1)
    for _ in range(300):
        flags, trend = random.integers(-1, 2, random.integers(2, 15)), int(random.integers(-1, 2))
        mirror = {"hot": "cold", "cold": "hot"}
        words = [mirror.get(word, word) for word in classify(flags, trend).split()]
        assert classify(-flags, -trend) == " ".join(words)


def test_scores_equal_gi_star_on_the_cube(chessboard: Neighbours) -> None:
    steps, areas = 5, len(chessboard)
    cube = np.random.default_rng(2).poisson(3, (areas, steps)).astype(float)
    links = []
    for i in range(areas):
        for j in [i, *chessboard.around(i).tolist()]:
            for t in range(steps):
                links += [(i * steps + t, j * steps + u) for u in (t, t - 1) if u >= 0 and (j, u) != (i, t)]
    whole = getis_ord(cube.ravel(), Neighbours.from_pairs(areas * steps, np.array(links)), 0)
    result = emerging_hot_spots(cube, chessboard)
    np.testing.assert_allclose(result.z.ravel(), whole.z, atol=1e-9)
    normal = 2 * norm.sf(np.abs(whole.z))
    assert (result.p.ravel() >= normal - 1e-12).all(), "no tail is thinner than the normal curve's"


def test_few_counts_are_not_hot_by_chance(chessboard: Neighbours) -> None:
    level, far, normal = 1e-4, 0, 0
    for seed in range(20):
        cube = np.random.default_rng([4, seed]).poisson(0.3, (400, 24)).astype(float)
        result = emerging_hot_spots(cube, chessboard, adjust=False)
        far += int((result.p <= level).sum())
        normal += int((2 * norm.sf(np.abs(result.z)) <= level).sum())
    bins = 20 * 400 * 24
    assert far <= 1.3 * level * bins
    assert normal >= 3 * level * bins


def test_planted_histories_are_recognised(chessboard: Neighbours) -> None:
    cube = np.random.default_rng(3).poisson(5, (400, 24)).astype(float)
    number = np.arange(400).reshape(20, 20)
    cube[number[:5, :5].ravel(), :] += 15
    cube[number[15:, 15:].ravel(), -3:] += 25
    result = emerging_hot_spots(cube, chessboard)
    assert result.categories[number[2, 2]] in {
        Category.PERSISTENT_HOT,
        Category.INTENSIFYING_HOT,
        Category.DIMINISHING_HOT,
    }
    assert result.categories[number[17, 17]] is Category.CONSECUTIVE_HOT
    assert result.categories[number[10, 10]] is Category.NONE


def test_a_constant_cube_has_no_pattern(chessboard: Neighbours) -> None:
    assert set(emerging_hot_spots(np.ones((400, 3)), chessboard).categories) == {Category.NONE}
    assert emerging_hot_spots(np.ones((0, 3)), Neighbours.from_lists([])).categories == ()


def test_the_cube_counts_whole_steps_back_from_its_end() -> None:
    cube = space_time_cube([0, 0, 1, 1, -1, 0], [0.0, 9.9, 10.0, 19.9, 15.0, 20.0], 2, end_s=20.0, step_s=10.0, steps=2)
    assert cube.tolist() == [[2.0, 0.0], [0.0, 2.0]]
    with pytest.raises(HotspotInputError, match="below"):
        space_time_cube([5], [0.0], 2, end_s=1, step_s=1, steps=1)
