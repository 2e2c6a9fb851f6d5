"""Values put on the areas at random: how often a neighbourhood's sum is as large, or as small, as the one observed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numba as nb
import numpy as np
import numpy.typing as npt

from geo.hotspot.progress import Progress, run_chunks
from geo.hotspot.random import below, stream
from geo.hotspot.significance import false_discovery_rate

if TYPE_CHECKING:
    from geo.hotspot.arrays import BoolArray, FloatArray, IntArray
    from geo.hotspot.local.rates import ChanceTails

Alternative = Literal["two-sided", "high", "low"]

#: Areas a thread counts at a time, and permutations drawn at a time.
_CHUNK, _DRAWN_AT_ONCE = 1024, 10_000
#: An area whose tail held so few permutations is permuted again, with ten times as many: its p-value is small and not
#: exact.
FEWEST_IN_TAIL, MORE = 10, 10
#: The smallest p-value that can come out is to be so many times smaller than the one that decides.
FINER = 5
MOST_PERMUTATIONS = 10_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """The sums that are tested, one an area: weighted values of its neighbourhood.

    Attributes
    ----------
    values : ndarray, shape (n,), float64
        What is put on the areas at random.
    indptr, weights : ndarray
        Weights of area i: ``weights[indptr[i]:indptr[i + 1]]``.
    observed : ndarray, shape (n,), float64
    keeps_own : bool
        The area keeps its value and its neighbours are drawn from the others (conditional permutation); else all are
        drawn, and ``weights`` holds one for the area itself.
    chance : ChanceTails, optional
        One-sided p-values that those of the permutations do not go below.
    """

    values: FloatArray
    indptr: IntArray
    weights: FloatArray
    observed: FloatArray
    keeps_own: bool
    chance: ChanceTails | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Permuted:
    """Permutations of each area, shape (n,): with a sum at least as large, at most as small, and all drawn."""

    larger: IntArray
    smaller: IntArray
    drawn: IntArray
    chance: ChanceTails | None = None

    def sides(self) -> tuple[FloatArray, FloatArray]:
        """Return the one-sided p-values, from above and from below: ``(tail + 1) / (drawn + 1)``, or chance's."""
        high, low = ((tail + 1.0) / (self.drawn + 1.0) for tail in (self.larger, self.smaller))
        if self.chance is not None:
            high, low = np.maximum(high, self.chance.high), np.maximum(low, self.chance.low)
        return high, low

    def p(self, alternative: Alternative) -> FloatArray:
        """Return the p-values; those of two sides are twice the smaller one, at most 1."""
        high, low = self.sides()
        if alternative == "two-sided":
            return np.minimum(2.0 * np.minimum(high, low), 1.0)
        return high if alternative == "high" else low

    def signs(self) -> npt.NDArray[np.int8]:
        """Return 1 where the sum is large, -1 where it is small."""
        high, low = self.sides()
        return np.sign(low - high).astype(np.int8)

    def in_question(self, alternative: Alternative) -> IntArray:
        """Return the areas whose p-value is small, not exact, and not chance's already."""
        # Where chance's tail is the larger one, more permutations change nothing.
        high, low = self.larger < FEWEST_IN_TAIL, self.smaller < FEWEST_IN_TAIL
        if self.chance is not None:
            high &= self.chance.high * (self.drawn + 1.0) < self.larger + 1.0
            low &= self.chance.low * (self.drawn + 1.0) < self.smaller + 1.0
        return np.flatnonzero({"high": high, "low": low}.get(alternative, high | low))


@nb.njit(cache=True, nogil=True)
def draw_positions(
    count: int, width: int, permutations: int, seed: int, first: int = 0
) -> IntArray:  # pragma: no cover
    """Draw, for each permutation, ``width`` distinct positions out of ``count``: shape (permutations, width).

    Permutation k has the stream ``first + k`` of the seed.
    """
    out = np.empty((permutations, width), dtype=np.int64)
    deck = np.arange(count)
    swapped = np.empty(width, dtype=np.int64)
    for p in range(permutations):
        state = stream(seed, first + p)
        # Fisher-Yates for `width` positions; undone below, so that each permutation starts from the same deck.
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
    keeps_own: bool,  # noqa: FBT001 (compiled)
    positions: IntArray,
    areas: IntArray,
    first: int,
    last: int,
    larger: IntArray,
    smaller: IntArray,
) -> None:  # pragma: no cover
    for row in range(first, last):
        i = areas[row]
        start = indptr[i]
        width = indptr[i + 1] - start
        # Among the others, positions from the area's own on are one farther.
        own = i if keeps_own else len(values)
        up = 0
        down = 0
        high = observed[i] - tolerance
        low = observed[i] + tolerance
        for p in range(positions.shape[0]):
            total = 0.0
            for k in range(width):
                j = positions[p, k]
                total += weights[start + k] * values[j + (j >= own)]
            up += total >= high
            down += total <= low
        larger[i] += up
        smaller[i] += down


