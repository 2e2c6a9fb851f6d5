"""How many cases a window needs to reach a given ratio, for every zone and window length, before any is counted.

The baselines of windows are the same in every replicate. The threshold is a concave function of the baseline, so a
line through (or below) its values at the smallest and the largest baseline of a zone and length lies below it:
``cases - slope * baseline >= intercept`` rules windows out by a difference of running sums, whatever the weekday.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numba as nb
import numpy as np

if TYPE_CHECKING:
    from geo.hotspot.arrays import FloatArray
    from geo.hotspot.scan.frame import Frame, Single


@nb.njit(cache=True, nogil=True)
def zone_bounds(frame: Frame, baseline: FloatArray, least: FloatArray, most: FloatArray) -> None:  # pragma: no cover
    """Fill the smallest and largest baseline of each (zone, length)."""
    indptr, locations, ends = frame.indptr, frame.locations, frame.ends
    width = baseline.shape[1]
    total = np.empty(width)
    zone = 0
    for centre in range(len(indptr) - 1):
        total[:] = 0.0
        for entry in range(indptr[centre], indptr[centre + 1]):
            for t in range(width):
                total[t] += baseline[locations[entry], t]
            if not ends[entry]:
                continue
            for k in range(least.shape[1]):
                length = frame.min_length + k
                low = np.inf
                high = 0.0
                for end in range(max(frame.first_end, length), width):
                    m = total[end] - total[end - length]
                    low = min(low, m)
                    high = max(high, m)
                least[zone, k] = low
                most[zone, k] = high
            zone += 1


@nb.njit(cache=True, nogil=True, inline="always")
def _lower_threshold(m: float, grid: FloatArray, table: FloatArray, share: float) -> float:  # pragma: no cover
    """Lower bound of the threshold at baseline m, by the chord between grid points (a geometric grid)."""
    # The expectation m C / M is below every threshold.
    if m <= grid[0]:
        return m * share
    last = len(grid) - 2
    # Position by logarithm in the geometric grid, then mended by a step where rounding missed.
    k = min(int(last * math.log(m / grid[0]) / math.log(grid[last] / grid[0])), last)
    while k > 0 and grid[k] > m:
        k -= 1
    while k < last and grid[k + 1] < m:
        k += 1
    if np.isinf(table[k]):
        return m * share
    # The threshold increases with the baseline.
    if np.isinf(table[k + 1]):
        return float(table[k])
    return float(table[k] + (table[k + 1] - table[k]) * (m - grid[k]) / (grid[k + 1] - grid[k]))


@nb.njit(cache=True, nogil=True)
def lower_thresholds(
    m: FloatArray, grid: FloatArray, table: FloatArray, share: float
) -> FloatArray:  # pragma: no cover
    """Lower bounds of the thresholds at the baselines ``m``, any shape (zones, lengths)."""
    out = np.empty_like(m)
    for z in range(m.shape[0]):
        for k in range(m.shape[1]):
            out[z, k] = _lower_threshold(m[z, k], grid, table, share)
    return out


def common_slope(least: FloatArray, most: FloatArray, low: FloatArray, high: FloatArray) -> float:
    """Return the slope that keeps the lines of all zones and lengths closest below their thresholds.

    ``low`` and ``high`` are the thresholds at the baselines ``least`` and ``most``. Closeness is judged at the middle
    baseline, in standard deviations, on a sample of zones.
    """
    rows = slice(None, None, max(len(least) // 2000, 1))
    left, right, at_left, at_right = least[rows], most[rows], low[rows], high[rows]
    middle = np.maximum((left + right) / 2, 1e-9)
    best, chosen = np.inf, 1.0
    for slope in (1.0, 1.03, 1.06, 1.1, 1.15, 1.2, 1.3, 1.4, 1.55, 1.75, 2.0, 2.5, 3.0):
        line = np.minimum(at_left - slope * left, at_right - slope * right) + slope * middle
        loss = float(np.mean(((at_left + at_right) / 2 - line) / np.sqrt(middle)))
        if loss < best:
            best, chosen = loss, slope
    return chosen


def chords(
    least: FloatArray, most: FloatArray, low: FloatArray, high: FloatArray, min_cases: float
) -> tuple[Single, Single]:
    """Return slope and intercept of each (zone, length): the line through both thresholds, a little lower.

    Where the baseline hardly varies the line is level, and not below ``min_cases``.
    """
    # Through (least, low) and (most, high), lowered by more than rounding to float32 can lift it.
    varies = (most > least * (1 + 1e-9)) & (high > low)
    slope = np.divide(high - low, most - least, out=np.zeros_like(least), where=varies)
    intercept = np.where(varies, low - slope * least, np.maximum(low, min_cases))
    intercept -= 0.01 + 2e-6 * (np.abs(low) + slope * most)
    return slope.astype(np.float32), intercept.astype(np.float32)
