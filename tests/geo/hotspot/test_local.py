"""Gi* and local Moran: equal to esda and to Getis and Ord's own figures."""

from __future__ import annotations

import csv
import itertools
import warnings
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.stats import binom

from geo.hotspot.arrays import HotspotInputError
from geo.hotspot.local import Neighbours, chance_tails, getis_ord, local_moran, rate, standardised_rate
from geo.hotspot.progress import Cancelled

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from libpysal.weights import W


@pytest.fixture(scope="module")
def esda() -> ModuleType:
    """The library that judges: loaded only where it does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import esda

        return esda


def _w(neighbours: Neighbours) -> W:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from libpysal.weights import W

        return W({i: neighbours.around(i).tolist() for i in range(len(neighbours))}, silence_warnings=True)


@pytest.fixture(scope="module")
def counts() -> np.ndarray:
    return np.random.default_rng(1).poisson(5, 400).astype(float)


@pytest.mark.parametrize("star", [True, False])
def test_gi_equals_esda(esda: ModuleType, chessboard: Neighbours, counts: np.ndarray, star: bool) -> None:  # noqa: FBT001
    theirs = esda.G_Local(counts, _w(chessboard), transform="B", star=star, permutations=0)
    ours = getis_ord(counts, chessboard, 0, star=star)
    np.testing.assert_allclose(ours.statistic, theirs.Gs, rtol=0, atol=1e-9)
    np.testing.assert_allclose(ours.z, theirs.Zs, rtol=0, atol=1e-9)
    rows = esda.G_Local(counts, _w(chessboard), transform="R", star=1 / 9 if star else False, permutations=0)
    if not star:
        np.testing.assert_allclose(
            getis_ord(counts, chessboard.row_standardised(), 0, star=False).statistic, rows.Gs, rtol=0, atol=1e-9
        )


def test_local_moran_equals_esda(esda: ModuleType, chessboard: Neighbours, counts: np.ndarray) -> None:
    theirs = esda.Moran_Local(counts, _w(chessboard), permutations=0)
    ours = local_moran(counts, chessboard, 0)
    np.testing.assert_allclose(ours.statistic, theirs.Is, rtol=0, atol=1e-9)
    assert set(ours.kinds) <= {"high-high", "low-low", "high-low", "low-high", "none"}


def test_getis_and_ord_own_figures(published: Path) -> None:
    with (published / "getisord.csv").open() as file:
        rows = [[float(value) for value in row] for row in list(csv.reader(file))[1:]]
    table = np.array(rows)
    expected = {30: 1.221979, 60: 1.748098, 90: 1.986135, 120: 1.893374, 150: 1.237454}
    for distance, score in expected.items():
        neighbours = Neighbours.within(table[:, :2], distance)
        assert getis_ord(table[:, 2], neighbours, 0, star=False).z[119] == pytest.approx(score, abs=5e-7)
    assert getis_ord(table[:, 2], Neighbours.within(table[:, :2], 30), 0).z[119] == pytest.approx(1.45078, abs=5e-6)


def test_permutations_agree_with_the_analytic_score(chessboard: Neighbours, counts: np.ndarray) -> None:
    result = getis_ord(counts, chessboard, 999, seed=3, star=False)
    assert np.abs(result.p - result.p_analytic).max() < 0.2
    assert np.corrcoef(result.p, result.p_analytic)[0, 1] > 0.98


def test_the_same_seed_gives_the_same_p(chessboard: Neighbours, counts: np.ndarray) -> None:
    first, again, other = (getis_ord(counts, chessboard, 199, seed=seed).p for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_a_planted_hot_corner_is_flagged_and_little_else(chessboard: Neighbours) -> None:
    values = np.random.default_rng(2).poisson(4, (20, 20)).astype(float)
    values[:4, :4] += 8
    for result in (getis_ord(values.ravel(), chessboard, 9999), local_moran(values.ravel(), chessboard, 9999)):
        hot = (result.flags > 0).reshape(20, 20)
        assert hot[:3, :3].all()
        assert hot[8:, 8:].sum() == 0


def test_too_few_permutations_are_said_aloud_and_more_are_drawn(chessboard: Neighbours, counts: np.ndarray) -> None:
    few = getis_ord(counts, chessboard, 199)
    assert few.permutations_too_few
    assert 2 / (few.most_permutations + 1) * len(counts) <= few.level
    assert not getis_ord(counts, chessboard, 0).permutations_too_few


@pytest.mark.parametrize("standardised", [False, True])
@pytest.mark.parametrize("star", [True, False])
def test_permutations_come_to_the_share_of_all_arrangements(*, star: bool, standardised: bool) -> None:
    values = np.array([0.0, 0.0, 0.0, 1.0, 0.0, 3.0, 0.0, 7.0, 2.0])
    neighbours = Neighbours.from_lists([[1, 2], [0, 2], [0, 1, 3], [2, 4, 5], [3], [3, 6, 7, 8], [5], [5, 8], [5, 7]])
    weights = neighbours.row_standardised() if standardised else neighbours
    found = getis_ord(values, weights, 19_999, seed=1, star=star)
    for area in range(len(values)):
        near = neighbours.around(area)
        drawn_from = values if star else np.delete(values, area)
        sums = [sum(chosen) for chosen in itertools.combinations(drawn_from, len(near) + star)]
        observed = values[near].sum() + star * values[area]
        tails = np.mean(np.array(sums) >= observed), np.mean(np.array(sums) <= observed)
        assert found.p[area] == pytest.approx(min(2 * min(tails), 1.0), abs=0.02)


def test_one_report_makes_nothing_hot(chessboard: Neighbours) -> None:
    values = np.zeros(400)
    values[210] = 1
    for method in (getis_ord, local_moran):
        found = method(values, chessboard)
        assert not found.flags.any()
        assert set(found.kinds.tolist()) == {"none"}


def test_rates_pass_the_test_of_chance_too(chessboard: Neighbours) -> None:
    exposure = np.where(np.arange(400) % 20 < 10, 1.0, 12.0)
    counts = np.random.default_rng(3).multinomial(40, exposure / exposure.sum()).astype(float)
    rates = standardised_rate(counts, exposure)
    for method, with_own in ((getis_ord, True), (local_moran, False)):
        assert (method(rates, chessboard).q <= 0.05).any(), "the sizes alone gather"
        chance = chance_tails(counts, exposure, chessboard, with_own=with_own)
        found = method(rates, chessboard, chance=chance)
        assert not (found.q <= 0.05).any()
        assert (found.p >= np.minimum(2 * np.minimum(chance.high, chance.low), 1.0) - 1e-12).all()
    # One neighbourhood by hand: area 0 has the neighbours 1, 20 and 21.
    together = counts[[0, 1, 20, 21]].sum()
    share = exposure[[0, 1, 20, 21]].sum() / exposure.sum()
    by_hand = binom.sf(together - 1, 40, share), binom.cdf(together, 40, share)
    own = chance_tails(counts, exposure, chessboard, with_own=True)
    assert (own.high[0], own.low[0]) == pytest.approx(by_hand)


def test_islands_and_constants_are_not_tested() -> None:
    neighbours = Neighbours.from_lists([[1], [0, 2], [1], []])
    result = getis_ord([1.0, 5.0, 2.0, 9.0], neighbours, 99)
    assert result.islands.tolist() == [False, False, False, True]
    assert np.isnan(result.z[3])
    assert np.isnan(result.q[3])
    assert result.flags[3] == 0
    for constant in (getis_ord(np.full(4, 3.0), neighbours, 99), local_moran(np.full(4, 3.0), neighbours, 99)):
        assert np.isnan(constant.z).all()
        assert not constant.flags.any()


def test_empty_input_gives_empty_results() -> None:
    nobody = Neighbours.from_lists([])
    assert len(getis_ord([], nobody).z) == 0
    assert len(local_moran([], nobody).z) == 0


def test_rates_equal_esda_and_tell_nothing_without_exposure(esda: ModuleType) -> None:
    random = np.random.default_rng(4)
    exposure = random.integers(20, 400, 60).astype(float)
    counts = random.poisson(exposure * 0.05).astype(float)
    np.testing.assert_allclose(standardised_rate(counts, exposure), esda.smoothing.assuncao_rate(counts, exposure))
    exposure[0] = counts[0] = 0
    assert rate(counts, exposure)[0] == pytest.approx(counts.sum() / exposure.sum())
    assert standardised_rate(counts, exposure)[0] == 0
    with pytest.raises(HotspotInputError, match="exposure"):
        rate([1.0], [-1.0])


def test_neighbours_from_polygons_points_and_libpysal_agree() -> None:
    import shapely

    boxes = [shapely.box(x, y, x + 1, y + 1) for y in range(4) for x in range(4)]
    queen, rook = Neighbours.touching(boxes), Neighbours.touching(boxes, rook=True)
    assert queen.cardinalities.tolist() == [3, 5, 5, 3, 5, 8, 8, 5, 5, 8, 8, 5, 3, 5, 5, 3]
    assert rook.around(5).tolist() == [1, 4, 6, 9]
    centres = np.array([[x + 0.5, y + 0.5] for y in range(4) for x in range(4)])
    np.testing.assert_array_equal(Neighbours.within(centres, 1.0).indices, rook.indices)
    np.testing.assert_array_equal(Neighbours.from_w(_w(queen)).indices, queen.indices)
    assert (Neighbours.nearest(centres, 3).cardinalities == 3).all()


def test_a_caller_can_cancel(chessboard: Neighbours, counts: np.ndarray) -> None:
    with pytest.raises(Cancelled):
        getis_ord(counts, chessboard, 99, progress=lambda _: False)


def test_large_values_keep_the_digits_that_differ(chessboard: Neighbours) -> None:
    values = np.random.default_rng(41).normal(0, 1, 400)
    for star in (True, False):
        near = getis_ord(values, chessboard, 0, star=star).z
        far = getis_ord(values + 1e8, chessboard, 0, star=star).z
        np.testing.assert_allclose(far, near, atol=1e-5)


def test_reports_where_nothing_is_exposed_raise_no_other_rate() -> None:
    with_them = standardised_rate([10, 20, 30, 999], [100, 200, 400, 0])
    np.testing.assert_allclose(with_them[:3], standardised_rate([10, 20, 30], [100, 200, 400]))
    assert with_them[3] == 0.0
    assert rate([10, 20, 999], [100, 100, 0])[2] == pytest.approx(0.15)
