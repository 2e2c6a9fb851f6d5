"""What a local statistic gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from geo.hotspot.significance import false_discovery_rate

if TYPE_CHECKING:
    from geo.hotspot.arrays import BoolArray, FloatArray
    from geo.hotspot.local.permutation import Alternative


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
    q, q_analytic : ndarray, float64
        ``p`` and ``p_analytic`` after Benjamini-Hochberg over all areas tested.
    flags : ndarray, int8
        1 hot (or high-high), -1 cold (or low-low), 0 none: by ``q`` at ``level``; by ``q_analytic`` where the
        permutations are too few to reach the level after adjustment (``permutations_too_few``).
    kinds : ndarray, str
        ``hot``/``cold``/``none`` for Gi*; ``high-high``, ``low-low``, ``high-low``, ``low-high``/``none`` for Moran.
    islands : ndarray, bool
        Areas without neighbours: not tested.
    level : float
    permutations : int
    permutations_too_few : bool
        ``(smallest possible p) x n > level``: a single significant area could not pass the adjustment.
    """

    statistic: FloatArray
    z: FloatArray
    p: FloatArray
    p_analytic: FloatArray
    q: FloatArray
    q_analytic: FloatArray
    flags: npt.NDArray[np.int8]
    kinds: npt.NDArray[np.str_]
    islands: BoolArray
    level: float
    permutations: int
    permutations_too_few: bool


def analytic_p(z: FloatArray, alternative: Alternative) -> FloatArray:
    """P-value of standard scores."""
    if alternative == "two-sided":
        return np.asarray(2.0 * ndtr(-np.abs(z)), dtype=np.float64)
    return np.asarray(ndtr(-z if alternative == "high" else z), dtype=np.float64)


def decide(
    statistic: FloatArray,
    z: FloatArray,
    p: FloatArray | None,
    p_analytic: FloatArray,
    kinds: npt.NDArray[np.str_],
    signs: npt.NDArray[np.int8],
    islands: BoolArray,
    level: float,
    permutations: int,
    alternative: Alternative,
    tail_signs: npt.NDArray[np.int8] | None = None,
) -> LocalAssociation:
    """Adjust for multiple testing and flag; ``tail_signs`` go with permutation p, ``signs`` with analytic p."""
    q_analytic = false_discovery_rate(p_analytic)
    sides = 2 if alternative == "two-sided" else 1
    tested = int(np.count_nonzero(~np.isnan(p_analytic)))
    too_few = p is not None and sides / (permutations + 1) * tested > level
    used = p_analytic if p is None else np.where(np.isnan(p_analytic), np.nan, p)
    q = false_discovery_rate(used)
    if tail_signs is not None and not too_few:
        signs = tail_signs
        kinds = np.where(signs > 0, "hot", "cold")
    with np.errstate(invalid="ignore"):
        significant = (q_analytic if too_few else q) <= level
    return LocalAssociation(
        statistic=statistic,
        z=z,
        p=used,
        p_analytic=p_analytic,
        q=q,
        q_analytic=q_analytic,
        flags=np.where(significant, signs, 0).astype(np.int8),
        kinds=np.where(significant, kinds, "none"),
        islands=islands,
        level=level,
        permutations=permutations,
        permutations_too_few=too_few,
    )
