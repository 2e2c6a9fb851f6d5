"""Histories of cases as the table of transitions allows them, made step by step with the clocks that stand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from governance.assessment.facts import PastStep
from governance.cases.clocks.measuring import ClockState
from governance.cases.clocks.working_time import WorkingTime
from governance.cases.lifecycle import rules
from governance.cases.lifecycle.states import TABLE, CaseState, Verb
from governance.categories.rules import Limit
from governance.categories.states import LimitUnit, Step, Urgency

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

START = datetime(2026, 6, 1, tzinfo=UTC)
WORK = WorkingTime(lambda day: day.weekday() < 5)
LIMITS = {
    (Step.FILE, Urgency.NORMAL): Limit(1, LimitUnit.HOURS),
    (Step.ACKNOWLEDGE, Urgency.NORMAL): Limit(2, LimitUnit.WORKING_HOURS),
    (Step.HANDLE, Urgency.NORMAL): Limit(20, LimitUnit.HOURS),
    (Step.VERIFY, Urgency.NORMAL): Limit(8, LimitUnit.HOURS),
}
LONGER = LIMITS | {(Step.HANDLE, Urgency.NORMAL): Limit(3, LimitUnit.WORKING_DAYS)}
VERBS = (
    Verb.ACCEPT, Verb.FILE, Verb.DISPATCH, Verb.REDISPATCH, Verb.ACKNOWLEDGE, Verb.RETURN, Verb.HANDLE,
    Verb.HANDLE_ON_THE_SPOT, Verb.VERIFY, Verb.REWORK, Verb.CLOSE, Verb.RATE, Verb.EXTEND, Verb.SUSPEND, Verb.RESUME,
    Verb.SUPERVISE, Verb.RECLASSIFY, Verb.VOID, Verb.REOPEN, Verb.HAND_DOWN, Verb.REPORT_UP, Verb.RECALL,
    Verb.REJECT, Verb.CALL_BACK,
)  # fmt: skip
UNITS = ("street", "bureau", "community")


def history(choose: Callable[[Sequence[Any]], Any], length: int, waits: Callable[[], timedelta]) -> list[PastStep]:
    """Return a history of so many steps at most; `choose` takes the next verb, or the unit that gets the case."""
    steps = [_step(1, START, Verb.OPEN, CaseState.OPENED, None, [])]
    limits, unit, extended = LIMITS, None, 0
    for number in range(2, length + 1):
        state, at = steps[-1].led_to, steps[-1].at + waits()
        readings = rules.readings_of(
            rules.events_of((one.at, one.detail["clocks"]) for one in steps), WORK, now=at
        )  # fmt: skip
        handle = readings[Step.HANDLE]
        allowed = [verb for verb in VERBS if state in TABLE[verb].sources]
        if handle.is_overdue or extended > 1 or handle.state is not ClockState.RUNNING:
            allowed = [verb for verb in allowed if verb is not Verb.EXTEND]
        if not allowed:
            break
        verb = choose(allowed)
        if verb is Verb.RECLASSIFY:
            limits = LONGER if limits is LIMITS else LIMITS
        extended += verb is Verb.EXTEND
        if verb in {Verb.DISPATCH, Verb.REDISPATCH, Verb.HAND_DOWN, Verb.REPORT_UP}:
            unit = choose(UNITS)
        elif verb in {Verb.RETURN, Verb.RECALL, Verb.REOPEN}:
            unit = None
        clocks = rules.clock_changes(verb, readings, limits, Urgency.NORMAL)
        steps.append(_step(number, at, verb, TABLE[verb].target or state, unit, clocks))
    return steps


def _step(
    number: int, at: datetime, verb: Verb, led_to: CaseState, unit: str | None, clocks: list[dict[str, Any]]
) -> PastStep:
    detail: dict[str, Any] = {"clocks": clocks}
    if verb is Verb.RATE:
        detail["rating"] = 1 + number % 5
    if verb is Verb.CALL_BACK:
        detail["call_back"] = {"contacted": number % 3 > 0, "solved": number % 2 > 0, "satisfied": number % 4 == 1}
    return PastStep(number, at, verb, led_to, unit, 7, detail)
