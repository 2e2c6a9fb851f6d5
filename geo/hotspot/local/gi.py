"""Getis and Ord's G_i and G_i*: where high (or low) values gather."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from geo.hotspot.arrays import FloatArray, as_values, require
from geo.hotspot.local.permutation import Alternative, Sums, permutation_tails
from geo.hotspot.local.result import LocalAssociation, analytic_p, decide

if TYPE_CHECKING:
    from geo.hotspot.local.neighbours import Neighbours
    from geo.hotspot.local.rates import ChanceTails
    from geo.hotspot.progress import Progress


def getis_ord(
    values: npt.ArrayLike,
    neighbours: Neighbours,
    permutations: int = 999,
    seed: int = 0,
    *,
    star: bool = True,
    level: float = 0.05,
    alternative: Alternative = "two-sided",
    chance: ChanceTails | None = None,
    progress: Progress | None = None,
) -> LocalAssociation:
    """Test every area for a gathering of high or low values around it.

    ``G_i* = sum_j w_ij x_j / sum_j x_j`` with the area itself among its neighbours (``w_ii = 1``; with row-standardised
    weights ``1 / (k + 1)`` each); ``G_i`` leaves the area out of both sums. The standard score is Ord and Getis's
    ``(sum_j w_ij x_j - W_i m) / (s sqrt((N S_i - W_i^2) / (N - 1)))`` with ``W_i = sum_j w_ij``,
    ``S_i = sum_j w_ij^2`` and mean ``m`` and standard deviation ``s`` (divisor N) of the N values summed over.

    Permutations judge what the score judges: for G_i* the values of the area and its neighbours are drawn from all
    areas, for G_i the area keeps its value and its neighbours are drawn from the others. Flags stand on permutations
    alone (see :func:`geo.hotspot.local.permutation.permutation_tails`): where counts are few, the normal curve takes
    chance for hot spots. The sign of a flag is that of the significant tail.

    Parameters
    ----------
    values : array_like, shape (n,)
        Counts or rates (see :mod:`geo.hotspot.local.rates`), one an area.
    neighbours : Neighbours
        Of n areas.
    permutations : int
        Permutations of the first round; 0 uses the analytic score alone, which flags too much where counts are few.
    seed : int
    star : bool
        G_i* (default) or G_i.
    level : float
        False discovery rate of the flags.
    alternative : {"two-sided", "high", "low"}
        Two-sided p-values are twice the smaller tail (esda prints the smaller tail itself, and permutes the neighbours
        alone for G_i* too).
    chance : ChanceTails, optional
        For rates: p-values are no smaller than these (:func:`geo.hotspot.local.rates.chance_tails`).
    progress : callable, optional
        See :mod:`geo.hotspot.progress`.

    Returns
    -------
    LocalAssociation
        Islands and constant values are not tested: z, p, q are NaN, the flag is 0. Empty input returns empty arrays.

    Raises
    ------
    HotspotInputError
        For values not finite or a number of areas that differs.

    Source
    ------
    Getis & Ord (1992), Geogr. Anal. 24(3), 189-206; Ord & Getis (1995), Geogr. Anal. 27(4), 286-306.
    """
    x = as_values(values)
    require(len(neighbours) == len(x), f"{len(neighbours)} areas in neighbours, {len(x)} values")
    require(permutations >= 0, "permutations must not be negative")
    statistic, z, lags = gi_scores(x, neighbours, star=star)
    islands = neighbours.islands
    z = np.where(islands, np.nan, z)
    tested = ~np.isnan(z)
    tails = None
    if permutations:
        sums = replace(_sums(x, neighbours, lags, star=star), chance=chance)
        tails = permutation_tails(sums, tested, permutations, seed, level, alternative, progress)
        signs = tails.signs()
    else:
        signs = np.sign(np.nan_to_num(z)).astype(np.int8)
    kinds = np.where(signs > 0, "hot", "cold")
    p_analytic = analytic_p(z, alternative)
    return decide(statistic, z, tails, p_analytic, kinds, signs, islands, level, permutations, alternative)


def _sums(values: FloatArray, neighbours: Neighbours, lags: FloatArray, *, star: bool) -> Sums:
    """Return the sums that are permuted: of the neighbours, for G_i* of the area and its neighbours."""
    if not star:
        return Sums(values, neighbours.indptr, neighbours.weights, lags, keeps_own=True)
    count = len(values)
    row_sum = np.asarray(neighbours.sparse().sum(axis=1), dtype=np.float64).ravel()
    own, shrink = _self_weights(neighbours, row_sum)
    # One weight more in each row: the area's own, before those of its neighbours.
    indptr = neighbours.indptr + np.arange(count + 1)
    weights = np.empty(len(neighbours.weights) + count)
    is_own = np.zeros(len(weights), dtype=np.bool_)
    is_own[indptr[:-1]] = True
    weights[is_own] = own
    weights[~is_own] = neighbours.weights * np.repeat(shrink, neighbours.cardinalities)
    return Sums(values, indptr, weights, shrink * lags + own * values, keeps_own=False)


def gi_scores(
    values: FloatArray, neighbours: Neighbours, *, star: bool = True
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return statistic, standard score and neighbour sums (without the area itself), each of shape (n,)."""
    count = len(values)
    matrix = neighbours.sparse()
    # sum_j w_ij x_j, W_i = sum_j w_ij and S_i = sum_j w_ij² over the neighbours.
    lags = np.asarray(matrix @ values, dtype=np.float64)
    row_sum = np.asarray(matrix.sum(axis=1), dtype=np.float64).ravel()
    row_square = np.asarray(matrix.multiply(matrix).sum(axis=1), dtype=np.float64).ravel()
    total = np.full(count, values.sum())
    # Squares of deviations: those of large values would lose the digits that differ.
    deviation = values - values.mean() if count else values
    total_deviation = np.zeros(count)
    squares = np.full(count, np.square(deviation).sum())
    pool = count - (not star)
    gathered = lags
    if star:
        own, shrink = _self_weights(neighbours, row_sum)
        # G_i*: the area's own weight joins all three sums.
        gathered = shrink * lags + own * values
        row_sum = shrink * row_sum + own
        row_square = shrink**2 * row_square + own**2
    else:
        # G_i: the deviations of all sum to 0, so those of the others to -d_i.
        total = total - values
        total_deviation = -deviation
        squares = squares - np.square(deviation)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / pool
        # s² about the mean of the N values summed over; then Ord & Getis's standard score.
        variance = np.maximum(squares / pool - (total_deviation / pool) ** 2, 0.0)
        scale = np.sqrt(variance * (pool * row_square - row_sum**2) / (pool - 1))
        steady = scale <= 1e-12 * np.maximum(np.abs(mean), 1e-300)
        z = np.where(steady, np.nan, (gathered - row_sum * mean) / scale)
        statistic = gathered / total
    return statistic, z, lags


def _self_weights(neighbours: Neighbours, row_sum: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the weight of each area itself, and the factor of its neighbours' weights, shape (n,).

    The self weight is 1 beside weights of 1; row-standardised weights are of k + 1 neighbours then.
    """
    cardinality = neighbours.cardinalities
    standardised = bool(len(neighbours.weights)) and bool(
        np.allclose(row_sum[cardinality > 0], 1.0) and (cardinality.max() > 1)
    )
    own = np.asarray(1.0 / (cardinality + 1.0) if standardised else np.ones(len(cardinality)), dtype=np.float64)
    # 1 / k each becomes 1 / (k + 1): the factor k / (k + 1) is 1 - own.
    return own, np.where(own < 1.0, 1.0 - own, 1.0)
