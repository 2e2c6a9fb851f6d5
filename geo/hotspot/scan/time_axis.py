"""Dates to intervals and back: how a list of dated cases becomes the tables that the scans take."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from geo.hotspot.arrays import FloatArray, IntArray, require
from geo.hotspot.scan.cells import as_numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "year": 12}


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """The intervals of a study, ``length`` units each, counted back from its last day.

    Where they do not fill the study, the first interval is the shorter one, so that the latest days are never part of
    an interval that is cut off.

    Attributes
    ----------
    first, last : datetime.date
        First and last day of the study, both inclusive.
    unit : {"day", "week", "month", "year"}
    length : int
        Units in an interval.

    Source
    ------
    SaTScan User Guide, "Time Aggregation".
    """

    first: dt.date
    last: dt.date
    unit: Literal["day", "week", "month", "year"] = "day"
    length: int = 1

    def __post_init__(self) -> None:
        """Raise HotspotInputError for an empty study or an unknown unit."""
        require(self.first <= self.last, "the study ends before it begins")
        require(self.unit in _DAYS or self.unit in _MONTHS, f"unit cannot be {self.unit!r}")
        require(self.length >= 1, "length must be at least 1")

    @property
    def edges(self) -> list[dt.date]:
        """First day of each interval, and the day after the last."""
        after = self.last + dt.timedelta(days=1)
        found = [after]
        while found[-1] > self.first:
            found.append(max(self._back(after, len(found) * self.length), self.first))
        return found[::-1]

    @property
    def edges_days(self) -> FloatArray:
        """The edges as days on the scale of :meth:`datetime.date.toordinal`, shape (intervals + 1,)."""
        return np.array([edge.toordinal() for edge in self.edges], dtype=np.float64)

    @property
    def count(self) -> int:
        """Number of intervals."""
        return len(self.edges) - 1

    def intervals_of(self, dates: npt.ArrayLike) -> IntArray:
        """Return the interval of each date.

        Parameters
        ----------
        dates : array_like of dates, shape (n,)
            ``datetime.date``, ``numpy.datetime64`` or ISO text.

        Raises
        ------
        HotspotInputError
            For a date outside the study.
        """
        days = np.asarray(dates, dtype="datetime64[D]").ravel()
        edges = np.array(self.edges, dtype="datetime64[D]")
        require(
            not len(days) or bool(days.min() >= edges[0] and days.max() < edges[-1]),
            f"dates must lie in {self.first} … {self.last}",
        )
        return np.searchsorted(edges, days, side="right").astype(np.int64) - 1

    def days_of(self, start: int, end: int) -> tuple[dt.date, dt.date]:
        """Return the first and the last day of the intervals [start, end) of a cluster."""
        edges = self.edges
        return edges[start], edges[end] - dt.timedelta(days=1)

    def table(
        self,
        locations: npt.ArrayLike,
        dates: npt.ArrayLike,
        location_count: int,
        counts: npt.ArrayLike | None = None,
    ) -> FloatArray:
        """Count dated cases: shape (locations, intervals).

        Parameters
        ----------
        locations : array_like of int, shape (n,)
            0 … ``location_count`` - 1.
        dates
            See :meth:`intervals_of`.
        location_count : int
        counts : array_like, shape (n,), optional
            Cases of each row; one by default.

        Raises
        ------
        HotspotInputError
            For lengths that differ, or a location or date out of range.
        """
        place, time = as_numbers(locations, "locations", location_count), self.intervals_of(dates)
        many = np.ones(len(place)) if counts is None else np.asarray(counts, dtype=np.float64).ravel()
        require(len(place) == len(time) == len(many), "locations, dates and counts must have one length")
        out = np.zeros((location_count, self.count))
        np.add.at(out, (place, time), many)
        return out

    def _back(self, day: dt.date, units: int) -> dt.date:
        """Return the day so many units before; the last day of a month that is too short."""
        if self.unit in _DAYS:
            return day - dt.timedelta(days=units * _DAYS[self.unit])
        # Months since year 0.
        month = day.year * 12 + day.month - 1 - units * _MONTHS[self.unit]
        year, month = divmod(month, 12)
        longest = (dt.date(year + (month == 11), (month + 1) % 12 + 1, 1) - dt.timedelta(days=1)).day
        return dt.date(year, month + 1, min(day.day, longest))


def population_days(years: Sequence[int | tuple[int, int]]) -> FloatArray:
    """Return the days that censuses belong to, on the scale of :meth:`datetime.date.toordinal`.

    A year's population is that of its 1 July, a (year, month)'s that of its 15th.

    Source
    ------
    SaTScan User Guide, "Population File".
    """
    days = [dt.date(year, 7, 1) if isinstance(year, int) else dt.date(*year, 15) for year in years]
    return np.array([day.toordinal() for day in days], dtype=np.float64)
