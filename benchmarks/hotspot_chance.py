"""Simulated data for the calibration of the hotspot statistics: chance alone, repeat callers, weeks, planted clusters.

Each function takes the number of the run, which is its seed, and returns two p-values, or whether a planted cluster was
found and a second answer.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import norm

from geo.hotspot.density import DensityClusters, cluster_stability, dbscan, hdbscan, st_dbscan
from geo.hotspot.early_warning import noufaily, same_period_warning
from geo.hotspot.emerging import emerging_hot_spots
from geo.hotspot.local import Neighbours, getis_ord, local_moran, standardised_rate
from geo.hotspot.scan import (
    ScanOptions,
    ScanResult,
    TimeWindows,
    Zones,
    bernoulli_scan,
    circular_zones,
    expectation_scan,
    neighbour_zones,
    permutation_scan,
    poisson_scan,
    weekday_strata,
)
from geo.hotspot.screening import merge_incidents
from geo.hotspot.significance import false_discovery_rate

if TYPE_CHECKING:
    from geo.hotspot.arrays import FloatArray, IntArray
    from geo.hotspot.scan.options import Rates

LOCATIONS, DAYS, REPLICATES = 100, 60, 199
PLACES = np.random.default_rng(99).uniform(0, 8000, (LOCATIONS, 2))
CIRCLES = circular_zones(PLACES, max_radius_m=2000)
CONNECTED = neighbour_zones(Neighbours.nearest(PLACES, 5), PLACES, max_steps=3, max_locations=15)
PROSPECTIVE = TimeWindows("prospective", max_length=14)
RETROSPECTIVE = TimeWindows(max_length=14)
SIDE = 12
GRID = np.array([[x, y] for x in range(SIDE) for y in range(SIDE)], dtype=float)
BOARD = Neighbours.within(GRID, 1.5)
CELL = 5 * SIDE + 5
MONDAYS = [dt.date(2015, 1, 5) + dt.timedelta(weeks=k) for k in range(6 * 52)]


def _best(result: ScanResult) -> tuple[float, float]:
    if not result.clusters:
        return 1.0, 1.0
    return result.clusters[0].p_monte_carlo, result.clusters[0].p_value


def permutation(run: int, windows: TimeWindows, zones: Zones = CIRCLES) -> tuple[float, float]:
    """Scan reports at random in time, places of unequal weight."""
    random = np.random.default_rng([1, run])
    share = random.gamma(2.0, size=LOCATIONS)
    place = random.choice(LOCATIONS, 1500, p=share / share.sum())
    day = random.integers(0, DAYS, 1500)
    return _best(
        permutation_scan(
            place, day, zones, DAYS, ScanOptions(windows=windows, replicates=REPLICATES, seed=run, sequential=None)
        )
    )


def poisson(run: int) -> tuple[float, float]:
    """Poisson counts with a known expectation, one interval."""
    random = np.random.default_rng([2, run])
    expected = random.gamma(3.0, 5.0, LOCATIONS)
    return _best(
        poisson_scan(
            random.poisson(expected), expected, CIRCLES, ScanOptions(replicates=REPLICATES, seed=run, sequential=None)
        )
    )


def poisson_time(run: int) -> tuple[float, float]:
    """Poisson counts with a known expectation, twenty intervals."""
    random = np.random.default_rng([3, run])
    expected = random.gamma(3.0, 0.3, (LOCATIONS, 20))
    result = poisson_scan(
        random.poisson(expected), expected, CIRCLES, ScanOptions(replicates=REPLICATES, seed=run, sequential=None)
    )
    return _best(result)


def bernoulli(run: int) -> tuple[float, float]:
    """Simulate a constant share of cases, one interval."""
    random = np.random.default_rng([4, run])
    cases = random.binomial(40, 0.3, LOCATIONS)
    return _best(
        bernoulli_scan(cases, 40 - cases, CIRCLES, ScanOptions(replicates=REPLICATES, seed=run, sequential=None))
    )


def bernoulli_time(run: int) -> tuple[float, float]:
    """Simulate a constant share of cases in daily reports, windows that end with the study."""
    random = np.random.default_rng([17, run])
    everyone = random.poisson(1.0, (LOCATIONS, DAYS))
    cases = random.binomial(everyone, 0.3)
    options = ScanOptions(windows=PROSPECTIVE, replicates=REPLICATES, seed=run, sequential=None)
    return _best(bernoulli_scan(cases, everyone - cases, CIRCLES, options))


def poisson_shaped(run: int, zones: Zones, rates: Rates) -> tuple[float, float]:
    """Poisson counts with a known expectation, other zones or rates."""
    random = np.random.default_rng([18, run])
    expected = random.gamma(3.0, 5.0, LOCATIONS)
    options = ScanOptions(rates=rates, replicates=REPLICATES, seed=run, sequential=None)
    return _best(poisson_scan(random.poisson(expected), expected, zones, options))


def expectation(run: int) -> tuple[float, float]:
    """Poisson counts with their expectation, windows that end with the study."""
    random = np.random.default_rng([5, run])
    expected = random.gamma(3.0, 0.5, (LOCATIONS, 14))
    result = expectation_scan(
        random.poisson(expected), expected, CIRCLES, ScanOptions(replicates=REPLICATES, seed=run, sequential=None)
    )
    return _best(result)


def getis(run: int) -> tuple[float, float]:
    """Gi* of one area: by permutation, analytic."""
    values = np.random.default_rng([6, run]).poisson(20, SIDE * SIDE).astype(float)
    result = getis_ord(values, BOARD, 999, seed=run)
    return float(result.p[CELL]), float(result.p_analytic[CELL])


def getis_rates(run: int) -> tuple[float, float]:
    """Gi* of one standardised rate: by permutation, analytic."""
    random = np.random.default_rng([7, run])
    households = random.gamma(2.0, 200.0, SIDE * SIDE) + 50
    values = standardised_rate(random.poisson(households * 0.1), households)
    result = getis_ord(values, BOARD, 999, seed=run)
    return float(result.p[CELL]), float(result.p_analytic[CELL])


def moran(run: int) -> tuple[float, float]:
    """Local Moran of one area: by permutation, analytic."""
    values = np.random.default_rng([8, run]).poisson(20, SIDE * SIDE).astype(float)
    result = local_moran(values, BOARD, 999, seed=run)
    return float(result.p[CELL]), float(result.p_analytic[CELL])


def emerging(run: int) -> tuple[float, float]:
    """One bin of a cube; the trend of its area."""
    cube = np.random.default_rng([9, run]).poisson(5, (SIDE * SIDE, 24)).astype(float)
    result = emerging_hot_spots(cube, BOARD)
    return float(result.p[CELL, -1]), float(result.trend.p[CELL])


def warning(run: int) -> tuple[float, float]:
    """Simulate the warning of a daily series with a weekly pattern."""
    week = 1 + 0.3 * np.sin(np.arange(500) * 2 * np.pi / 7)
    daily = np.random.default_rng([10, run]).poisson(6 * week, (1, 500))
    p = float(same_period_warning(daily).p[0])
    return p, p


def warning_overdispersed(run: int) -> tuple[float, float]:
    """Simulate the same of negative binomial counts, variance twice the mean."""
    week = 1 + 0.3 * np.sin(np.arange(500) * 2 * np.pi / 7)
    daily = np.random.default_rng([19, run]).negative_binomial(6 * week, 0.5, (1, 500))
    p = float(same_period_warning(daily).p[0])
    return p, p


def emerging_any(run: int, mean: float) -> tuple[float, float]:
    """Return the smallest q of all bins of a cube, and what it would be by the normal curve alone."""
    cube = np.random.default_rng([20, run]).poisson(mean, (SIDE * SIDE, 24)).astype(float)
    result = emerging_hot_spots(cube, BOARD)
    normal = false_discovery_rate(2 * norm.sf(np.abs(result.z)).ravel())
    return float(result.q.min()), float(normal.min())


def noufaily_weekly(run: int) -> tuple[float, float]:
    """Simulate the warning of a weekly series with a season."""
    season = 40 * (1 + 0.3 * np.sin(np.arange(len(MONDAYS)) * 2 * np.pi / 52.18))
    counts = np.random.default_rng([11, run]).poisson(season)
    p = float(noufaily(counts, MONDAYS, [len(MONDAYS) - 1]).p[0])
    return p, p


def repeat_calls(run: int, rate: float, *, merged: bool, windows: TimeWindows) -> tuple[float, float]:
    """Incidents of which some are called in again within two days."""
    random = np.random.default_rng([12, run])
    incidents = 1000
    place, when = random.integers(0, LOCATIONS, incidents), random.uniform(0, DAYS, incidents)
    again = np.repeat(np.arange(incidents), random.poisson(rate, incidents))
    times = np.append(when, when[again] + random.uniform(0, 2, len(again)))
    who, where = np.append(np.arange(incidents), again), np.append(place, place[again])
    inside = np.flatnonzero(times < DAYS)
    who, where, times = who[inside], where[inside], times[inside]
    rows = np.arange(len(who))
    if merged:
        rows = merge_incidents(who, np.zeros(len(who)), PLACES[where], times * 86_400.0).first
    day = np.floor(times[rows]).astype(np.int64)
    result = permutation_scan(
        where[rows], day, CIRCLES, DAYS, ScanOptions(windows=windows, replicates=REPLICATES, seed=run, sequential=None)
    )
    return _best(result)


def weekday_patterns(run: int, *, stratified: bool, windows: TimeWindows) -> tuple[float, float]:
    """Places with weeks of their own."""
    random = np.random.default_rng([13, run])
    place = random.integers(0, LOCATIONS, 2000)
    week = np.cumsum(random.dirichlet(np.full(7, 4.0), LOCATIONS), axis=1)
    weekday = (random.uniform(size=2000)[:, None] > week[place]).sum(axis=1)
    day = random.integers(0, 8, 2000) * 7 + weekday
    options = ScanOptions(windows=windows, replicates=REPLICATES, seed=run, sequential=None)
    strata = weekday_strata(day) if stratified else None
    result = permutation_scan(place, day, CIRCLES, 56, options, strata=strata)
    return _best(result)


def planted_scan(run: int, risk: float, members: int) -> tuple[bool, bool]:
    """Simulate a higher risk at the nearest places in the last seven days."""
    random = np.random.default_rng([14, run])
    centre = int(random.integers(0, LOCATIONS))
    truth = np.argsort(np.hypot(*(PLACES - PLACES[centre]).T))[:members]
    mean = np.full((LOCATIONS, DAYS), 0.25)
    mean[truth, -7:] *= risk
    counts = random.poisson(mean)
    place, day = np.nonzero(counts)
    times = counts[place, day]
    result = permutation_scan(
        np.repeat(place, times),
        np.repeat(day, times),
        CIRCLES,
        DAYS,
        ScanOptions(windows=PROSPECTIVE, replicates=REPLICATES, seed=run),
    )
    found = [cluster for cluster in result.significant() if set(truth) & set(cluster.members)]
    return bool(found), bool(found) and centre in found[0].members


def planted_gi(run: int, risk: float) -> tuple[bool, bool]:
    """Simulate a higher mean in three by three areas."""
    random = np.random.default_rng([15, run])
    mean = np.full((SIDE, SIDE), 10.0)
    mean[4:7, 4:7] *= risk
    result = getis_ord(random.poisson(mean).ravel().astype(float), BOARD, 9999, seed=run)
    hot = result.flags.reshape(SIDE, SIDE) > 0
    far = np.ones((SIDE, SIDE), dtype=bool)
    far[3:8, 3:8] = False
    return bool(hot[5, 5]), not (hot & far).any()


def planted_warning(run: int, factor: float) -> tuple[bool, bool]:
    """Raise one of twenty series in the last seven days."""
    random = np.random.default_rng([16, run])
    mean = np.full((20, 500), 4.0)
    mean[0, -7:] *= factor
    result = same_period_warning(random.poisson(mean))
    return bool(result.alarm[0]), not result.alarm[1:].any()


STABLE = 0.75


def _clustered(points: FloatArray, weights: FloatArray, days: FloatArray, method: str) -> DensityClusters:
    if method == "DBSCAN":
        return dbscan(points, weights, 250.0, 8.0)
    if method == "HDBSCAN":
        return hdbscan(points, weights, 15, 8)
    return st_dbscan(points, days * 86_400.0, weights, 500.0, 3 * 86_400.0, 8.0)


def density_clusters(run: int, method: str, planted: int) -> tuple[bool, bool]:
    """Whether there is a cluster, and whether it is stable: of 300 reports in 4 × 4 km, the planted ones added."""
    random = np.random.default_rng([21, run])
    points, days = random.uniform(0, 4000, (300, 2)), random.uniform(0, DAYS, 300)
    spot = random.uniform(500, 3500, 2)
    points = np.vstack([points, spot + random.normal(0, 60, (planted, 2))])
    days = np.append(days, random.uniform(30, 35, planted))
    clusters = _clustered(points, np.ones(len(points)), days, method)
    held = np.ones(clusters.count, dtype=bool)
    if planted:
        own = clusters.labels[300:]
        held = np.bincount(own[own >= 0], minlength=clusters.count) >= 0.5 * planted

    def again(drawn: FloatArray, weights: FloatArray, rows: IntArray) -> DensityClusters:
        return _clustered(drawn, weights, days[rows], method)

    stability = cluster_stability(points, None, clusters, again, replicates=20, seed=run)
    return bool(held.any()), bool((stability[held] >= STABLE).any())
