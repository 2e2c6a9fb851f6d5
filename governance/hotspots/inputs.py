"""The honest input of a run: what is used, and what was set aside and why.

Three things make dots look like hotspots that are none: many reports on one default geocode, one caller who calls again
about the same matter, and patrols that find what they go looking for. The first are listed and left out, the second
counted once, the third kept apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.hotspot.honest import find_pile_ups, merge_incidents

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from governance.hotspots.parameters import Parameters

DAY_S = 86400.0


@dataclass(frozen=True, slots=True, eq=False)
class ReportColumns:
    """Reports as columns, in order of their ids. `area` is the position of the run's area, -1 outside of all."""

    ids: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    time_s: NDArray[np.float64]
    category: NDArray[np.str_]
    channel: NDArray[np.str_]
    caller: NDArray[np.str_]
    area: NDArray[np.int64]

    def __len__(self) -> int:
        """Return the number of reports."""
        return len(self.ids)

    def take(self, rows: NDArray[Any]) -> ReportColumns:
        """Return some rows."""
        return ReportColumns(
            self.ids[rows], self.lon[rows], self.lat[rows], self.time_s[rows], self.category[rows],
            self.channel[rows], self.caller[rows], self.area[rows],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class PileUp:
    """One point that carries more reports than people would make there."""

    lon: float
    lat: float
    reports: int


@dataclass(frozen=True, slots=True, eq=False)
class HonestInput:
    """What is analysed, and what was set aside."""

    incidents: ReportColumns
    points_m: NDArray[np.float64]
    patrol: ReportColumns
    reports: int
    without_point: int
    pile_ups: tuple[PileUp, ...]
    merged: int

    def account(self) -> dict[str, Any]:
        """Say it in numbers: they add up to the reports read."""
        return {
            "reports": self.reports,
            "without_point": self.without_point,
            "on_pile_ups": sum(p.reports for p in self.pile_ups),
            "patrol": len(self.patrol),
            "repeat_calls": self.merged,
            "incidents": len(self.incidents),
            "pile_ups": [{"lon": p.lon, "lat": p.lat, "reports": p.reports} for p in self.pile_ups],
        }


def honest_input(reports: ReportColumns, points_m: NDArray[np.float64], parameters: Parameters) -> HonestInput:
    """Set aside what would deceive, by the rules of geo.hotspot.honest with the run's numbers.

    Pile-ups are looked for among all reports of the history; repeat calls among those of citizens, per caller and
    category (callers without a number are never merged): the first call stands for the incident.
    """
    kept = np.flatnonzero(np.isfinite(points_m).all(axis=1))
    piles = find_pile_ups(points_m[kept], min_count=parameters.pile_up_reports, min_share=parameters.pile_up_share)
    pile_ups = []
    for number, count in enumerate(piles.counts.tolist()):
        there = kept[piles.pile_of == number]
        lon, lat = float(reports.lon[there].mean()), float(reports.lat[there].mean())
        pile_ups.append(PileUp(round(lon, 6), round(lat, 6), int(count)))
    kept = kept[piles.keep]
    patrol = np.isin(reports.channel[kept], list(parameters.patrol_channels))
    citizens = kept[~patrol]
    first = _first_calls(reports.take(citizens), points_m[citizens], parameters)
    return HonestInput(
        incidents=reports.take(citizens[first]),
        points_m=points_m[citizens[first]],
        patrol=reports.take(kept[patrol]),
        reports=len(reports),
        without_point=int(np.count_nonzero(~np.isfinite(points_m).all(axis=1))),
        pile_ups=tuple(pile_ups),
        merged=len(citizens) - len(first),
    )


def _first_calls(reports: ReportColumns, points_m: NDArray[np.float64], parameters: Parameters) -> NDArray[np.int64]:
    """Return the positions of the reports that begin an incident, in order of the reports."""
    _, who = np.unique(reports.caller, return_inverse=True)
    _, what = np.unique(reports.category, return_inverse=True)
    found = merge_incidents(
        np.where(reports.caller == "", -1, who),
        what,
        points_m,
        reports.time_s,
        within_s=parameters.repeat_days * DAY_S,
        within_m=parameters.repeat_distance_m,
    )
    return np.sort(found.first)
