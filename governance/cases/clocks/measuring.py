"""The one function that measures a clock: its due time, what is used and left, its pauses, and why the due time moved.

A clock is what happened to it. Whoever wants to know anything about it (a list, a reminder, an indicator) measures it
again from that; nothing is added up elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from governance.cases.clocks.working_time import Scale

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from governance.cases.clocks.working_time import WorkingTime
    from governance.categories.rules import Limit

    Interval = tuple[datetime, datetime | None]
    """Half-open; None: it goes on."""


class Happening(StrEnum):
    """What can happen to a clock."""

    STARTED = "started"
    """It runs, from nothing; a clock that is started again begins anew (a new unit gets its whole limit)."""
    PAUSED = "paused"
    RESUMED = "resumed"
    STOPPED = "stopped"
    EXTENDED = "extended"
    """One original limit is added."""
    LIMIT_CHANGED = "limit_changed"
    """Another limit counts from its start (category or urgency changed); pauses and extensions stay."""
    FIXED = "fixed"
    """A deadline is set from outside beside the running one; no pause and no extension moves it."""


class ClockState(StrEnum):
    """Whether a clock runs."""

    IDLE = "idle"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class ClockEvent:
    """Something that happened to a clock: STARTED and LIMIT_CHANGED bring a limit (None: none), FIXED a deadline."""

    at: datetime
    what: Happening
    limit: Limit | None = None
    deadline: datetime | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """The due time changed, and by what; None: there is none (no limit, or the clock is paused)."""

    at: datetime
    reason: Happening
    before: datetime | None
    after: datetime | None


@dataclass(frozen=True, slots=True)
class Reading:
    """A clock at an instant.

    `due` is None where there is no limit, and while the clock is paused before it was due. `used` and `left` count in
    `scale`; `left` is negative by what is over. `pauses` are those since the start, the last one open while it lasts.
    """

    state: ClockState
    scale: Scale
    due: datetime | None
    fixed_due: datetime | None
    used: timedelta
    left: timedelta | None
    extensions: int
    pauses: tuple[Interval, ...]
    stopped_at: datetime | None
    is_overdue: bool
    moves: tuple[Move, ...]

    @property
    def next_due(self) -> datetime | None:
        """The earlier of the running and the fixed deadline, of a clock that is not stopped."""
        if self.state is ClockState.STOPPED:
            return None
        return min((one for one in (self.due, self.fixed_due) if one is not None), default=None)


@dataclass(slots=True)
class _Clock:
    """A clock while what happened to it is gone through."""

    work: WorkingTime
    state: ClockState = ClockState.IDLE
    limit: Limit | None = None
    fixed: datetime | None = None
    extensions: int = 0
    ran: list[tuple[datetime, datetime]] = field(default_factory=list)
    pauses: list[Interval] = field(default_factory=list)
    since: datetime | None = None
    stopped_at: datetime | None = None

    def apply(self, event: ClockEvent) -> None:
        """Let something happen; what the state does not allow has no effect."""
        match event.what:
            case Happening.STARTED:
                self.state, self.since, self.stopped_at = ClockState.RUNNING, event.at, None
                self.limit, self.extensions, self.ran, self.pauses = event.limit, 0, [], []
            case Happening.PAUSED if self.state is ClockState.RUNNING:
                self._end_run(event.at)
                self.state = ClockState.PAUSED
                self.pauses.append((event.at, None))
            case Happening.RESUMED if self.state in {ClockState.PAUSED, ClockState.STOPPED}:
                self._end_pause(event.at)
                self.state, self.since, self.stopped_at = ClockState.RUNNING, event.at, None
            case Happening.STOPPED if self.state is not ClockState.STOPPED:
                self._end_run(event.at)
                self._end_pause(event.at)
                self.state, self.stopped_at = ClockState.STOPPED, event.at
            case Happening.EXTENDED:
                self.extensions += 1
            case Happening.LIMIT_CHANGED:
                self.limit = event.limit
            case Happening.FIXED:
                self.fixed = event.deadline

    def used(self, scale: Scale, now: datetime) -> timedelta:
        """Return how much of a scale's time counted while it ran."""
        runs = [*self.ran, *([(self.since, now)] if self.since is not None else [])]
        return sum((self.work.elapsed(scale, start, end) for start, end in runs), timedelta())

    def allowed(self) -> tuple[Scale, timedelta | None]:
        """Return in which time it counts, and how much it may take in all (None: any)."""
        if self.limit is None:
            return Scale.CONTINUOUS, None
        scale, original = self.work.measured(self.limit)
        return scale, original * (1 + self.extensions)

    def due(self) -> datetime | None:
        """Return when all that is allowed is used up: in a run that ended, else in the one that goes on, else never.

        A clock that was stopped in time would have gone on from there.
        """
        scale, left = self.allowed()
        if left is None:
            return None
        # Each run that ended uses its part; the due time lies in the first that uses up the rest.
        for start, end in self.ran:
            here = self.work.elapsed(scale, start, end)
            if here >= left:
                return self.work.add(scale, start, left)
            left -= here
        start_of_last = self.since if self.state is ClockState.RUNNING else self.stopped_at
        return None if start_of_last is None else self.work.add(scale, start_of_last, left)

    def _end_run(self, at: datetime) -> None:
        if self.since is not None:
            self.ran.append((self.since, at))
            self.since = None

    def _end_pause(self, at: datetime) -> None:
        if self.pauses and self.pauses[-1][1] is None:
            self.pauses[-1] = (self.pauses[-1][0], at)
        elif self.state is ClockState.STOPPED and self.stopped_at is not None:
            self.pauses.append((self.stopped_at, at))


