"""Days off and weekends worked instead have a level of their own, so that a holiday is no hotspot."""

from __future__ import annotations

import numpy as np
import pytest

from geo.hotspot.arrays import HotspotInputError
from geo.hotspot.day_types import DayType, as_day_types, day_columns, day_strata
from geo.hotspot.early_warning import same_period_warning
from geo.hotspot.scan import ScanOptions, TimeWindows, circular_zones, permutation_scan

ZONES = circular_zones(np.random.default_rng(99).uniform(0, 6000, (60, 2)), max_radius_m=1800)
LAST = TimeWindows("prospective", max_length=7)


def _share(p_values: list[float]) -> float:
    return float(np.mean(np.array(p_values) <= 0.05))


def test_strata_are_weekdays_days_off_and_worked_weekends() -> None:
    assert day_strata([0, 0, 1, 2], first_weekday=5).tolist() == [5, 6, 7, 8]
    assert day_strata([]).tolist() == []


def test_a_worked_weekend_is_a_mean_workday_and_rare_days_off_are_mean_weekend_days() -> None:
    types = np.zeros(28, dtype=int)
    types[[9, 26]] = DayType.DAY_OFF, DayType.MAKE_UP_WORKDAY
    columns = day_columns(types, np.arange(21))
    assert columns.shape == (28, 7)
    np.testing.assert_allclose(columns[26], [1, 0.2, 0.2, 0.2, 0.2, 0, 0])
    np.testing.assert_allclose(columns[9], [1, 0, 0, 0, 0, 0.5, 0.5])
    types[7:12] = DayType.DAY_OFF
    assert day_columns(types, np.arange(21)).shape == (28, 8)
    np.testing.assert_allclose(day_columns(types, np.arange(21))[9], [1, 0, 0, 0, 0, 0, 0, 1])


def test_types_that_are_none_are_refused() -> None:
    with pytest.raises(HotspotInputError, match="30 days"):
        as_day_types([0] * 29, 30)
    with pytest.raises(HotspotInputError, match="see DayType"):
        as_day_types([3], 1)


def test_a_holiday_without_any_before_it_is_compared_with_weekends_and_says_so() -> None:
    types = np.zeros(120, dtype=int)
    types[-3:] = DayType.DAY_OFF
    assert same_period_warning(np.ones((1, 120)), day_types=types).days_off_as_weekends
    assert not same_period_warning(np.ones((1, 120))).days_off_as_weekends


@pytest.mark.parametrize(("days", "off_level", "blind_least"), [(182, 2.0, 0.9), (800, 2.0, 0.9), (800, 0.4, 0.0)])
def test_a_holiday_is_no_alarm_to_whoever_knows_the_calendar(days: int, off_level: float, blind_least: float) -> None:
    types = np.zeros(days, dtype=int)
    for back in range(7, days, 122):  # a week off three times a year, the period judged among them
        types[days - back : days - back + 7] = DayType.DAY_OFF
    types[np.flatnonzero((np.arange(days) % 7 == 6) & (types == DayType.ORDINARY))[::10]] = DayType.MAKE_UP_WORKDAY
    weekend = (np.arange(days) % 7 >= 5) & (types == DayType.ORDINARY)
    level = np.select([types == DayType.DAY_OFF, weekend], [off_level, 0.5], 1.0)
    table = np.random.default_rng([days, 9]).poisson(5 * level, (400, days))
    known = same_period_warning(table, day_types=types)
    blind = same_period_warning(table)
    assert np.mean(known.p <= 0.05) <= 0.08
    assert np.mean(blind.p <= 0.05) >= blind_least
    assert not known.days_off_as_weekends


def test_a_weekend_worked_instead_is_no_alarm_to_whoever_knows_the_calendar() -> None:
    types = np.zeros(398, dtype=int)
    weekend = np.arange(398) % 7 >= 5
    assert weekend[-1]
    types[-1] = DayType.MAKE_UP_WORKDAY
    level = np.where(weekend & (types == DayType.ORDINARY), 0.3, 1.0)
    table = np.random.default_rng(10).poisson(5 * level, (400, 398))
    known, blind = (same_period_warning(table, day_types=t, period_days=1).p for t in (types, None))
    assert np.mean(known <= 0.05) <= 0.08
    assert np.mean(blind <= 0.05) > 0.4


def test_days_off_stratified_do_not_alarm_in_the_scan() -> None:
    raw, stratified = [], []
    types = np.zeros(35, dtype=int)
    types[28:35] = DayType.DAY_OFF
    for run in range(60):
        random = np.random.default_rng([run, 11])
        usual, off = random.dirichlet(np.full(60, 3.0)), random.dirichlet(np.full(60, 3.0))
        day = random.integers(0, 35, 600)
        place = np.array([random.choice(60, p=off if types[d] else usual) for d in day])
        for strata, into in ((np.arange(35) % 7, raw), (day_strata(types), stratified)):
            options = ScanOptions(windows=LAST, replicates=39, seed=run)
            result = permutation_scan(place, day, ZONES, 35, options, strata=strata[day])
            into.append(result.clusters[0].p_monte_carlo if result.clusters else 1.0)
    assert _share(stratified) <= 0.13
    assert _share(raw) > 0.25
