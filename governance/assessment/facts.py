"""Pure: what a case's history up to a cut-off counts for: each thing once, at an instant, with its marks.

What has a clock (filing, receipt, handling) is counted when it was done for the first time or came due, the earlier.
Both lie behind by then, so that it never moves to another period; only its marks can change, as when it is reworked.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from governance.assessment.states import Counted, Mark
from governance.cases.clocks.measuring import ClockState, Happening, came_due, measure
from governance.cases.lifecycle.rules import events_of
from governance.cases.lifecycle.states import CaseState, Verb
from governance.categories.states import Step, Urgency

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from governance.cases.clocks.measuring import ClockEvent, Reading
    from governance.cases.clocks.working_time import WorkingTime

    Happened = Mapping[Step, list[ClockEvent]]
    """What a step did to each clock."""

_CLOCKS: Final = {Counted.FILINGS: Step.FILE, Counted.RECEIPTS: Step.ACKNOWLEDGE, Counted.HANDLINGS: Step.HANDLE}
_DOING: Final = {
    Counted.FILINGS: {Verb.FILE},
    Counted.RECEIPTS: {Verb.ACKNOWLEDGE},
    Counted.HANDLINGS: {Verb.HANDLE, Verb.HANDLE_ON_THE_SPOT},
}
_AWAY: Final = {Verb.RETURN, Verb.REDISPATCH, Verb.RECALL}
_CLOSED: Final = {CaseState.CLOSED, CaseState.RATED}
OFTEN: Final = 3
"""So many reworks are many (Jinhua: half a point from the third failed check on)."""
SATISFIED_FROM: Final = 4
DISSATISFIED_TO: Final = 2


@dataclass(frozen=True, slots=True)
class PastStep:
    """A step of a case's history, as far as it counts; the instants of a history ascend."""

    number: int
    at: datetime
    verb: Verb
    led_to: CaseState
    unit_code: str | None
    actor_id: int
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that is counted: when, whose (None: nobody's), by whom, and what is so of it at the cut-off.

    `number` is the step that began it, which with the case and `counted` names it.
    """

    counted: Counted
    number: int
    at: datetime
    unit_code: str | None
    person_id: int | None
    marks: frozenset[Mark]


@dataclass(slots=True)
class _Run:
    """A clock from one start to the next: its events, the steps meanwhile, and by which verbs it was stopped."""

    events: list[ClockEvent]
    steps: list[PastStep]
    stopped_by: list[Verb]
    handed_on: datetime | None = None
    """When it was started again before it was stopped, as another unit got the case."""


def facts_of(steps: Sequence[PastStep], work: WorkingTime, *, urgency: str, cut: datetime) -> list[Fact]:
    """Return what a history counts for, as it stood at a cut-off behind its last step.

    Raises
    ------
    ValueError
        When the history is empty, or does not end before the cut-off.
    """
    if not steps or steps[-1].at > cut:
        raise ValueError("a history that is assessed has steps, the last of them at the cut-off or before")
    verbs = [one.verb for one in steps]
    happened = [events_of([(one.at, changes)]) if (changes := one.detail.get("clocks")) else {} for one in steps]
    common = _common_marks(verbs, steps[-1].led_to, urgency)
    found = [_case(steps, common)]
    for counted, clock in _CLOCKS.items():
        timed = (_timed(counted, run, common, work, cut) for run in _runs(steps, happened, clock))
        found += [fact for fact in timed if fact is not None]
    found += _dispatch(steps, common)
    found += _closing(steps, happened, common, work, cut)
    found += _call_backs(steps, common)
    found += [_rating(one, _unit(steps[: i + 1]), common) for i, one in enumerate(steps) if one.verb is Verb.RATE]
    return found


def _common_marks(verbs: Sequence[Verb], state: CaseState, urgency: str) -> frozenset[Mark]:
    """Return the marks that hold for all that a case counts for."""
    marks = {
        Mark.SUPERVISED: Verb.SUPERVISE in verbs,
        Mark.URGENT: urgency == Urgency.URGENT,
        Mark.ON_THE_SPOT: Verb.HANDLE_ON_THE_SPOT in verbs,
        Mark.REJECTED: Verb.REJECT in verbs,
        Mark.VOIDED: Verb.VOID in verbs,
        Mark.MERGED: state is CaseState.MERGED,
        Mark.TRANSFERRED: state is CaseState.TRANSFERRED,
    }
    return frozenset(mark for mark, holds in marks.items() if holds)


def _reworks(steps: Iterable[PastStep]) -> set[Mark]:
    times = sum(one.verb is Verb.REWORK for one in steps)
    return {mark for mark, least in ((Mark.REWORKED, 1), (Mark.REWORKED_OFTEN, OFTEN)) if times >= least}


def _unit(steps: Sequence[PastStep]) -> str | None:
    """Return the unit that had a case last."""
    return next((one.unit_code for one in reversed(steps) if one.unit_code is not None), None)


def _case(steps: Sequence[PastStep], common: frozenset[Mark]) -> Fact:
    marks = set(common) | _reworks(steps)
    if steps[-1].led_to in _CLOSED:
        marks.add(Mark.DONE)
    marks |= {mark for verb, mark in ((Verb.EXTEND, Mark.EXTENDED), (Verb.SUSPEND, Mark.SUSPENDED))
              if any(one.verb is verb for one in steps)}  # fmt: skip
    first = steps[0]
    return Fact(Counted.CASES, first.number, first.at, _unit(steps), first.actor_id, frozenset(marks))


def _runs(steps: Sequence[PastStep], happened: Sequence[Happened], clock: Step) -> list[_Run]:
    """Split what happened to a clock at its starts; a deadline that was set from outside goes on holding."""
    runs: list[_Run] = []
    fixed: list[ClockEvent] = []
    for step, events in zip(steps, happened, strict=True):
        for event in events.get(clock, ()):
            if event.what is Happening.STARTED:
                if runs and not runs[-1].stopped_by:
                    runs[-1].handed_on = event.at
                runs.append(_Run([*fixed], [], []))
            elif event.what is Happening.FIXED:
                fixed = [event]
            if runs:
                runs[-1].events.append(event)
                if event.what is Happening.STOPPED:
                    runs[-1].stopped_by.append(step.verb)
        if runs:
            runs[-1].steps.append(step)
    return runs


def _timed(counted: Counted, run: _Run, common: frozenset[Mark], work: WorkingTime, cut: datetime) -> Fact | None:
    """Return what a run of a clock counts for; None: it neither ended nor came due yet."""
    # The first end decides in which period it counts, the last one whether it is done and in time.
    stop = next((i for i, one in enumerate(run.events) if one.what is Happening.STOPPED), len(run.events))
    ended_at = run.events[stop].at if stop < len(run.events) else run.handed_on
    due_at = came_due(run.events[: stop + 1], work, end=ended_at or cut)
    instants = [one for one in (ended_at, due_at) if one is not None]
    if not instants:
        return None
    at = min(instants)
    last = measure(run.events, work, now=cut)
    done = last.state is ClockState.STOPPED and run.stopped_by[-1] in _DOING[counted]
    marks = set(common) | _reworks(run.steps)
    if done:
        marks |= {Mark.DONE, Mark.NO_LIMIT} if _due(last) is None else {Mark.DONE}
        if not last.is_overdue:
            marks.add(Mark.IN_TIME)
    elif ended_at == at and not _DOING[counted] & set(run.stopped_by):
        marks.add(Mark.GIVEN_BACK)
    happened = {one.what for one in run.events}
    marks |= {mark for what, mark in ((Happening.EXTENDED, Mark.EXTENDED), (Happening.PAUSED, Mark.SUSPENDED))
              if what in happened}  # fmt: skip
    doing = next((one for one in reversed(run.steps) if one.verb in _DOING[counted]), None)
    person = doing.actor_id if done and doing is not None else None
    unit = _unit([one for one in run.steps if one.at <= at])
    return Fact(counted, run.steps[0].number, at, unit, person, frozenset(marks))


def _due(reading: Reading) -> datetime | None:
    return min((one for one in (reading.due, reading.fixed_due) if one is not None), default=None)


def _dispatch(steps: Sequence[PastStep], common: frozenset[Mark]) -> list[Fact]:
    first = next((i for i, one in enumerate(steps) if one.verb is Verb.DISPATCH), None)
    if first is None:
        return []
    step, marks = steps[first], set(common)
    if not any(one.verb in _AWAY for one in steps[first:]):
        marks.add(Mark.RIGHT_FIRST)
    return [Fact(Counted.DISPATCHES, step.number, step.at, step.unit_code, step.actor_id, frozenset(marks))]


def _closing(
    steps: Sequence[PastStep], happened: Sequence[Happened], common: frozenset[Mark], work: WorkingTime,
    cut: datetime,
) -> list[Fact]:  # fmt: skip
    """Return the closing of a case: when it was first closed, or a deadline of its handling came, the earlier."""
    close = next((one for one in steps if one.verb is Verb.CLOSE), None)
    handlings = [came_due(run.events, work, end=run.handed_on or cut) for run in _runs(steps, happened, Step.HANDLE)]
    dues = [one for one in handlings if one is not None and (close is None or one <= close.at)]
    instants = [*([] if close is None else [close.at]), *dues]
    if not instants:
        return []
    at = min(instants)
    marks = set(common) | _reworks(steps)
    if steps[-1].led_to in _CLOSED:
        marks.add(Mark.DONE)
        clocks = ([event for one in happened for event in one.get(step, ())] for step in (Step.VERIFY, Step.CLOSE))
        late = [measure(events, work, now=cut).is_overdue for events in clocks]
        if not any(handlings) and not any(late):
            marks.add(Mark.IN_TIME)
    marks |= {mark for verb, mark in ((Verb.EXTEND, Mark.EXTENDED), (Verb.SUSPEND, Mark.SUSPENDED))
              if any(one.verb is verb for one in steps)}  # fmt: skip
    before = [one for one in steps if one.at <= at]
    person = None if close is None else close.actor_id
    return [Fact(Counted.CLOSINGS, steps[0].number, at, _unit(before), person, frozenset(marks))]


def _call_backs(steps: Sequence[PastStep], common: frozenset[Mark]) -> list[Fact]:
    """Return the closings of a case with what the caller said until the case was closed again."""
    closings = [i for i, one in enumerate(steps) if one.verb is Verb.CLOSE]
    found = []
    for start, behind in pairwise([*closings, len(steps)]):
        told = [one.detail["call_back"] for one in steps[start:behind] if one.verb is Verb.CALL_BACK]
        marks = set(common) | ({Mark.DONE} if told else set())
        for name in (Mark.CONTACTED, Mark.SOLVED, Mark.SATISFIED):
            if any(one[name] for one in told):
                marks.add(name)
        if Mark.CONTACTED in marks and Mark.SATISFIED not in marks:
            marks.add(Mark.DISSATISFIED)
        close = steps[start]
        unit = _unit(steps[: start + 1])
        found.append(Fact(Counted.CALL_BACKS, close.number, close.at, unit, close.actor_id, frozenset(marks)))
    return found


def _rating(step: PastStep, unit: str | None, common: frozenset[Mark]) -> Fact:
    stars = step.detail["rating"]
    marks = set(common)
    if stars >= SATISFIED_FROM:
        marks.add(Mark.SATISFIED)
    elif stars <= DISSATISFIED_TO:
        marks.add(Mark.DISSATISFIED)
    return Fact(Counted.RATINGS, step.number, step.at, unit, step.actor_id, frozenset(marks))
