"""Scan statistics of an analysis, category by category, adjusted for the number of categories."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from geo.hotspot.scan import TimeWindows, bernoulli_scan, circular_zones, permutation_scan, weekday_strata
from governance.hotspots.forms import Result, circle_form, cluster_form, finite, part_of
from governance.hotspots.parameters import Method
from governance.hotspots.study import SAMPLES

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.hotspot.progress import Progress
    from geo.hotspot.scan import ScanResult
    from governance.hotspots.study import Study


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which categories are scanned, how long an interval is, and on which day the first begins."""

    method: Method
    categories: list[str]
    interval_days: int
    origin: int
    scan: Callable[[str, Progress | None], ScanResult]


def _scans(
    study: Study,
    result: Result,
    progress: Progress | None,
    plan: _Plan,
) -> None:
    """Scan category by category; a p-value is multiplied by the number of scans (Bonferroni)."""
    method, categories = plan.method, plan.categories
    origin, interval_days = plan.origin, plan.interval_days
    number = 0
    incidents = study.honest.incidents
    for position, category in enumerate(categories):
        found = plan.scan(category, part_of(progress, position / len(categories), 1 / len(categories)))
        for cluster in found.clusters:
            adjusted = min(1.0, cluster.p_value * len(categories))
            first = origin + cluster.start * interval_days
            last = origin + cluster.end * interval_days - 1
            if adjusted > study.parameters.level or last < study.first_day:
                continue
            inside = np.isin(incidents.area, cluster.members) & (incidents.category == category)
            span = inside & (study.day >= first) & (study.day <= last)
            described = study.describe(np.flatnonzero(inside))
            # The trend shows the whole history; what it consists of and the samples are of the cluster's own days.
            everything = np.isin(incidents.area, cluster.members) & (study.day >= first) & (study.day <= last)
            described["categories"] = study.describe(np.flatnonzero(everything))["categories"]
            described["samples"] = np.sort(incidents.ids[span])[-SAMPLES:].tolist()
            result["clusters"].append(
                {
                    **cluster_form(
                        method, number, [study.areas.codes[m] for m in sorted(cluster.members.tolist())], described
                    ),
                    **circle_form(study, cluster),
                    "category": category,
                    "first": study.date_of(first),
                    "last": study.date_of(last),
                    "observed": int(cluster.observed),
                    "expected": round(cluster.expected, 4),
                    "relative_risk": round(cluster.relative_risk, 4) if np.isfinite(cluster.relative_risk) else None,
                    "log_likelihood_ratio": round(cluster.log_likelihood_ratio, 6),
                    "p": float(f"{cluster.p_value:.6g}"),
                    "p_kind": cluster.p_kind,
                    "adjusted_p": float(f"{adjusted:.6g}"),
                    "recurrence_interval_days": finite(cluster.recurrence_interval_days),
                    "significant": True,
                }
            )
            number += 1
    if categories:
        result["notes"].append(
            f"{'时空聚集' if method is Method.SCAN else '区域集中'}：对 {len(categories)} 类事项分别扫描，"
            f"p 值已乘以 {len(categories)}（Bonferroni），只列出校正后不超过 {study.parameters.level:g} 的聚集。"
        )


def concentration(study: Study, result: Result, progress: Progress | None) -> None:
    """Scan the period for places where a category's share is higher than elsewhere."""
    incidents, p = study.honest.incidents, study.parameters
    placed = study.in_period & (incidents.area >= 0)
    count = len(study.areas.codes)
    everything = np.bincount(incidents.area[placed], minlength=count)
    zones = circular_zones(study.areas.centres_m, max_radius_m=p.concentration_radius_m)

    def scan(category: str, share: Progress | None) -> ScanResult:
        cases = np.bincount(incidents.area[placed & (incidents.category == category)], minlength=count)
        return bernoulli_scan(
            cases, everything - cases, zones, replicates=p.replicates, seed=study.seed, progress=share
        )

    # The whole period is one interval.
    wanted = study.categories(p.scan_min_reports, placed)
    length = study.days - study.first_day
    _scans(study, result, progress, _Plan(Method.CONCENTRATION, wanted, length, study.first_day, scan))


def space_time(study: Study, result: Result, progress: Progress | None) -> None:
    """Scan the last days for places and times with more of a category than place and time alone explain."""
    incidents, p = study.honest.incidents, study.parameters
    days = min(p.scan_days, study.days)
    origin = study.days - days
    placed = (study.day >= origin) & (incidents.area >= 0)
    zones = circular_zones(study.areas.centres_m, max_radius_m=p.scan_radius_m)
    mode: Literal["prospective", "retrospective"] = "prospective" if p.scan_prospective else "retrospective"
    windows = TimeWindows(mode=mode, max_length=min(p.scan_window_days, max(days // 2, 1)))
    first_weekday = (study.history_start.weekday() + origin) % 7

    def scan(category: str, share: Progress | None) -> ScanResult:
        own = placed & (incidents.category == category)
        intervals = study.day[own] - origin
        return permutation_scan(
            incidents.area[own],
            intervals,
            zones,
            days,
            strata=weekday_strata(intervals, first_weekday),
            windows=windows,
            min_cases=3,
            replicates=p.replicates,
            seed=study.seed,
            progress=share,
        )

    wanted = study.categories(p.scan_min_reports, placed)
    _scans(study, result, progress, _Plan(Method.SCAN, wanted, 1, origin, scan))
