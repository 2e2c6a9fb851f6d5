"""Pure: what an old system tells of a case becomes steps of a history that the table of transitions allows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from core.errors import Detail
from governance.cases.clocks.measuring import ClockState, Happening, Reading
from governance.cases.clocks.working_time import Scale
from governance.cases.lifecycle import rules
from governance.cases.lifecycle.states import TABLE, CaseState, Verb
from governance.categories.states import Step, Urgency

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from governance.categories.queries import CategoryInForce

_TO_FILED: Final = (Verb.ACCEPT, Verb.FILE)
_TO_ACKNOWLEDGED: Final = (*_TO_FILED, Verb.DISPATCH, Verb.ACKNOWLEDGE)
_TO_CLOSED: Final = (*_TO_ACKNOWLEDGED, Verb.HANDLE, Verb.VERIFY, Verb.CLOSE)
WAYS: Final[dict[CaseState, tuple[Verb, ...]]] = {
    CaseState.OPENED: (),
    CaseState.ACCEPTED: _TO_FILED[:1],
    CaseState.FILED: _TO_FILED,
    CaseState.DISPATCHED: _TO_ACKNOWLEDGED[:3],
    CaseState.ACKNOWLEDGED: _TO_ACKNOWLEDGED,
    CaseState.SUSPENDED: (*_TO_ACKNOWLEDGED, Verb.SUSPEND),
    CaseState.RETURNED: (*_TO_ACKNOWLEDGED[:3], Verb.RETURN),
    CaseState.HANDLED: _TO_CLOSED[:5],
    CaseState.VERIFIED: _TO_CLOSED[:6],
    CaseState.CLOSED: _TO_CLOSED,
    CaseState.RATED: (*_TO_CLOSED, Verb.RATE),
    CaseState.REJECTED: (Verb.REJECT,),
    CaseState.VOIDED: (Verb.VOID,),
    CaseState.TRANSFERRED: (Verb.ACCEPT, Verb.TRANSFER),
}
"""By which verbs a case came to a state, where an old system tells only when.

None leads to `merged`: into which case it went is in no column.
"""
INSTANTS: Final[dict[Verb, str]] = {
    Verb.OPEN: "opened_at", Verb.ACCEPT: "accepted_at", Verb.FILE: "filed_at", Verb.DISPATCH: "dispatched_at",
    Verb.ACKNOWLEDGE: "acknowledged_at", Verb.SUSPEND: "suspended_at", Verb.RETURN: "returned_at",
    Verb.HANDLE: "handled_at", Verb.VERIFY: "verified_at", Verb.CLOSE: "ended_at", Verb.REJECT: "ended_at",
    Verb.VOID: "ended_at", Verb.TRANSFER: "ended_at", Verb.RATE: "rated_at",
}  # fmt: skip
"""The column with the instant of each verb."""
_UNIT_FROM: Final = {Verb.DISPATCH, Verb.REDISPATCH, Verb.HAND_DOWN, Verb.REPORT_UP}
_UNIT_GONE: Final = {Verb.RETURN, Verb.REOPEN, Verb.TRANSFER}
_OPINIONS: Final = {Verb.HANDLE, Verb.HANDLE_ON_THE_SPOT, Verb.VERIFY, Verb.BACK_CHECK}
TAKEN_OVER: Final = frozenset({
    Verb.OPEN, Verb.ACCEPT, Verb.REJECT, Verb.FILE, Verb.DISPATCH, Verb.REDISPATCH, Verb.ACKNOWLEDGE, Verb.RETURN,
    Verb.HANDLE, Verb.HANDLE_ON_THE_SPOT, Verb.VERIFY, Verb.REWORK, Verb.CLOSE, Verb.RATE, Verb.EXTEND, Verb.SUSPEND,
    Verb.RESUME, Verb.SUPERVISE, Verb.VOID, Verb.REOPEN, Verb.BACK_CHECK, Verb.HAND_DOWN, Verb.REPORT_UP,
})  # fmt: skip
"""Verbs of which an old system's row tells all that they set."""
ENDED: Final = frozenset({CaseState.CLOSED, CaseState.RATED})
"""States in which a case counts as closed."""
AT_END: Final = ENDED | {CaseState.REJECTED, CaseState.VOIDED, CaseState.TRANSFERRED}
"""States in which no clock runs."""


