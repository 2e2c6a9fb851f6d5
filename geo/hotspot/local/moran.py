"""Anselin's local Moran: clusters of like values, and outliers among unlike neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from geo.hotspot.arrays import FloatArray, as_values, require
from geo.hotspot.local.permutation import Sums, permutation_tails
from geo.hotspot.local.result import LocalAssociation, analytic_p, decide

if TYPE_CHECKING:
    from geo.hotspot.local.neighbours import Neighbours
    from geo.hotspot.local.rates import ChanceTails
    from geo.hotspot.progress import Progress


def local_moran(
    values: npt.ArrayLike,
    neighbours: Neighbours,
    permutations: int = 999,
    seed: int = 0,
    *,
    level: float = 0.05,
    chance: ChanceTails | None = None,
    progress: Progress | None = None,
) -> LocalAssociation:
    """Test every area against its neighbours.

    ``I_i = (n - 1) z_i sum_j w_ij z_j / sum_j z_j^2`` with ``z`` the deviations from the mean and row-standardised
    weights. The analytic score conditions on ``z_i`` (Sokal, Oden & Thomson 1998): expectation
    ``-(n - 1) z_i^2 W_i / ((n - 1) sum z^2)`` and the variance of a sum over neighbours drawn without replacement.

    Parameters
    ----------
    values : array_like, shape (n,)
        Counts or rates, one an area.
    neighbours : Neighbours
        Standardised by row here.
    permutations : int
        Conditional permutations of the first round, as in :func:`getis_ord`; 0 uses the analytic score alone, which
        flags too much where counts are few.
    seed : int
    level : float
        False discovery rate of the flags.
    chance : ChanceTails, optional
        For rates: p-values are no smaller than these (:func:`geo.hotspot.local.rates.chance_tails`).
    progress : callable, optional
        See :mod:`geo.hotspot.progress`.

    Returns
    -------
    LocalAssociation
        ``kinds`` names the quadrant; ``flags`` is 1 for high-high, -1 for low-low and 0 for outliers and the rest.
        Two-sided p-values. Islands and constant values are not tested. Empty input returns empty arrays.

    Raises
    ------
    HotspotInputError
        For values not finite or a number of areas that differs.

    Source
    ------
    Anselin (1995), Geogr. Anal. 27(2), 93-115; Sokal, Oden & Thomson (1998), Geogr. Anal. 30(4), 331-354.
    """
    x = as_values(values)
    require(len(neighbours) == len(x), f"{len(neighbours)} areas in neighbours, {len(x)} values")
    require(permutations >= 0, "permutations must not be negative")
    rows = neighbours.row_standardised()
    count = len(x)
    deviation = x - x.mean() if count else x
    lags = np.asarray(rows.sparse() @ deviation, dtype=np.float64)
    squares = float(np.square(deviation).sum())
    # Deviations of 1e-12 of the values are rounding.
    constant = squares <= 1e-24 * max(float(np.square(x).sum()), 1e-300)
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = np.full(count, np.nan) if constant else (count - 1) * deviation * lags / squares
        z = np.full(count, np.nan) if constant else _score(deviation, lags, rows, squares)
    islands = neighbours.islands
    z = np.where(islands, np.nan, z)
    p_analytic = analytic_p(z, "two-sided")
    tails = None
    if permutations:
        sums = Sums(deviation, rows.indptr, rows.weights, lags, keeps_own=True, chance=chance)
        tails = permutation_tails(sums, ~np.isnan(z), permutations, seed, level, "two-sided", progress)
    high, lag_high = deviation > 0, lags > 0
    kinds = np.select(
        [high & lag_high, ~high & ~lag_high, high & ~lag_high], ["high-high", "low-low", "high-low"], "low-high"
    )
    signs = np.select([high & lag_high, ~high & ~lag_high], [1, -1], 0).astype(np.int8)
    return decide(statistic, z, tails, p_analytic, kinds, signs, islands, level, permutations, "two-sided")


def _score(deviation: FloatArray, lags: FloatArray, rows: Neighbours, squares: float) -> FloatArray:
    """Score the neighbour sum among sums over neighbours drawn from the other areas; its sign is that of I_i."""
    others = len(deviation) - 1
    matrix = rows.sparse()
    row_sum = np.asarray(matrix.sum(axis=1), dtype=np.float64).ravel()
    row_square = np.asarray(matrix.multiply(matrix).sum(axis=1), dtype=np.float64).ravel()
    # All deviations sum to 0: the n - 1 others to -z_i, their squares to what z_i² leaves.
    mean = -deviation / others
    variance = (squares - deviation**2) / others - mean**2
    # Weighted sum drawn without replacement from N = n - 1: s² (N S_i - W_i²) / (N - 1).
    scale = np.sqrt(variance * (others * row_square - row_sum**2) / (others - 1))
    return np.asarray((lags - row_sum * mean) / scale * np.sign(deviation), dtype=np.float64)
