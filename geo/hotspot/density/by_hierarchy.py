"""HDBSCAN: clusters of differing density, without a radius to choose."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from sklearn.cluster import HDBSCAN

from geo.hotspot.arrays import as_points, as_weights, require
from geo.hotspot.density.clusters import DensityClusters, summarise
from geo.hotspot.progress import Progress, report


def hdbscan(
    points_m: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    min_cluster_weight: int = 10,
    min_weight: int | None = None,
    *,
    leaves: bool = False,
    merge_below_m: float = 0.0,
    alpha_m: float | None = None,
    buffer_m: float = 25.0,
    progress: Progress | None = None,
) -> DensityClusters:
    """Cluster points by the persistence of their density.

    Parameters
    ----------
    points_m : array_like, shape (n, 2)
        Metres, any metric CRS.
    weights : array_like of whole numbers, shape (n,), optional
        Reports at each point, counted as that many points there; ones by default. A weight of zero makes noise.
    min_cluster_weight : int
        Smallest weight of a cluster, at least 2.
    min_weight : int, optional
        Weight that smooths the density (``min_samples``); ``min_cluster_weight`` by default.
    leaves : bool
        Take the finest clusters of the hierarchy (``cluster_selection_method="leaf"``) instead of the most persistent
        ones, among which a whole town is often one.
    merge_below_m : float
        Clusters nearer than this are not split (``cluster_selection_epsilon``), metres.
    alpha_m, buffer_m : float
        Outline, see :func:`geo.hotspot.density.outline`.
    progress : callable, optional
        Called at the beginning and the end: the work in between cannot be interrupted.

    Returns
    -------
    DensityClusters
        ``membership`` holds the probability; of equal points the largest. Empty input has no clusters.

    Raises
    ------
    HotspotInputError
        For a shape, weight or parameter out of its range.

    Source
    ------
    Campello, Moulavi & Sander (2013), PAKDD 2013, 160-172, as in scikit-learn's ``HDBSCAN``.
    """
    points = as_points(points_m)
    mass = as_weights(weights, len(points))
    require(bool((mass == np.floor(mass)).all()), "weights must be whole numbers")
    require(min_cluster_weight >= 2, "min_cluster_weight must be at least 2")
    require(min_weight is None or min_weight >= 1, "min_weight must be at least 1")
    report(progress, 0.0)
    labels = np.full(len(points), -1, dtype=np.int64)
    membership = np.zeros(len(points))
    rows = np.repeat(np.arange(len(points)), mass.astype(np.int64))
    smallest = max(min_cluster_weight, min_weight or min_cluster_weight)
    if len(rows) >= smallest:
        model = HDBSCAN(
            min_cluster_size=min_cluster_weight,
            min_samples=min_weight,
            cluster_selection_epsilon=merge_below_m,
            cluster_selection_method="leaf" if leaves else "eom",
            copy=True,
        ).fit(points[rows])
        np.maximum.at(labels, rows, model.labels_.astype(np.int64))
        np.maximum.at(membership, rows, model.probabilities_)
    labels = _numbered_by_first_member(labels)
    result = summarise(points, mass, labels, labels >= 0, membership, alpha_m=alpha_m, buffer_m=buffer_m)
    report(progress, 1.0)
    return result


def _numbered_by_first_member(labels: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    found, first = np.unique(labels[labels >= 0], return_index=True)
    number = np.full(int(labels.max(initial=-1)) + 2, -1, dtype=np.int64)
    number[found[np.argsort(first)]] = np.arange(len(found))
    return number[labels]
