"""Time as limits count it: continuous, or only while offices work. Pure arithmetic on instants.

A working day has spans (8:00-12:00 and 14:00-18:00), half-open, so that 0:00-24:00 is a whole day; the days are those
of the calendar, swapped ones included. A limit of working days is that many ordinary days' worth of working hours, and
one of calendar days that many times 24 hours, so that what is left after a pause is exactly what was left before it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, TypeVar

from core.clock import LOCAL
from governance.categories.states import LimitUnit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from governance.categories.rules import Limit

    T = TypeVar("T")
    Spans = tuple[tuple[int, int], ...]
    """Half-open spans of a day, in minutes from midnight, ascending and apart."""

OFFICE_HOURS: Final[Spans] = ((8 * 60, 12 * 60), (14 * 60, 18 * 60))
"""The hours in published tables of limits; a working day is 8 h."""
_MINUTES_A_DAY: Final = 24 * 60
_HORIZON_DAYS: Final = 366 * 60
_REMEMBERED: Final = 20_000


class Scale(StrEnum):
    """Which time counts."""

    CONTINUOUS = "continuous"
    WORKING = "working"


@dataclass(slots=True)
class _Sums:
    """The working time of all days from a first one on, added up once, so that a long span costs as a short one."""

    first: date | None = None
    sums: list[timedelta] = field(default_factory=list)

    def before(self, day: date, since: date, worked_on: Callable[[date], timedelta]) -> timedelta:
        """Return the working time of the days from the first one, `since` or before, up to a day, without it."""
        if self.first is None or since < self.first:
            self.first, self.sums = since, [timedelta()]
        days = (day - self.first).days
        while len(self.sums) <= days:
            self.sums.append(self.sums[-1] + worked_on(self.first + timedelta(days=len(self.sums) - 1)))
        return self.sums[days]


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """When offices work: which days, the spans of an ordinary working day, and of days that have their own.

    Raises
    ------
    ValueError
        When spans overlap, are empty, or reach beyond their day; or when an ordinary day has none.
    """

    is_workday: Callable[[date], bool]
    spans: Spans = OFFICE_HOURS
    special: Mapping[date, Spans] = field(default_factory=dict)
    _known: dict[date, list[tuple[datetime, datetime]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _limits: dict[Limit, tuple[Scale, timedelta]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _found: dict[tuple[datetime, object], Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    _sums: _Sums = field(default_factory=_Sums, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Require spans that lie in their day, one after the other."""
        if not self.spans:
            raise ValueError("an ordinary working day has working hours")
        for spans in (self.spans, *self.special.values()):
            edges = [edge for span in spans for edge in span]
            if edges != sorted(set(edges)) or (edges and not 0 <= edges[0] <= edges[-1] <= _MINUTES_A_DAY):
                raise ValueError(f"{spans} are no spans of a day")

    @property
    def day(self) -> timedelta:
        """The working hours of an ordinary working day."""
        return timedelta(minutes=sum(end - start for start, end in self.spans))

    def measured(self, limit: Limit) -> tuple[Scale, timedelta]:
        """Return in which time a limit counts, and how much of it."""
        if limit not in self._limits:
            self._limits[limit] = self._measured(limit)
        return self._limits[limit]

    def _measured(self, limit: Limit) -> tuple[Scale, timedelta]:
        match limit.unit:
            case LimitUnit.MINUTES:
                return Scale.CONTINUOUS, timedelta(minutes=limit.amount)
            case LimitUnit.HOURS:
                return Scale.CONTINUOUS, timedelta(hours=limit.amount)
            case LimitUnit.CALENDAR_DAYS:
                return Scale.CONTINUOUS, timedelta(days=limit.amount)
            case LimitUnit.WORKING_HOURS:
                return Scale.WORKING, timedelta(hours=limit.amount)
            case LimitUnit.WORKING_DAYS:
                return Scale.WORKING, limit.amount * self.day

    def elapsed(self, scale: Scale, start: datetime, end: datetime) -> timedelta:
        """Return how much time counts from one instant until another; none where the second is the earlier."""
        if end <= start:
            return timedelta()
        if scale is Scale.CONTINUOUS:
            return end - start
        return self._remembered(
            (start, end), lambda: self._worked_until(end, since=start) - self._worked_until(start, since=start)
        )

    def add(self, scale: Scale, start: datetime, amount: timedelta) -> datetime:
        """Return the earliest instant at which so much time has counted since `start`.

        Raises
        ------
        OverflowError
            When that lies further ahead than any calendar.
        """
        if scale is Scale.CONTINUOUS or amount <= timedelta():
            return start + max(amount, timedelta())
        return self._remembered((start, amount), lambda: self._added(start, amount))

    def _remembered(self, key: tuple[datetime, object], compute: Callable[[], T]) -> T:
        """Return what was found before: a clock is measured several times over, from its one history."""
        if key not in self._found:
            if len(self._found) >= _REMEMBERED:
                self._found.clear()
            self._found[key] = compute()
        found: T = self._found[key]
        return found

    def _added(self, start: datetime, amount: timedelta) -> datetime:
        left = amount
        for opens, closes in self._open_from(start):
            # What the span still offers; the instant is in the first that offers all that is left.
            here = closes - max(opens, start)
            if here >= left:
                return max(opens, start) + left
            left -= here
        raise OverflowError(f"{amount} of working time do not pass in {_HORIZON_DAYS} days")

    def subtract(self, scale: Scale, end: datetime, amount: timedelta) -> datetime:
        """Return the latest instant from which so much time counts until `end`.

        Raises
        ------
        OverflowError
            When that lies further back than any calendar.
        """
        if scale is Scale.CONTINUOUS or amount <= timedelta():
            return end - max(amount, timedelta())
        left = amount
        for opens, closes in self._open_until(end):
            here = min(closes, end) - opens
            if here >= left:
                return min(closes, end) - left
            left -= here
        raise OverflowError(f"{amount} of working time do not pass in {_HORIZON_DAYS} days")

    def next_open(self, at: datetime) -> datetime:
        """Return the first instant from `at` on at which offices work."""
        return max(next(opens for opens, _ in self._open_from(at)), at)

    def _worked_until(self, at: datetime, *, since: datetime) -> timedelta:
        """Return the working time from a first day, that of `since` or an earlier one, until an instant."""
        day = at.astimezone(LOCAL).date()
        today = (min(closes, at) - opens for opens, closes in self._open_on(day) if opens < at)
        return self._sums.before(day, since.astimezone(LOCAL).date(), self._worked_on) + sum(today, timedelta())

    def _worked_on(self, day: date) -> timedelta:
        return sum((closes - opens for opens, closes in self._open_on(day)), timedelta())

    def _open_from(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the spans that end after an instant, by time."""
        first = at.astimezone(LOCAL).date()
        for days in range(_HORIZON_DAYS):
            for opens, closes in self._open_on(first + timedelta(days=days)):
                if closes > at:
                    yield opens, closes

    def _open_until(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the spans that begin before an instant, the latest first."""
        last = at.astimezone(LOCAL).date()
        for days in range(_HORIZON_DAYS):
            for opens, closes in reversed(self._open_on(last - timedelta(days=days))):
                if opens < at:
                    yield opens, closes

    def _open_on(self, day: date) -> list[tuple[datetime, datetime]]:
        if day not in self._known:
            spans = self.special.get(day, self.spans if self.is_workday(day) else ())
            midnight = datetime.combine(day, time(), LOCAL)
            self._known[day] = [
                (midnight + timedelta(minutes=start), midnight + timedelta(minutes=end)) for start, end in spans
            ]
        return self._known[day]
