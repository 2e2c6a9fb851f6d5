"""Replicates under the null hypothesis, one stream of random numbers each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numba as nb
import numpy as np
import numpy.typing as npt

from geo.hotspot.random import State, below, uniform

if TYPE_CHECKING:
    from geo.hotspot.arrays import FloatArray, IntArray
    from geo.hotspot.scan.problem import Problem

Counts = npt.NDArray[np.int32]
Small = npt.NDArray[np.int32]

MULTINOMIAL, SAMPLE, SHUFFLE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Null:
    """What the kernels need to draw one replicate.

    Cells are ``location * width + interval`` of the scanned intervals; -1 is a place or time that no window sees.
    """

    kind: int
    draws: IntArray
    cells: Small
    alias: Small = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    keep: FloatArray = field(default_factory=lambda: np.zeros(0))
    strata: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    offsets: Small = field(default_factory=lambda: np.zeros(0, dtype=np.int32))


def multinomial_null(cell_of: Small, expected: FloatArray, totals: IntArray) -> Null:
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
    return Null(MULTINOMIAL, totals, cells, alias, keep)


def sample_null(cell_of: Small, population: IntArray, total_cases: int, replicates: int) -> Null:
    """Draw the cases from the population (cases and controls) without replacement."""
    individuals = np.repeat(cell_of, population).astype(np.int32)
    return Null(SAMPLE, np.full(replicates, total_cases, dtype=np.int64), individuals)


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
        np.zeros(problem.options.replicates, dtype=np.int64),
        (row[locations[order]] * width).astype(np.int32),
        strata=table.ravel(),
        offsets=(intervals[order] - first + 1).astype(np.int32),
    )


@nb.njit(cache=True)
def _alias_table(probability: FloatArray) -> tuple[FloatArray, Small]:  # pragma: no cover
    count = len(probability)
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
    for i in range(smalls):
        keep[small[i]] = 1.0
    for i in range(larges):
        keep[large[i]] = 1.0
    return keep, alias


@nb.njit(cache=True, nogil=True)
def draw(
    kind: int,
    draws: int,
    cells: Small,
    alias: Small,
    keep: FloatArray,
    strata: IntArray,
    offsets: Small,
    state: State,
    deck: Small,
    counts: Counts,
) -> None:  # pragma: no cover
    """Fill ``counts`` (flat, cases a cell) with one replicate; ``deck`` is a scratch copy of ``cells``."""
    counts[:] = 0
    if kind == 0:
        for _ in range(draws):
            k = below(state, len(keep))
            if uniform(state) >= keep[k]:
                k = alias[k]
            cell = cells[k]
            if cell >= 0:
                counts[cell] += 1
        return
    deck[:] = cells
    if kind == 1:
        for k in range(draws):
            j = k + below(state, len(deck) - k)
            cell = deck[j]
            deck[j] = deck[k]
            if cell >= 0:
                counts[cell] += 1
        return
    for s in range(len(strata) // 3):
        first, last, seen = strata[3 * s], strata[3 * s + 1], strata[3 * s + 2]
        for k in range(first, first + seen):
            j = k + below(state, last - k)
            place = deck[j]
            deck[j] = deck[k]
            counts[place + offsets[k]] += 1
