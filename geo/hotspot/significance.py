"""From many tests to a decision: p-values of replicates, the Gumbel tail, false discovery rate, recurrence interval."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import numpy.typing as npt

from geo.hotspot.arrays import FloatArray, HotspotInputError, as_values

TimeUnit = Literal["day", "week", "month", "year", "generic"]

#: Days in a unit of time; a year is 365.25 days (as in SaTScan), a month a twelfth of it.
DAYS_IN_UNIT: dict[str, float] = {
    "day": 1.0,
    "week": 7.0,
    "month": 365.25 / 12,
    "year": 365.25,
    "generic": 1.0,
}
EULER_GAMMA = 0.5772156649015329
#: Ratios that differ by no more (relative, at least absolute) are ties: equal ratios reached along different sums
#: differ in their last bits.
TOLERANCE = 1e-9
#: The smallest p-value that a fitted tail is believed.
SMALLEST_P = 1e-17


def false_discovery_rate(p_values: npt.ArrayLike) -> FloatArray:
    """Adjust p-values by Benjamini and Hochberg.

    Parameters
    ----------
    p_values : array_like, shape (n,)
        NaN marks a test that was not made: it stays NaN and does not count.

    Returns
    -------
    ndarray, shape (n,), float64
        q-values: rejecting ``q <= a`` keeps the expected share of false discoveries at or below ``a``. Empty in,
        empty out.

    Source
    ------
    Benjamini & Hochberg (1995), J. R. Stat. Soc. B 57(1), 289-300.
    """
    p = np.asarray(p_values, dtype=np.float64)
    q = np.full(p.shape, np.nan)
    made = np.flatnonzero(~np.isnan(p))
    if len(made) == 0:
        return q
    order = made[np.argsort(p[made], kind="stable")]
    # q of the k-th smallest is the minimum of n p_(j) / j over j >= k.
    ranked = p[order] * len(order) / np.arange(1, len(order) + 1)
    q[order] = np.minimum(np.minimum.accumulate(ranked[::-1])[::-1], 1.0)
    return q


def monte_carlo_p(statistic: float, replicates: npt.ArrayLike, *, tolerance: float = TOLERANCE) -> float:
    """Rank the statistic among its replicates, shape (r,).

    ``p = (1 + #{replicate >= statistic}) / (1 + #replicates)``; a replicate that is smaller by no more than
    ``tolerance`` (relative, at least absolute 1) counts as a tie, because equal likelihood ratios reached along
    different sums differ in their last bits.

    Source
    ------
    Dwass (1957), Ann. Math. Stat. 28(1), 181-187.
    """
    sims = as_values(replicates, "replicates")
    floor = statistic - tolerance * max(1.0, abs(statistic))
    return float(1 + np.count_nonzero(sims >= floor)) / (1 + len(sims))


def gumbel_p(statistic: float, replicates: npt.ArrayLike) -> float:
    """P-value from a Gumbel distribution fitted to the replicates by moments.

    ``scale = s sqrt(6) / pi``, ``location = mean - gamma scale``, ``p = 1 - exp(-exp(-(x - location) / scale))`` with
    the sample standard deviation ``s`` (divisor n - 1). It reaches below ``1 / (R + 1)``, but not below 1e-17 (as in
    SaTScan): nothing is that certain. NaN where all replicates are equal: there is no tail to fit.

    Raises
    ------
    HotspotInputError
        With fewer than two replicates.

    Source
    ------
    Abrams, Kleinman & Kulldorff (2010), Int. J. Health Geogr. 9:61.
    """
    sims = as_values(replicates, "replicates")
    if len(sims) < 2:
        msg = "a Gumbel fit needs at least two replicates"
        raise HotspotInputError(msg)
    spread = float(np.std(sims, ddof=1))
    if spread == 0.0:
        return math.nan
    scale = spread * math.sqrt(6.0) / math.pi
    location = float(np.mean(sims)) - EULER_GAMMA * scale
    exponent = -(statistic - location) / scale
    # 1 - exp(-exp(y)) by expm1: the small tail keeps its digits.
    return max(-math.expm1(-math.exp(min(exponent, 700.0))), SMALLEST_P)


def recurrence_interval_days(p_value: float, *, unit: TimeUnit = "day", length: int = 1, analyses: int = 1) -> float:
    """How long one would wait, on average, for a signal as strong if nothing happened, in days.

    An analysis is made once a time interval (``length`` units), so the interval is ``length / p`` units. When the
    p-value is adjusted for the ``analyses`` made since the start of the surveillance, one p-value speaks for all of
    them: ``length / (1 - (1 - p) ** (1 / analyses))`` units.

    Parameters
    ----------
    p_value : float
        In (0, 1]; infinity for zero.
    unit, length
        The time aggregation.
    analyses : int
        1 where the p-value is not adjusted for earlier analyses.

    Source
    ------
    Kleinman, Lazarus & Platt (2004), Am. J. Epidemiol. 159(3), 217-224; SaTScan User Guide, "Recurrence Interval".
    """
    if p_value <= 0.0:
        return math.inf
    # 1 - (1 - p)^(1 / analyses), by log1p and expm1 for small p.
    once = p_value if analyses <= 1 or p_value >= 1.0 else -math.expm1(math.log1p(-p_value) / analyses)
    return length * DAYS_IN_UNIT[unit] / once
