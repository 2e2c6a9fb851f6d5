"""Under pure chance about one run in twenty is significant at the 5 % level: the small, seeded version.

The long version with its table is benchmarks/calibration_hotspots.py; docs/hotspots-calibration.md holds its result.
"""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from geo.hotspot.early_warning import same_period_warning
from geo.hotspot.local import Neighbours, chance_tails, getis_ord, local_moran, standardised_rate
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
from geo.hotspot.screening import merge_incidents
from tests.geo.hotspot.conftest import sample_grids

RUNS = 60
#: Three binomial standard deviations of 60 runs around 5 %.
LOW, HIGH = 0.0, 0.134
#: At 5 % a test with 39 replicates is exact: of 40 equally likely ranks the two highest are significant.
REPLICATES = 39
PLACES = np.random.default_rng(99).uniform(0, 6000, (60, 2))
ZONES = circular_zones(PLACES, max_radius_m=1800)
LAST = TimeWindows("prospective", max_length=7)


def _share(p_values: list[float]) -> float:
    return float(np.mean(np.array(p_values) <= 0.05))


def test_scans_are_calibrated() -> None:
    shares = {}
    for name in ("poisson", "bernoulli", "permutation", "expectation"):
        found = []
        for run in range(RUNS):
            random = np.random.default_rng([run, len(name)])
            options = ScanOptions(replicates=REPLICATES, seed=run, sequential=None)
            if name == "poisson":
                expected = random.gamma(3.0, 2.0, 60)
                result = poisson_scan(random.poisson(expected), expected, ZONES, options)
            elif name == "bernoulli":
                cases = random.binomial(12, 0.3, 60)
                result = bernoulli_scan(cases, 12 - cases, ZONES, options)
            elif name == "expectation":
                expected = random.gamma(3.0, 0.5, (60, 7))
                result = expectation_scan(random.poisson(expected), expected, ZONES, options)
            else:
                place, day = random.integers(0, 60, 400), random.integers(0, 30, 400)
                result = permutation_scan(place, day, ZONES, 30, replace(options, windows=LAST))
            found.append(result.clusters[0].p_monte_carlo if result.clusters else 1.0)
        shares[name] = _share(found)
    assert all(LOW < share <= HIGH for share in shares.values()), shares


def test_local_statistics_are_calibrated(chessboard: Neighbours) -> None:
    for method in (getis_ord, local_moran):
        random = np.random.default_rng(5)
        p = np.concatenate(
            [method(random.poisson(20, 400).astype(float), chessboard, 999, seed=run).p for run in range(10)]
        )
        assert 0.03 <= np.mean(p <= 0.05) <= 0.07


@pytest.mark.parametrize("compared", ["counts", "rates"])
def test_chance_alone_makes_no_grid_hot_however_few_the_reports(compared: str) -> None:
    """Of 15 runs at each load, as few have a grid flagged as a false discovery rate of 5 % lets expect."""
    grids, land = sample_grids()
    share = land / land.sum() if compared == "rates" else np.full(len(land), 1 / len(land))
    flagged: dict[str, list[bool]] = {"gi": [], "moran": []}
    for reports, run in itertools.product((30, 100, 300, 1000), range(15)):
        counts = np.random.default_rng([9, reports, run]).multinomial(reports, share).astype(float)
        values = standardised_rate(counts, land) if compared == "rates" else counts
        for name, method in (("gi", getis_ord), ("moran", local_moran)):
            chance = chance_tails(counts, land, grids, with_own=name == "gi") if compared == "rates" else None
            flagged[name].append(bool((method(values, grids, 999, run, chance=chance).q <= 0.05).any()))
    assert all(np.mean(found) <= 0.07 for found in flagged.values()), flagged


def test_the_same_period_warning_is_calibrated() -> None:
    week = 1 + 0.3 * np.sin(np.arange(450) * 2 * np.pi / 7)
    table = np.random.default_rng(6).poisson(5 * week, (300, 450))
    assert 0.02 <= np.mean(same_period_warning(table).p <= 0.05) <= 0.08


@pytest.mark.parametrize("repeats", [0.3, 1.0])
def test_merged_repeat_calls_do_not_alarm(repeats: float) -> None:
    raw, merged = [], []
    for run in range(60):
        random = np.random.default_rng([run, 7])
        place, time = random.integers(0, 60, 400), random.uniform(0, 30, 400)
        calls = random.poisson(repeats, 400)
        again = np.repeat(np.arange(400), calls)
        later = np.minimum(time[again] + random.uniform(0, 2, len(again)), 29.999)
        who, where = np.append(np.arange(400), again), np.append(place, place[again])
        when = np.append(time, later)
        incidents = merge_incidents(who, np.zeros(len(who)), PLACES[where], when * 86_400.0)
        for rows, into in ((np.arange(len(who)), raw), (incidents.first, merged)):
            result = permutation_scan(
                where[rows],
                np.floor(when[rows]).astype(int),
                ZONES,
                30,
                ScanOptions(windows=LAST, replicates=REPLICATES, seed=run),
            )
            into.append(result.clusters[0].p_monte_carlo if result.clusters else 1.0)
    assert _share(merged) <= 0.13
    assert _share(raw) > 0.25


def test_stratified_weekdays_do_not_alarm() -> None:
    found = []
    for run in range(60):
        random = np.random.default_rng([run, 8])
        place = random.integers(0, 60, 600)
        week = random.dirichlet(np.full(7, 2.0), 60)
        day = random.integers(0, 5, 600) * 7 + np.array([random.choice(7, p=week[z]) for z in place])
        result = permutation_scan(
            place,
            day,
            ZONES,
            35,
            ScanOptions(windows=LAST, replicates=REPLICATES, seed=run),
            strata=weekday_strata(day),
        )
        found.append(result.clusters[0].p_monte_carlo if result.clusters else 1.0)
    assert _share(found) <= 0.13
