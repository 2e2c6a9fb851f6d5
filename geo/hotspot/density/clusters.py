"""The result of a density clustering."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geo.hotspot.density.outline import outline

if TYPE_CHECKING:
    from shapely import Polygon

    from geo.hotspot.arrays import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class DensityClusters:
    """Clusters of points, numbered 0 … k - 1 by their first core point in input order.

    Attributes
    ----------
    labels : ndarray, shape (n,), int64
        Cluster of each input point, -1 for noise.
    core : ndarray, shape (n,), bool
        Points dense enough to grow a cluster (for HDBSCAN: all members).
    sizes : ndarray, shape (k,), int64
        Input points in each cluster.
    weights : ndarray, shape (k,), float64
        Their summed weight (reports).
    centroids_m : ndarray, shape (k, 2), float64
        Weighted mean, metres.
    outlines : tuple of shapely.Polygon or MultiPolygon
        Outline of each cluster, metres: an illustration; membership is in ``labels``.
    membership : ndarray, shape (n,), float64
        Strength of membership in [0, 1]: HDBSCAN's probability; 1 for core points, 0.5 for points at the border and
        0 for noise with DBSCAN and ST-DBSCAN.
    first_s, last_s : ndarray, shape (k,), float64
        First and last time of each cluster; NaN where the method has no time.
    """

    labels: IntArray
    core: BoolArray
    sizes: IntArray
    weights: FloatArray
    centroids_m: FloatArray
    outlines: tuple[Polygon, ...]
    membership: FloatArray
    first_s: FloatArray
    last_s: FloatArray

    @property
    def count(self) -> int:
        """Number of clusters."""
        return len(self.sizes)

    def members(self, cluster: int) -> IntArray:
        """Input positions of the cluster's points, ascending."""
        return np.flatnonzero(self.labels == cluster).astype(np.int64)


def summarise(
    points_m: FloatArray,
    weights: FloatArray,
    labels: IntArray,
    core: BoolArray,
    membership: FloatArray,
    *,
    times_s: FloatArray | None = None,
    alpha_m: float | None = None,
    buffer_m: float = 1.0,
) -> DensityClusters:
    """Measure and outline the clusters of the labels."""
    count = int(labels.max(initial=-1)) + 1
    inside = labels >= 0
    own = labels[inside]
    sizes = np.bincount(own, minlength=count).astype(np.int64)
    total = np.bincount(own, weights=weights[inside], minlength=count).astype(np.float64)
    # Weighted means; a cluster without any weight has the plain mean of its points.
    share = np.where(total[own] > 0, weights[inside], 1.0)
    divisor = np.bincount(own, weights=share, minlength=count)
    centroids = np.empty((count, 2))
    for axis in range(2):
        centroids[:, axis] = np.bincount(own, weights=share * points_m[inside, axis], minlength=count) / divisor
    order = np.argsort(labels, kind="stable")
    starts = np.searchsorted(labels[order], np.arange(count + 1))
    members = [order[starts[k] : starts[k + 1]] for k in range(count)]
    first, last = np.full(count, np.nan), np.full(count, np.nan)
    if times_s is not None:
        for k, rows in enumerate(members):
            first[k], last[k] = times_s[rows].min(), times_s[rows].max()
    return DensityClusters(
        labels=labels,
        core=core,
        sizes=sizes,
        weights=total,
        centroids_m=centroids,
        outlines=_outlines(points_m, labels, members, alpha_m, buffer_m),
        membership=membership,
        first_s=first,
        last_s=last,
    )


def _outlines(
    points_m: FloatArray, labels: IntArray, members: list[IntArray], alpha_m: float | None, buffer_m: float
) -> tuple[Polygon, ...]:
    """Outline every cluster; hulls all at once."""
    if alpha_m is not None or not members:
        return tuple(outline(points_m[rows], alpha_m=alpha_m, buffer_m=buffer_m) for rows in members)
    rows = np.concatenate(members)
    dots: Any = shapely.points(points_m[rows])
    hulls: Any = shapely.buffer(shapely.convex_hull(shapely.multipoints(dots, indices=labels[rows])), buffer_m)
    return tuple(hulls)