class HistoryRefusedError(ValueError):
    """A row tells no history that could have been; the detail says why."""

    def __init__(self, why: str, values: Mapping[str, Any] | None = None) -> None:
        super().__init__(why)
        self.words = Detail(why, values or {})


@dataclass(frozen=True, slots=True)
class ToldStep:
    """A step as an old system tells it; `inferred`: the verb follows from the state, the instant is the one before."""

    verb: Verb
    at: datetime
    unit: str | None = None
    opinion: str | None = None
    reason: str | None = None
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class ToldCase:
    """A case as an old system tells it: its steps in order, the first of which opens it."""

    line: int
    external_id: str
    steps: Sequence[ToldStep]
    deadline: datetime | None = None
    rating: int | None = None
    photos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """A step of the history that is stored."""

    told: ToldStep
    came_from: CaseState | None
    led_to: CaseState
    unit_code: str | None
    detail: dict[str, Any]


@dataclass(slots=True)
class History:
    """The history of a case, and what the case is by it."""

    steps: list[HistoryStep]
    supervised: bool = False

    @property
    def state(self) -> CaseState:
        """Where it led."""
        return self.steps[-1].led_to

    @property
    def unit_code(self) -> str | None:
        """With whom the case is."""
        return self.steps[-1].unit_code


def steps_by_columns(
    state: CaseState, instants: Mapping[str, datetime], *, unit: str | None, opinion: str | None, reason: str | None
) -> list[ToldStep]:
    """Return the steps that led to a state, at the instants of the columns; one that is not told took no time.

    Raises
    ------
    HistoryRefusedError
        When the case was not opened, or a step came before the one that led to it.
    """
    way = WAYS[state]
    if state is CaseState.VOIDED:
        told = [verb for verb in _TO_CLOSED[:6] if INSTANTS[verb] in instants]
        way = (*_TO_CLOSED[: _TO_CLOSED.index(told[-1]) + 1 if told else 0], Verb.VOID)
    if state is CaseState.REJECTED and "accepted_at" in instants:
        way = (Verb.ACCEPT, Verb.REJECT)
    steps: list[ToldStep] = []
    for verb in (Verb.OPEN, *way):
        at = instants.get(INSTANTS[verb])
        if at is None and not steps:
            raise HistoryRefusedError("it does not say when it was opened")
        if at is not None and steps and at < steps[-1].at:
            before = next(one.verb for one in reversed(steps) if not one.inferred)
            raise HistoryRefusedError(
                "{later} is before {earlier}", {"later": INSTANTS[verb], "earlier": INSTANTS[before]}
            )
        steps.append(
            ToldStep(
                verb,
                steps[-1].at if at is None else at,
                unit if verb in _UNIT_FROM else None,
                opinion if verb is Verb.HANDLE else None,
                reason if verb in {Verb.REJECT, Verb.VOID} else None,
                inferred=at is None,
            )
        )
    return steps


