"""One analysis from screened input to a typed result; the same input, parameters and seed make the same bytes.

Nothing is tested here: geo.hotspot tests. Here methods are called in a stated order, decisions are adjusted for how
many were made, and results are put into the form that is stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from geo.hotspot.progress import Progress, report
from governance.hotspots.methods.registry import function_of
from governance.hotspots.notes import NoteCode
from governance.hotspots.result_format import geometry_form, part_of
from governance.hotspots.result_format.model import (
    Area,
    CalendarRead,
    CategoryTotals,
    InputSummary,
    Period,
    Result,
    Unit,
)
from governance.hotspots.study.beginnings import note_silent_channels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from governance.hotspots.catalogue import HotspotMethod
    from governance.hotspots.result_format.model import RateKind, UnitKind
    from governance.hotspots.study.frame import Study

#: A record may begin so many days late by chance.
FEW_DAYS = 2


def analyse(
    study: Study, methods: Sequence[HotspotMethod], progress: Progress | None = None, *, asked: Sequence[str] = ()
) -> Result:
    """Run the methods and return everything that is stored of a run; `asked` are the categories it is limited to.

    Raises
    ------
    geo.hotspot.progress.Cancelled
        When the caller cancels through `progress`.
    """
    incidents = study.screened.incidents
    result = Result(
        crs_of_distances=study.areas.crs,
        period=Period(start=study.period_start, end=study.period_end),
        history_start=study.history_start,
        methods=list(methods),
        input=_input(study),
        by_category=_by_category(study),
        levels=list(study.areas.levels),
        areas=[Area(code=chain[-1], above=chain[:-1]) for chain in study.areas.chains],
        names={code: study.areas.names[code] for chain in study.areas.chains for code in chain},
        unit=cast("UnitKind", study.parameters.unit),
        rate_per=cast("RateKind", study.parameters.rate_per),
        units=_units(study),
    )
    _note_what_is_missing(study, result, asked)
    if study.background.calendar.unknown_years:
        result.note(NoteCode.CALENDAR_UNKNOWN, years=list(study.background.calendar.unknown_years))
    for number, method in enumerate(methods):
        share = part_of(progress, number / len(methods), 1 / len(methods))
        report(share, 0.0)
        if len(incidents):
            function_of(method)(study, result, share)
    report(progress, 1.0)
    return result


def _note_what_is_missing(study: Study, result: Result, asked: Sequence[str]) -> None:
    """Note categories that no report has, days without any, days to come, and channels that fell silent."""
    for category in asked:
        if not (study.screened.incidents.category == category).any():
            result.note(NoteCode.CATEGORY_WITHOUT_REPORTS, category=category)
    end = result.period.last.isoformat()
    if not len(study.screened.incidents):
        result.note(NoteCode.NO_REPORTS, start=study.history_start.isoformat(), end=end)
    elif not study.in_period.any():
        result.note(NoteCode.NO_REPORTS_IN_PERIOD, start=study.period_start.isoformat(), end=end)
    if study.days_to_come:
        result.note(NoteCode.PERIOD_NOT_OVER, until=end, days=study.days_to_come)
    note_silent_channels(study, result)


def _input(study: Study) -> InputSummary:
    """Return how much was read and set aside, and where the days off come from."""
    summary = study.screened.as_summary()
    summary.incidents_in_period = int(np.count_nonzero(study.in_period))
    summary.patrol_in_period = int(np.count_nonzero(study.patrol_day >= study.first_day))
    summary.calendar = CalendarRead(**study.background.calendar.as_summary())
    return summary


def _units(study: Study) -> list[Unit]:
    """Begin the units that gi, moran and emerging judge; a hexagon brings its shape, and the area it is in or near."""
    frame = study.units.frame
    if frame is study.areas:
        return [Unit(code=code) for code in frame.codes]
    return [
        Unit(code=code, near=near, near_name=frame.names[code], geometry=geometry_form(study, shape))
        for code, near, shape in zip(frame.codes, study.units.near, frame.shapes_m, strict=True)
    ]


def _by_category(study: Study) -> list[CategoryTotals]:
    """Count each category: this period, the period before, and in how many areas of each level."""
    length = (study.period_end - study.period_start).days
    now, before = study.in_period, (study.day >= study.first_day - length) & (study.day < study.first_day)
    incidents = study.screened.incidents
    # The period before is known where the record reaches back to its beginning.
    compared = study.first_day - length >= max(study.first_recorded - FEW_DAYS, 0)
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
            CategoryTotals(
                category=str(name),
                reports=int(np.count_nonzero(own & now)),
                before=int(np.count_nonzero(own & before)) if compared else None,
                reports_per_area=areas,
                reports_by_area=_by_area(study, incidents.area[placed]),
                areas_in_all={level: len(set(codes.tolist())) for level, codes in groups.items()},
                trend=study.trend(own),
            )
        )
    return found


def _by_area(study: Study, areas: NDArray[np.int64]) -> dict[str, int]:
    """Count reports by area, those with none left out."""
    found, counts = np.unique(areas, return_counts=True)
    return {study.areas.codes[area]: int(count) for area, count in zip(found.tolist(), counts.tolist(), strict=True)}
