"""Density clusters: DBSCAN, HDBSCAN and ST-DBSCAN of the period, each cluster with its stability. Nothing is tested."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.hotspot.density import DensityClusters, cluster_stability, dbscan, hdbscan, st_dbscan
from governance.hotspots.catalogue import HotspotMethod
from governance.hotspots.result_format import Cluster, areas_of, geometry_form, part_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from geo.hotspot.progress import Progress
    from governance.hotspots.result_format import Result
    from governance.hotspots.study.frame import Study

DAY_S = 86400.0


def by_distance(study: Study, result: Result, progress: Progress | None) -> None:
    """Cluster what lies within a fixed distance."""
    p = study.parameters

    def cluster(
        points: NDArray[np.float64], weights: NDArray[np.float64], _: NDArray[np.int64], share: Progress | None
    ) -> DensityClusters:
        return dbscan(points, weights, p.density_eps_m, p.density_min_reports, alpha_m=_alpha(study), progress=share)

    _clusters(study, result, progress, HotspotMethod.DENSITY, cluster)


def by_hierarchy(study: Study, result: Result, progress: Progress | None) -> None:
    """Cluster what lies closer together than what surrounds it."""
    p = study.parameters

    def cluster(
        points: NDArray[np.float64], weights: NDArray[np.float64], _: NDArray[np.int64], share: Progress | None
    ) -> DensityClusters:
        return hdbscan(points, weights, p.hdbscan_min_reports, leaves=True, alpha_m=_alpha(study), progress=share)

    _clusters(study, result, progress, HotspotMethod.HDBSCAN, cluster)


def by_time(study: Study, result: Result, progress: Progress | None) -> None:
    """Cluster what lies within a fixed distance and so many days."""
    p = study.parameters
    times = study.screened.incidents.time_s[_in_period(study)]

    def cluster(
        points: NDArray[np.float64], weights: NDArray[np.float64], rows: NDArray[np.int64], share: Progress | None
    ) -> DensityClusters:
        return st_dbscan(
            points, times[rows], weights, p.density_eps_m, p.density_days * DAY_S, p.density_min_reports,
            alpha_m=_alpha(study), progress=share,
        )  # fmt: skip

    _clusters(study, result, progress, HotspotMethod.ST_DBSCAN, cluster)


def _alpha(study: Study) -> float | None:
    return study.parameters.density_alpha_m or None


def _in_period(study: Study) -> NDArray[np.int64]:
    return np.flatnonzero(study.in_period).astype(np.int64)


def _clusters(
    study: Study,
    result: Result,
    progress: Progress | None,
    method: HotspotMethod,
    cluster: Callable[[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64], Progress | None], DensityClusters],
) -> None:
    rows, p = _in_period(study), study.parameters
    points = study.screened.points_m[rows]
    weights, everything = np.ones(len(rows)), np.arange(len(rows), dtype=np.int64)
    found = cluster(points, weights, everything, part_of(progress, 0.0, 1 / (1 + p.density_resamples)))
    stability = None
    if p.density_resamples and found.count:
        stability = cluster_stability(
            points,
            weights,
            found,
            lambda drawn, mass, chosen: cluster(drawn, mass, chosen, None),
            replicates=p.density_resamples,
            seed=study.seed,
            progress=part_of(progress, 1 / (1 + p.density_resamples), p.density_resamples / (1 + p.density_resamples)),
        )
    for number in range(found.count):
        members = rows[found.members(number)]
        shape = found.outlines[number]
        result.clusters.append(
            Cluster(
                method=method,
                number=number,
                areas=areas_of(study, members),
                geometry=geometry_form(study, shape),
                area_m2=round(shape.area, 1),
                first=study.date_of(int(study.day[members].min())),
                last=study.date_of(int(study.day[members].max())),
                observed=round(found.weights[number]),
                stability=round(float(stability[number]), 4) if stability is not None else None,
                significant=None,
                categories=study.main_categories(members),
                trend=study.trend(members),
                samples=study.sample_reports(members),
            )
        )
