"""Every model against its definition, written out plainly: all circles, all spans, the textbook's formula."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import pytest

from geo.hotspot.scan import (
    ScanOptions,
    TimeWindows,
    bernoulli_scan,
    circular_zones,
    expectation_scan,
    permutation_scan,
    poisson_scan,
    weekday_strata,
)
from geo.hotspot.scan.likelihood import POISSON
from geo.hotspot.scan.monte_carlo import ReplicateScan
from geo.hotspot.scan.permutation import permutation_expectation
from geo.hotspot.scan.problem import Problem
from geo.hotspot.scan.simulate import shuffle_null

if TYPE_CHECKING:
    from geo.hotspot.scan import ScanResult

PLACES, DAYS, RADIUS_M, LONGEST = 14, 16, 1800.0, 5
POINTS = np.random.default_rng(31).uniform(0, 4000, (PLACES, 2))
ZONES = circular_zones(POINTS, max_radius_m=RADIUS_M)

Score = Callable[[float, float], float]
Window = tuple[tuple[int, ...], int, int]


def _circles(share: float, at_risk: np.ndarray) -> Iterator[tuple[int, ...]]:
    """Members of every circle around a place, not larger than the radius and the share."""
    for centre in POINTS:
        away = np.hypot(*(POINTS - centre).T)
        for radius in np.sort(away[away <= RADIUS_M]):
            members = tuple(np.flatnonzero(away <= radius).tolist())
            if at_risk[list(members)].sum() <= share * at_risk.sum():
                yield members


def _plain(
    cases: np.ndarray, baseline: np.ndarray, score: Score, options: ScanOptions, *, rate: float = 1.0
) -> tuple[float, set[Window]]:
    """Largest ratio, and every window that has it; ``rate`` times the baseline is expected."""
    windows, share, fewest = options.windows, options.max_share, options.min_cases
    assert windows is not None
    assert share is not None
    assert fewest is not None
    found: list[tuple[float, Window]] = []
    for members in _circles(share, baseline.sum(axis=1)):
        for start in range(DAYS):
            for end in range(start + 1, min(start + LONGEST, DAYS) + 1):
                if windows.mode == "prospective" and end != DAYS:
                    continue
                c = float(cases[list(members), start:end].sum())
                m = float(baseline[list(members), start:end].sum())
                high = c > m * rate
                if m > 0 and options.rates in ("both", "high" if high else "low") and (c >= fewest or not high):
                    found.append((score(c, m), (members, start, end)))
    best = max(ratio for ratio, _ in found)
    return best, {window for ratio, window in found if ratio > best - 1e-9}


def _agrees(result: ScanResult, plain: tuple[float, set[Window]]) -> None:
    best, windows = plain
    first = result.clusters[0]
    assert first.log_likelihood_ratio == pytest.approx(best, abs=1e-9)
    assert (tuple(sorted(first.members.tolist())), first.start, first.end) in windows


def _log(x: float, ratio: float) -> float:
    return x * math.log(ratio) if x else 0.0


def _poisson(total: float) -> Score:
    return lambda c, m: _log(c, c / m) + _log(total - c, (total - c) / (total - m))


def _options(mode: str, rates: str, fewest: int = 2, share: float = 0.5) -> ScanOptions:
    windows = TimeWindows(mode, max_length=LONGEST)  # type: ignore[arg-type]
    return ScanOptions(windows, share, fewest, rates, replicates=0)  # type: ignore[arg-type]


@pytest.mark.parametrize("mode", ["retrospective", "prospective"])
@pytest.mark.parametrize("rates", ["high", "low", "both"])
def test_permutation_adjusted_for_the_day_of_the_week(mode: str, rates: str) -> None:
    for run in range(4):
        random = np.random.default_rng([32, run])
        place, day = random.integers(0, PLACES, 120), random.integers(0, DAYS, 120)
        cases = np.zeros((PLACES, DAYS))
        np.add.at(cases, (place, day), 1)
        expected = np.zeros_like(cases)
        for z in range(PLACES):
            for d in range(DAYS):
                same = day % 7 == d % 7
                expected[z, d] = ((place == z) & same).sum() * (day == d).sum() / max(same.sum(), 1)
        options = _options(mode, rates, share=0.4)
        result = permutation_scan(place, day, ZONES, DAYS, options, strata=weekday_strata(day, 3))
        _agrees(result, _plain(cases, expected, _poisson(120.0), options))
        best = result.clusters[0]
        assert best.expected == pytest.approx(expected[best.members, best.start : best.end].sum())


@pytest.mark.parametrize("rates", ["high", "low", "both"])
def test_poisson_and_expectation_based(rates: str) -> None:
    options = _options("retrospective", rates, fewest=3)
    for run in range(4):
        random = np.random.default_rng([33, run])
        forecast = random.gamma(2.0, 0.3, (PLACES, DAYS))
        cases = random.poisson(forecast).astype(float)
        total = float(cases.sum())
        scaled = forecast * total / forecast.sum()
        _agrees(poisson_scan(cases, forecast, ZONES, options), _plain(cases, scaled, _poisson(total), options))
        neill = _plain(cases, forecast, lambda c, m: _log(c, c / m) + m - c, options)
        _agrees(expectation_scan(cases, forecast, ZONES, options), neill)


@pytest.mark.parametrize("rates", ["high", "low", "both"])
def test_bernoulli_in_space_and_time(rates: str) -> None:
    options = _options("prospective", rates)
    for run in range(4):
        random = np.random.default_rng([34, run])
        population = random.poisson(1.5, (PLACES, DAYS)).astype(float)
        cases = random.binomial(population.astype(int), 0.3).astype(float)
        total, whole = float(cases.sum()), float(population.sum())

        def score(c: float, m: float, total: float = total, whole: float = whole) -> float:
            parts = ((c, m), (m - c, m), (total - c, whole - m), (whole - m - total + c, whole - m))
            null = _log(total, total / whole) + _log(whole - total, (whole - total) / whole)
            return sum(_log(x, x / of) for x, of in parts if of) - null

        result = bernoulli_scan(cases, population - cases, ZONES, options)
        _agrees(result, _plain(cases, population, score, options, rate=total / whole))


@pytest.mark.parametrize(
    ("mode", "since"), [("retrospective", None), ("prospective", None), ("prospective", 10), ("prospective", 30)]
)
@pytest.mark.parametrize("count", [60, 700, 9000])
def test_the_fast_scan_of_the_replicates_loses_no_window(mode: str, since: int | None, count: int) -> None:
    random = np.random.default_rng([35, count])
    places = random.uniform(0, 6000, (40, 2))
    share = random.gamma(1.0, size=40)
    place, day = random.choice(40, count, p=share / share.sum()), random.integers(0, 40, count)
    windows = TimeWindows(mode, min_length=2, max_length=20, surveillance_start=since)  # type: ignore[arg-type]
    options = ScanOptions(windows=windows, replicates=25, seed=5, sequential=None)
    zones = circular_zones(places, max_radius_m=2500)
    fast = permutation_scan(place, day, zones, 40, options)
    observed, stratum = np.zeros((40, 40)), np.zeros(count, dtype=np.int64)
    np.add.at(observed, (place, day), 1.0)
    expected = permutation_expectation(place, day, stratum, 40, 40)
    limited = zones.limited(observed.sum(axis=1), 0.5)
    problem = Problem(POISSON, observed, expected, limited, windows, 2, options)
    plain = np.zeros(25)
    ReplicateScan(problem, shuffle_null(problem, place, day, stratum)).run_plainly(0, 25, plain)
    np.testing.assert_allclose(fast.replicates, plain, rtol=1e-12, atol=1e-9)


def test_of_equal_clusters_the_smaller_zone_is_reported() -> None:
    """A circle that also holds a place without cases says nothing more, whatever the order of the places."""
    points = np.array([[0.0, 0.0], [900.0, 0.0], [1000.0, 0.0], [9000.0, 0.0], [9500.0, 0.0]])
    place = np.array([2, 2, 2, 3, 3, 4, 4, 3, 4, 3])
    day = np.array([7, 7, 7, 0, 1, 2, 3, 4, 5, 6])
    result = permutation_scan(place, day, circular_zones(points), 8, ScanOptions(replicates=0))
    assert result.clusters[0].members.tolist() == [2]
