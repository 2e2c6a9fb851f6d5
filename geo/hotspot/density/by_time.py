"""ST-DBSCAN: clusters of points that lie dense in space and in time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from geo.hotspot.arrays import as_points, as_values, as_weights, require
from geo.hotspot.density.clusters import DensityClusters, summarise
from geo.hotspot.density.kernel import grow_clusters
from geo.hotspot.progress import Progress, report


def st_dbscan(
    points_m: npt.ArrayLike,
    times_s: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    eps_m: float = 200.0,
    eps_s: float = 7 * 86400.0,
    min_weight: float = 5.0,
    *,
    alpha_m: float | None = None,
    progress: Progress | None = None,
) -> DensityClusters:
    """Cluster points by density in space and time.

    Two points are neighbours when they are within ``eps_m`` in space *and* within ``eps_s`` in time (both inclusive);
    the rest is as in :func:`geo.hotspot.density.dbscan`.

    Parameters
    ----------
    points_m : array_like, shape (n, 2)
        Metres, any metric CRS.
    times_s : array_like, shape (n,)
        Seconds from any origin.
    weights : array_like, shape (n,), optional
        Reports at each point and time; ones by default.
    eps_m, eps_s : float
        Radius in metres and in seconds; ``eps_m`` positive, ``eps_s`` not negative.
    min_weight : float
        Weight that makes a point a core point; positive.
    alpha_m : float, optional
        See :func:`geo.hotspot.density.dbscan`.
    progress : callable, optional
        See :mod:`geo.hotspot.progress`.

    Returns
    -------
    DensityClusters
        With ``first_s`` and ``last_s``. Empty input has no clusters.

    Raises
    ------
    HotspotInputError
        For a shape, weight or parameter out of its range.

    Source
    ------
    Birant & Kut (2007), Data Knowl. Eng. 60(1), 208-221, without its non-spatial value threshold.
    """
    points = as_points(points_m)
    times = as_values(times_s, "times_s")
    require(len(times) == len(points), f"times_s must be {len(points)} numbers, not {len(times)}")
    mass = as_weights(weights, len(points))
    require(eps_m > 0, "eps_m must be positive")
    require(eps_s >= 0, "eps_s must not be negative")
    require(min_weight > 0, "min_weight must be positive")
    labels, core = grow_clusters(points, times, mass, eps_m, eps_s, min_weight, progress)
    membership = np.where(core, 1.0, np.where(labels >= 0, 0.5, 0.0))
    result = summarise(points, mass, labels, core, membership, times_s=times, alpha_m=alpha_m, buffer_m=eps_m / 4)
    report(progress, 1.0)
    return result