def permutation_tails(
    sums: Sums, tested: BoolArray, permutations: int, seed: int, level: float, alternative: Alternative,
    progress: Progress | None,
) -> Permuted:  # fmt: skip
    """Count the permutations whose sum reaches the observed one from above and from below.

    The first round permutes every area. Dozens of areas tested at once are decided at a level far below ``1 /
    permutations``; areas with fewer than ten permutations in the tail are therefore permuted anew, with ten times as
    many, until the smallest p-value possible is a fifth of the one that the false discovery rate asks of the next area
    (or 10,000,000 permutations are drawn). Each round begins with new draws, so that its p-values are valid by
    themselves.

    Parameters
    ----------
    sums : Sums
    tested : ndarray, shape (n,), bool
        Areas that count among those tested.
    permutations, seed : int
        Of the first round; the same draws serve every area, as in esda.
    level : float
        False discovery rate of the decision.
    alternative : {"two-sided", "high", "low"}
    progress : callable or None

    Returns
    -------
    Permuted
        Ties (to 1e-12 of the largest sum) count on both sides.

    Source
    ------
    Besag & Clifford (1991), Biometrika 78(2), 301-304, on stopping early where the tail is full.
    """
    count = len(sums.values)
    larger, smaller, every = (np.zeros(count, dtype=np.int64) for _ in range(3))
    found = Permuted(larger, smaller, every, sums.chance)
    if int(np.diff(sums.indptr).max(initial=0)) == 0 or not tested.any():
        return found
    areas, drawn, begun = np.flatnonzero(tested), permutations, 0
    while len(areas):
        # Each round takes half of what is left of the progress bar.
        share = (1.0 - 0.5**begun, 1.0 - 0.5 ** (begun + 1))
        _round(found, sums, areas, drawn, seed + begun, share, progress)
        p = np.where(tested, found.p(alternative), np.nan)
        decided = int(np.count_nonzero(false_discovery_rate(p) <= level))
        sides = 2 if alternative == "two-sided" else 1
        # Benjamini & Hochberg ask of the k-th smallest of n p-values at most level k / n.
        needed = level * max(decided, 1) / np.count_nonzero(tested) / FINER
        if sides / (drawn + 1) <= needed or drawn >= MOST_PERMUTATIONS:
            break
        areas = np.intersect1d(found.in_question(alternative), areas)
        drawn, begun = min((drawn + 1) * MORE - 1, MOST_PERMUTATIONS), begun + 1
    return found


def _round(
    found: Permuted,
    sums: Sums,
    areas: IntArray,
    permutations: int,
    seed: int,
    share: tuple[float, float],
    progress: Progress | None,
) -> None:
    """Permute some areas anew; what they had before is forgotten."""
    found.larger[areas], found.smaller[areas], found.drawn[areas] = 0, 0, permutations
    count, width = len(sums.values), int(np.diff(sums.indptr)[areas].max())
    # Rounding of a sum: the mean weight of a neighbourhood times the largest value.
    tolerance = 1e-12 * float(np.abs(sums.weights).sum() / count * np.abs(sums.values).max(initial=0.0))
    for first in range(0, permutations, _DRAWN_AT_ONCE):
        drawn = min(_DRAWN_AT_ONCE, permutations - first)
        positions = draw_positions(count - sums.keeps_own, width, drawn, seed, first)

        def work(begin: int, end: int, positions: IntArray = positions) -> None:
            _count_extremes(
                sums.values, sums.indptr, sums.weights, sums.observed, tolerance, sums.keeps_own, positions, areas,
                begin, end, found.larger, found.smaller,
            )  # fmt: skip

        start, end = (share[0] + (share[1] - share[0]) * part / permutations for part in (first, first + drawn))
        run_chunks(work, len(areas), _CHUNK, progress, start=start, end=end)
