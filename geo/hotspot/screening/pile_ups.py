"""Default geocodes and pile-ups: many reports on one point, because no better place was known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from geo.hotspot.arrays import BoolArray, FloatArray, IntArray, as_points, as_weights, require


@dataclass(frozen=True, slots=True)
class PileUps:
    """Points set aside, the largest first.

    Attributes
    ----------
    points_m : ndarray, shape (k, 2), float64
        Where they are, metres.
    counts : ndarray, shape (k,), float64
        Reports on each.
    shares : ndarray, shape (k,), float64
        Share of all reports.
    reasons : tuple of str
        ``known default`` or ``pile-up``.
    pile_of : ndarray, shape (n,), int64
        Pile-up of each report, -1 for reports that stay.
    """

    points_m: FloatArray
    counts: FloatArray
    shares: FloatArray
    reasons: tuple[str, ...]
    pile_of: IntArray

    @property
    def keep(self) -> BoolArray:
        """Reports that stay, shape (n,)."""
        return self.pile_of < 0


def find_pile_ups(
    points_m: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    *,
    addresses: npt.ArrayLike | None = None,
    known_defaults_m: npt.ArrayLike | None = None,
    min_count: float = 30,
    min_share: float = 0.01,
    min_addresses: int = 3,
    tolerance_m: float = 1.0,
) -> PileUps:
    """Find points on which implausibly many reports lie.

    The rule: reports are on one point when their coordinates fall into one cell of ``tolerance_m``. A point is set
    aside
    when it is a known default (within ``tolerance_m``), or when it holds at least ``min_count`` reports *and* at least
    ``min_share`` of all. Where at least half of its reports bear an address, such a point must also bear
    ``min_addresses`` different ones: one address with many reports is a place, not a default.

    Parameters
    ----------
    points_m : array_like, shape (n, 2)
        Metres, any metric CRS.
    weights : array_like, shape (n,), optional
        Reports at each point; ones by default.
    addresses : array_like, shape (n,), optional
        Address of each report, as anything that can be compared (codes or text); empty text does not count as one.
    known_defaults_m : array_like, shape (d, 2), optional
        Points a geocoder is known to fall back on: centroids of areas, the town hall.
    min_count, min_share, min_addresses, tolerance_m
        The rule's numbers.

    Returns
    -------
    PileUps
        To be listed with the result. Empty input has none.

    Raises
    ------
    HotspotInputError
        For shapes that do not fit or a tolerance that is not positive.
    """
    points = as_points(points_m)
    mass = as_weights(weights, len(points))
    require(tolerance_m > 0, "tolerance_m must be positive")
    if len(points) == 0:
        return PileUps(np.empty((0, 2)), np.empty(0), np.empty(0), (), np.empty(0, dtype=np.int64))
    cells, cell_of = np.unique(np.round(points / tolerance_m), axis=0, return_inverse=True)
    cell_of = cell_of.ravel()
    counts = np.bincount(cell_of, weights=mass, minlength=len(cells)).astype(np.float64)
    places = np.column_stack(
        [np.bincount(cell_of, weights=points[:, axis]) / np.bincount(cell_of) for axis in range(2)]
    )
    known = np.zeros(len(cells), dtype=np.bool_)
    defaults = as_points(known_defaults_m if known_defaults_m is not None else [], "known_defaults_m")
    if len(defaults):
        known = np.asarray(cKDTree(defaults).query(places)[0]) <= tolerance_m
    piled = (counts >= min_count) & (counts >= min_share * mass.sum())
    if addresses is not None:
        names = np.asarray(addresses)
        require(len(names) == len(points), f"{len(names)} addresses, {len(points)} points")
        different, bearing = _addresses(cell_of, names, len(cells))
        # The number of addresses decides only where at least half of the reports bear one.
        piled &= (different >= min_addresses) | (2 * bearing < np.bincount(cell_of, minlength=len(cells)))
    chosen = np.flatnonzero((known | piled) & (counts > 0))
    chosen = chosen[np.argsort(-counts[chosen], kind="stable")]
    number = np.full(len(cells), -1, dtype=np.int64)
    number[chosen] = np.arange(len(chosen))
    total = max(float(mass.sum()), 1e-300)
    return PileUps(
        points_m=places[chosen],
        counts=counts[chosen],
        shares=counts[chosen] / total,
        reasons=tuple("known default" if known[k] else "pile-up" for k in chosen),
        pile_of=number[cell_of],
    )


def _addresses(cell_of: IntArray, names: npt.NDArray[np.generic], cells: int) -> tuple[IntArray, IntArray]:
    """Count the different addresses of each cell, and its reports that bear one."""
    _, code = np.unique(names, return_inverse=True)
    said = (
        np.array([str(name).strip() != "" for name in names])
        if names.dtype.kind in "OUS"
        else np.ones(len(names), bool)
    )
    pairs = np.unique(np.column_stack([cell_of[said], code.ravel()[said]]), axis=0)
    different = np.bincount(pairs[:, 0], minlength=cells).astype(np.int64)
    return different, np.bincount(cell_of[said], minlength=cells).astype(np.int64)
