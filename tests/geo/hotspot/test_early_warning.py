"""The same-period warning: equal to the published bounds, and fit for days."""

from __future__ import annotations

import csv
import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pytest

from geo.hotspot.arrays import HotspotInputError
from geo.hotspot.day_types import DayType
from geo.hotspot.early_warning import cusum, noufaily, same_period_warning, short_series_warning
from geo.hotspot.early_warning.regression import quasi_poisson

if TYPE_CHECKING:
    from pathlib import Path


def _number(text: str) -> float:
    return float("nan") if text == "NA" else float(text)


def test_noufaily_bounds_equal_those_of_r_surveillance(published: Path) -> None:
    with (published / "farrington" / "salmNewport_weekly.csv").open() as file:
        series = list(csv.DictReader(file))
    with (published / "farrington" / "noufaily_nbPlugin_2011.csv").open() as file:
        recorded = list(csv.DictReader(file))
    weeks = [dt.date.fromisoformat(row["epoch"]) for row in series]
    counts = [float(row["observed"]) for row in series]
    monitored = [weeks.index(dt.date.fromisoformat(row["epoch"])) for row in recorded]
    result = noufaily(counts, weeks, monitored, alpha=0.1)  # the level that the recorded bounds were computed with
    for ours, column in (
        (result.upper, "upperbound"),
        (result.expected, "expected"),
        (result.dispersion, "phi"),
        (result.p, "pvalue"),
        (result.trend, "trend"),
        (result.alarm, "alarm"),
    ):
        theirs = np.array([_number(row[column]) for row in recorded])
        np.testing.assert_allclose(ours.astype(float), theirs, rtol=1e-6, err_msg=column)
    assert len(recorded) == 52


def test_the_regression_equals_statsmodels() -> None:
    import statsmodels.api as sm

    random = np.random.default_rng(0)
    design = np.column_stack([np.ones(200), random.normal(size=(200, 3))])
    counts = random.poisson(np.exp(design @ [1.0, 0.3, -0.2, 0.1])).astype(float)
    ours = quasi_poisson(design, counts)
    theirs = sm.GLM(counts, design, family=sm.families.Poisson()).fit(tol=1e-12)
    np.testing.assert_allclose(ours.coefficients, theirs.params, rtol=1e-6)
    np.testing.assert_allclose(ours.covariance, theirs.cov_params(), rtol=1e-4)
    assert ours.dispersion == pytest.approx(theirs.pearson_chi2 / theirs.df_resid, rel=1e-5)


def _days(random: np.random.Generator, series: int, days: int, mean: float = 4.0) -> np.ndarray:
    week = 1 + 0.4 * np.sin(np.arange(days) * 2 * np.pi / 7)
    return random.poisson(mean * week, (series, days)).astype(float)


def test_a_planted_rise_is_an_alarm_and_nothing_else_is() -> None:
    table = _days(np.random.default_rng(1), 60, 500)
    table[17, -7:] += 5
    result = same_period_warning(table)
    assert result.alarm[17]
    assert result.alarm.sum() == 1
    assert result.p[17] < 1e-3
    assert result.expected[17] == pytest.approx(28, rel=0.2)
    assert result.upper[17] < result.observed[17]
    np.testing.assert_allclose(result.daily_expected.sum(axis=1), result.expected)


def test_weekdays_days_off_and_worked_weekends_are_expected() -> None:
    random = np.random.default_rng(2)
    days = 800
    types = np.zeros(days, dtype=int)
    types[::50] = DayType.DAY_OFF
    types[-7:-4] = DayType.DAY_OFF
    weekend = np.arange(days) % 7 >= 5
    types[-2] = DayType.MAKE_UP_WORKDAY
    assert not weekend[-2]
    types[-4] = DayType.MAKE_UP_WORKDAY
    assert weekend[-4]
    week = np.select([types == DayType.DAY_OFF, types == DayType.MAKE_UP_WORKDAY, weekend], [3.0, 8.0, 2.0], 8.0)
    table = random.poisson(week, (40, days)).astype(float)
    known = same_period_warning(table, day_types=types)
    blind = same_period_warning(table)
    truth = week[-7:].sum()
    assert abs(known.expected.mean() / truth - 1) < 0.05
    assert abs(blind.expected.mean() / truth - 1) > 0.2
    one = same_period_warning(table, day_types=types, period_days=1)
    assert one.expected.mean() == pytest.approx(week[-1], rel=0.15)


