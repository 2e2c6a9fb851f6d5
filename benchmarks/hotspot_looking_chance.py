"""Data sets without a cluster, but with holidays or with patrols that look more at one place: for the calibration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.hotspot_chance import CIRCLES, LOCATIONS, PLACES, REPLICATES
from geo.hotspot.day_types import DayType, day_strata
from geo.hotspot.early_warning import same_period_warning
from geo.hotspot.scan import ScanOptions, permutation_scan, poisson_scan
from governance.hotspots.methods.patrol_adjustment import PatrolFindings, expected_in_time

if TYPE_CHECKING:
    from geo.hotspot.scan import ScanResult, TimeWindows

WEEKS = 8
SPAN = 7 * WEEKS


def _best(result: ScanResult) -> tuple[float, float]:
    if not result.clusters:
        return 1.0, 1.0
    return result.clusters[0].p_monte_carlo, result.clusters[0].p_value


def holiday_week(run: int, *, known: bool, days: int) -> tuple[float, float]:
    """Judge a week of days off with twice the reports of a workday (second p: with four tenths of them)."""
    types = np.zeros(days, dtype=np.int64)
    for back in range(7, days, 122):
        types[days - back : days - back + 7] = DayType.DAY_OFF
    weekend = (np.arange(days) % 7 >= 5) & (types == DayType.ORDINARY)
    level = np.select([types == DayType.DAY_OFF, weekend], [1.0, 0.5], 1.0)
    p = []
    for off in (2.0, 0.4):
        daily = np.where(types == DayType.DAY_OFF, off, level)
        counts = np.random.default_rng([31, run]).poisson(5 * daily)
        p.append(float(same_period_warning(counts, day_types=types if known else None).p[0]))
    return p[0], p[1]


def worked_weekend(run: int, *, known: bool) -> tuple[float, float]:
    """Judge a week with a Sunday worked instead; Sundays have three tenths of a workday (second p: that Sunday)."""
    types = np.zeros(399, dtype=np.int64)
    types[-1] = DayType.MAKE_UP_WORKDAY
    sunday = (np.arange(399) % 7 == 6) & (types == DayType.ORDINARY)
    counts = np.random.default_rng([32, run]).poisson(5 * np.where(sunday, 0.3, 1.0))
    told = types if known else None
    week, day = (same_period_warning(counts, day_types=told, period_days=days).p[0] for days in (7, 1))
    return float(week), float(day)


def holidays_by_place(run: int, *, stratified: bool, windows: TimeWindows) -> tuple[float, float]:
    """Scan places that have other shares on the seven days off at the end."""
    random = np.random.default_rng([33, run])
    types = np.zeros(SPAN, dtype=np.int64)
    types[-7:] = DayType.DAY_OFF
    usual, off = (np.cumsum(random.dirichlet(np.full(LOCATIONS, 4.0))) for _ in range(2))
    day = random.integers(0, SPAN, 2000)
    draw = random.uniform(size=2000)
    place = np.where(types[day] == DayType.DAY_OFF, np.searchsorted(off, draw), np.searchsorted(usual, draw))
    strata = day_strata(types if stratified else np.zeros(SPAN))
    options = ScanOptions(windows=windows, replicates=REPLICATES, seed=run, sequential=None)
    return _best(permutation_scan(np.minimum(place, LOCATIONS - 1), day, CIRCLES, SPAN, options, strata=strata[day]))


def patrol_campaign(run: int, *, known: bool, windows: TimeWindows) -> tuple[float, float]:
    """Scan citizens' reports and findings in proportion to hours, eightfold around one place in the last week."""
    random = np.random.default_rng([34, run])
    hours = np.ones((LOCATIONS, SPAN))
    centre = PLACES[int(random.integers(0, LOCATIONS))]
    hours[np.argsort(np.hypot(*(PLACES - centre).T))[:4], -7:] = 8.0
    table = random.poisson(0.1 * hours)
    area, day = (np.repeat(axis, table[table > 0]) for axis in np.nonzero(table))
    found = PatrolFindings("patrol", np.full(len(area), "x"), area, day, hours if known else np.ones_like(hours))
    calls = random.integers(0, LOCATIONS, 800), random.integers(0, SPAN, 800)
    cases, expected = expected_in_time(*calls, np.arange(SPAN) % 7, [found], "x")
    options = ScanOptions(windows=windows, replicates=REPLICATES, seed=run, sequential=None)
    return _best(poisson_scan(cases, expected, CIRCLES, options))
