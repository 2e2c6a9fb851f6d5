"""The Poisson scan: where there is more of a category per household (or km², or road km) than elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.hotspot.scan import ScanOptions, poisson_scan
from governance.hotspots.catalogue import HotspotMethod
from governance.hotspots.methods.scans import Plan, scan_categories, zones_of
from governance.hotspots.notes import NoteCode, per

if TYPE_CHECKING:
    from geo.hotspot.progress import Progress
    from geo.hotspot.scan import ScanResult
    from governance.hotspots.result_format import Result
    from governance.hotspots.study.frame import Study


def population(study: Study, result: Result, progress: Progress | None) -> None:
    """Scan the period against what the areas hold; areas of which that is not known are left out, with a note."""
    risk, p = study.background.risk, study.parameters
    if risk is None or np.count_nonzero(risk.usable) < 2:
        result.note(NoteCode.EXPOSURE_UNKNOWN, HotspotMethod.POPULATION, per=per(p.population_per))
        return
    result.population = risk.as_summary()
    known = risk.usable
    incidents = study.screened.incidents
    placed = study.in_period & (incidents.area >= 0)
    placed[placed] = known[incidents.area[placed]]
    expected = np.where(known, np.nan_to_num(risk.values), 0.0)
    zones = zones_of(study, p.concentration_radius_m)
    options = ScanOptions(replicates=p.replicates, seed=study.seed)

    def scan(category: str, share: Progress | None) -> ScanResult:
        cases = np.bincount(incidents.area[placed & (incidents.category == category)], minlength=len(expected))
        return poisson_scan(cases, expected, zones, options, progress=share)

    wanted = study.categories(p.scan_min_reports, placed)
    length = study.days - study.first_day
    plan = Plan(HotspotMethod.POPULATION, wanted, length, study.first_day, scan)
    scan_categories(study, result, progress, plan)
    words, left_out = per(str(risk.kind)), len(risk.left_out)
    if left_out:
        result.note(NoteCode.COMPARED_PER_EXCEPT, HotspotMethod.POPULATION, per=words, left_out=left_out)
    else:
        result.note(NoteCode.COMPARED_PER, HotspotMethod.POPULATION, per=words)
