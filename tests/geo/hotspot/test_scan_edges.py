"""Scans of next to nothing, of the wrong thing, and on any number of threads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from geo.hotspot import progress
from geo.hotspot.arrays import HotspotInputError
from geo.hotspot.scan import (
    ScanOptions,
    TimeWindows,
    bernoulli_scan,
    circular_zones,
    expectation_scan,
    expected_from_population,
    permutation_scan,
    poisson_scan,
)

if TYPE_CHECKING:
    from collections.abc import Callable

ONE = circular_zones([[0.0, 0.0]])
SAME = circular_zones([[0.0, 0.0], [0.0, 0.0]])
THREE = circular_zones([[0.0, 0.0], [1.0, 0.0], [5.0, 0.0]])
FEW = ScanOptions(max_share=1.0, replicates=19)


@pytest.mark.parametrize(
    "scan",
    [
        lambda: permutation_scan([0] * 5, [0, 0, 0, 1, 2], ONE, 4, FEW),
        lambda: permutation_scan([1] * 5, [2] * 5, THREE, 4, FEW),
        lambda: permutation_scan([0, 0, 1, 1, 1], [0, 0, 1, 2, 2], SAME, 4, FEW),
        lambda: permutation_scan([0, 1, 2], [0, 0, 0], THREE, 1, FEW),
        lambda: poisson_scan([5], [1], ONE, FEW),
        lambda: poisson_scan([0, 0, 0], [0, 0, 0], THREE, FEW),
        lambda: bernoulli_scan([5, 1, 2], [0, 0, 0], THREE, FEW),
        lambda: bernoulli_scan([0, 0, 0], [1, 2, 3], THREE, FEW),
        lambda: expectation_scan([0, 0, 0], [0, 0, 0], THREE, FEW),
        lambda: poisson_scan([5, 1, 1], [1, 1, 1], THREE, ScanOptions(max_share=0.01)),
        lambda: poisson_scan([5, 1, 1], [1, 1, 1], THREE, ScanOptions(min_cases=100)),
    ],
)
def test_where_nothing_can_stand_out_nothing_is_found(scan: Callable[[], Any]) -> None:
    assert scan().clusters == ()


def test_a_place_without_population_is_no_hindrance() -> None:
    best = poisson_scan([5, 1, 0], [1, 1, 0], THREE, ScanOptions(replicates=19)).clusters[0]
    assert best.members.tolist() == [0]
    assert best.relative_risk == pytest.approx(5.0)


def test_an_empty_place_is_found_as_a_low_rate() -> None:
    best = poisson_scan([5, 0, 9], [1, 1, 1], THREE, ScanOptions(rates="low", replicates=19)).clusters[0]
    assert (best.members.tolist(), best.observed, best.relative_risk) == ([1], 0.0, 0.0)


@pytest.mark.parametrize(
    ("mistake", "words"),
    [
        (lambda: permutation_scan([0.5], [0], THREE, 3), "locations must be whole numbers"),
        (lambda: permutation_scan([0], [np.nan], THREE, 3), "intervals must be whole numbers"),
        (lambda: permutation_scan([0], ["monday"], THREE, 3), "intervals must be numbers"),
        (lambda: poisson_scan([5, 1, np.nan], [1, 1, 1], THREE), "cases must be finite"),
        (lambda: poisson_scan([5, 1, 0.5], [1, 1, 1], THREE), "cases must be whole"),
        (lambda: expectation_scan([0, 0, 0], [0, np.inf, 0], THREE), "expected must be finite"),
        (lambda: circular_zones([[0, 0]], max_radius_m=-1.0), "max_radius_m"),
        (lambda: circular_zones([[0, 0]], max_locations=0), "max_locations"),
        (lambda: circular_zones([[34.8, 113.3]], great_circle=True), "longitude first"),
        (lambda: ScanOptions(seed=-1), "seed"),
        (lambda: ScanOptions(replicates=-1), "replicates"),
        (lambda: ScanOptions(rates="all"), "rates"),  # type: ignore[arg-type]
        (lambda: ScanOptions(secondary="some"), "secondary"),  # type: ignore[arg-type]
        (lambda: TimeWindows("alive"), "mode"),  # type: ignore[arg-type]
        (lambda: TimeWindows(surveillance_start=3), "surveillance_start"),
        (lambda: TimeWindows(min_length=3, max_length=2).lengths(9), "shorter than the shortest"),
        (lambda: expected_from_population([1.0], [[[-1.0]]], [0], [0, 1]), "population must be finite, not negative"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(mistake: Callable[[], Any], words: str) -> None:
    with pytest.raises(HotspotInputError, match=words):
        mistake()


def test_where_replicates_cannot_vary_the_rank_decides() -> None:
    """Where next to nothing is expected no replicate has two cases, and no tail can be fitted to zeros."""
    options = ScanOptions(min_cases=2, replicates=19, rates="high", sequential=None)
    zones = circular_zones([[0.0, 0.0], [1.0, 0.0], [5.0, 0.0]], max_radius_m=0.1)
    best = expectation_scan([2, 0, 0], [1e-9, 1e-9, 1e-9], zones, options).clusters[0]
    assert (best.p_kind, best.p_value) == ("monte-carlo", pytest.approx(1 / 20))
    assert np.isnan(best.p_gumbel)


def test_strata_may_have_names() -> None:
    random = np.random.default_rng(3)
    place, day, kind = random.integers(0, 3, 60), random.integers(0, 9, 60), random.integers(0, 2, 60)
    numbered = permutation_scan(place, day, THREE, 9, FEW, strata=kind)
    named = permutation_scan(place, day, THREE, 9, FEW, strata=np.array(["a", "b"])[kind])
    assert numbered.replicates.tobytes() == named.replicates.tobytes()


@pytest.mark.parametrize("rates", ["high", "both"])
def test_the_number_of_threads_changes_nothing(monkeypatch: pytest.MonkeyPatch, rates: str) -> None:
    random = np.random.default_rng(4)
    zones = circular_zones(random.uniform(0, 3000, (30, 2)), max_radius_m=1200)
    place, day = random.integers(0, 30, 400), random.integers(0, 20, 400)
    options = ScanOptions(windows=TimeWindows(max_length=5), rates=rates, replicates=199, seed=9)  # type: ignore[arg-type]
    results = []
    for threads in (1, 3):
        monkeypatch.setattr(progress, "_processors", lambda count=threads: count)
        results.append(permutation_scan(place, day, zones, 20, options))
    assert results[0].replicates.tobytes() == results[1].replicates.tobytes()
    assert [c.p_value for c in results[0].clusters] == [c.p_value for c in results[1].clusters]


def test_who_cancels_waits_for_what_is_being_worked_on_alone() -> None:
    """However large the pieces may be, they begin small: no thread has a long one in hand when the caller cancels."""
    done: list[int] = []
    calls = iter(range(3))
    with pytest.raises(progress.Cancelled):
        progress.run_chunks(lambda a, b: done.append(b - a), 100_000, 50_000, lambda _: next(calls) < 2, threads=2)
    assert sum(done) <= 40
    whole: list[tuple[int, int]] = []
    progress.run_chunks(lambda a, b: whole.append((a, b)), 1000, 64, threads=2)
    assert min(whole) == (0, 1)
    assert sum(b - a for a, b in whole) == 1000
    assert max(b - a for a, b in whole) <= 64
