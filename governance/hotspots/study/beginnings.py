"""Where the record begins, and where it ends: days before a source's first report are no zeros, but days without data.

A channel, a category or an area is on record from its first report in the history on. Reports of a channel that began
too late to be compared with anything are left out of comparisons with the past, and stated. A channel that fell silent
is stated too: what it would have sent is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from governance.hotspots.notes import NoteCode

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from governance.hotspots.catalogue import HotspotMethod
    from governance.hotspots.result_format import Result
    from governance.hotspots.study.frame import Study

#: So many reports missing, by the channel's mean until then, are no chance (less than one in 20,000).
SILENT_REPORTS = 10
#: Channels that began within so many days began together.
TOGETHER_DAYS = 7


@dataclass(frozen=True, slots=True, eq=False)
class ComparableReports:
    """Incidents that can be compared with the past: `rows`, shape (n,), bool, of channels on record from `begin` on."""

    rows: NDArray[np.bool_]
    begin: int


def first_days(names: NDArray[np.str_], day: NDArray[np.int64]) -> dict[str, int]:
    """Return the first day of each name."""
    found, position = np.unique(names, return_inverse=True)
    first = np.full(len(found), np.iinfo(np.int64).max)
    np.minimum.at(first, position.ravel(), day)
    return dict(zip(found.tolist(), first.tolist(), strict=True))


def comparable_reports(study: Study, result: Result, method: HotspotMethod, wanted: int) -> ComparableReports:
    """Choose the channels whose reports are compared with the past, and note the others.

    They are those on record on the day wanted, or, where none is, those that began together with the first.
    """
    channel = study.screened.incidents.channel
    first = first_days(channel, study.day)
    if not first:
        return ComparableReports(np.zeros(0, dtype=np.bool_), 0)
    limit = max(wanted, min(first.values()) + TOGETHER_DAYS)
    kept = [name for name, day in first.items() if day <= limit]
    for name, day in sorted(first.items()):
        if day > limit:
            left = int(np.count_nonzero((channel == name) & study.in_period))
            result.note(
                NoteCode.CHANNEL_TOO_NEW, method, channel=name, since=study.date_of(day).isoformat(), reports=left
            )
    begin = max(first[name] for name in kept)
    return ComparableReports(np.isin(channel, kept), begin)


def note_silent_channels(study: Study, result: Result) -> None:
    """Note the channels without a report since a day, where as many as before would have been ten or more.

    A day that is not over counts for no silence: its reports may come yet, and those that came are a part of it.
    """
    over = study.days - study.still_open
    channel = study.screened.incidents.channel
    for name in np.unique(channel).tolist():
        days = study.day[channel == name]
        first, last = int(days.min()), int(days.max())
        # Mean a day while on record, times the whole days of silence since.
        missing = len(days) / (last - first + 1) * (over - 1 - last)
        if missing >= SILENT_REPORTS:
            since = study.date_of(last + 1).isoformat()
            result.note(NoteCode.CHANNEL_SILENT, channel=name, since=since, missing=round(missing))
