"""The Bernoulli scan: where a category's share is higher than elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.hotspot.scan import ScanOptions, bernoulli_scan
from governance.hotspots.catalogue import HotspotMethod
from governance.hotspots.methods.scans import Plan, scan_categories, zones_of

if TYPE_CHECKING:
    from geo.hotspot.progress import Progress
    from geo.hotspot.scan import ScanResult
    from governance.hotspots.result_format import Result
    from governance.hotspots.study.frame import Study


def concentration(study: Study, result: Result, progress: Progress | None) -> None:
    """Scan the period for places where a category's share is higher than elsewhere."""
    incidents, p = study.screened.incidents, study.parameters
    placed = study.in_period & (incidents.area >= 0)
    count = len(study.areas.codes)
    everything = np.bincount(incidents.area[placed], minlength=count)
    zones = zones_of(study, p.concentration_radius_m)
    options = ScanOptions(replicates=p.replicates, seed=study.seed)

    def scan(category: str, share: Progress | None) -> ScanResult:
        cases = np.bincount(incidents.area[placed & (incidents.category == category)], minlength=count)
        # Controls are all other reports of the area.
        return bernoulli_scan(cases, everything - cases, zones, options, progress=share)

    # The whole period is one interval.
    wanted = study.categories(p.scan_min_reports, placed)
    length = study.days - study.first_day
    scan_categories(study, result, progress, Plan(HotspotMethod.CONCENTRATION, wanted, length, study.first_day, scan))
