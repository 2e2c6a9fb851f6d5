"""Log likelihood ratios of the scan models, and the counts that reach a given ratio."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numba as nb
import numpy as np

if TYPE_CHECKING:
    from geo.hotspot.arrays import FloatArray

POISSON, BERNOULLI, EXPECTATION = 0, 1, 2


@nb.njit(cache=True, nogil=True, inline="always")
def _xlog(x: float, ratio: float) -> float:  # pragma: no cover
    return x * math.log(ratio) if x > 0.0 else 0.0


@nb.njit(cache=True, nogil=True)
def likelihood_ratio(
    model: int, cases: float, baseline: float, total_cases: float, total_baseline: float
) -> float:  # pragma: no cover
    """Score a window whose rate differs from that outside, in either direction.

    With c cases and baseline m in the window, C and M in all:

    - ``POISSON`` (m expected cases, M = C; also the space-time permutation model):
      ``c ln(c/m) + (C-c) ln((C-c)/(C-m))``. Kulldorff (1997).
    - ``BERNOULLI`` (m cases and controls): ``c ln(c/m) + (m-c) ln((m-c)/m) + (C-c) ln((C-c)/(M-m)) +
      (M-m-C+c) ln((M-m-C+c)/(M-m)) - C ln(C/M) - (M-C) ln((M-C)/M)``. Kulldorff (1997).
    - ``EXPECTATION`` (m expected cases, known): ``c ln(c/m) + m - c``. Neill, Moore, Sabhnani & Daniel (2005), KDD
      2005, 218-227.
    """
    if baseline <= 0.0:
        return 0.0
    if model == EXPECTATION:
        return _xlog(cases, cases / baseline) + baseline - cases
    others = total_cases - cases
    if model == POISSON:
        return _xlog(cases, cases / baseline) + (
            _xlog(others, others / (total_cases - baseline)) if total_cases > baseline else 0.0
        )
    outside = total_baseline - baseline
    non_cases = baseline - cases
    result = _xlog(cases, cases / baseline) + _xlog(non_cases, non_cases / baseline)
    if outside > 0.0:
        result += _xlog(others, others / outside) + _xlog(outside - others, (outside - others) / outside)
    result -= _xlog(total_cases, total_cases / total_baseline)
    result -= _xlog(total_baseline - total_cases, (total_baseline - total_cases) / total_baseline)
    return result


@nb.njit(cache=True, nogil=True)
def log_likelihood_ratio(
    model: int, cases: float, baseline: float, total_cases: float, total_baseline: float
) -> float:  # pragma: no cover
    """Score a window for a high rate: :func:`likelihood_ratio`, and 0 where the rate is not above that outside."""
    if model == EXPECTATION:
        if cases <= baseline:
            return 0.0
    elif cases * total_baseline <= total_cases * baseline:
        return 0.0
    return likelihood_ratio(model, cases, baseline, total_cases, total_baseline)


@nb.njit(cache=True, nogil=True)
def threshold_table(
    model: int, floor: float, grid: FloatArray, total_cases: float, total_baseline: float
) -> FloatArray:  # pragma: no cover
    """Return, for each baseline of the grid, the (real) number of cases with which the ratio reaches the floor.

    Infinity where no number does. The threshold is an increasing, concave function of the baseline.
    """
    out = np.empty(len(grid))
    for i in range(len(grid)):
        baseline = grid[i]
        # Bisect between the expectation, where the ratio is 0, and a count that reaches the floor.
        low = baseline if model == EXPECTATION else baseline * total_cases / total_baseline
        high = max(4.0 * low, low + 40.0 * (floor + 1.0))
        if model == POISSON:
            high = total_cases
        elif model == BERNOULLI:
            high = min(total_cases, baseline)
        else:
            while log_likelihood_ratio(model, high, baseline, total_cases, total_baseline) < floor:
                high *= 2.0
        if log_likelihood_ratio(model, high, baseline, total_cases, total_baseline) < floor:
            out[i] = np.inf
            continue
        for _ in range(60):
            middle = 0.5 * (low + high)
            if log_likelihood_ratio(model, middle, baseline, total_cases, total_baseline) < floor:
                low = middle
            else:
                high = middle
        # The lower end: it rules out no count that reaches the floor.
        out[i] = low
    return out
