"""The scan of the replicates: only the largest ratio of each counts, so most windows are ruled out unseen.

For a *floor* that the largest ratio will almost surely pass, the number of cases that reaches the floor is known
beforehand (:mod:`geo.hotspot.scan.thresholds`), as a limit on a window's *excess*,
``scale * (cases - slope * baseline)`` in whole numbers. The largest excess of a zone's windows of one length is at most
the sum of its locations' largest. So each zone carries one upper bound a length, which grows by one addition a
location; only where a bound reaches its limit are the windows of that length looked at, the bound made exact, and the
windows that reach the limit evaluated. A replicate that stays below the floor is scanned again with a lower one: the
result is exact, the floor only saves time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba as nb
import numpy as np

from geo.hotspot.scan.exact import best_of_centres
from geo.hotspot.scan.likelihood import EXPECTATION, log_likelihood_ratio
from geo.hotspot.scan.simulate import draw

if TYPE_CHECKING:
    from geo.hotspot.arrays import FloatArray
    from geo.hotspot.scan.frame import Frame, Null, Sieve, Small

#: Window lengths are compared in groups of this many.
LANES = 16
#: An excess no window has, and a limit none reaches.
FAR_BELOW = -(1 << 29)
OUT_OF_REACH = 1 << 29


@nb.njit(cache=True, nogil=True, inline="always")
def _largest(begins: Small, finishes: Small) -> int:  # pragma: no cover
    """Largest excess of the windows of one length, from running sums.

    One loop counter indexes both arrays: the processor's vector registers take it.
    """
    top = np.int32(FAR_BELOW)
    for s in range(len(begins)):
        top = max(top, np.int32(finishes[s] - begins[s]))
    return top  # type: ignore[return-value]


@nb.njit(cache=True, nogil=True)
def _tighten(frame: Frame, state: Small, width: int, lengths: int, wanted: Small) -> bool:  # pragma: no cover
    """Make the bounds that reach their limit exact; return whether one still does."""
    bound = state[width:]
    reached = False
    for k in range(lengths):
        if bound[k] < wanted[k]:
            continue
        length = frame.min_length + k
        first = max(frame.first_end - length, 0)
        bound[k] = _largest(state[first : width - length], state[first + length : width])
        reached |= bound[k] >= wanted[k]
    return reached


@nb.njit(cache=True, nogil=True)
def _best_in_zone(
    frame: Frame,
    sieve: Sieve,
    zone: int,
    state: Small,
    members: Small,
    sums: Small,
    baseline: FloatArray,
    total_cases: float,
) -> float:  # pragma: no cover
    """Return the largest ratio of the zone's windows that reach their limit and pass their (zone, length) chord."""
    width = sums.shape[1]
    wanted, slope, intercept = sieve.limits[zone], sieve.slope[zone], sieve.intercept[zone]
    best = 0.0
    for k in range(len(slope)):
        if state[width + k] < wanted[k]:
            continue
        length = frame.min_length + k
        for end in range(max(frame.first_end, length), width):
            start = end - length
            if np.int32(state[end] - state[start]) < wanted[k]:
                continue
            c = 0.0
            m = 0.0
            for place in members:
                c += sums[place, end] - sums[place, start]
                m += baseline[place, end] - baseline[place, start]
            if c >= frame.min_cases and c - slope[k] * m >= intercept[k]:
                best = max(best, log_likelihood_ratio(frame.model, c, m, total_cases, frame.total_baseline))
    return best


