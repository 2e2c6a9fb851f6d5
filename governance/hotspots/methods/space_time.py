"""The space-time permutation scan: where and when there is more of a category than place and time alone explain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from geo.hotspot.scan import ScanOptions, TimeWindows, permutation_scan, weekday_strata
from governance.hotspots.methods.catalogue import Method
from governance.hotspots.methods.scans import Plan, scan_categories, zones_of

if TYPE_CHECKING:
    from geo.hotspot.progress import Progress
    from geo.hotspot.scan import ScanResult
    from governance.hotspots.forms import Result
    from governance.hotspots.study import Study


def space_time(study: Study, result: Result, progress: Progress | None) -> None:
    """Scan the last days; only what is alive at their end when the run asks for that."""
    incidents, p = study.honest.incidents, study.parameters
    days = min(p.scan_days, study.days)
    origin = study.days - days
    placed = (study.day >= origin) & (incidents.area >= 0)
    zones = zones_of(study, p.scan_radius_m)
    mode: Literal["prospective", "retrospective"] = "prospective" if p.scan_prospective else "retrospective"
    windows = TimeWindows(mode=mode, max_length=min(p.scan_window_days, max(days // 2, 1)))
    options = ScanOptions(windows=windows, min_cases=3, replicates=p.replicates, seed=study.seed)
    first_weekday = (study.history_start.weekday() + origin) % 7

    def scan(category: str, share: Progress | None) -> ScanResult:
        own = placed & (incidents.category == category)
        intervals = study.day[own] - origin
        return permutation_scan(
            incidents.area[own],
            intervals,
            zones,
            days,
            options,
            strata=weekday_strata(intervals, first_weekday),
            progress=share,
        )

    wanted = study.categories(p.scan_min_reports, placed)
    scan_categories(study, result, progress, Plan(Method.SCAN, wanted, 1, origin, scan))
