"""Clocks: equal to a slow count of minutes over holidays, swapped workdays, lunch breaks, pauses and year ends.

The second half holds, one row each, what users of other systems reported as wrong clocks.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.clock import LOCAL
from governance.calendar.workdays import is_workday
from governance.cases.clocks.measuring import (
    ClockEvent,
    ClockState,
    Happening,
    Reading,
    measure,
    reminder_at,
)
from governance.cases.clocks.working_time import OFFICE_HOURS, Scale, WorkingTime
from governance.categories.rules import Limit
from governance.categories.states import LimitUnit

if TYPE_CHECKING:
    from collections.abc import Sequence

MINUTE: Final = timedelta(minutes=1)
DAYS_OFF: Final = {date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 3), date(2025, 12, 31)}
SWAPPED: Final = {date(2026, 1, 4)}  # a Sunday that is worked
HALF_DAY: Final = {date(2026, 1, 7): ((8 * 60, 12 * 60),), date(2026, 1, 10): ((0, 24 * 60),), date(2026, 1, 12): ()}
EPOCH: Final = datetime(2025, 12, 29, tzinfo=LOCAL)
LENGTH: Final = 17 * 24 * 60  # minutes from the epoch that the slow count knows


def works(day: date) -> bool:
    """An independent calendar of the days around a year's end."""
    return day in SWAPPED or (day.weekday() < 5 and day not in DAYS_OFF)


WORK = WorkingTime(works, special=HALF_DAY)
WEEK = WorkingTime(lambda day: day.weekday() < 5)
ROUND_THE_CLOCK = WorkingTime(lambda _: True, spans=((0, 24 * 60),))


def _is_open(minute: int) -> bool:
    at = EPOCH + minute * MINUTE
    spans = HALF_DAY.get(at.date(), OFFICE_HOURS if works(at.date()) else ())
    return any(start <= at.hour * 60 + at.minute < end for start, end in spans)


OPEN: Final = [_is_open(minute) for minute in range(LENGTH)]


class SlowClock:
    """Counts a clock minute by minute, and keeps each minute in which it ran."""

    def __init__(self) -> None:
        self.runs, self.limit, self.extensions = False, Limit(1, LimitUnit.MINUTES), 0
        self.counted: list[int] = []

    def take(self, event: ClockEvent) -> None:
        """Let something happen."""
        match event.what:
            case Happening.STARTED | Happening.RESUMED:
                self.runs = True
            case Happening.PAUSED | Happening.STOPPED:
                self.runs = False
            case Happening.EXTENDED:
                self.extensions += 1
        self.limit = event.limit or self.limit

    def reading(self) -> tuple[int | None, int]:
        """Return the due minute (None: none was reached) and what is used, from the minutes alone."""
        scale, length = WORK.measured(self.limit)
        allowed = int(length / MINUTE) * (1 + self.extensions)
        counting = [one for one in self.counted if scale is Scale.CONTINUOUS or OPEN[one]]
        return counting[allowed - 1] + 1 if len(counting) >= allowed else None, len(counting)


def simulated(events: Sequence[ClockEvent], until: int) -> tuple[int | None, int, bool]:
    """Return the due minute, what is used, and whether the clock is paused, counted from its start on."""
    slow = SlowClock()
    waiting = list(events)
    for minute in range(int((waiting[0].at - EPOCH) / MINUTE), until + 1):
        while waiting and waiting[0].at == EPOCH + minute * MINUTE:
            slow.take(waiting.pop(0))
        if slow.runs and minute < until:
            slow.counted.append(minute)
    return *slow.reading(), not slow.runs


LIMITS = st.builds(
    Limit,
    st.integers(1, 9),
    st.sampled_from([LimitUnit.HOURS, LimitUnit.WORKING_HOURS, LimitUnit.WORKING_DAYS, LimitUnit.CALENDAR_DAYS]),
)
BETWEEN = st.lists(
    st.tuples(
        st.sampled_from([Happening.PAUSED, Happening.RESUMED, Happening.EXTENDED, Happening.LIMIT_CHANGED]),
        st.integers(1, 2000),
        LIMITS,
    ),
    max_size=7,
)


