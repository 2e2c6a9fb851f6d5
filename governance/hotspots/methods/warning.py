"""The same-period early warning: which street has more of which category than on the same days before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from geo.hotspot.day_types import DayType
from geo.hotspot.early_warning import same_period_warning, short_series_warning
from geo.hotspot.significance import false_discovery_rate
from governance.hotspots.catalogue import HotspotMethod
from governance.hotspots.notes import NoteCode
from governance.hotspots.result_format import SeriesJudgement, part_of
from governance.hotspots.study.beginnings import comparable_reports, first_days

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.hotspot.progress import Progress
    from governance.hotspots.result_format import Result
    from governance.hotspots.study.beginnings import ComparableReports
    from governance.hotspots.study.frame import Study

#: Days before the period without which there is no model of the past, only a cumulative sum; and not even that.
MIN_DAYS, LEAST_DAYS = 60, 14
MIN_CASES = 3
MOST_NAMED = 5
SATURDAY = 5


@dataclass(frozen=True, slots=True, eq=False)
class _Series:
    """Daily counts of areas and categories, shape (n, days), and the day each series begins on."""

    keys: list[tuple[str, str]]
    daily: NDArray[np.float64]
    starts: NDArray[np.int64]


def warning(study: Study, result: Result, progress: Progress | None) -> None:
    """Judge every area of the two coarsest levels with every category it has; those that alarm have a trend.

    A series begins with the first report of its area, of its category and of its channels, whichever came last. With
    less than 60 days before the period it is judged by a cumulative sum, with less than 14 not at all.
    """
    method = HotspotMethod.WARNING
    comparable = comparable_reports(study, result, method, study.first_day - MIN_DAYS)
    series = _series(study, comparable)
    if not series.keys:
        return
    before = study.first_day - series.starts
    types, weekday = study.background.calendar.types, study.history_start.weekday()
    length = study.days - study.first_day
    p, expected, upper = (np.full(len(series.keys), np.nan) for _ in range(3))
    modelled, short = before >= MIN_DAYS, (before >= LEAST_DAYS) & (before < MIN_DAYS)
    weekends_stand_in = False
    if modelled.any():
        found = same_period_warning(
            series.daily[modelled], first_weekday=weekday, day_types=types, starts=series.starts[modelled],
            period_days=length, progress=part_of(progress, 0.0, 0.7),
        )  # fmt: skip
        p[modelled], expected[modelled], upper[modelled] = found.p, found.expected, found.upper
        weekends_stand_in = found.days_off_as_weekends
    if short.any():
        # Monday to Friday on ordinary days; of the others a make-up workday, not a day off.
        workday = np.where(types == DayType.ORDINARY, (np.arange(study.days) + weekday) % 7 < SATURDAY, types != 1)
        seen = short_series_warning(
            series.daily[short], series.starts[short], strata=workday, period_days=length, min_days=LEAST_DAYS,
            seed=study.seed, progress=part_of(progress, 0.7, 0.3),
        )  # fmt: skip
        p[short], expected[short], upper[short] = seen.p, seen.expected, seen.upper
    q = false_discovery_rate(p)
    result.series = [
        _judgement(study, series, k, (p[k], q[k], expected[k], upper[k]), "model" if modelled[k] else "cusum")
        for k in range(len(p))
    ]
    result.note(NoteCode.SERIES_JUDGED, method, series=len(p), judged=int(np.isfinite(p).sum()))
    _note_short(study, result, series, short & np.isfinite(p), before < LEAST_DAYS)
    if weekends_stand_in:
        result.note(NoteCode.HOLIDAYS_AS_WEEKENDS, method)


def _note_short(
    study: Study, result: Result, series: _Series, short: NDArray[np.bool_], unjudged: NDArray[np.bool_]
) -> None:
    """State which series were too short for a model, and which for any judgement."""
    method = HotspotMethod.WARNING
    if short.any():
        result.note(
            NoteCode.JUDGED_BY_CUSUM, method, series=int(np.count_nonzero(short)), least_days=MIN_DAYS
        )  # fmt: skip
    if unjudged.any():
        first = study.date_of(int(series.starts.min())).isoformat()
        names = sorted({category for (_, category), few in zip(series.keys, unjudged.tolist(), strict=True) if few})
        result.note(
            NoteCode.RECORD_TOO_SHORT, method, series=int(np.count_nonzero(unjudged)), least_days=LEAST_DAYS,
            since=first, categories=[*names[:MOST_NAMED]],
        )  # fmt: skip


def _series(study: Study, comparable: ComparableReports) -> _Series:
    """Count by day, for the whole and for each area of the second level."""
    incidents, levels = study.screened.incidents, list(study.areas.levels)
    top, second = study.areas.group(levels[0]), study.areas.group(levels[min(1, len(levels) - 1)])
    counts: dict[tuple[str, str], NDArray[np.float64]] = {}
    area_first: dict[str, int] = {}
    rows = np.flatnonzero((incidents.area >= 0) & comparable.rows)
    category_first = first_days(incidents.category[rows], study.day[rows])
    for row in rows.tolist():
        area, category, day = int(incidents.area[row]), str(incidents.category[row]), int(study.day[row])
        for code in {top[area], second[area]}:
            counts.setdefault((code, category), np.zeros(study.days))[day] += 1
            area_first[code] = min(day, area_first.get(code, day))
    keys = sorted(counts)
    # A series begins when its channels, its category and its area have all been seen.
    starts = [max(comparable.begin, category_first[category], area_first[code]) for code, category in keys]
    daily = np.array([counts[key] for key in keys]).reshape(len(keys), study.days)
    return _Series(keys, daily, np.array(starts, dtype=np.int64))


def _judgement(
    study: Study, series: _Series, k: int, judged: tuple[float, float, float, float], basis: Literal["model", "cusum"]
) -> SeriesJudgement:
    (code, category), observed = series.keys[k], int(series.daily[k, study.first_day :].sum())
    p, q, expected, upper = (float(value) if np.isfinite(value) else None for value in judged)
    alarm = q is not None and q <= study.parameters.level and observed >= MIN_CASES
    return SeriesJudgement(
        area=code,
        area_name=study.areas.names.get(code, code),
        category=category,
        observed=observed,
        expected=None if expected is None else round(expected, 4),
        upper=None if upper is None else round(upper, 4),
        p=None if p is None else float(f"{p:.6g}"),
        q=None if q is None else float(f"{q:.6g}"),
        alarm=alarm,
        trend=study.trend(_rows(study, code, category)) if alarm else None,
        basis=basis if p is not None else None,
        since=study.date_of(int(series.starts[k])),
    )


def _rows(study: Study, code: str, category: str) -> np.ndarray[Any, Any]:
    inside = [position for position, chain in enumerate(study.areas.chains) if code in chain]
    incidents = study.screened.incidents
    return np.flatnonzero((incidents.category == category) & np.isin(incidents.area, inside))