def measure(events: Iterable[ClockEvent], work: WorkingTime, *, now: datetime) -> Reading:
    """Measure a clock from what happened to it, in order, as it stands at an instant.

    Laws, which tests hold: what is left when a pause begins is what is left when it ends; the due time is the instant
    at which what is used equals what is allowed; a clock that is paused or stopped before it was due is not overdue.
    Resuming a stopped clock (a rework) goes on with what was left.

    Raises
    ------
    ValueError
        When the events are not in order.
    """
    clock = _Clock(work)
    moves: list[Move] = []
    last: datetime | None = None
    before = _dues(clock)
    for event in events:
        if last is not None and event.at < last:
            raise ValueError(f"{event.what} at {event.at} comes after what happened at {last}")
        last = event.at
        clock.apply(event)
        after = _dues(clock)
        moves += [Move(event.at, event.what, old, new) for old, new in zip(before, after, strict=True) if old != new]
        before = after
    if last is None:
        return _UNTOUCHED
    scale, allowed = clock.allowed()
    used, due = clock.used(scale, now), before[0]
    end = clock.stopped_at or now
    return Reading(
        state=clock.state,
        scale=scale,
        due=due,
        fixed_due=clock.fixed,
        used=used,
        left=None if allowed is None else allowed - used,
        extensions=clock.extensions,
        pauses=tuple(clock.pauses),
        stopped_at=clock.stopped_at,
        is_overdue=any(one is not None and end > one for one in (due, clock.fixed)),
        moves=tuple(moves),
    )


def came_due(events: Sequence[ClockEvent], work: WorkingTime, *, end: datetime) -> datetime | None:
    """Return when a clock that was not stopped came due for the first time before an end; None: it did not.

    What counts is the deadline as it was known then: a limit that is changed afterwards does not undo it.
    """
    clock = _Clock(work)
    for i, event in enumerate(events):
        clock.apply(event)
        if clock.state is ClockState.STOPPED:
            continue
        known_until = events[i + 1].at if i + 1 < len(events) else end
        due = min((one for one in _dues(clock) if one is not None), default=None)
        if due is not None and due < known_until:
            return max(due, event.at)
    return None


_UNTOUCHED: Final = Reading(
    state=ClockState.IDLE, scale=Scale.CONTINUOUS, due=None, fixed_due=None, used=timedelta(), left=None, extensions=0,
    pauses=(), stopped_at=None, is_overdue=False, moves=(),
)  # fmt: skip
"""A clock to which nothing has happened."""


def reminder_at(
    reading: Reading, before: Limit, work: WorkingTime, *, in_working_hours: bool = True
) -> datetime | None:
    """Return when to remind of a due time, so long before it in the time in which `before` counts; None: no due time.

    With `in_working_hours` a reminder that falls outside of them waits for the next, but not beyond the due time.
    """
    if reading.next_due is None:
        return None
    scale, amount = work.measured(before)
    at = work.subtract(scale, reading.next_due, amount)
    opens = work.next_open(at) if in_working_hours else at
    return opens if opens < reading.next_due else at


def _dues(clock: _Clock) -> tuple[datetime | None, datetime | None]:
    return clock.due(), clock.fixed
