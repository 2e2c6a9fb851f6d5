"""Patrol findings beside citizens' reports: kept apart, or counted against how much the patrols looked.

Adjusted, Gi*, local Moran and the space-time scan count citizens' matters and the findings of every patrol channel
whose effort was recorded on each day looked at, against the sum of what each source lets expect:

- in space (Gi*, local Moran): citizens' matters in proportion to the rate's denominator (equally, without rates), a
  channel's findings in proportion to its hours in the area (geo.hotspot.screening.effort_expectation);
- in space and time (scan): citizens' matters by place and day within each kind of day, as in the permutation scan; a
  channel's findings by place and day with its hours of the week as offset (geo.hotspot.screening.effort_margins).

A channel without such records, and findings where no effort was recorded that week, stay apart, with a note in the run.
The other methods look at citizens' matters alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.hotspot.screening import effort_expectation, effort_margins
from governance.hotspots.notes import NoteCode, measure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from governance.hotspots.catalogue import HotspotMethod
    from governance.hotspots.result_format import Result
    from governance.hotspots.study.frame import Study

WEEK = 7


@dataclass(frozen=True, slots=True, eq=False)
class PatrolFindings:
    """The findings of one channel that are counted, by area and day, and the effort behind them; both (areas, days)."""

    channel: str
    category: NDArray[np.str_]
    area: NDArray[np.int64]
    day: NDArray[np.int64]
    effort: NDArray[np.float64]

    def table(self, category: str | None = None) -> NDArray[np.float64]:
        """Count findings by area and day, of one category or all."""
        chosen = np.ones(len(self.area), dtype=np.bool_) if category is None else self.category == category
        counts = np.zeros(self.effort.shape)
        np.add.at(counts, (self.area[chosen], self.day[chosen]), 1.0)
        return counts

    def select(self, rows: NDArray[np.int64]) -> PatrolFindings:
        """Return the findings in some areas, numbered as there."""
        position = np.full(self.effort.shape[0], -1, dtype=np.int64)
        position[rows] = np.arange(len(rows))
        kept = position[self.area] >= 0
        return PatrolFindings(
            self.channel, self.category[kept], position[self.area[kept]], self.day[kept], self.effort[rows]
        )


def found_by_patrols(study: Study, result: Result, method: HotspotMethod, first_day: int) -> list[PatrolFindings]:
    """Return the findings to be counted from one day of the history to its end, and note what was done."""
    if study.parameters.patrol != "adjusted":
        return []
    patrol, effort = study.screened.patrol, study.background.effort
    recent = (study.patrol_day >= first_day) & (patrol.area >= 0)
    found = []
    for channel in sorted(set(patrol.channel[recent].tolist())):
        rows = np.flatnonzero(recent & (patrol.channel == channel))
        missing = study.days - first_day
        if effort is not None and channel in effort.channels:
            number = effort.channels.index(channel)
            missing -= int(np.count_nonzero(effort.recorded[number, first_day:]))
        if effort is None or missing:
            result.note(NoteCode.EFFORT_MISSING, method, channel=channel, days=int(missing), findings=len(rows))
            continue
        weekly = by_weeks(effort.amounts[number, :, first_day:])
        looked = weekly[patrol.area[rows], study.patrol_day[rows] - first_day] > 0
        used, amount = rows[looked], round(float(weekly.sum()), 1)
        unit = measure(effort.units[number])
        counted = {"channel": channel, "findings": len(used), "amount": amount, "measure": unit}
        if len(used) < len(rows):
            result.note(NoteCode.EFFORT_USED_EXCEPT, method, **counted, left_out=len(rows) - len(used))
        else:
            result.note(NoteCode.EFFORT_USED, method, **counted)
        if len(used):
            days = study.patrol_day[used] - first_day
            found.append(PatrolFindings(channel, patrol.category[used], patrol.area[used], days, weekly))
    return found


def by_weeks(amounts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Spread each week's effort evenly over its days, weeks counted back from the end; shape (areas, days) stays.

    Hours and findings are often entered on different days of the same week.
    """
    days = amounts.shape[1]
    # Week 0 is the last; the earliest may be shorter, so that its effort is divided by its own days.
    week = (days - 1 - np.arange(days)) // WEEK
    totals = np.zeros((amounts.shape[0], int(week.max(initial=-1)) + 1))
    np.add.at(totals.T, week, amounts.T)
    lengths = np.bincount(week, minlength=totals.shape[1])
    return np.asarray((totals / np.maximum(lengths, 1))[:, week], dtype=np.float64)


def expected_in_space(
    counts: NDArray[np.float64], risk: NDArray[np.float64], found: list[PatrolFindings]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Add the findings to the citizens' counts of each area; return sums and expectation, both of shape (areas,)."""
    # Rows: citizens, then each patrol channel; shape (sources, areas).
    by_source = np.vstack([counts, *(one.table().sum(axis=1) for one in found)])
    effort = np.vstack([risk, *(one.effort.sum(axis=1) for one in found)])
    return by_source.sum(axis=0), effort_expectation(by_source, effort)


def expected_in_time(
    area: NDArray[np.int64],
    day: NDArray[np.int64],
    strata: NDArray[np.int64],
    found: list[PatrolFindings],
    category: str,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Count a category by area and day; return counts and expectation, both of shape (areas, days).

    `area` and `day` are those of the citizens' matters, `strata` the kind of each day.
    """
    shape = found[0].effort.shape
    cases = np.zeros(shape)
    np.add.at(cases, (area, day), 1.0)
    expected = np.zeros(shape)
    for kind in np.unique(strata):
        own = cases * (strata == kind)
        total = own.sum()
        if total:
            # Within one kind of day C_area C_day / C, as in the permutation scan.
            expected += np.outer(own.sum(axis=1), own.sum(axis=0)) / total
    for one in found:
        table = one.table(category)
        cases += table
        expected += effort_margins(table, one.effort)
    return cases, expected
