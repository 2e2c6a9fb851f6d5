"""The scan of the replicates: only the largest ratio of each counts, so most windows are ruled out unseen.

The baselines of windows are the same in every replicate. For a *floor* that the largest ratio will almost surely pass,
the number of cases that reaches the floor is known beforehand, and only windows with as many are evaluated. For windows
of one length in one zone the threshold is a concave function of the baseline, so a line through (or below) its
values at
the smallest and the largest baseline lies below it: ``cases - slope * baseline >= intercept`` rules windows out by a
difference of running sums, whatever the weekday. A replicate that stays below the floor is scanned again with a
floor of zero: the result is exact, the floor only saves time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba as nb
import numpy as np
import numpy.typing as npt

from geo.hotspot.random import stream
from geo.hotspot.scan.likelihood import EXPECTATION, log_likelihood_ratio
from geo.hotspot.scan.simulate import Counts, Small, draw

if TYPE_CHECKING:
    from geo.hotspot.arrays import FloatArray, IntArray

Single = npt.NDArray[np.float32]

#: Window lengths are compared in groups of this many.
LANES = 16
#: An excess no window has, and a limit none reaches.
FAR_BELOW = -(1 << 29)
OUT_OF_REACH = 1 << 29


@nb.njit(cache=True, nogil=True)
def zone_bounds(
    baseline: FloatArray,
    indptr: IntArray,
    locations: Small,
    ends: npt.NDArray[np.bool_],
    min_length: int,
    max_length: int,
    first_end: int,
    least: FloatArray,
    most: FloatArray,
) -> None:  # pragma: no cover
    """Fill the smallest and largest baseline of each (zone, length)."""
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
            for k in range(max_length - min_length + 1):
                length = min_length + k
                low = np.inf
                high = 0.0
                for end in range(max(first_end, length), width):
                    m = total[end] - total[end - length]
                    low = min(low, m)
                    high = max(high, m)
                least[zone, k] = low
                most[zone, k] = high
            zone += 1


@nb.njit(cache=True, nogil=True, inline="always")
def _lower_threshold(m: float, grid: FloatArray, table: FloatArray, share: float) -> float:  # pragma: no cover
    """Lower bound of the threshold at baseline m, by the chord between grid points."""
    if m <= grid[0]:
        return m * share
    k = min(int(np.searchsorted(grid, m)) - 1, len(grid) - 2)
    if np.isinf(table[k]):
        return m * share
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

    Closeness is judged at the middle baseline, in standard deviations, on a sample of zones.
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


@nb.njit(cache=True, nogil=True)
def chords(
    least: FloatArray,
    most: FloatArray,
    grid: FloatArray,
    table: FloatArray,
    share: float,
    min_cases: float,
    concave: bool,  # noqa: FBT001 (compiled)
    slope: Single,
    intercept: Single,
) -> None:  # pragma: no cover
    """Fill slope and intercept of each (zone, length)."""
    for z in range(least.shape[0]):
        for k in range(least.shape[1]):
            low, high = least[z, k], most[z, k]
            at_low = _lower_threshold(low, grid, table, share)
            b = 0.0
            if concave and high > low * (1.0 + 1e-9) and low > grid[0]:
                at_high = _lower_threshold(high, grid, table, share)
                b = (at_high - at_low) / (high - low)
            a = at_low - b * low
            if b == 0.0:
                a = max(a, min_cases)
            slope[z, k] = b
            intercept[z, k] = a - 0.01 - 2e-6 * (abs(at_low) + b * high)


@nb.njit(cache=True, nogil=True, inline="always")
def _any_reaches(begins: Small, finishes: Small, starts: int, limits: Small) -> bool:  # pragma: no cover
    """Whether a window's excess reaches its limit; sixteen lengths at once, for the processor's vector registers.

    Only plain loop counters index the arrays: a sum with another variable could be negative for all the compiler knows.
    Shortfalls are gathered by their sign bit, which needs no comparison.
    """
    found = np.int32(0)
    for s in range(starts):
        base = np.int32(begins[s] - 1)
        for k in range(LANES):
            found |= np.int32(np.int32(limits[k] - finishes[s + k]) + base)
    return bool(found < 0)


@nb.njit(cache=True, nogil=True)
def _best_in_many(  # noqa: C901 (compiled: one nest of loops)
    model: int,
    sums: Small,
    excess: Small,
    baseline: FloatArray,
    indptr: IntArray,
    locations: Small,
    ends: npt.NDArray[np.bool_],
    min_length: int,
    lengths: int,
    first_end: int,
    limits: Small,
    slope: Single,
    intercept: Single,
    min_cases: float,
    total_cases: float,
    total_baseline: float,
) -> float:  # pragma: no cover
    """Return the largest ratio over all zones and windows that pass their thresholds.

    ``excess`` is ``scale * (cases - slope * baseline)``, whole numbers, with one slope for all zones: a first, cheap
    sieve. The (zone, length) chord is the second, the ratio itself the last.
    """
    width = sums.shape[1]
    blocks = limits.shape[1] // LANES
    zone_excess = np.full(width + min_length + limits.shape[1], FAR_BELOW, dtype=np.int32)
    best = 0.0
    zone = 0
    for centre in range(len(indptr) - 1):
        zone_excess[:width] = 0
        for entry in range(indptr[centre], indptr[centre + 1]):
            row = excess[locations[entry]]
            for t in range(width):
                zone_excess[t] += row[t]
            if not ends[entry]:
                continue
            for block in range(blocks):
                low = block * LANES
                wanted = limits[zone, low : low + LANES]
                offset = min_length + low
                if not _any_reaches(zone_excess, zone_excess[offset:], max(width - offset, 0), wanted):
                    continue
                for k in range(low, min(low + LANES, lengths)):
                    length = min_length + k
                    limit = intercept[zone, k]
                    b = slope[zone, k]
                    for end in range(max(first_end, length), width):
                        start = end - length
                        if np.int32(zone_excess[end] - zone_excess[start]) < limits[zone, k]:
                            continue
                        c = 0.0
                        m = 0.0
                        for j in range(indptr[centre], entry + 1):
                            c += sums[locations[j], end] - sums[locations[j], start]
                            m += baseline[locations[j], end] - baseline[locations[j], start]
                        if c >= min_cases and c - b * m >= limit:
                            best = max(best, log_likelihood_ratio(model, c, m, total_cases, total_baseline))
            zone += 1
    return best


@nb.njit(cache=True, nogil=True)
def _best_at_end(
    model: int,
    tails: Small,
    indptr: IntArray,
    locations: Small,
    ends: npt.NDArray[np.bool_],
    least: FloatArray,
    needed: Small,
    total_cases: float,
    total_baseline: float,
) -> float:  # pragma: no cover
    """Return the largest ratio where each length has one window, the one that ends with the study.

    ``tails[location, k]`` counts the cases of the window of the k-th length.
    """
    lengths = least.shape[1]
    zone_tails = np.zeros(needed.shape[1], dtype=np.int32)
    best = 0.0
    zone = 0
    for centre in range(len(indptr) - 1):
        zone_tails[:] = 0
        for entry in range(indptr[centre], indptr[centre + 1]):
            row = tails[locations[entry]]
            over = np.int32(0)
            wanted = needed[zone]
            for block in range(needed.shape[1] // LANES):
                for k in range(LANES):
                    j = block * LANES + k
                    zone_tails[j] += row[j]
                    over |= np.int32(zone_tails[j] >= wanted[j])
            if not ends[entry]:
                continue
            if over != 0:
                for k in range(lengths):
                    if zone_tails[k] >= wanted[k]:
                        ratio = log_likelihood_ratio(model, zone_tails[k], least[zone, k], total_cases, total_baseline)
                        best = max(best, ratio)
            zone += 1
    return best


@nb.njit(cache=True, nogil=True)
def scan_replicates(  # noqa: C901 (compiled: one nest of loops)
    model: int,
    kind: int,
    draws: IntArray,
    cells: Small,
    alias: Small,
    keep: FloatArray,
    strata: IntArray,
    offsets: Small,
    seed: int,
    baseline: FloatArray,
    indptr: IntArray,
    locations: Small,
    ends: npt.NDArray[np.bool_],
    min_length: int,
    first_end: int,
    scale: float,
    common_slope: float,
    limits: Small,
    slope: Single,
    intercept: Single,
    least: FloatArray,
    single: bool,  # noqa: FBT001 (compiled)
    min_cases: float,
    total_cases: float,
    total_baseline: float,
    first: int,
    last: int,
    out: FloatArray,
) -> None:  # pragma: no cover
    """Draw and scan replicates ``first`` … ``last - 1``; writes their largest ratio, 0 where none passed its threshold.

    ``limits`` are in units of excess where windows end at many times, cases where they all end with the study.
    """
    places, width = baseline.shape
    counts: Counts = np.empty(places * width, dtype=np.int32)
    table = counts.reshape(places, width)
    deck = np.empty(len(cells), dtype=np.int32)
    lengths = slope.shape[1]
    tails = np.zeros((places if single else 0, limits.shape[1]), dtype=np.int32)
    offset = np.empty((0 if single else places, width))
    excess = np.empty((0 if single else places, width), dtype=np.int32)
    for i in range(len(offset)):
        for t in range(width):
            offset[i, t] = np.rint(-scale * common_slope * baseline[i, t])
    for r in range(first, last):
        draw(kind, draws[r], cells, alias, keep, strata, offsets, stream(seed, r), deck, counts)
        total = total_cases if model != EXPECTATION else np.float64(draws[r])
        for i in range(places):
            for t in range(1, width):
                table[i, t] += table[i, t - 1]
        if single:
            for i in range(places):
                for k in range(lengths):
                    tails[i, k] = table[i, width - 1] - table[i, width - 1 - min_length - k]
            out[r] = _best_at_end(model, tails, indptr, locations, ends, least, limits, total, total_baseline)
        else:
            for i in range(places):
                for t in range(width):
                    excess[i, t] = np.int32(table[i, t] * scale + offset[i, t])
            out[r] = _best_in_many(
                model,
                table,
                excess,
                baseline,
                indptr,
                locations,
                ends,
                min_length,
                lengths,
                first_end,
                limits,
                slope,
                intercept,
                min_cases,
                total,
                total_baseline,
            )
