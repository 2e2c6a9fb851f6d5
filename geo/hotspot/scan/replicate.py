"""The scan of the replicates: only the largest ratio of each counts, so most windows are ruled out unseen.

The baselines of windows are the same in every replicate. For a *floor* that the largest ratio will almost surely pass,
the number of cases that reaches the floor is known beforehand, and only windows with as many are evaluated. For windows
of one length in one zone the threshold is a concave function of the baseline; the chord between the smallest and the
largest baseline lies below it, so ``cases - slope * baseline >= intercept`` rules windows out by a difference of running
sums, whatever the weekday. A replicate that stays below the floor is scanned again with a floor of zero: the result is
exact, the floor only saves time.
"""

from __future__ import annotations

import numba as nb
import numpy as np
import numpy.typing as npt

from geo.hotspot.arrays import FloatArray, IntArray
from geo.hotspot.random import stream
from geo.hotspot.scan.likelihood import log_likelihood_ratio
from geo.hotspot.scan.simulate import Counts, Small, draw

Single = npt.NDArray[np.float32]


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
    k = np.searchsorted(grid, m) - 1
    k = min(k, len(grid) - 2)
    if np.isinf(table[k]):
        return m * share
    if np.isinf(table[k + 1]):
        return table[k]
    return table[k] + (table[k + 1] - table[k]) * (m - grid[k]) / (grid[k + 1] - grid[k])


@nb.njit(cache=True, nogil=True)
def chords(
    least: FloatArray,
    most: FloatArray,
    grid: FloatArray,
    table: FloatArray,
    share: float,
    min_cases: float,
    concave: bool,
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


@nb.njit(cache=True, nogil=True, fastmath={"nnan", "nsz", "reassoc", "contract"})
def _largest(
    sums: Small, mass: Single, length: int, first_end: int, slope: np.float32
) -> np.float32:  # pragma: no cover
    best = np.float32(-1e30)
    start = max(first_end - length, 0)
    head = sums[start + length :]
    head_mass = mass[start + length :]
    tail = sums[start:]
    tail_mass = mass[start:]
    for s in range(len(head)):
        value = np.float32(head[s] - tail[s]) - slope * (head_mass[s] - tail_mass[s])
        best = max(best, value)
    return best


@nb.njit(cache=True, nogil=True)
def _best_in_many(
    model: int,
    sums: Small,
    mass: Single,
    baseline: FloatArray,
    indptr: IntArray,
    locations: Small,
    ends: npt.NDArray[np.bool_],
    min_length: int,
    first_end: int,
    slope: Single,
    intercept: Single,
    min_cases: float,
    total_cases: float,
    total_baseline: float,
) -> float:  # pragma: no cover
    """Return the largest ratio over all zones and windows that pass their thresholds."""
    width = sums.shape[1]
    zone_sums = np.zeros(width, dtype=np.int32)
    zone_mass = np.zeros(width, dtype=np.float32)
    lengths = slope.shape[1]
    best = 0.0
    zone = 0
    for centre in range(len(indptr) - 1):
        zone_sums[:] = 0
        zone_mass[:] = 0
        for entry in range(indptr[centre], indptr[centre + 1]):
            row = sums[locations[entry]]
            row_mass = mass[locations[entry]]
            for t in range(width):
                zone_sums[t] += row[t]
                zone_mass[t] += row_mass[t]
            if not ends[entry]:
                continue
            for k in range(lengths):
                length = min_length + k
                limit = intercept[zone, k]
                b = slope[zone, k]
                if _largest(zone_sums, zone_mass, length, first_end, b) < limit:
                    continue
                for end in range(max(first_end, length), width):
                    start = end - length
                    c = zone_sums[end] - zone_sums[start]
                    rough = zone_mass[end] - zone_mass[start]
                    if c - b * rough < limit or c < min_cases:
                        continue
                    m = 0.0
                    for j in range(indptr[centre], entry + 1):
                        m += baseline[locations[j], end] - baseline[locations[j], start]
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
    lengths = needed.shape[1]
    zone_tails = np.zeros(lengths, dtype=np.int32)
    best = 0.0
    zone = 0
    for centre in range(len(indptr) - 1):
        zone_tails[:] = 0
        for entry in range(indptr[centre], indptr[centre + 1]):
            row = tails[locations[entry]]
            for k in range(lengths):
                zone_tails[k] += row[k]
            if not ends[entry]:
                continue
            over = 0
            wanted = needed[zone]
            for k in range(lengths):
                over += zone_tails[k] >= wanted[k]
            if over:
                for k in range(lengths):
                    if zone_tails[k] >= wanted[k]:
                        best = max(
                            best,
                            log_likelihood_ratio(model, zone_tails[k], least[zone, k], total_cases, total_baseline),
                        )
            zone += 1
    return best


@nb.njit(cache=True, nogil=True)
def scan_replicates(
    model: int,
    kind: int,
    draws: IntArray,
    cells: Small,
    alias: Small,
    keep: FloatArray,
    strata: IntArray,
    offsets: Small,
    seed: int,
    mass: Single,
    baseline: FloatArray,
    indptr: IntArray,
    locations: Small,
    ends: npt.NDArray[np.bool_],
    min_length: int,
    first_end: int,
    slope: Single,
    intercept: Single,
    least: FloatArray,
    needed: Small,
    single: bool,
    min_cases: float,
    total_cases: float,
    total_baseline: float,
    first: int,
    last: int,
    out: FloatArray,
) -> None:  # pragma: no cover
    """Draw and scan replicates ``first`` … ``last - 1``; writes their largest ratio, 0 where none passed its threshold."""
    places = mass.shape[0]
    width = mass.shape[1]
    counts: Counts = np.empty(places * width, dtype=np.int32)
    table = counts.reshape(places, width)
    deck = np.empty(len(cells), dtype=np.int32)
    lengths = slope.shape[1]
    tails = np.empty((places, lengths), dtype=np.int32)
    for r in range(first, last):
        draw(kind, draws[r], cells, alias, keep, strata, offsets, stream(seed, r), deck, counts)
        total = total_cases if model != 2 else np.float64(draws[r])
        for i in range(places):
            for t in range(1, width):
                table[i, t] += table[i, t - 1]
        if single:
            for i in range(places):
                for k in range(lengths):
                    start = width - 1 - min_length - k
                    tails[i, k] = table[i, width - 1] - table[i, start]
            out[r] = _best_at_end(
                model, tails, indptr, locations, ends, least, needed, total, total_baseline
            )
        else:
            out[r] = _best_in_many(
                model, table, mass, baseline, indptr, locations, ends, min_length, first_end, slope, intercept,
                min_cases, total, total_baseline,
            )
