"""The improved Farrington method of Noufaily et al. for weekly counts."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from geo.hotspot.arrays import FloatArray, IntArray, as_values, require
from geo.hotspot.early_warning.reference import same_weeks, season_blocks
from geo.hotspot.early_warning.regression import Fit, reweighted
from geo.hotspot.early_warning.threshold import Method, exceedance_probability, upper_bound
from geo.hotspot.progress import Progress, report

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

_YEARS_FOR_TREND = 3


@dataclass(frozen=True, slots=True)
class WeeklyWarning:
    """One result a week monitored; arrays of shape (k,).

    Attributes
    ----------
    positions : ndarray, int64
    observed, expected, upper : ndarray, float64
        ``expected`` and ``upper`` are NaN where there were too few cases in the last weeks to judge, or no model fits.
    p : ndarray, float64
        Probability of the observed count or more.
    score : ndarray, float64
        ``(observed - expected) / (upper - expected)``: an alarm is above 1.
    dispersion : ndarray, float64
        Variance over mean, at least 1.
    trend : ndarray, bool
        Whether the model has a trend.
    alarm : ndarray, bool
    """

    positions: IntArray
    observed: FloatArray
    expected: FloatArray
    upper: FloatArray
    p: FloatArray
    score: FloatArray
    dispersion: FloatArray
    trend: npt.NDArray[np.bool_]
    alarm: npt.NDArray[np.bool_]


def noufaily(
    counts: npt.ArrayLike,
    weeks: Sequence[dt.date],
    monitored: npt.ArrayLike,
    *,
    years: int = 4,
    half_window: int = 3,
    periods: int = 10,
    excluded_weeks: int = 26,
    weight_threshold: float | None = 2.58,
    trend_level: float = 1.0,
    alpha: float = 0.05,
    enough: tuple[int, int] = (5, 4),
    method: Method = "nb-plugin",
    progress: Progress | None = None,
) -> WeeklyWarning:
    """Compare weeks with the same weeks of the years before.

    A quasi-Poisson regression on season (ten periods) and time is fitted to the past, the last ``excluded_weeks`` left
    out; weeks with large residuals are weighed down and the fit repeated. The trend is kept when there are three years,
    it is significant at ``trend_level`` (1: always), and it predicts no more than the largest past count.

    Parameters
    ----------
    counts : array_like, shape (n,)
        Weekly counts.
    weeks : sequence of date
        First day of each week, in steps of seven days.
    monitored : array_like of int
        Positions to judge.
    years, half_window, periods, excluded_weeks, weight_threshold, trend_level
        As in Noufaily et al. (2013). Farrington's original: periods 1, excluded_weeks 3, weight_threshold 1,
        trend_level 0.05, method ``delta``.
    alpha : float
        One-sided level of the bound.
    enough : tuple of int
        Judge only with at least (cases) in the last (weeks), this one counted.
    method : {"nb-plugin", "nb-upper", "delta"}
        See :func:`geo.hotspot.early_warning.threshold.upper_bound`.
    progress : callable, optional
        See :mod:`geo.hotspot.progress`.

    Returns
    -------
    WeeklyWarning

    Raises
    ------
    HotspotInputError
        For weeks not in steps of seven days or a history that is too short.

    Source
    ------
    Noufaily, Enki, Farrington, Garthwaite, Andrews & Charlett (2013), Stat. Med. 32(7), 1206-1222; bounds as in
    Salmon, Schumacher & Höhle (2016), J. Stat. Softw. 70(10).
    """
    y = as_values(counts, "counts")
    require(len(y) == len(weeks), f"{len(y)} counts, {len(weeks)} weeks")
    steps = {(b - a).days for a, b in itertools.pairwise(weeks)}
    require(steps <= {7}, "weeks must follow each other in steps of seven days")
    positions = np.asarray(monitored, dtype=np.int64).ravel()
    out = np.full((len(positions), 5), np.nan)
    trends = np.zeros(len(positions), dtype=np.bool_)
    for row, k in enumerate(positions):
        report(progress, row / len(positions))
        references = same_weeks(weeks, int(k), years)
        blocks = season_blocks(len(y), int(k), references, half_window, periods)
        blocks[max(k - excluded_weeks, 0) :] = -1
        past = np.flatnonzero(blocks >= 0)
        # A column for each season but the first (the current one), which is the reference.
        base = np.equal.outer(blocks[past], np.arange(1, periods)).astype(np.float64)
        constant = np.column_stack([np.ones(len(past)), base])
        timed = np.column_stack([constant, past - past[0]])
        model = _model(constant, timed, y[past], int(k - past[0]), weight_threshold, trend_level, years)
        if model is None:
            continue
        eta, error, dispersion, trends[row] = model
        judged = y[max(k - enough[1] + 1, 0) : k + 1].sum() >= enough[0]
        mean = math.exp(eta)
        bound = upper_bound(eta, error, dispersion, alpha, method)
        reach = exceedance_probability(float(y[k]), mean, dispersion)
        # R's surveillance takes the score of the negative binomial bounds on the linear predictor; ours is on counts.
        score = (y[k] - mean) / (bound - mean) if bound > mean else math.inf * np.sign(y[k] - mean)
        out[row] = (mean, bound, reach, score, dispersion) if judged else (np.nan, np.nan, reach, np.nan, dispersion)
    report(progress, 1.0)
    return WeeklyWarning(
        positions=positions,
        observed=y[positions],
        expected=out[:, 0],
        upper=out[:, 1],
        p=out[:, 2],
        score=out[:, 3],
        dispersion=out[:, 4],
        trend=trends,
        alarm=(y[positions] > 0) & (np.nan_to_num(out[:, 3], nan=0.0) > 1),
    )


def _model(
    constant: FloatArray,
    timed: FloatArray,
    past: FloatArray,
    now: int,
    weight_threshold: float | None,
    trend_level: float,
    years: int,
) -> tuple[float, float, float, bool] | None:
    """Return linear predictor, its standard error, dispersion and whether a trend is in; None where nothing fits."""
    fit, dispersion = reweighted(timed, past, weight_threshold)
    if fit.converged and years >= _YEARS_FOR_TREND:
        row = np.append(_first_season(constant.shape[1]), now)
        eta, error = _predict(fit, row, dispersion)
        # t test of the trend: its coefficient over its standard error, with n - k degrees of freedom.
        scatter = fit.dispersion * fit.covariance[-1, -1]
        freedom = len(past) - timed.shape[1]
        significant = trend_level >= 1 or (
            scatter > 0
            and 2 * student.sf(abs(fit.coefficients[-1]) / math.sqrt(scatter), max(freedom, 1)) < trend_level
        )
        if significant and math.exp(eta) <= past.max(initial=0.0):
            return eta, error, dispersion, True
    fit, dispersion = reweighted(constant, past, weight_threshold)
    if not fit.converged:
        return None
    eta, error = _predict(fit, _first_season(constant.shape[1]), dispersion)
    return eta, error, dispersion, False


def _first_season(columns: int) -> FloatArray:
    row = np.zeros(columns)
    row[0] = 1.0
    return row


def _predict(fit: Fit, row: FloatArray, dispersion: float) -> tuple[float, float]:
    # Variance of the linear predictor: phi x' (X'WX)^-1 x.
    variance = float(row @ fit.covariance @ row) * dispersion
    return float(row @ fit.coefficients), math.sqrt(max(variance, 0.0))
