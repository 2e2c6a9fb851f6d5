"""How well each cluster survives when the reports are drawn anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from geo.hotspot.arrays import FloatArray, IntArray, as_points, as_weights, require
from geo.hotspot.progress import Progress, report

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.hotspot.density.clusters import DensityClusters


def cluster_stability(
    points_m: npt.ArrayLike,
    weights: npt.ArrayLike | None,
    clusters: DensityClusters,
    recluster: Callable[[FloatArray, FloatArray, IntArray], DensityClusters],
    *,
    replicates: int = 50,
    seed: int = 0,
    progress: Progress | None = None,
) -> FloatArray:
    """Measure each cluster's stability by the bootstrap.

    The points are drawn with replacement ``replicates`` times and clustered again; a cluster's stability is the mean
    of the largest Jaccard similarity (by points drawn) it finds. Above 0.75 is stable, below 0.5 dissolved.

    Parameters
    ----------
    points_m, weights
        What was clustered.
    clusters : DensityClusters
        The result for these points.
    recluster : callable
        ``recluster(points_m, weights, rows)`` clusters a drawn sample with the same parameters; ``rows`` are the
        positions drawn (for example to take the times of ST-DBSCAN along). A point drawn m times comes once with m
        times its weight.
    replicates, seed : int
        Number of samples and seed; the result depends on nothing else.
    progress : callable, optional
        See :mod:`geo.hotspot.progress`.

    Returns
    -------
    ndarray, shape (k,), float64
        In [0, 1]; empty without clusters.

    Source
    ------
    Hennig (2007), Comput. Stat. Data Anal. 52(1), 258-271.
    """
    points = as_points(points_m)
    mass = as_weights(weights, len(points))
    require(len(points) == len(clusters.labels), "the clusters are not of these points")
    require(replicates >= 1, "replicates must be at least 1")
    total = np.zeros(clusters.count)
    seen = np.zeros(clusters.count)
    random = np.random.default_rng(seed)
    report(progress, 0.0)
    for step in range(replicates if clusters.count else 0):
        times_drawn = np.bincount(random.integers(0, len(points), len(points)), minlength=len(points))
        rows = np.flatnonzero(times_drawn).astype(np.int64)
        again = recluster(points[rows], mass[rows] * times_drawn[rows], rows)
        # Points drawn by old and new cluster; row and column 0 hold the noise. Jaccard: common over union.
        old, new = clusters.labels[rows] + 1, again.labels + 1
        table = np.zeros((clusters.count + 1, again.count + 1))
        np.add.at(table, (old, new), 1.0)
        own, other = table.sum(axis=1)[1:], table.sum(axis=0)[1:]
        common = table[1:, 1:]
        union = own[:, None] + other[None, :] - common
        best = (common / np.maximum(union, 1.0)).max(axis=1, initial=0.0)
        total[own > 0] += best[own > 0]
        seen[own > 0] += 1
        report(progress, (step + 1) / replicates)
    return total / np.maximum(seen, 1.0)
