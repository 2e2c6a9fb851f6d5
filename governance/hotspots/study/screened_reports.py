"""The screened input of a run: what is used, and what was set aside and why.

Three things make dots look like hotspots that are none: many reports on one default geocode, one caller who calls again
about the same matter, and patrols that find what they go looking for. The first are listed and left out, the second
counted once, the third kept apart (for recorded effort see `methods.patrol_adjustment`). Quick notes (随手记)
are counted. The kind of each channel is set by the policy in force (`sources`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.hotspot.screening import find_pile_ups, merge_incidents, notes_of_calls
from governance.channels.states import SourceKind
from governance.hotspots.policy.sources import kinds_of
from governance.hotspots.result_format.model import InputSummary, PileUp
from governance.hotspots.study.named_places import without_bare_areas

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from governance.hotspots.catalogue import Parameters

DAY_S = 86400.0
#: Calls without a caller are merged within this share of the distance of one caller's repeats.
UNKNOWN_SHARE = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class ReportColumns:
    """Reports as columns, in order of their ids. `area` is the position of the run's area, -1 outside of all.

    `wanted` are those of the run's area and categories: the others are read so that default geocodes are found among
    all reports (None: all). `address` is as sent (None: not read). `placed_here` are points that were not sent but made
    from an address, by our geocoder or by a person (None: none of them).
    """

    ids: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    time_s: NDArray[np.float64]
    category: NDArray[np.str_]
    channel: NDArray[np.str_]
    caller: NDArray[np.str_]
    area: NDArray[np.int64]
    wanted: NDArray[np.bool_] | None = None
    address: NDArray[np.str_] | None = None
    placed_here: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        """Return the number of reports."""
        return len(self.ids)

    def select(self, rows: NDArray[Any]) -> ReportColumns:
        """Return some rows."""
        return ReportColumns(
            self.ids[rows], self.lon[rows], self.lat[rows], self.time_s[rows], self.category[rows],
            self.channel[rows], self.caller[rows], self.area[rows],
            *(None if column is None else column[rows] for column in (self.wanted, self.address, self.placed_here)),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class ScreenedReports:
    """What is analysed, and what was set aside.

    `incidents` are citizens' matters and quick notes, `points_m` where they are; `patrol` what patrols found. Of the
    reports read there were so many by each kind of source in `by_source`.
    """

    incidents: ReportColumns
    points_m: NDArray[np.float64]
    patrol: ReportColumns
    patrol_points_m: NDArray[np.float64]
    reports: int
    by_source: Mapping[str, int]
    without_point: int
    pile_ups: tuple[PileUp, ...]
    sensors: int
    merged: int
    notes_merged: int
    quick_notes: int
    without_caller: int = 0

    def as_summary(self) -> InputSummary:
        """Return it in numbers, for the result of a run."""
        return InputSummary(
            reports=self.reports,
            by_source=dict(self.by_source),
            without_point=self.without_point,
            on_pile_ups=sum(p.reports for p in self.pile_ups),
            patrol=len(self.patrol),
            sensors=self.sensors,
            repeat_calls=self.merged,
            without_caller=self.without_caller,
            notes_of_calls=self.notes_merged,
            quick_notes=self.quick_notes,
            incidents=len(self.incidents),
            pile_ups=list(self.pile_ups),
        )


def screen_reports(
    reports: ReportColumns,
    points_m: NDArray[np.float64],
    parameters: Parameters,
    sources: Mapping[str, str],
    area_names: Iterable[str] = (),
) -> ScreenedReports:
    """Set aside what would deceive, by the rules of geo.hotspot.screening with the run's numbers.

    Default geocodes are looked for among all reports of the history, also those that the run does not want; an address
    that gives only names of areas (`area_names`, those of the layer) does not name a place. Repeat
    calls are merged among those of citizens, per caller and category, and where nobody knows the caller by category,
    place and time: the first call stands for the incident. A quick note is left out when its writer also called about
    the same matter, else it is counted. Findings of patrols and reports of sensors are kept apart.
    """
    wanted = np.ones(len(reports), dtype=np.bool_) if reports.wanted is None else reports.wanted
    located = np.asarray(np.isfinite(points_m).all(axis=1), dtype=np.bool_)
    pile_of = _pile_of(reports, points_m, located, parameters, area_names)
    pile_ups = []
    for number in range(int(pile_of.max(initial=-1)) + 1):
        there = np.flatnonzero((pile_of == number) & wanted)
        if len(there):
            lon, lat = float(reports.lon[there].mean()), float(reports.lat[there].mean())
            pile_ups.append(PileUp(lon=round(lon, 6), lat=round(lat, 6), reports=len(there)))
    kind = kinds_of(reports.channel, sources)
    kept = np.flatnonzero(wanted & located & (pile_of < 0))
    of = {source: kept[kind[kept] == source] for source in SourceKind}
    counted = np.sort(np.concatenate([of[SourceKind.CITIZEN], of[SourceKind.QUICK_NOTE]]))
    people = reports.select(counted)
    is_note = kind[counted] == SourceKind.QUICK_NOTE
    repeated, doubled = _repeated(people, points_m[counted], is_note, parameters)
    chosen = counted[~(repeated | doubled)]
    found = of[SourceKind.PATROL]
    return ScreenedReports(
        incidents=reports.select(chosen),
        points_m=points_m[chosen],
        patrol=reports.select(found),
        patrol_points_m=points_m[found],
        reports=int(np.count_nonzero(wanted)),
        by_source={str(source): int(np.count_nonzero(wanted & (kind == source))) for source in SourceKind},
        without_point=int(np.count_nonzero(wanted & ~located)),
        pile_ups=tuple(pile_ups),
        sensors=len(of[SourceKind.SENSOR]),
        merged=int(np.count_nonzero(repeated)),
        notes_merged=int(np.count_nonzero(doubled)),
        quick_notes=int(np.count_nonzero(kind[chosen] == SourceKind.QUICK_NOTE)),
        without_caller=int(np.count_nonzero(reports.caller[of[SourceKind.CITIZEN]] == "")),
    )


def _pile_of(
    reports: ReportColumns,
    points_m: NDArray[np.float64],
    located: NDArray[np.bool_],
    parameters: Parameters,
    area_names: Iterable[str],
) -> NDArray[np.int64]:
    """Return the default geocode that each report lies on, -1 for none: among points that were sent.

    A point that we made from an address is where that address is, however many name it.
    """
    pile_of = np.full(len(reports), -1, dtype=np.int64)
    sent = np.flatnonzero(located if reports.placed_here is None else located & ~reports.placed_here)
    if len(sent):
        share = parameters.pile_up_share * np.count_nonzero(located) / len(sent)
        addresses = None if reports.address is None else without_bare_areas(reports.address[sent], area_names)
        found = find_pile_ups(
            points_m[sent], addresses=addresses, min_count=parameters.pile_up_reports, min_share=share
        )  # fmt: skip
        pile_of[sent] = found.pile_of
    return pile_of


def _repeated(
    reports: ReportColumns, points_m: NDArray[np.float64], is_note: NDArray[np.bool_], parameters: Parameters
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which calls repeat an earlier one, and which notes their writer's own call."""
    _, number = np.unique(reports.caller, return_inverse=True)
    who = np.where(reports.caller == "", -1, number)
    _, what = np.unique(reports.category, return_inverse=True)
    within_s, within_m = parameters.repeat_days * DAY_S, parameters.repeat_distance_m
    repeated = ~is_note
    # Of people nobody knows, neighbours stay apart: a repeat comes from the very place.
    for known, distance_m in ((True, within_m), (False, within_m * UNKNOWN_SHARE)):
        calls = np.flatnonzero(~is_note & ((who >= 0) == known))
        merged = merge_incidents(
            who[calls], what[calls], points_m[calls], reports.time_s[calls], within_s=within_s, within_m=distance_m,
            merge_unknown=True,
        )  # fmt: skip
        repeated[calls[merged.first]] = False
    notes = notes_of_calls(who, what, points_m, reports.time_s, is_note, within_s=within_s, within_m=within_m)
    return repeated, notes