@settings(max_examples=100)
@given(first=st.integers(0, 4 * 24 * 60), limit=LIMITS, between=BETWEEN, rest=st.integers(0, 2000))
def test_a_clock_is_what_a_count_of_minutes_gives(
    first: int, limit: Limit, between: list[tuple[Happening, int, Limit]], rest: int
) -> None:
    events = [ClockEvent(EPOCH + first * MINUTE, Happening.STARTED, limit)]
    minute, runs = first, True
    for what, gap, other in between:
        if (what is Happening.PAUSED and not runs) or (what is Happening.RESUMED and runs):
            continue
        runs = what is Happening.RESUMED if what in {Happening.PAUSED, Happening.RESUMED} else runs
        minute += gap
        changed = other if what is Happening.LIMIT_CHANGED else None
        events.append(ClockEvent(EPOCH + minute * MINUTE, what, changed))
    until = min(minute + rest, LENGTH - 1)
    events = [one for one in events if one.at <= EPOCH + until * MINUTE]
    due, used, paused = simulated(events, until)
    reading = measure(events, WORK, now=EPOCH + until * MINUTE)
    assert reading.used == used * MINUTE
    assert (reading.state is ClockState.PAUSED) == paused
    if due is not None:
        assert reading.due == EPOCH + due * MINUTE
        assert reading.is_overdue == (until > due)
    else:
        assert not reading.is_overdue
        assert reading.due is None if paused else reading.due is not None
        assert reading.left is not None
        assert reading.left > timedelta()
    assert all(one.at <= later.at for one, later in pairwise(reading.moves))
    assert [move.after for move in reading.moves][-1:] == [reading.due], "the last move explains the due time"


INSTANTS = st.integers(0, LENGTH - 24 * 60 * 8).map(lambda minute: EPOCH + minute * MINUTE)


@given(
    start=INSTANTS, amount=st.integers(0, 24 * 60).map(lambda minutes: minutes * MINUTE), scale=st.sampled_from(Scale)
)
@example(start=EPOCH, amount=timedelta(), scale=Scale.WORKING)
def test_what_is_added_is_what_has_elapsed_and_what_is_subtracted_again(
    start: datetime, amount: timedelta, scale: Scale
) -> None:
    end = WORK.add(scale, start, amount)
    assert WORK.elapsed(scale, start, end) == amount
    back = WORK.subtract(scale, end, amount)
    assert back >= start
    assert WORK.elapsed(scale, back, end) == amount


def at(words: str) -> datetime:
    """2026-06-DDTHH:MM, in local time."""
    return datetime.fromisoformat(f"2026-06-{words}+08:00")


def hours(amount: int) -> Limit:
    return Limit(amount, LimitUnit.WORKING_HOURS)


def days(amount: int) -> Limit:
    return Limit(amount, LimitUnit.WORKING_DAYS)


def ran(limit: Limit, *happened: tuple[str, Happening], now: str = "30T23:00", work: WorkingTime = WEEK) -> Reading:
    events = [ClockEvent(at(when), what, limit if what is Happening.STARTED else None) for when, what in happened]
    return measure(events, work, now=at(now))


STARTED, PAUSED, RESUMED, STOPPED, EXTENDED = (
    Happening.STARTED, Happening.PAUSED, Happening.RESUMED, Happening.STOPPED, Happening.EXTENDED
)  # fmt: skip

# June 2026: the 1st is a Monday, the 5th a Friday.
FAULTS: Final = {
    "one interval a day only: a lunch break does not count": (
        ran(hours(4), ("01T10:00", STARTED)), at("01T16:00")),
    "weekends do not count": (
        ran(hours(4), ("05T16:00", STARTED)), at("08T10:00")),
    "midnight of a calendar without breaks is no closed minute": (
        ran(hours(48), ("01T10:00", STARTED), work=ROUND_THE_CLOCK), at("03T10:00")),
    "a pause is measured in the time of the due time: a night costs nothing": (
        ran(hours(8), ("01T17:00", STARTED), ("01T18:00", PAUSED), ("02T08:00", RESUMED)), at("02T17:00")),
    "a pause over closing time does not put the due time outside working hours": (
        ran(hours(4), ("01T15:00", STARTED), ("01T17:00", PAUSED), ("01T20:00", RESUMED)), at("02T10:00")),
    "an extension is one original limit, not one of what is left": (
        ran(hours(4), ("01T08:00", STARTED), ("01T11:00", EXTENDED)), at("01T18:00")),
    "a case that is handled again has what was left": (
        ran(hours(4), ("01T08:00", STARTED), ("01T09:00", STOPPED), ("02T08:00", RESUMED)), at("02T11:00")),
    "another unit gets its whole limit": (
        ran(hours(4), ("01T08:00", STARTED), ("01T11:00", STOPPED), ("02T08:00", STARTED)), at("02T12:00")),
    "a working day is its working hours, over a weekend too": (
        ran(days(2), ("05T10:00", STARTED)), at("09T10:00")),
}  # fmt: skip


@pytest.mark.parametrize(("reading", "due"), FAULTS.values(), ids=FAULTS)
def test_clocks_that_other_systems_had_wrong(reading: Reading, due: datetime) -> None:
    assert reading.due == due


