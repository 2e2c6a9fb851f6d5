"""One analysis from screened input to results in plain values; the same input, parameters and seed give the same bytes.

Nothing is tested here: geo.hotspot tests. Here methods are called in a stated order, decisions are adjusted for how
many were made, and results are put into the form that is stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geo.hotspot.progress import Progress, report
from governance.hotspots.methods.registry import METHODS
from governance.hotspots.notes import NoteCode, add_note
from governance.hotspots.result_format import Result, geometry_form, part_of
from governance.hotspots.result_format.upgrade import FORMAT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from governance.hotspots.catalogue import HotspotMethod
    from governance.hotspots.study.frame import Study


def analyse(study: Study, methods: Sequence[HotspotMethod], progress: Progress | None = None) -> Result:
    """Run the methods and return everything that is stored of a run.

    Raises
    ------
    geo.hotspot.progress.Cancelled
        When the caller cancels through `progress`.
    """
    incidents = study.screened.incidents
    result: Result = {
        "format": FORMAT,
        "crs_of_distances": study.areas.crs,
        "period": {"start": study.period_start.isoformat(), "end": study.period_end.isoformat()},
        "history_start": study.history_start.isoformat(),
        "methods": [str(method) for method in methods],
        "input": study.screened.as_summary(),
        "by_category": _by_category(study),
        "clusters": [],
        "levels": list(study.areas.levels),
        "areas": [{"code": chain[-1], "above": chain[:-1]} for chain in study.areas.chains],
        "unit": study.parameters.unit,
        "rate_per": study.parameters.rate_per,
        "units": _units(study),
        "names": {code: study.areas.names[code] for chain in study.areas.chains for code in chain},
        "warnings": [],
        "warning_series": [],
        "notes": [],
    }
    in_period = study.in_period
    result["input"]["incidents_in_period"] = int(np.count_nonzero(in_period))
    result["input"]["patrol_in_period"] = int(np.count_nonzero(study.patrol_day >= study.first_day))
    result["input"]["calendar"] = study.background.calendar.as_summary()
    if study.background.calendar.unknown_years:
        add_note(result, NoteCode.CALENDAR_UNKNOWN, years=list(study.background.calendar.unknown_years))
    for number, method in enumerate(methods):
        share = part_of(progress, number / len(methods), 1 / len(methods))
        report(share, 0.0)
        if len(incidents):
            METHODS[method](study, result, share)
    report(progress, 1.0)
    return result


def _units(study: Study) -> list[dict[str, Any]]:
    """Begin the units that gi, moran and emerging judge; a hexagon brings its shape, and the area it is in or near."""
    frame = study.units.frame
    if frame is study.areas:
        return [{"code": code} for code in frame.codes]
    return [
        {"code": code, "near": near, "near_name": frame.names[code], "geometry": geometry_form(study, shape)}
        for code, near, shape in zip(frame.codes, study.units.near, frame.shapes_m, strict=True)
    ]


def _by_category(study: Study) -> list[dict[str, Any]]:
    """Count each category: this period, the period before, and in how many areas of each level."""
    length = (study.period_end - study.period_start).days
    now, before = study.in_period, (study.day >= study.first_day - length) & (study.day < study.first_day)
    incidents = study.screened.incidents
    groups = {level: np.array(study.areas.group(level)) for level in study.areas.levels}
    found = []
    for name in np.unique(incidents.category[now | before]):
        own = incidents.category == name
        placed = own & now & (incidents.area >= 0)
        areas = {}
        for level, codes in groups.items():
            _, counts = np.unique(codes[incidents.area[placed]], return_counts=True)
            areas[level] = sorted(counts.tolist(), reverse=True)
        found.append(
            {
                "category": str(name),
                "reports": int(np.count_nonzero(own & now)),
                "before": int(np.count_nonzero(own & before)) if study.first_day >= length else None,
                "reports_per_area": areas,
                "areas_in_all": {level: len(set(codes.tolist())) for level, codes in groups.items()},
                "trend": study.trend(own),
            }
        )
    return found
