"""The result of a local statistic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from geo.hotspot.significance import false_discovery_rate

if TYPE_CHECKING:
    from geo.hotspot.arrays import BoolArray, FloatArray
    from geo.hotspot.local.permutation import Alternative, Permuted


@dataclass(frozen=True, slots=True)
class LocalAssociation:
    """One test an area; all arrays have the shape (n,).

    Attributes
    ----------
    statistic : ndarray, float64
        G_i, G_i* or I_i.
    z : ndarray, float64
        Analytic standard score; NaN for islands and constant values.
    p : ndarray, float64
        Permutation p-value; the analytic one where no permutations were asked. NaN where there is no test.
    p_analytic : ndarray, float64
        From ``z`` and the normal distribution.
    q : ndarray, float64
        ``p`` after Benjamini-Hochberg over all areas tested.
    flags : ndarray, int8
        1 hot (or high-high), -1 cold (or low-low), 0 none: by ``q`` at ``level``.
    kinds : ndarray, str
        ``hot``/``cold``/``none`` for Gi*; ``high-high``, ``low-low``, ``high-low``, ``low-high``/``none`` for Moran.
    islands : ndarray, bool
        Areas without neighbours: not tested.
    level : float
    permutations : int
        Of the first round.
    permutations_too_few : bool
        ``(smallest possible p) x n > level``: those of the first round could not let a single area pass the adjustment.
    most_permutations : int
        Of the last round, for the areas in question.
    """

    statistic: FloatArray
    z: FloatArray
    p: FloatArray
    p_analytic: FloatArray
    q: FloatArray
    flags: npt.NDArray[np.int8]
    kinds: npt.NDArray[np.str_]
    islands: BoolArray
    level: float
    permutations: int
    permutations_too_few: bool
    most_permutations: int


def analytic_p(z: FloatArray, alternative: Alternative) -> FloatArray:
    """Return the p-values of standard scores by the normal curve, shape (n,); NaN stays NaN."""
    if alternative == "two-sided":
        return np.asarray(2.0 * ndtr(-np.abs(z)), dtype=np.float64)
    return np.asarray(ndtr(-z if alternative == "high" else z), dtype=np.float64)


def decide(
    statistic: FloatArray,
    z: FloatArray,
    tails: Permuted | None,
    p_analytic: FloatArray,
    kinds: npt.NDArray[np.str_],
    signs: npt.NDArray[np.int8],
    islands: BoolArray,
    level: float,
    permutations: int,
    alternative: Alternative,
) -> LocalAssociation:
    """Adjust for multiple testing and flag."""
    used = p_analytic if tails is None else np.where(np.isnan(p_analytic), np.nan, tails.p(alternative))
    q = false_discovery_rate(used)
    sides = 2 if alternative == "two-sided" else 1
    tested = int(np.count_nonzero(~np.isnan(p_analytic)))
    with np.errstate(invalid="ignore"):
        significant = q <= level
    return LocalAssociation(
        statistic=statistic,
        z=z,
        p=used,
        p_analytic=p_analytic,
        q=q,
        flags=np.where(significant, signs, 0).astype(np.int8),
        kinds=np.where(significant, kinds, "none"),
        islands=islands,
        level=level,
        permutations=permutations,
        permutations_too_few=tails is not None and sides / (permutations + 1) * tested > level,
        most_permutations=0 if tails is None else int(tails.drawn.max(initial=0)),
    )
