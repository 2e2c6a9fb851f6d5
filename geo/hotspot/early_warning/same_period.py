"""The daily same-period warning: whether an area has more of a category than its past lets expect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from geo.hotspot.arrays import BoolArray, FloatArray, require
from geo.hotspot.day_types import FEWEST_DAYS_OFF, DayType, as_day_types, day_columns
from geo.hotspot.early_warning.regression import quasi_poisson, reweighted
from geo.hotspot.early_warning.threshold import exceedance_probability
from geo.hotspot.progress import Progress, report
from geo.hotspot.significance import false_discovery_rate

#: Past days without which there is no model.
FEWEST = 28
_YEAR_DAYS = 364  # fifty-two whole weeks: the same day of the week


@dataclass(frozen=True, slots=True)
class SamePeriodWarning:
    """One result a series (area × category); arrays of shape (n,).

    Attributes
    ----------
    observed : ndarray
        Reports in the last ``period_days`` days.
    expected : ndarray
        What the past lets expect in these days.
    lower, upper : ndarray
        Expected minus and plus two standard deviations of a new count (for a chart; the decision is by ``q``).
    dispersion : ndarray
        Variance of a new count over its expectation, the uncertainty of the expectation included; at least 1.
    p : ndarray
        Probability of the observed count or more if nothing has changed.
    q : ndarray
        After Benjamini-Hochberg over the series judged.
    alarm : ndarray, bool
        ``q <= level`` and at least ``min_cases`` reports.
    trend : ndarray
        Change of the expectation per year as a factor; 1 where the model has no trend.
    judged : ndarray, bool
        False where the past is too short or too empty for a model: p and q are NaN.
    daily_expected : ndarray, shape (n, period_days)
        Expectation of each day, for an expectation-based scan; 0 where not judged.
    days_off_as_weekends : bool
        The period has days off and the past too few to know their level: that of weekends stands in. An alarm may then
        be no more than the holiday.
    """

    observed: FloatArray
    expected: FloatArray
    lower: FloatArray
    upper: FloatArray
    dispersion: FloatArray
    p: FloatArray
    q: FloatArray
    alarm: BoolArray
    trend: FloatArray
    judged: BoolArray
    daily_expected: FloatArray
    days_off_as_weekends: bool


def same_period_warning(
    daily: npt.ArrayLike,
    *,
    first_weekday: int = 0,
    day_types: npt.ArrayLike | None = None,
    starts: npt.ArrayLike | None = None,
    period_days: int = 7,
    guard_days: int = 14,
    recent_days: int = 84,
    half_window_days: int = 21,
    years: int = 3,
    weight_threshold: float | None = 2.58,
    trend_level: float = 0.05,
    min_history_cases: int = 10,
    min_cases: int = 3,
    level: float = 0.05,
    progress: Progress | None = None,
) -> SamePeriodWarning:
    """Compare the last days with the same period before.

    For each series a quasi-Poisson regression on kind of day (weekday, day off) and trend is fitted to (a) the days
    within ``half_window_days`` of the same days 52, 104 … weeks before, (b) the ``recent_days`` before the period, and
    (c) all days off before; ``guard_days`` just before the period are left out, so that a rise does not hide itself,
    and past outbreaks are weighed down. The trend stays in when it is significant at ``trend_level`` and spans a year.
    The count of the period is judged by a negative binomial with the model's mean and the variance of a new count.

    Parameters
    ----------
    daily : array_like, shape (n, days) or (days,)
        Daily counts of each series; the last day is the last of the period.
    first_weekday : int
        Day of the week of the first day, 0 Monday … 6 Sunday.
    day_types : array_like of int, shape (days,), optional
        :class:`geo.hotspot.day_types.DayType` of each day; all ordinary by default. A day off has a level of its own, a
        weekend day worked instead that of a workday, see :func:`geo.hotspot.day_types.day_columns`.
    starts : array_like of int, shape (n,), optional
        Position of the first day of each series; earlier days are no data. A series with fewer than 28 past days left
        is not judged.
    period_days : int
        Length of the period judged; 1 for a single day.
    guard_days, recent_days, half_window_days, years : int
        Which past days are used. Days before the first are left out silently: with less than a year of data the
        comparison is with the recent past alone.
    weight_threshold : float or None
        See :func:`geo.hotspot.early_warning.noufaily`.
    trend_level : float
    min_history_cases : int
        Fewest past reports for a judgement.
    min_cases : int
        Fewest reports for an alarm.
    level : float
        False discovery rate of the alarms.
    progress : callable, optional
        See :mod:`geo.hotspot.progress`.

    Returns
    -------
    SamePeriodWarning

    Raises
    ------
    HotspotInputError
        For negative counts or a history shorter than 28 days.

    Source
    ------
    After Farrington et al. (1996), J. R. Stat. Soc. A 159(3), 547-563, and Noufaily et al. (2013), Stat. Med. 32(7),
    1206-1222, carried over to days.
    """
    table = np.atleast_2d(np.asarray(daily, dtype=np.float64))
    require(table.ndim == 2 and bool(np.isfinite(table).all()), "daily must be finite, of shape (n, days)")
    require(not bool((table < 0).any()), "daily must not be negative")
    count, days = table.shape
    require(period_days >= 1 and guard_days >= 0, "period_days must be positive, guard_days not negative")
    compared = _past_days(days, period_days, guard_days, recent_days, half_window_days, years)
    require(len(compared) >= FEWEST, f"the history holds {len(compared)} days; {FEWEST} are needed")
    types = as_day_types(day_types, days)
    off = np.flatnonzero(types[: max(days - period_days - guard_days, 0)] == DayType.DAY_OFF)
    whole = np.union1d(compared, off)
    begins = np.zeros(count, dtype=np.int64) if starts is None else np.asarray(starts, dtype=np.int64)
    require(begins.shape == (count,), f"{len(begins)} starts, {count} series")
    # Which past days there are, and the columns they know, are those of all series that begin on one day.
    pasts = {begin: whole[whole >= begin] for begin in np.unique(begins).tolist()}
    designs = {begin: day_columns(types, past, first_weekday) for begin, past in pasts.items() if len(past) >= FEWEST}
    years_from_now = (np.arange(days) - (days - 1)) / 365.25
    now = np.arange(days - period_days, days)
    observed = table[:, now].sum(axis=1)
    expected, spread, trend = np.full(count, np.nan), np.full(count, np.nan), np.ones(count)
    p = np.full(count, np.nan)
    daily_expected = np.zeros((count, period_days))
    for i in range(count):
        report(progress, i / count)
        begin = int(begins[i])
        past = pasts[begin]
        if begin not in designs or table[i, past].sum() < min_history_cases:
            continue
        spans_a_year = days - past[0] >= _YEAR_DAYS
        found = _judge(
            table[i], designs[begin], years_from_now, past, now, weight_threshold, trend_level if spans_a_year else 0.0
        )
        if found is None:
            continue
        daily_expected[i], variance, trend[i] = found
        expected[i] = daily_expected[i].sum()
        # Variance over mean of a new count; never less than Poisson's.
        spread[i] = max(variance / expected[i], 1.0)
        p[i] = exceedance_probability(observed[i], expected[i], spread[i])
    report(progress, 1.0)
    q = false_discovery_rate(p)
    deviation = 2 * np.sqrt(expected * spread)
    with np.errstate(invalid="ignore"):
        alarm = (q <= level) & (observed >= min_cases)
    return SamePeriodWarning(
        observed=observed,
        expected=expected,
        lower=np.maximum(expected - deviation, 0.0),
        upper=expected + deviation,
        dispersion=spread,
        p=p,
        q=q,
        alarm=alarm,
        trend=trend,
        judged=~np.isnan(p),
        daily_expected=daily_expected,
        days_off_as_weekends=bool((types[now] == DayType.DAY_OFF).any()) and len(off) < FEWEST_DAYS_OFF,
    )


def _past_days(days: int, period: int, guard: int, recent: int, half_window: int, years: int) -> npt.NDArray[np.int64]:
    begin = days - period
    # (b) the recent days, then (a) a window around the period of each year before; neither reaches into the guard.
    chosen = set(range(max(begin - guard - recent, 0), begin - guard))
    for year in range(1, years + 1):
        first, last = begin - year * _YEAR_DAYS - half_window, days - year * _YEAR_DAYS + half_window
        chosen.update(range(max(first, 0), min(max(last, 0), begin - guard)))
    return np.array(sorted(chosen), dtype=np.int64)


def _judge(
    series: FloatArray,
    design: FloatArray,
    time: FloatArray,
    past: npt.NDArray[np.int64],
    now: npt.NDArray[np.int64],
    weight_threshold: float | None,
    trend_level: float,
) -> tuple[FloatArray, float, float] | None:
    """Return daily means, variance of a new sum, and trend factor a year; None where no model fits."""
    y = series[past]
    use = design[:, _identified(design[past], y)]
    if trend_level > 0:
        timed = np.column_stack([use, time])
        fit, dispersion = reweighted(timed[past], y, weight_threshold)
        error = np.sqrt(dispersion * fit.covariance[-1, -1])
        means = np.exp(np.clip(timed[now] @ fit.coefficients, -50, 50))
        if (
            fit.converged
            and abs(fit.coefficients[-1]) > float(norm.isf(trend_level / 2)) * error
            and means.max() <= y.max()
        ):
            return _prediction(timed[now], fit.covariance, means, dispersion, float(np.exp(fit.coefficients[-1])))
    fit, dispersion = reweighted(use[past], y, weight_threshold)
    if not fit.converged:
        use = design[:, :1]
        fit = quasi_poisson(use[past], y)
        dispersion = float(np.fmax(fit.dispersion, 1.0))
        if not fit.converged:
            return None
    means = np.exp(np.clip(use[now] @ fit.coefficients, -50, 50))
    return _prediction(use[now], fit.covariance, means, dispersion, 1.0)


def _identified(design: FloatArray, y: FloatArray) -> list[int]:
    """Columns whose days have reports: a weekday that never had one has no finite coefficient."""
    return [0] + [k for k in range(1, design.shape[1]) if y[design[:, k] > 0].sum() > 0]


def _prediction(
    rows: FloatArray, covariance: FloatArray, means: FloatArray, dispersion: float, trend: float
) -> tuple[FloatArray, float, float]:
    # Variance of a new sum: phi (sum mu_t + g'Cg), where g = sum mu_t x_t is the gradient of sum exp(x_t'b).
    gradient = means @ rows
    variance = dispersion * (means.sum() + float(gradient @ covariance @ gradient))
    return means, variance, trend