_AFTER: Final = {
    Happening.STARTED: ClockState.RUNNING, Happening.RESUMED: ClockState.RUNNING, Happening.PAUSED: ClockState.PAUSED,
    Happening.STOPPED: ClockState.STOPPED,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClockHistories:
    """What steps do to the clocks of a case; the same steps of the same category are gone through once."""

    known: dict[tuple[tuple[Verb, ...], int, Urgency], list[list[dict[str, Any]]]] = field(default_factory=dict)

    def changes_of(
        self, verbs: tuple[Verb, ...], category: CategoryInForce | None, urgency: Urgency, deadline: datetime | None
    ) -> list[list[dict[str, Any]]]:
        """Return the changes of the clocks, step by step; a deadline from outside is set with the first."""
        if deadline is not None:
            return _clock_changes(verbs, category, urgency, deadline)
        key = verbs, id(category), urgency  # categories live as long as the import
        if key not in self.known:
            self.known[key] = _clock_changes(verbs, category, urgency, None)
        return self.known[key]


def _clock_changes(
    verbs: Sequence[Verb], category: CategoryInForce | None, urgency: Urgency, deadline: datetime | None
) -> list[list[dict[str, Any]]]:
    """Go through verbs as they would have been done here; of a clock only whether it runs decides what a verb does."""
    states = dict.fromkeys(Step, ClockState.IDLE)
    fixed: datetime | None = None
    found: list[list[dict[str, Any]]] = []
    for verb in verbs:
        readings = {step: _reading(state, fixed if step is Step.HANDLE else None) for step, state in states.items()}
        changes = rules.clock_changes(verb, readings, {} if category is None else category.limits, urgency)
        for one in changes:
            states[one["clock"]] = _AFTER.get(one["what"], states[one["clock"]])
        if not found and deadline is not None:
            fixed = deadline
            changes.append({"clock": Step.HANDLE, "what": Happening.FIXED, "deadline": deadline.isoformat()})
        found.append(changes)
    return found


def _reading(state: ClockState, fixed: datetime | None) -> Reading:
    return Reading(state, Scale.CONTINUOUS, None, fixed, timedelta(), None, 0, (), None, is_overdue=False, moves=())


def history_of(
    told: ToldCase, category: CategoryInForce | None, urgency: Urgency, clocks: ClockHistories, *, now: datetime
) -> History:
    """Return the history of a case: each step from where the one before led, with what it does to the clocks.

    Raises
    ------
    HistoryRefusedError
        When the table does not allow a step where it is, or it lies in the future or before the one before it.
    """
    state: CaseState | None = None
    unit: str | None = None
    last: datetime | None = None
    found = History([])
    changes = clocks.changes_of(tuple(one.verb for one in told.steps), category, urgency, told.deadline)
    for number, (step, changed) in enumerate(zip(told.steps, changes, strict=True), 1):
        rule = TABLE[step.verb]
        is_first = state is None
        if is_first != (step.verb is Verb.OPEN) or (state is not None and state not in rule.sources):
            raise HistoryRefusedError(
                "step {number}, {verb}, is not possible from {state}",
                {"number": number, "verb": str(step.verb), "state": str(state or Verb.OPEN)},
            )
        if step.at > now or (last is not None and step.at < last):
            raise HistoryRefusedError(
                "step {number} lies before the one before it or in the future", {"number": number}
            )
        came_from, last = state, step.at
        state = came_from if rule.target is None else rule.target
        if state is None:
            raise RuntimeError("the first step leads somewhere")
        detail: dict[str, Any] = {"by": "import"}
        if step.inferred:
            detail["inferred"] = True
        if step.verb is Verb.RETURN:
            detail["returned_by"] = unit
        if step.verb is Verb.RATE:
            detail["rating"] = told.rating
        unit = step.unit if step.verb in _UNIT_FROM else None if step.verb in _UNIT_GONE else unit
        found.supervised = found.supervised or step.verb is Verb.SUPERVISE
        detail["clocks"] = changed
        found.steps.append(HistoryStep(step, came_from, state, unit, detail))
    return found


def with_opening(steps: Iterable[ToldStep], opened_at: datetime) -> list[ToldStep]:
    """Return steps in the order of time that begin with the opening, which old systems do not always tell."""
    ordered = sorted(steps, key=lambda one: one.at)
    if ordered and ordered[0].verb is Verb.OPEN:
        return ordered
    first = min([opened_at, *(one.at for one in ordered[:1])])
    return [ToldStep(Verb.OPEN, first, inferred=True), *ordered]
