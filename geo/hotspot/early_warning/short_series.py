"""Series too short for a model of their past: a cumulative sum over the period, judged by exchanging days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.hotspot.arrays import FloatArray, IntArray, require
from geo.hotspot.progress import Progress, report

#: Reference value of the cumulative sum: half of the rise looked for, which is one standard deviation a day.
REFERENCE = 0.5
PERMUTATIONS = 9_999


@dataclass(frozen=True, slots=True)
class ShortWarning:
    """One result a series; arrays of shape (n,), NaN where a series was not judged.

    Attributes
    ----------
    expected, upper : ndarray
        Reports in the period by the daily mean of the days before, and two standard deviations of a Poisson count more.
    p : ndarray
        Share of the exchanges of days whose cumulative sum over the period is as high.
    """

    expected: FloatArray
    upper: FloatArray
    p: FloatArray


def cusum(counts: npt.ArrayLike, mean: float, reference: float = REFERENCE) -> FloatArray:
    """Return the cumulative sum of standardised Poisson counts, day by day, from 0 on.

    ``S_t = max(0, S_{t-1} + (y_t - m) / sqrt(m) - k)``.

    Parameters
    ----------
    counts : array_like, shape (..., days)
    mean : float
        Daily mean ``m``, positive.
    reference : float
        ``k``.

    Source
    ------
    Page (1954), Biometrika 41, 100-115; Rossi, Lampugnani & Marchi (1999), Stat. Med. 18(16), 2111-2122, "standard"
    transformation, as in R's surveillance::algo.cusum (there k = 1.04 by default).
    """
    require(mean > 0, "mean must be positive")
    steps = (np.asarray(counts, dtype=np.float64) - mean) / np.sqrt(mean) - reference
    sums = np.zeros(steps.shape)
    level = np.zeros(steps.shape[:-1])
    for day in range(steps.shape[-1]):
        level = np.maximum(level + steps[..., day], 0.0)
        sums[..., day] = level
    return sums


def short_series_warning(
    daily: npt.ArrayLike,
    starts: npt.ArrayLike,
    *,
    strata: npt.ArrayLike,
    period_days: int,
    min_days: int = 14,
    min_reports: int = 3,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
    progress: Progress | None = None,
) -> ShortWarning:
    """Judge the last days of series with few days before them.

    The statistic is the highest cumulative sum within the period (:func:`cusum` with the mean of the whole series).
    Where nothing changes, the days of one stratum can be exchanged: p is the share of exchanges, the observed order
    among them, whose sum is as high. It holds for any distribution of daily counts, also of few.

    Parameters
    ----------
    daily : array_like, shape (n, days)
        Daily counts; the last day is the last of the period.
    starts : array_like of int, shape (n,)
        Position of the first day of each series; earlier days are no data.
    strata : array_like of int, shape (days,)
        Days are exchanged within theirs (workdays, days off).
    period_days : int
    min_days : int
        Fewest days before the period for a judgement.
    min_reports : int
        Fewest reports in the whole series for a judgement.
    permutations, seed : int
    progress : callable, optional
        See :mod:`geo.hotspot.progress`.

    Returns
    -------
    ShortWarning

    Raises
    ------
    HotspotInputError
        For shapes that do not fit.
    """
    table = np.atleast_2d(np.asarray(daily, dtype=np.float64))
    begins, kind = np.asarray(starts, dtype=np.int64), np.asarray(strata, dtype=np.int64)
    count, days = table.shape
    require(begins.shape == (count,) and kind.shape == (days,), "one start a series, one stratum a day")
    require(0 < period_days <= days, "the period must lie within the days")
    expected, upper, p = (np.full(count, np.nan) for _ in range(3))
    exchanged: dict[int, IntArray] = {}
    for i in range(count):
        report(progress, i / count)
        begin = int(begins[i])
        before = table[i, begin : days - period_days]
        if len(before) < min_days or table[i, begin:].sum() < min_reports:
            continue
        expected[i] = before.mean() * period_days
        upper[i] = expected[i] + 2 * np.sqrt(expected[i])
        if begin not in exchanged:
            exchanged[begin] = _exchanges(kind[begin:], period_days, permutations, seed)
        series = table[i, begin:]
        # Exchanging days keeps the mean of the series: the sums of all exchanges are standardised alike.
        mean = float(series.mean())
        highest = cusum(series[-period_days:], mean).max()
        others = cusum(series[exchanged[begin]], mean).max(axis=-1)
        p[i] = (np.count_nonzero(others >= highest - 1e-9) + 1) / (permutations + 1)
    report(progress, 1.0)
    return ShortWarning(expected, upper, p)


def _exchanges(strata: IntArray, period_days: int, permutations: int, seed: int) -> IntArray:
    """Return which day comes to each day of the period in each exchange, shape (permutations, period_days)."""
    random = np.random.default_rng([seed, len(strata)])
    days = np.broadcast_to(np.arange(len(strata)), (permutations, len(strata))).copy()
    for stratum in np.unique(strata):
        own = np.flatnonzero(strata == stratum)
        days[:, own] = random.permuted(days[:, own], axis=1)
    return days[:, -period_days:]
