"""Conditional permutation: an area keeps its value, its neighbours are drawn from all the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numba as nb
import numpy as np

from geo.hotspot.progress import Progress, run_chunks
from geo.hotspot.random import below, stream

if TYPE_CHECKING:
    from geo.hotspot.arrays import FloatArray, IntArray
    from geo.hotspot.local.neighbours import Neighbours

Alternative = Literal["two-sided", "high", "low"]

_CHUNK = 1024


@nb.njit(cache=True, nogil=True)
def draw_positions(count: int, width: int, permutations: int, seed: int) -> IntArray:  # pragma: no cover
    """Draw, for each permutation, ``width`` distinct positions out of ``count``: shape (permutations, width)."""
    out = np.empty((permutations, width), dtype=np.int64)
    deck = np.arange(count)
    swapped = np.empty(width, dtype=np.int64)
    for p in range(permutations):
        state = stream(seed, p)
        for k in range(width):
            j = k + below(state, count - k)
            swapped[k] = j
            deck[k], deck[j] = deck[j], deck[k]
            out[p, k] = deck[k]
        for k in range(width - 1, -1, -1):
            deck[k], deck[swapped[k]] = deck[swapped[k]], deck[k]
    return out


@nb.njit(cache=True, nogil=True, fastmath=True)
def _count_extremes(
    values: FloatArray,
    indptr: IntArray,
    weights: FloatArray,
    observed: FloatArray,
    tolerance: float,
    positions: IntArray,
    first: int,
    last: int,
    larger: IntArray,
    smaller: IntArray,
) -> None:  # pragma: no cover
    for i in range(first, last):
        start = indptr[i]
        width = indptr[i + 1] - start
        up = 0
        down = 0
        high = observed[i] - tolerance
        low = observed[i] + tolerance
        for p in range(positions.shape[0]):
            total = 0.0
            for k in range(width):
                j = positions[p, k]
                total += weights[start + k] * values[j + (j >= i)]
            up += total >= high
            down += total <= low
        larger[i] = up
        smaller[i] = down


def permutation_tails(
    values: FloatArray,
    neighbours: Neighbours,
    lags: FloatArray,
    permutations: int,
    seed: int,
    progress: Progress | None,
) -> tuple[IntArray, IntArray]:
    """Count the permutations whose weighted sum over neighbours reaches the observed one from above and from below.

    Parameters
    ----------
    values : ndarray, shape (n,)
    neighbours : Neighbours
    lags : ndarray, shape (n,)
        Observed sums of ``w_ij x_j`` over the neighbours.
    permutations, seed : int
        The same draws serve every area, as in esda.
    progress : callable or None

    Returns
    -------
    larger, smaller : ndarray, shape (n,), int64
        Ties (to 1e-12 of the largest sum) count on both sides.
    """
    count = len(values)
    larger, smaller = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    width = int(neighbours.cardinalities.max(initial=0))
    if width == 0 or permutations == 0:
        return larger, smaller
    positions = draw_positions(count - 1, width, permutations, seed)
    tolerance = 1e-12 * float(np.abs(neighbours.weights).sum() / count * np.abs(values).max(initial=0.0))

    def work(first: int, last: int) -> None:
        _count_extremes(
            values, neighbours.indptr, neighbours.weights, lags, tolerance, positions, first, last, larger, smaller
        )

    run_chunks(work, count, _CHUNK, progress)
    return larger, smaller


def tail_p(larger: IntArray, smaller: IntArray, permutations: int, alternative: Alternative) -> FloatArray:
    """Turn tail counts into p-values: ``(tail + 1) / (R + 1)``, doubled and capped at 1 for two sides."""
    if alternative == "two-sided":
        return np.minimum(2.0 * (np.minimum(larger, smaller) + 1) / (permutations + 1), 1.0)
    return ((larger if alternative == "high" else smaller) + 1.0) / (permutations + 1)
