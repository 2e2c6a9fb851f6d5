"""Counts made comparable: per household, per square kilometre, per kilometre of road."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from geo.hotspot.arrays import FloatArray, as_values, require

if TYPE_CHECKING:
    from geo.hotspot.local.neighbours import Neighbours


@dataclass(frozen=True, slots=True, eq=False)
class ChanceTails:
    """One-sided p-values of each area's surroundings, shape (n,): of so many reports or more, of so many or fewer."""

    high: FloatArray
    low: FloatArray


def rate(counts: npt.ArrayLike, exposure: npt.ArrayLike) -> FloatArray:
    """Divide counts by exposure.

    The overall rate is that of the areas with exposure: reports where nothing is exposed raise no other area's rate.

    Parameters
    ----------
    counts, exposure : array_like, shape (n,)
        Exposure in any unit (households, km², road km), not negative.

    Returns
    -------
    ndarray, shape (n,), float64
        An area without exposure gets the overall rate: it is no evidence either way.

    Raises
    ------
    HotspotInputError
        For negative exposure, lengths that differ, or no exposure at all.
    """
    y, e = _checked(counts, exposure)
    overall = y[e > 0].sum() / e.sum() if len(e) else 0.0
    return np.where(e > 0, y / np.where(e > 0, e, 1.0), overall)


def standardised_rate(counts: npt.ArrayLike, exposure: npt.ArrayLike) -> FloatArray:
    """Standardise rates so that small areas are no more often extreme than large ones.

    ``z_i = (y_i / e_i - b) / sqrt(v_i)`` with ``b = sum y / sum e`` over the areas with exposure, ``v_i = a + b / e_i``
    and ``a = s² - b / mean(e)``, ``s² = sum e_i (y_i / e_i - b)² / sum e``; where ``v_i`` would be negative ``a`` is 0.

    Returns
    -------
    ndarray, shape (n,), float64
        To be passed to :func:`getis_ord` or :func:`local_moran`; an area without exposure gets 0.

    Raises
    ------
    HotspotInputError
        As :func:`rate`.

    Source
    ------
    Assunção & Reis (1999), Stat. Med. 18(16), 2147-2162.
    """
    y, e = _checked(counts, exposure)
    if len(e) == 0:
        return np.empty(0)
    used = e > 0
    crude = y[used] / e[used]
    overall = y[used].sum() / e.sum()
    # s² and a = s² - b / mean(e): what the rates vary by beyond chance.
    spread = (e[used] * (crude - overall) ** 2).sum() / e.sum()
    between = spread - overall / e[used].mean()
    variance = between + overall / e[used]
    variance = np.where(variance > 0, variance, overall / e[used])
    result = np.zeros(len(e))
    result[used] = (crude - overall) / np.sqrt(np.where(variance > 0, variance, 1.0))
    return result


def chance_tails(
    counts: npt.ArrayLike, exposure: npt.ArrayLike, neighbours: Neighbours, *, with_own: bool
) -> ChanceTails:
    """Judge the reports around each area against chance: each report falls on an area in proportion to its exposure.

    Given all n reports, those of areas that hold the share s of the exposure are binomial (n, s). Permuting rates takes
    all areas for alike; where reports are few, a rate shows little but the size of its area (none in a large area is
    rarer than none in a small one), and areas of like size lie together. A gathering of rates counts where it is more
    than this chance too.

    Parameters
    ----------
    counts, exposure : array_like, shape (n,)
        Whole numbers of reports; exposure of any unit, not negative.
    neighbours : Neighbours
        Their weights are not used.
    with_own : bool
        Judge the area together with its neighbours (G_i*); else its neighbours among the others (local Moran, G_i).

    Raises
    ------
    HotspotInputError
        As :func:`rate`.
    """
    from scipy.stats import binom  # noqa: PLC0415 (a second of every start, which the rest here does not need)

    y, e = _checked(counts, exposure)
    touching = neighbours.sparse().astype(bool).astype(np.float64)
    reports, share = touching @ y, touching @ e
    if with_own:
        reports, share, total, whole = reports + y, share + e, np.full(len(y), y.sum()), np.full(len(e), e.sum())
    else:
        total, whole = y.sum() - y, e.sum() - e
    share = np.clip(share / np.where(whole > 0, whole, 1.0), 0.0, 1.0)
    # P(X >= c) = sf(c - 1) and P(X <= c) of X binomial (n, s).
    return ChanceTails(
        high=np.asarray(binom.sf(reports - 1, total, share), dtype=np.float64),
        low=np.asarray(binom.cdf(reports, total, share), dtype=np.float64),
    )


def _checked(counts: npt.ArrayLike, exposure: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    y, e = as_values(counts, "counts"), as_values(exposure, "exposure")
    require(len(y) == len(e), f"{len(y)} counts, {len(e)} exposures")
    require(not (e < 0).any(), "exposure must not be negative")
    require(len(e) == 0 or bool(e.sum() > 0), "there must be some exposure")
    return y, e