def test_a_lasting_rise_is_a_trend_and_no_alarm() -> None:
    random = np.random.default_rng(3)
    days = 4 * 364
    table = random.poisson(3 * np.exp(np.linspace(0, 1.0, days)), (20, days)).astype(float)
    result = same_period_warning(table)
    assert (result.trend > 1.1).mean() > 0.9
    assert not result.alarm.any()


def test_too_little_history_is_not_judged() -> None:
    table = np.zeros((2, 120))
    table[1] = 3
    result = same_period_warning(table)
    assert result.judged.tolist() == [False, True]
    assert np.isnan(result.p[0])
    assert not result.alarm.any()
    with pytest.raises(HotspotInputError, match="28 are needed"):
        same_period_warning(np.ones((1, 30)))
    with pytest.raises(HotspotInputError, match="seven days"):
        noufaily([1, 2], [dt.date(2020, 1, 1), dt.date(2020, 1, 3)], [1])


def test_a_series_begins_at_its_first_record() -> None:
    table = _days(np.random.default_rng(4), 6, 400)
    table[:, :280] = 0
    began = same_period_warning(table, starts=np.full(6, 280))
    alone = same_period_warning(table[:, 280:])
    for ours, theirs in ((began.p, alone.p), (began.expected, alone.expected), (began.upper, alone.upper)):
        np.testing.assert_allclose(ours, theirs)
    assert not np.allclose(same_period_warning(table).p, began.p), "zeros that are no data would count"
    mixed = same_period_warning(table, starts=[0, 280, 380, 280, 280, 280])
    assert mixed.judged.tolist() == [True, True, False, True, True, True]


def test_the_cumulative_sum_is_the_published_one() -> None:
    # By hand with mean 1 and k = 0.5: 0.5, 0.5 - 1.5 -> 0, 3.5, 3.5 + 1.5.
    np.testing.assert_allclose(cusum([2, 0, 5, 3], 1.0), [0.5, 0.0, 3.5, 5.0])
    # With mean 4 and the reference of surveillance::algo.cusum, 1.04: (8 - 4) / 2 - 1.04, ...
    np.testing.assert_allclose(cusum([8, 5, 1, 9], 4.0, 1.04), [0.96, 0.42, 0.0, 1.46])


def test_short_series_alarm_by_chance_as_seldom_as_they_say_and_find_a_rise() -> None:
    workday = np.arange(60) % 7 < 5
    for mean in (0.1, 0.5, 3.0):
        chance = np.random.default_rng([5, int(10 * mean)]).poisson(mean * np.where(workday, 1.2, 0.5), (300, 60))
        found = short_series_warning(chance, np.full(300, 10), strata=workday, period_days=7, permutations=999)
        assert np.mean(found.p[np.isfinite(found.p)] <= 0.05) <= 0.08
    risen = np.random.default_rng(6).poisson(np.where(np.arange(60) < 53, 1.0, 4.0), (50, 60))
    found = short_series_warning(risen, np.full(50, 30), strata=workday, period_days=7)
    assert np.mean(found.p <= 0.01) > 0.9
    assert found.expected[0] == pytest.approx(risen[0, 30:53].mean() * 7)
    few = short_series_warning(risen, np.full(50, 45), strata=workday, period_days=7)
    assert np.isnan(few.p).all(), "eight days before the period tell nothing"
