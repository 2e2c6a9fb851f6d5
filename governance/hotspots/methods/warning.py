"""The same-period early warning: which street has more of which category than on the same days before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geo.hotspot.early_warning import same_period_warning
from governance.hotspots.catalogue import HotspotMethod
from governance.hotspots.notes import NoteCode
from governance.hotspots.result_format import SeriesJudgement

if TYPE_CHECKING:
    from geo.hotspot.early_warning.same_period import SamePeriodWarning
    from geo.hotspot.progress import Progress
    from governance.hotspots.result_format import Result
    from governance.hotspots.study.frame import Study

MIN_DAYS = 60


def warning(study: Study, result: Result, progress: Progress | None) -> None:
    """Judge every area of the two coarsest levels with every category it has; those that alarm have a trend."""
    length = study.days - study.first_day
    if study.days - length < MIN_DAYS:
        result.note(NoteCode.PAST_TOO_SHORT, HotspotMethod.WARNING, least_days=MIN_DAYS)
        return
    series = _series(study)
    keys = sorted(series)
    if not keys:
        return
    found = same_period_warning(
        np.array([series[key] for key in keys]),
        first_weekday=study.history_start.weekday(),
        day_types=study.background.calendar.types,
        period_days=length,
        level=study.parameters.level,
        progress=progress,
    )
    result.series = [_judgement(study, found, k, key) for k, key in enumerate(keys)]
    judged = int(found.judged.sum())
    result.note(NoteCode.SERIES_JUDGED, HotspotMethod.WARNING, series=len(keys), judged=judged)
    if found.days_off_as_weekends:
        result.note(NoteCode.HOLIDAYS_AS_WEEKENDS, HotspotMethod.WARNING)


def _series(study: Study) -> dict[tuple[str, str], np.ndarray[Any, np.dtype[np.float64]]]:
    """Count by day, for the whole and for each area of the second level."""
    incidents, levels = study.screened.incidents, list(study.areas.levels)
    top, second = study.areas.group(levels[0]), study.areas.group(levels[min(1, len(levels) - 1)])
    series: dict[tuple[str, str], np.ndarray[Any, np.dtype[np.float64]]] = {}
    for row in np.flatnonzero(incidents.area >= 0).tolist():
        area, category = int(incidents.area[row]), str(incidents.category[row])
        for code in {top[area], second[area]}:
            series.setdefault((code, category), np.zeros(study.days))[study.day[row]] += 1
    return series


def _judgement(study: Study, found: SamePeriodWarning, k: int, key: tuple[str, str]) -> SeriesJudgement:
    code, category = key
    judged, alarm = bool(found.judged[k]), bool(found.alarm[k])
    return SeriesJudgement(
        area=code,
        area_name=study.areas.names.get(code, code),
        category=category,
        observed=int(found.observed[k]),
        expected=round(float(found.expected[k]), 4) if judged else None,
        upper=round(float(found.upper[k]), 4) if judged else None,
        p=float(f"{found.p[k]:.6g}") if judged else None,
        q=float(f"{found.q[k]:.6g}") if judged else None,
        alarm=alarm,
        trend=study.trend(_rows(study, code, category)) if alarm else None,
    )


def _rows(study: Study, code: str, category: str) -> np.ndarray[Any, Any]:
    inside = [position for position, chain in enumerate(study.areas.chains) if code in chain]
    incidents = study.screened.incidents
    return np.flatnonzero((incidents.category == category) & np.isin(incidents.area, inside))
