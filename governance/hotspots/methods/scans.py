"""What the scans of a run share: zones, one scan a category, p-values adjusted for the number of categories."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.hotspot.local import Neighbours
from geo.hotspot.scan import circular_zones, neighbour_zones
from governance.hotspots.notes import NoteCode
from governance.hotspots.result_format import Cluster, finite, geometry_form, part_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from geo.hotspot.progress import Progress
    from geo.hotspot.scan import ScanCluster, ScanResult, Zones
    from governance.hotspots.catalogue import HotspotMethod
    from governance.hotspots.result_format import Result
    from governance.hotspots.study.frame import Study


@dataclass(frozen=True, slots=True)
class Plan:
    """Which categories are scanned, how long an interval is, on which day the first begins, and the scan itself."""

    method: HotspotMethod
    categories: list[str]
    interval_days: int
    origin: int
    scan: Callable[[str, Progress | None], ScanResult]


def zones_of(study: Study, max_radius_m: float) -> Zones:
    """Make the zones that the parameters ask for: circles, or areas that hang together."""
    if study.parameters.scan_zones == "circles":
        return circular_zones(study.areas.centres_m, max_radius_m=max_radius_m)
    touching = Neighbours.touching(study.areas.shapes_m, tolerance_m=1.0)
    return neighbour_zones(touching, study.areas.centres_m, max_steps=study.parameters.scan_steps)


def scan_categories(study: Study, result: Result, progress: Progress | None, plan: Plan) -> None:
    """Scan category by category; a p-value is multiplied by the number of scans (Bonferroni)."""
    number = 0
    for position, category in enumerate(plan.categories):
        found = plan.scan(category, part_of(progress, position / len(plan.categories), 1 / len(plan.categories)))
        for cluster in found.clusters:
            # Bonferroni over the categories scanned.
            adjusted = min(1.0, cluster.p_value * len(plan.categories))
            first = plan.origin + cluster.start * plan.interval_days
            last = plan.origin + cluster.end * plan.interval_days - 1
            if adjusted > study.parameters.level or last < study.first_day:
                continue
            codes = [study.areas.codes[m] for m in sorted(cluster.members.tolist())]
            result.clusters.append(
                Cluster(
                    method=plan.method,
                    number=number,
                    areas=codes,
                    category=category,
                    first=study.date_of(first),
                    last=study.date_of(last),
                    observed=int(cluster.observed),
                    expected=round(cluster.expected, 4),
                    relative_risk=round(cluster.relative_risk, 4) if np.isfinite(cluster.relative_risk) else None,
                    log_likelihood_ratio=round(cluster.log_likelihood_ratio, 6),
                    p=float(f"{cluster.p_value:.6g}"),
                    p_kind=cluster.p_kind,
                    adjusted_p=float(f"{adjusted:.6g}"),
                    recurrence_interval_days=_recurrence_days(cluster, len(plan.categories)),
                    significant=True,
                    **_makeup(study, cluster, category, first, last),
                    **_zone(study, cluster),
                )
            )
            number += 1
    p = study.parameters
    if plan.categories:
        result.note(NoteCode.SCANS_ADJUSTED, plan.method, categories=len(plan.categories), level=p.level)
    else:
        result.note(NoteCode.TOO_FEW_REPORTS, plan.method, least_reports=p.scan_min_reports)


def _recurrence_days(cluster: ScanCluster, categories: int) -> float | None:
    """Return how many days chance alone takes to make as strong a signal in any of the categories scanned."""
    days = cluster.recurrence_interval_days
    # As many scans a day as categories: a false signal among them comes as much sooner.
    return None if days is None else finite(days / categories)


def _makeup(study: Study, cluster: ScanCluster, category: str, first: int, last: int) -> dict[str, Any]:
    """Show the whole history as trend; what it consists of and the samples are of the cluster's own days."""
    incidents = study.screened.incidents
    inside = np.isin(incidents.area, cluster.members)
    span = inside & (study.day >= first) & (study.day <= last)
    return {
        "trend": study.trend(np.flatnonzero(inside & (incidents.category == category))),
        "categories": study.main_categories(np.flatnonzero(span)),
        "samples": study.sample_reports(np.flatnonzero(span & (incidents.category == category))),
    }


def _zone(study: Study, cluster: ScanCluster) -> dict[str, Any]:
    """Draw the zone: a circle, at least as large as its centre's area, or the areas themselves."""
    if study.parameters.scan_zones == "neighbours":
        return {"geometry": geometry_form(study, shapely.union_all(study.areas.shapes_m[cluster.members]))}
    centre = shapely.Point(study.areas.centres_m[cluster.centre])
    # Not smaller than the circle of the centre's own area: a zone of one area has the radius 0.
    radius = max(cluster.radius_m, float(np.sqrt(study.areas.shapes_m[cluster.centre].area / np.pi)))
    return {
        "geometry": geometry_form(study, centre.buffer(radius, quad_segs=12)),
        "radius_m": round(cluster.radius_m, 1),
    }