def test_another_limit_while_suspended_keeps_the_pause() -> None:
    events = [
        ClockEvent(at("01T08:00"), STARTED, hours(4)),
        ClockEvent(at("01T10:00"), PAUSED),
        ClockEvent(at("03T10:00"), Happening.LIMIT_CHANGED, hours(6)),
        ClockEvent(at("04T08:00"), RESUMED),
    ]
    assert measure(events, WEEK, now=at("04T09:00")).due == at("04T12:00")
    paused = measure(events[:3], WEEK, now=at("03T11:00"))
    assert (paused.due, paused.left, paused.pauses) == (None, timedelta(hours=4), ((at("01T10:00"), None),))


def test_a_paused_clock_is_never_overdue_but_one_that_was_before_stays_so() -> None:
    begun = (("01T08:00", STARTED), ("01T10:00", PAUSED))
    assert not ran(hours(4), *begun, now="30T08:00").is_overdue
    late = ran(hours(1), *begun, now="30T08:00")
    assert (late.is_overdue, late.due, late.left) == (True, at("01T09:00"), timedelta(hours=-1))


def test_a_deadline_from_outside_is_moved_by_nothing_and_stands_beside_the_running_one() -> None:
    happened = [
        ClockEvent(at("01T08:00"), STARTED, hours(4)),
        ClockEvent(at("01T08:00"), Happening.FIXED, deadline=at("02T00:00")),
        ClockEvent(at("01T09:00"), PAUSED),
        ClockEvent(at("03T08:00"), RESUMED),
        ClockEvent(at("03T09:00"), EXTENDED),
    ]
    reading = measure(happened, WEEK, now=at("03T09:30"))
    assert (reading.fixed_due, reading.due, reading.is_overdue) == (at("02T00:00"), at("03T17:00"), True)
    assert [(move.reason, move.after) for move in reading.moves] == [
        (STARTED, at("01T12:00")), (Happening.FIXED, at("02T00:00")), (PAUSED, None), (RESUMED, at("03T11:00")),
        (EXTENDED, at("03T17:00")),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("due_after", "before", "remind"),
    [
        (hours(4), hours(1), "01T15:00"),  # due 16:00
        (hours(3), hours(1), "01T11:30"),  # due 14:30: half an hour before lunch, half after
        (hours(6), hours(2), "01T16:00"),  # due 18:00
        (hours(7), hours(2), "01T17:00"),  # due 9:00 of the next day
        (hours(7), Limit(2, LimitUnit.HOURS), "02T08:00"),  # 7:00 waits for the office to open
    ],
)
def test_an_hour_before_is_subtracted_in_working_time(due_after: Limit, before: Limit, remind: str) -> None:
    start = "01T10:00" if due_after != hours(3) else "01T09:30"
    assert reminder_at(ran(due_after, (start, STARTED)), before, WEEK) == at(remind)


def test_a_reminder_at_night_waits_only_where_policy_wants_it_and_not_beyond_the_due_time() -> None:
    reading = ran(Limit(14, LimitUnit.HOURS), ("05T10:00", STARTED))  # Saturday 0:00
    before = Limit(1, LimitUnit.HOURS)
    assert reminder_at(reading, before, WEEK) == at("05T23:00")
    monday = replace(reading, due=at("08T09:00"))
    assert reminder_at(monday, Limit(24, LimitUnit.HOURS), WEEK) == at("08T08:00")
    assert reminder_at(monday, Limit(24, LimitUnit.HOURS), WEEK, in_working_hours=False) == at("07T09:00")
    assert reminder_at(replace(reading, due=None), before, WEEK) is None


def test_holidays_and_swapped_days_are_those_that_were_announced() -> None:
    # National Day 2025: off from the 1st to the 8th of October; Sunday the 28th of September is worked instead.
    work = WorkingTime(lambda day: is_workday(day, {}))
    start = datetime(2025, 9, 30, 17, tzinfo=LOCAL)
    assert work.add(Scale.WORKING, start, timedelta(hours=2)) == datetime(2025, 10, 9, 9, tzinfo=LOCAL)
    sunday = datetime(2025, 9, 28, 8, tzinfo=LOCAL)
    assert work.elapsed(Scale.WORKING, sunday, sunday + timedelta(days=1)) == timedelta(hours=8)


@pytest.mark.parametrize("spans", [(), ((600, 540),), ((0, 600), (590, 700)), ((0, 1441),), ((-1, 5),)])
def test_spans_that_are_none_are_refused(spans: tuple[tuple[int, int], ...]) -> None:
    with pytest.raises(ValueError, match="day"):
        WorkingTime(works, spans=spans)


def test_what_happened_comes_in_order_and_time_ends_somewhere() -> None:
    events = [ClockEvent(at("02T08:00"), STARTED, hours(1)), ClockEvent(at("01T08:00"), PAUSED)]
    with pytest.raises(ValueError, match="comes after"):
        measure(events, WEEK, now=at("03T08:00"))
    never = WorkingTime(lambda _: False)
    for way in (never.add, never.subtract):
        with pytest.raises(OverflowError):
            way(Scale.WORKING, at("01T08:00"), timedelta(hours=1))
