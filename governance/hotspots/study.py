"""The frame of one analysis: its areas in metres, its days, its incidents in both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from core.clock import LOCAL
from geo import datum

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from governance.hotspots.effort import Effort
    from governance.hotspots.exposure import Exposure
    from governance.hotspots.inputs import HonestInput
    from governance.hotspots.parameters import Parameters
    from governance.hotspots.units import Units
    from governance.hotspots.workdays import DayTypes

DAY_S = 86400.0
TREND_STEPS = 26
SAMPLES = 5


@dataclass(frozen=True, slots=True, eq=False)
class AreaFrame:
    """The areas of the run's level: codes in byte order, chains from the top down, polygons in degrees and metres."""

    codes: list[str]
    chains: list[list[str]]
    names: Mapping[str, str]
    levels: Sequence[str]
    shapes: NDArray[np.object_]
    shapes_m: NDArray[np.object_]
    centres_m: NDArray[np.float64]
    crs: str

    def group(self, level: str) -> list[str]:
        """Return for each area the code of its ancestor at a level (or of the nearest one below)."""
        position = list(self.levels).index(level)
        return [chain[min(position, len(chain) - 1)] for chain in self.chains]


def make_frame(
    codes: list[str],
    chains: list[list[str]],
    names: Mapping[str, str],
    levels: Sequence[str],
    shapes: NDArray[np.object_],
) -> AreaFrame:
    """Project the areas to the metric system of their extent."""
    west, south, east, north = shapely.total_bounds(shapes).tolist() if len(shapes) else (113.2, 34.7, 113.4, 34.9)
    crs = datum.metric_crs_for((west, south, east, north))
    metric = np.array([datum.transform_geometry(shape, datum.WGS84, crs) for shape in shapes], dtype=object)
    centres = shapely.get_coordinates(shapely.point_on_surface(metric)) if len(shapes) else np.empty((0, 2))
    return AreaFrame(codes, chains, names, levels, shapes, metric, centres, crs.name)


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
    """

    areas: AreaFrame
    units: Units
    background: Background
    honest: HonestInput
    parameters: Parameters
    history_start: date
    period_start: date
    period_end: date
    seed: int
    day: NDArray[np.int64]
    unit: NDArray[np.int64]
    patrol_day: NDArray[np.int64]

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

    def date_of(self, day: int) -> str:
        """Return the date of a day."""
        return (self.history_start + timedelta(days=day)).isoformat()

    def categories(self, minimum: int, rows: NDArray[np.bool_]) -> list[str]:
        """Return the categories with enough incidents among rows, in order of their names."""
        names, counts = np.unique(self.honest.incidents.category[rows], return_counts=True)
        return [str(name) for name, count in zip(names, counts, strict=True) if count >= minimum]

    def describe(self, rows: NDArray[Any], *, since: int = 0) -> dict[str, Any]:
        """Say of some incidents: main categories, trend in weeks, sample reports, days."""
        incidents = self.honest.incidents
        names, counts = np.unique(incidents.category[rows], return_counts=True)
        order = sorted(zip((-counts).tolist(), names.tolist(), strict=True))[:3]
        return {
            "categories": [{"category": str(name), "reports": -count} for count, name in order],
            "trend": self.trend(rows, since),
            "samples": np.sort(incidents.ids[rows])[-SAMPLES:].tolist(),
        }

    def trend(self, rows: NDArray[Any], since: int = 0) -> dict[str, Any]:
        """Count incidents by whole weeks, backwards from the period's end."""
        weeks = min((self.days - since) // 7, TREND_STEPS)
        begin = self.days - 7 * weeks
        step = (self.day[rows] - begin) // 7
        counts = np.bincount(step[(step >= 0) & (step < weeks)], minlength=max(weeks, 1))
        return {"start": self.date_of(begin), "step_days": 7, "counts": counts.tolist()}


def local_midnight_s(day: date) -> float:
    """Return the instant a civil day begins, seconds since 1970."""
    return datetime(day.year, day.month, day.day, tzinfo=LOCAL).timestamp()


def make_study(
    areas: AreaFrame,
    honest: HonestInput,
    parameters: Parameters,
    period: tuple[date, date],
    *,
    seed: int,
    units: Units,
    background: Background,
) -> Study:
    """Put the incidents on their days and units."""
    start = first_day_read(parameters, period)
    day, patrol_day = (
        np.floor((reports.time_s - local_midnight_s(start)) / DAY_S).astype(np.int64)
        for reports in (honest.incidents, honest.patrol)
    )
    unit = units.of(honest)
    return Study(areas, units, background, honest, parameters, start, *period, seed, day, unit, patrol_day)


def first_day_read(parameters: Parameters, period: tuple[date, date]) -> date:
    """Return the first day a run reads reports of."""
    return min(period[1] - timedelta(days=parameters.history_days), period[0])
