"""Scan statistics: the fast scan equals the plain one, and the definitions are kept."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from geo.hotspot.arrays import HotspotInputError
from geo.hotspot.local import Neighbours
from geo.hotspot.progress import Cancelled
from geo.hotspot.scan import (
    ScanOptions,
    TimeWindows,
    Zones,
    bernoulli_scan,
    circular_zones,
    expectation_scan,
    neighbour_zones,
    permutation_expectation,
    permutation_scan,
    poisson_scan,
    weekday_strata,
)
from geo.hotspot.scan.exact import candidates_of
from geo.hotspot.scan.likelihood import EXPECTATION, POISSON
from geo.hotspot.scan.monte_carlo import simulate
from geo.hotspot.scan.problem import Problem
from geo.hotspot.scan.simulate import draw, multinomial_null, shuffle_null

if TYPE_CHECKING:
    from geo.hotspot.scan.frame import Null

SIDE = 6


@pytest.fixture(scope="module")
def places() -> np.ndarray:
    return np.random.default_rng(1).uniform(0, 5000, (SIDE * SIDE, 2))


@pytest.fixture(scope="module")
def zones(places: np.ndarray) -> Zones:
    return circular_zones(places, max_radius_m=2000)


def _cases(seed: int, count: int, days: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    return random.integers(0, SIDE * SIDE, count), random.integers(0, days, count)


def _drawn(null: Null, replicate: int, shape: tuple[int, int]) -> np.ndarray:
    counts = np.zeros(shape[0] * (shape[1] + 1), dtype=np.int32)
    deck = np.empty(len(null.cells), dtype=np.int32)
    draw(null, replicate, deck, counts)
    table = counts.reshape(shape[0], shape[1] + 1)
    assert not table[:, 0].any()
    return table[:, 1:].astype(float)


@pytest.mark.parametrize("mode", ["retrospective", "prospective"])
@pytest.mark.parametrize(("count", "stratified"), [(60, False), (900, False), (900, True)])
def test_replicates_equal_a_plain_scan_of_the_same_draws(
    zones: Zones, mode: str, count: int, *, stratified: bool
) -> None:
    days, replicates = 21, 40
    place, day = _cases(count, count, days)
    strata = weekday_strata(day) if stratified else np.zeros(count, dtype=np.int64)
    observed = np.zeros((SIDE * SIDE, days))
    np.add.at(observed, (place, day), 1.0)
    expected = permutation_expectation(place, day, strata, SIDE * SIDE, days)
    windows = TimeWindows(mode, max_length=days)  # type: ignore[arg-type]
    options = ScanOptions(replicates=replicates, seed=7, sequential=None)
    limited = zones.limited(observed.sum(axis=1), 0.5)
    problem = Problem(POISSON, observed, expected, limited, windows, 2, options)
    null = shuffle_null(problem, place, day, strata)
    fast = simulate(problem, null, np.inf, None, start=0.0)
    seen = problem.seen
    for replicate in range(replicates):
        drawn = np.zeros_like(observed)
        drawn[seen] = _drawn(null, replicate, (int(seen.sum()), days))
        np.testing.assert_array_equal(drawn.sum(axis=1), observed.sum(axis=1))
        np.testing.assert_array_equal(drawn.sum(axis=0), observed.sum(axis=0))
        plain = candidates_of(replace(problem, cases=drawn), None, end=1.0)
        best = max((candidate.ratio for candidate in plain), default=0.0)
        assert fast[replicate] == pytest.approx(best, abs=1e-9)


def test_expectation_replicates_equal_a_plain_scan(zones: Zones) -> None:
    days, replicates = 10, 30
    expected = np.random.default_rng(2).gamma(2.0, 0.4, (SIDE * SIDE, days))
    windows = TimeWindows("retrospective", max_length=5)
    draws = np.random.default_rng(3).poisson(expected.sum(), replicates)
    options = ScanOptions(replicates=replicates, seed=5, sequential=None)
    problem = Problem(EXPECTATION, expected, expected, zones, windows, 1, options)
    cells = np.arange(SIDE * SIDE)[:, None] * (days + 1) + np.arange(days)[None, :] + 1
    null = multinomial_null(cells.ravel().astype(np.int32), expected, draws, 5)
    fast = simulate(problem, null, np.inf, None, start=0.0)
    for replicate in range(replicates):
        drawn = _drawn(null, replicate, expected.shape)
        plain = candidates_of(replace(problem, cases=drawn), None, end=1.0)
        assert fast[replicate] == pytest.approx(max(candidate.ratio for candidate in plain), abs=1e-9)


def test_a_planted_cluster_is_found_with_its_place_and_time(places: np.ndarray, zones: Zones) -> None:
    place, day = _cases(4, 700, 60)
    near = np.argsort(np.hypot(*(places - places[7]).T))[:4]
    random = np.random.default_rng(5)
    place = np.append(place, random.choice(near, 60))
    day = np.append(day, random.integers(50, 57, 60))
    result = permutation_scan(place, day, zones, 60, ScanOptions(windows=TimeWindows(max_length=14), seed=1))
    best = result.clusters[0]
    assert best.p_value <= 0.001
    assert best.p_kind == "gumbel"
    assert set(near) & set(best.members)
    assert 47 <= best.start < best.end <= 60
    assert best.expected == pytest.approx(
        permutation_expectation(place, day, np.zeros(len(place), int), 36, 60)[
            best.members, best.start : best.end
        ].sum()
    )
    c, m, total = best.observed, best.expected, len(place)
    ratio = c * math.log(c / m) + (total - c) * math.log((total - c) / (total - m))
    assert best.log_likelihood_ratio == pytest.approx(ratio, abs=1e-9)


def test_prospective_windows_last_to_the_end_and_have_a_recurrence_interval(zones: Zones) -> None:
    place, day = _cases(6, 600, 30)
    place, day = np.append(place, np.full(12, 3)), np.append(day, np.full(12, 29))
    windows = TimeWindows("prospective", max_length=7)
    result = permutation_scan(place, day, zones, 30, ScanOptions(windows=windows, seed=2))
    for cluster in result.clusters:
        assert cluster.end == 30
        assert cluster.end - cluster.start <= 7
        assert cluster.recurrence_interval_days == pytest.approx(1 / cluster.p_value)
    assert 3 in result.clusters[0].members
    adjusted = permutation_scan(
        place,
        day,
        zones,
        30,
        ScanOptions(seed=2, windows=TimeWindows("prospective", max_length=7, surveillance_start=20)),
    )
    first, before = adjusted.clusters[0], result.clusters[0]
    assert first.log_likelihood_ratio == pytest.approx(before.log_likelihood_ratio)
    assert first.p_value > before.p_value
    assert first.recurrence_interval_days == pytest.approx(1 / (1 - (1 - first.p_value) ** (1 / 10)))
    assert adjusted.replicates.mean() > result.replicates.mean()


def test_weekday_strata_keep_each_places_week(zones: Zones) -> None:
    random = np.random.default_rng(7)
    day = random.integers(0, 56, 1500)
    # Even places report on weekends, odd ones on weekdays: pure interaction of place and weekday.
    place = random.integers(0, 18, 1500) * 2 + (day % 7 < 5)
    plain = permutation_scan(place, day, zones, 56, ScanOptions(windows=TimeWindows(max_length=3), seed=1))
    strata = permutation_scan(
        place, day, zones, 56, ScanOptions(windows=TimeWindows(max_length=3), seed=1), strata=weekday_strata(day)
    )
    assert plain.clusters[0].p_value < 0.01
    assert strata.clusters[0].p_value > 0.05


def test_secondary_clusters_share_no_place(zones: Zones) -> None:
    place, day = _cases(8, 400, 20)
    result = permutation_scan(place, day, zones, 20, ScanOptions(replicates=0))
    members = np.concatenate([cluster.members for cluster in result.clusters])
    assert len(members) == len(set(members.tolist()))
    everyone = permutation_scan(place, day, zones, 20, ScanOptions(replicates=0, secondary="all"))
    others = permutation_scan(place, day, zones, 20, ScanOptions(replicates=0, secondary="no-centres-in-other"))
    assert len(everyone.clusters) >= len(others.clusters) >= len(result.clusters)


def test_no_zone_holds_more_than_its_share(places: np.ndarray) -> None:
    measure = np.random.default_rng(9).gamma(1.0, size=len(places))
    limited = circular_zones(places).limited(measure, 0.3)
    for centre in range(limited.centres):
        part = limited.locations[limited.indptr[centre] : limited.indptr[centre + 1]]
        assert measure[part].sum() <= 0.3 * measure.sum() * (1 + 1e-9)


def test_rings_enter_whole_or_one_by_one() -> None:
    grid = np.array([[x, y] for x in range(3) for y in range(3)], dtype=float)
    rings = circular_zones(grid, max_radius_m=1.0, ties="rings")
    single = circular_zones(grid, max_radius_m=1.0)
    middle = slice(int(rings.indptr[4]), int(rings.indptr[5]))
    assert rings.ends[middle].tolist() == [True, False, False, False, True]
    assert single.ends[middle].all()


def test_the_order_of_ties_is_that_of_the_coordinates_and_not_of_the_input() -> None:
    grid = np.array([[x, y] for x in range(3) for y in range(3)], dtype=float)
    turned = np.random.default_rng(15).permutation(9)
    for points in (grid, grid[turned]):
        zones = circular_zones(points, max_radius_m=1.5)
        centre = int(np.flatnonzero((points == 1).all(axis=1))[0])
        members = zones.locations[zones.indptr[centre] : zones.indptr[centre + 1]]
        nearest = [[1, 1], [0, 1], [1, 0], [1, 2], [2, 1], [0, 0], [0, 2], [2, 0], [2, 2]]
        assert points[members].tolist() == nearest


def test_no_circle_parts_two_locations_at_one_point() -> None:
    points = np.array([[0.0, 0.0], [3.0, 0.0], [3.0, 0.0], [0.0, 3.0]])
    zones = circular_zones(points)
    around_first = slice(int(zones.indptr[0]), int(zones.indptr[1]))
    assert zones.locations[around_first].tolist() == [0, 3, 1, 2]
    assert zones.ends[around_first].tolist() == [True, True, False, True]


def test_neighbour_zones_hang_together() -> None:
    grid = np.array([[x, y] for x in range(5) for y in range(5)], dtype=float)
    neighbours = Neighbours.within(grid, 1.0)
    zones = neighbour_zones(neighbours, grid, max_steps=3, max_locations=9)
    for centre in range(zones.centres):
        part = zones.locations[zones.indptr[centre] : zones.indptr[centre + 1]]
        assert len(part) <= 9
        for k in range(1, len(part)):
            assert set(neighbours.around(int(part[k]))) & set(part[:k].tolist())
    alone = neighbour_zones(Neighbours.from_lists([[], [2], [1]]), np.zeros((3, 2)))
    assert np.diff(alone.indptr).tolist() == [1, 2, 2]


def test_great_circles_use_6367_km() -> None:
    zones = circular_zones([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]], great_circle=True)
    assert zones.distances_m.max() <= 6_367_000 * math.sqrt(2) * math.radians(1)
    assert zones.distances_m[1] == pytest.approx(6_367_000 * math.radians(1))


def test_expectation_scan_finds_a_rise_and_bernoulli_a_share(zones: Zones) -> None:
    random = np.random.default_rng(10)
    expected = np.full((36, 6), 2.0)
    cases = random.poisson(expected).astype(float)
    cases[11, 3:] += 7
    best = expectation_scan(cases, expected, zones, ScanOptions(seed=1)).clusters[0]
    assert 11 in best.members
    assert (best.end, best.p_value < 0.01) == (6, True)
    ratio = best.observed * math.log(best.observed / best.expected) + best.expected - best.observed
    assert best.log_likelihood_ratio == pytest.approx(ratio)
    late = random.binomial(20, 0.2, 36).astype(float)
    late[5] = 18
    assert 5 in bernoulli_scan(late, 20 - late, zones, ScanOptions(seed=1)).clusters[0].members


def test_the_same_seed_gives_the_same_bytes_and_sequential_runs_end_early(zones: Zones) -> None:
    place, day = _cases(12, 300, 14)
    runs = [permutation_scan(place, day, zones, 14, ScanOptions(seed=4)) for _ in range(2)]
    assert runs[0].replicates.tobytes() == runs[1].replicates.tobytes()
    whole = permutation_scan(place, day, zones, 14, ScanOptions(seed=4, sequential=None))
    used = len(runs[0].replicates)
    assert used < len(whole.replicates) == 999
    np.testing.assert_array_equal(runs[0].replicates, whole.replicates[:used])
    assert runs[0].clusters[0].p_kind == "sequential"
    assert runs[0].clusters[0].p_value == pytest.approx(50 / used)


def test_nothing_in_nothing_out(zones: Zones) -> None:
    assert permutation_scan([], [], zones, 10).clusters == ()
    assert poisson_scan(np.zeros(36), np.ones(36), zones).clusters == ()
    assert expectation_scan(np.zeros((36, 3)), np.ones((36, 3)), zones).clusters == ()
    assert bernoulli_scan(np.zeros(36), np.zeros(36), zones).clusters == ()
    empty = circular_zones(np.empty((0, 2)))
    assert permutation_scan([], [], empty, 5).clusters == ()


def test_bad_input_is_refused(zones: Zones) -> None:
    with pytest.raises(HotspotInputError, match="locations must lie"):
        permutation_scan([99], [0], zones, 5)
    with pytest.raises(HotspotInputError, match="none is expected"):
        poisson_scan(np.ones(36), np.zeros(36), zones)
    with pytest.raises(HotspotInputError, match="negative"):
        expectation_scan(-np.ones(36), np.ones(36), zones)


def test_a_caller_can_cancel(zones: Zones) -> None:
    place, day = _cases(13, 300, 14)
    seen: list[float] = []

    def progress(fraction: float) -> bool:
        seen.append(fraction)
        return fraction < 0.3

    with pytest.raises(Cancelled):
        permutation_scan(place, day, zones, 14, ScanOptions(sequential=None), progress=progress)
    assert seen == sorted(seen)


@pytest.mark.parametrize("great_circle", [True, False])
def test_a_radius_only_shortens_the_lists(great_circle: bool) -> None:  # noqa: FBT001
    random = np.random.default_rng(14)
    spot = np.array([113.3, 34.8]) if great_circle else np.zeros(2)
    points = spot + random.uniform(-1, 1, (60, 2)) * (0.05 if great_circle else 5000)
    points[10:14] = points[10]
    whole = circular_zones(points, great_circle=great_circle)
    cut = circular_zones(points, great_circle=great_circle, max_radius_m=2000)
    for centre in range(60):
        every = slice(int(whole.indptr[centre]), int(whole.indptr[centre + 1]))
        inside = whole.distances_m[every] <= 2000
        kept = slice(int(cut.indptr[centre]), int(cut.indptr[centre + 1]))
        np.testing.assert_array_equal(cut.locations[kept], whole.locations[every][inside])
        np.testing.assert_array_equal(cut.ends[kept], whole.ends[every][inside])
