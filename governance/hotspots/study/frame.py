"""The frame of one analysis: its areas in metres, its days, its incidents in both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from core.clock import LOCAL
from governance.hotspots.result_format.model import CategoryCount, Trend

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from governance.calendar.workdays import DayTypes
    from governance.hotspots.area_frame import AreaFrame
    from governance.hotspots.catalogue import Parameters
    from governance.hotspots.patrol_effort.operations import Effort
    from governance.hotspots.study.exposure import Exposure
    from governance.hotspots.study.screened_reports import ScreenedReports
    from governance.hotspots.study.units import Units

DAY_S = 86400.0
TREND_STEPS = 26
SAMPLES = 5
MAIN_CATEGORIES = 3


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """What reports are seen against.

    `calendar` has the kind of each day of the history, `effort` how much patrols looked (None where the run keeps their
    findings apart), `risk` what the population scan compares reports with (None where no method asks for it).
    """

    calendar: DayTypes
    effort: Effort | None = None
    risk: Exposure | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """Everything the methods look at. Day 0 is the first of the history; the period is [first_day, days).

    `day` and `unit` are those of each incident (unit -1 outside of all), `patrol_day` those of each patrol finding.
    `days_to_come` were asked for and are not in the period: they have no data yet. The last day is `still_open` where
    it was not over when the run was asked for: its reports are not all there.
    """

    areas: AreaFrame
    units: Units
    background: Background
    screened: ScreenedReports
    parameters: Parameters
    history_start: date
    period_start: date
    period_end: date
    seed: int
    day: NDArray[np.int64]
    unit: NDArray[np.int64]
    patrol_day: NDArray[np.int64]
    days_to_come: int = 0
    still_open: bool = False

    @property
    def days(self) -> int:
        """Days of the whole history."""
        return (self.period_end - self.history_start).days

    @property
    def first_day(self) -> int:
        """First day of the period."""
        return (self.period_start - self.history_start).days

    @property
    def in_period(self) -> NDArray[np.bool_]:
        """Incidents of the period."""
        return np.asarray(self.day >= self.first_day)

    @property
    def first_recorded(self) -> int:
        """First day with an incident, 0 where there is none: days before it are no zeros."""
        return int(self.day.min()) if len(self.day) else 0

    def date_of(self, day: int) -> date:
        """Return the date of a day."""
        return self.history_start + timedelta(days=day)

    def categories(self, minimum: int, rows: NDArray[np.bool_]) -> list[str]:
        """Return the categories with enough incidents among rows, in order of their names."""
        names, counts = np.unique(self.screened.incidents.category[rows], return_counts=True)
        return [str(name) for name, count in zip(names, counts, strict=True) if count >= minimum]

    def main_categories(self, rows: NDArray[Any]) -> list[CategoryCount]:
        """Return the three categories that most of some incidents have, with their counts."""
        names, counts = np.unique(self.screened.incidents.category[rows], return_counts=True)
        order = sorted(zip((-counts).tolist(), names.tolist(), strict=True))[:MAIN_CATEGORIES]
        return [CategoryCount(category=str(name), reports=-count) for count, name in order]

    def sample_reports(self, rows: NDArray[Any]) -> list[int]:
        """Return the ids of the last few of some incidents."""
        ids: list[int] = np.sort(self.screened.incidents.ids[rows])[-SAMPLES:].tolist()
        return ids

    def trend(self, rows: NDArray[Any]) -> Trend:
        """Count incidents by whole weeks, backwards from the period's end to the first day on record."""
        weeks = min((self.days - self.first_recorded) // 7, TREND_STEPS)
        begin = self.days - 7 * weeks
        step = (self.day[rows] - begin) // 7
        counts = np.bincount(step[(step >= 0) & (step < weeks)], minlength=max(weeks, 1))
        return Trend(start=self.date_of(begin), step_days=7, counts=counts.tolist())


def local_midnight_s(day: date) -> float:
    """Return the instant a civil day begins, seconds since 1970."""
    return datetime(day.year, day.month, day.day, tzinfo=LOCAL).timestamp()


def make_study(
    areas: AreaFrame,
    screened: ScreenedReports,
    parameters: Parameters,
    period: tuple[date, date],
    *,
    seed: int,
    units: Units,
    background: Background,
    days_to_come: int = 0,
) -> Study:
    """Put the incidents on their days and units."""
    start = first_day_read(parameters, period)
    day, patrol_day = (
        np.floor((reports.time_s - local_midnight_s(start)) / DAY_S).astype(np.int64)
        for reports in (screened.incidents, screened.patrol)
    )
    unit = units.positions_of(screened)
    return Study(
        areas, units, background, screened, parameters, start, *period, seed, day, unit, patrol_day, days_to_come
    )


def days_so_far(period: tuple[date, date], today: date) -> tuple[date, date]:
    """Cut a period after today: the days to come have no data."""
    return period[0], min(period[1], max(today, period[0]) + timedelta(days=1))


def first_day_read(parameters: Parameters, period: tuple[date, date]) -> date:
    """Return the first day a run reads reports of."""
    return min(period[1] - timedelta(days=parameters.history_days), period[0])
