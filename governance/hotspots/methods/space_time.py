"""The space-time permutation scan: where and when there is more of a category than place and time alone explain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from geo.hotspot.day_types import day_strata
from geo.hotspot.scan import ScanOptions, TimeWindows, permutation_scan, poisson_scan
from governance.hotspots.catalogue import HotspotMethod
from governance.hotspots.methods.patrol_adjustment import expected_in_time, found_by_patrols
from governance.hotspots.methods.scans import Plan, scan_categories, zones_of

if TYPE_CHECKING:
    from geo.hotspot.progress import Progress
    from geo.hotspot.scan import ScanResult
    from governance.hotspots.result_format import Result
    from governance.hotspots.study.frame import Study


def space_time(study: Study, result: Result, progress: Progress | None) -> None:
    """Scan the last days; only what is alive at their end when the run asks for that.

    Days are exchanged within their kind (each weekday, days off, worked weekends). Patrol findings whose effort is
    recorded make it a Poisson scan against the expectation of `patrol_adjustment`.
    """
    incidents, p = study.screened.incidents, study.parameters
    days = min(p.scan_days, study.days)
    origin = study.days - days
    placed = (study.day >= origin) & (incidents.area >= 0)
    zones = zones_of(study, p.scan_radius_m)
    mode: Literal["prospective", "retrospective"] = "prospective" if p.scan_prospective else "retrospective"
    windows = TimeWindows(mode=mode, max_length=min(p.scan_window_days, max(days // 2, 1)))
    options = ScanOptions(windows=windows, min_cases=3, replicates=p.replicates, seed=study.seed)
    strata = day_strata(study.background.calendar.types, study.history_start.weekday())[origin:]
    found = found_by_patrols(study, result, HotspotMethod.SCAN, origin)

    def scan(category: str, share: Progress | None) -> ScanResult:
        own = placed & (incidents.category == category)
        area, intervals = incidents.area[own], study.day[own] - origin
        if found:
            cases, expected = expected_in_time(area, intervals, strata, found, category)
            return poisson_scan(cases, expected, zones, options, progress=share)
        return permutation_scan(area, intervals, zones, days, options, strata=strata[intervals], progress=share)

    wanted = study.categories(p.scan_min_reports, placed)
    scan_categories(study, result, progress, Plan(HotspotMethod.SCAN, wanted, 1, origin, scan))