@nb.njit(cache=True, nogil=True)
def _best_window(  # noqa: C901 (compiled: one nest of loops)
    frame: Frame, sieve: Sieve, rows: Small, sums: Small, baseline: FloatArray, total_cases: float
) -> float:  # pragma: no cover
    """Return the largest ratio over all zones and windows that pass their thresholds.

    ``rows`` holds what one location adds to a zone: the running excess and its largest excess of each length. With a
    single window a length it is the number of cases of each length alone.
    """
    indptr, locations, ends = frame.indptr, frame.locations, frame.ends
    limits, least = sieve.limits, sieve.least
    lengths = least.shape[1]
    lanes = limits.shape[1]
    width = rows.shape[1] - lanes
    state = np.zeros(rows.shape[1], dtype=np.int32)
    bound = state[width:]
    best = 0.0
    zone = 0
    for centre in range(len(indptr) - 1):
        state[:] = 0
        for entry in range(indptr[centre], indptr[centre + 1]):
            row = np.uint64(locations[entry])  # an index that cannot be negative costs no check
            for t in range(np.uint64(rows.shape[1])):
                state[t] += rows[row, t]
            if not ends[entry]:
                continue
            short = np.int32(0)  # gathered by its sign bit, which needs no comparison
            for k in range(lanes):
                short |= np.int32(limits[zone, k] - bound[k] - np.int32(1))
            if short < 0:
                if sieve.single:
                    for k in range(lengths):
                        if bound[k] >= limits[zone, k]:
                            m = least[zone, k]
                            best = max(
                                best, log_likelihood_ratio(frame.model, bound[k], m, total_cases, frame.total_baseline)
                            )
                elif _tighten(frame, state, width, lengths, limits[zone]):
                    members = locations[indptr[centre] : entry + 1]
                    best = max(best, _best_in_zone(frame, sieve, zone, state, members, sums, baseline, total_cases))
            zone += 1
    return best


@nb.njit(cache=True, nogil=True)
def _fill(frame: Frame, sieve: Sieve, rows: Small, table: Small, offset: FloatArray) -> None:  # pragma: no cover
    """Fill the rows of one replicate from its running counts."""
    places, width = table.shape
    for i in range(places):
        if not sieve.single:
            for t in range(width):
                # scale * (cases - slope * baseline); `offset` is the second part.
                rows[i, t] = np.int32(table[i, t] * sieve.scale + offset[i, t])
        for k in range(sieve.least.shape[1]):
            length = frame.min_length + k
            first = max(frame.first_end - length, 0)
            if sieve.single:
                rows[i, k] = table[i, width - 1] - table[i, width - 1 - length]
            else:
                rows[i, width + k] = _largest(rows[i, first : width - length], rows[i, first + length : width])


@nb.njit(cache=True, nogil=True)
def scan_replicates(
    frame: Frame, sieve: Sieve, null: Null, baseline: FloatArray, first: int, last: int, out: FloatArray
) -> None:  # pragma: no cover
    """Draw and scan replicates ``first`` … ``last - 1``; writes their largest ratio, 0 where none passed its threshold.

    ``baseline`` is a running sum, shape (places, width).
    """
    places, width = baseline.shape
    counts = np.empty(places * width, dtype=np.int32)
    table = counts.reshape(places, width)
    deck = np.empty(len(null.cells), dtype=np.int32)
    rows = np.zeros((places, (0 if sieve.single else width) + sieve.limits.shape[1]), dtype=np.int32)
    offset = np.rint(-sieve.scale * sieve.common_slope * baseline)
    for r in range(first, last):
        draw(null, r, deck, counts)
        total_cases = frame.total_cases if frame.model != EXPECTATION else np.float64(null.draws[r])
        for i in range(places):
            for t in range(1, width):
                table[i, t] += table[i, t - 1]
        _fill(frame, sieve, rows, table, offset)
        out[r] = _best_window(frame, sieve, rows, table, baseline, total_cases)


@nb.njit(cache=True, nogil=True)
def scan_replicates_plainly(
    frame: Frame, null: Null, baseline: FloatArray, first: int, last: int, out: FloatArray
) -> None:  # pragma: no cover
    """Draw and scan replicates ``first`` … ``last - 1``, every window of each: for low rates, and as a check."""
    places, width = baseline.shape
    counts = np.empty(places * width, dtype=np.int32)
    table = np.empty((places, width))
    deck = np.empty(len(null.cells), dtype=np.int32)
    best = np.empty((len(frame.indptr) - 1, 4))
    for r in range(first, last):
        draw(null, r, deck, counts)
        total_cases = frame.total_cases if frame.model != EXPECTATION else np.float64(null.draws[r])
        for i in range(places):
            table[i, 0] = counts[i * width]
            for t in range(1, width):
                table[i, t] = table[i, t - 1] + counts[i * width + t]
        best_of_centres(frame, table, baseline, total_cases, 0, len(best), best)
        out[r] = max(best[:, 0].max(), 0.0)
