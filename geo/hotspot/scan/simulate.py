"""Replicates under the null hypothesis, one stream of random numbers each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba as nb
import numpy as np

from geo.hotspot.random import below, stream, uniform
from geo.hotspot.scan.frame import Null

if TYPE_CHECKING:
    from geo.hotspot.arrays import FloatArray, IntArray
    from geo.hotspot.scan.frame import Small
    from geo.hotspot.scan.problem import Problem

MULTINOMIAL, SAMPLE, SHUFFLE = 0, 1, 2
_UNUSED = np.zeros(0, dtype=np.int32)
_NO_KEEP, _NO_STRATA = np.zeros(0), np.zeros(0, dtype=np.int64)


def multinomial_null(cell_of: Small, expected: FloatArray, totals: IntArray, seed: int) -> Null:
    """Cases fall into cells with probabilities proportional to the expectation (alike, where nothing is expected).

    ``totals[r]`` cases in replicate r; ``cell_of`` maps the entries of ``expected`` to scanned cells.

    Source
    ------
    Walker's alias method, by Vose (1991), IEEE Trans. Softw. Eng. 17(9), 972-975.
    """
    weight = expected.ravel() if expected.sum() > 0 else np.ones(expected.size)
    seen = cell_of >= 0
    probability = np.append(weight[seen], weight[~seen].sum())
    cells = np.append(cell_of[seen], -1).astype(np.int32)
    keep, alias = _alias_table(probability / max(probability.sum(), 1e-300))
    return Null(MULTINOMIAL, seed, totals, cells, alias, keep, _NO_STRATA, _UNUSED)


def sample_null(problem: Problem, cell_of: Small) -> Null:
    """Draw the cases from the population (cases and controls) without replacement."""
    individuals = np.repeat(cell_of, problem.baseline.ravel().astype(np.int64)).astype(np.int32)
    draws = np.full(problem.options.replicates, int(problem.cases.sum()), dtype=np.int64)
    return Null(SAMPLE, problem.options.seed, draws, individuals, _UNUSED, _NO_KEEP, _NO_STRATA, _UNUSED)


def shuffle_null(problem: Problem, locations: IntArray, intervals: IntArray, strata: IntArray) -> Null:
    """Shuffle the times among the cases, within strata.

    Cases are sorted by stratum and, within it, those in scanned intervals first: only these need a place. ``cells``
    holds the beginning of each case's row, ``offsets`` the column of its time.
    """
    first = problem.first_scanned(replicate=True)
    width = problem.intervals - first + 1
    row = np.cumsum(problem.seen) - 1
    seen = intervals >= first
    order = np.lexsort((intervals, ~seen, strata))
    sorted_strata, sorted_seen = strata[order], seen[order]
    starts = np.flatnonzero(np.append(True, sorted_strata[1:] != sorted_strata[:-1])) if len(order) else np.empty(0)
    bounds = np.append(starts, len(order)).astype(np.int64)
    table = np.zeros((len(bounds) - 1, 3), dtype=np.int64)
    for k in range(len(table)):
        table[k] = bounds[k], bounds[k + 1], int(sorted_seen[bounds[k] : bounds[k + 1]].sum())
    return Null(
        SHUFFLE,
        problem.options.seed,
        np.zeros(problem.options.replicates, dtype=np.int64),
        (row[locations[order]] * width).astype(np.int32),
        _UNUSED,
        _NO_KEEP,
        table.ravel(),
        (intervals[order] - first + 1).astype(np.int32),
    )


@nb.njit(cache=True)
def _alias_table(probability: FloatArray) -> tuple[FloatArray, Small]:  # pragma: no cover
    count = len(probability)
    # Vose: scaled to a mean of 1, a column below 1 is filled up from one above, which keeps the rest.
    keep = probability * count
    alias = np.arange(count).astype(np.int32)
    small = np.empty(count, dtype=np.int64)
    large = np.empty(count, dtype=np.int64)
    smalls = 0
    larges = 0
    for i in range(count):
        if keep[i] < 1.0:
            small[smalls] = i
            smalls += 1
        else:
            large[larges] = i
            larges += 1
    while smalls > 0 and larges > 0:
        smalls -= 1
        s = small[smalls]
        g = large[larges - 1]
        alias[s] = g
        keep[g] -= 1.0 - keep[s]
        if keep[g] < 1.0:
            larges -= 1
            small[smalls] = g
            smalls += 1
    # What is left over is 1 but for rounding.
    for i in range(smalls):
        keep[small[i]] = 1.0
    for i in range(larges):
        keep[large[i]] = 1.0
    return keep, alias


@nb.njit(cache=True, nogil=True)
def _copy(cells: Small, deck: Small) -> None:  # pragma: no cover
    for k in range(len(deck)):  # assigned to a slice it takes numba seconds to compile
        deck[k] = cells[k]


@nb.njit(cache=True, nogil=True)
def draw(null: Null, replicate: int, deck: Small, counts: Small) -> None:  # pragma: no cover
    """Fill ``counts`` (flat, cases a cell) with one replicate; ``deck`` is scratch of the length of ``null.cells``."""
    state = stream(null.seed, replicate)
    cells, draws = null.cells, null.draws[replicate]
    counts[:] = 0
    if null.kind == 0:
        alias, keep = null.alias, null.keep
        for _ in range(draws):
            # A column at random; its own cell with probability `keep`, else its alias.
            k = below(state, len(keep))
            if uniform(state) >= keep[k]:
                k = alias[k]
            cell = cells[k]
            if cell >= 0:
                counts[cell] += 1
        return
    _copy(cells, deck)
    if null.kind == 1:
        # Fisher-Yates up to the number of draws: position k is never read again, so that half a swap is enough.
        for k in range(draws):
            j = k + below(state, len(deck) - k)
            cell = deck[j]
            deck[j] = deck[k]
            if cell >= 0:
                counts[cell] += 1
        return
    strata, offsets = null.strata, null.offsets
    for s in range(len(strata) // 3):
        first, last, seen = strata[3 * s], strata[3 * s + 1], strata[3 * s + 2]
        # Each scanned time draws a place among those of its stratum that are left.
        for k in range(first, first + seen):
            j = k + below(state, last - k)
            place = deck[j]
            deck[j] = deck[k]
            counts[place + offsets[k]] += 1
