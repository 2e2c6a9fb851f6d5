"""DBSCAN: clusters of points that lie dense within a fixed distance."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from geo.hotspot.arrays import as_points, as_weights, require
from geo.hotspot.density.clusters import DensityClusters, summarise
from geo.hotspot.density.kernel import grow_clusters
from geo.hotspot.progress import Progress, report


def dbscan(
    points_m: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    eps_m: float = 200.0,
    min_weight: float = 5.0,
    *,
    alpha_m: float | None = None,
    progress: Progress | None = None,
) -> DensityClusters:
    """Cluster points by density.

    A point is a *core* point when the summed weight within ``eps_m`` (its own included) reaches ``min_weight``.
    Core points within ``eps_m`` of each other share a cluster; a point that only reaches a core point joins the
    cluster with the lowest number among those it reaches; the rest is noise (-1).

    Parameters
    ----------
    points_m : array_like, shape (n, 2)
        Metres, any metric CRS. Equal points are joined and their weights added, so pile-ups cost nothing.
    weights : array_like, shape (n,), optional
        Reports at each point; ones by default. Not negative.
    eps_m : float
        Radius in metres, inclusive; positive.
    min_weight : float
        Weight that makes a point a core point; positive.
    alpha_m : float, optional
        Outline as an alpha shape of this radius in metres; the convex hull by default. Either is buffered by
        ``eps_m / 4``.
    progress : callable, optional
        See :mod:`geo.hotspot.progress`.

    Returns
    -------
    DensityClusters
        Empty input has no clusters.

    Raises
    ------
    HotspotInputError
        For a shape, weight or parameter out of its range.

    Source
    ------
    Ester, Kriegel, Sander & Xu (1996), KDD-96, 226-231. The labels equal scikit-learn's ``DBSCAN``.
    """
    points = as_points(points_m)
    mass = as_weights(weights, len(points))
    require(eps_m > 0, "eps_m must be positive")
    require(min_weight > 0, "min_weight must be positive")
    labels, core = grow_clusters(points, np.zeros(len(points)), mass, eps_m, np.inf, min_weight, progress)
    membership = np.where(core, 1.0, np.where(labels >= 0, 0.5, 0.0))
    result = summarise(points, mass, labels, core, membership, alpha_m=alpha_m, buffer_m=eps_m / 4)
    report(progress, 1.0)
    return result
