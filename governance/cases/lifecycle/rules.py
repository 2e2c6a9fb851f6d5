"""Pure decisions about cases: what a verb needs, what it does to the clocks, and where practice sets bounds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from core.errors import DomainError, Kind
from governance.cases.clocks.measuring import (
    ClockEvent,
    ClockState,
    Happening,
    measure,
)
from governance.cases.lifecycle.states import (
    PLACE,
    STEPS,
    TABLE,
    CaseState,
    Duty,
    Effect,
    ReturnReason,
    Verb,
    verbs_from,
)
from governance.categories.rules import Limit
from governance.categories.states import LimitUnit, Step, Urgency
from governance.policies.rules import DEFAULTS
from identity.grants import ROLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from enum import StrEnum

    from governance.cases.clocks.measuring import Reading
    from governance.cases.clocks.working_time import WorkingTime
    from governance.cases.lifecycle.states import Rule
    from governance.policies.rules import Policies

    E = TypeVar("E", bound=StrEnum)
    Limits = Mapping[tuple[Step, Urgency], Limit]
    Readings = Mapping[Step, Reading]


class CaseNotFoundError(DomainError):
    """There is no such case, or none that you may see."""

    code = "case-not-found"
    kind = Kind.NOT_FOUND


class CaseVerbRefusedError(DomainError):
    """The case's state does not allow that. The detail names what it allows."""

    code = "case-verb-refused"
    kind = Kind.CONFLICT


class CaseForbiddenError(DomainError):
    """You may not do that to this case: it needs another role there, or is another unit's."""

    code = "case-forbidden"
    kind = Kind.FORBIDDEN


class CaseDutyMissingError(DomainError):
    """Something has to be given with that; the detail names the field."""

    code = "case-duty-missing"
    kind = Kind.INVALID


class CaseChangedError(DomainError):
    """The case was changed meanwhile; `changes` says how. Load it again, look at it, and repeat."""

    code = "case-changed"
    kind = Kind.PRECONDITION


class CaseBoundError(DomainError):
    """That was done as often, or as late, as it may be."""

    code = "case-bound-reached"
    kind = Kind.CONFLICT


class CaseOpenBesideError(DomainError):
    """Something that runs beside the case is not at its end; the detail names it. End each first, one by one."""

    code = "case-open-beside"
    kind = Kind.CONFLICT


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What somebody does to a case, with what the verb needs."""

    verb: Verb
    reason: str | None = None
    return_reason: ReturnReason | None = None
    opinion: str | None = None
    photos: tuple[str, ...] = ()
    lon: float | None = None
    lat: float | None = None
    unit_code: str | None = None
    person: str | None = None
    category: str | None = None
    urgency: Urgency | None = None
    rating: int | None = None
    recipient: str | None = None
    receipt: str | None = None
    knowledge: str | None = None
    device_at: datetime | None = None
    deadline: datetime | None = None
    peer: Mapping[str, str] | None = None
    """What a peer keeps beside its note: its own id for it, and the status there."""

    def gives(self, duty: Duty) -> bool:
        """Tell whether what a duty asks for is given."""
        match duty:
            case Duty.REASON | Duty.OPINION | Duty.RECIPIENT | Duty.RECEIPT | Duty.KNOWLEDGE:
                return bool((getattr(self, duty) or "").strip())
            case Duty.PLACE:
                return self.lon is not None and self.lat is not None
        return getattr(self, duty) not in {None, ()}


@dataclass(frozen=True, slots=True)
class Past:
    """What of a case's history bounds what may still be done."""

    suspensions: int = 0
    hand_overs: int = 0
    reworks: int = 0
    returned_by: frozenset[str] = frozenset()
    dispatched_at: datetime | None = None
    open_whistles: tuple[int, ...] = ()
    open_parts: Mapping[int, str] = field(default_factory=dict)


def require_allowed(verb: Verb, state: CaseState, path: str = STEPS) -> Rule:
    """Return the row of the table for a verb that a state allows, asked at an address of the case.

    Raises
    ------
    CaseVerbRefusedError
        That names the state and what it allows, or the address at which the verb is done.
    """
    rule = TABLE[verb]
    if rule.path == PLACE:
        raise CaseVerbRefusedError(
            "'{verb}' is done by the service as the place of the report changes: settle the report's place (triage).",
            values={"verb": verb}, field="verb",
        )  # fmt: skip
    if rule.path != path:
        raise CaseVerbRefusedError(
            "'{verb}' is done under '{path}' of the case.", values={"verb": verb, "path": rule.path}, field="verb"
        )
    if state not in rule.sources:
        allowed = ", ".join(verbs_from(state)) or "nothing"
        raise CaseVerbRefusedError(
            "The case is {state}; '{verb}' is not possible, {allowed} is.",
            values={"state": state, "verb": verb, "allowed": allowed},
            field="verb", state=str(state), allowed=[str(one) for one in verbs_from(state)],
        )  # fmt: skip
    return rule


def checked_state(word: str) -> CaseState:
    """Return a state by its word, or raise CaseDutyMissingError that names all."""
    return _one_of(CaseState, word, "state")


def checked_verb(word: str) -> Verb:
    """Return a verb by its word, or raise CaseDutyMissingError that names all."""
    return _one_of(Verb, word, "verb")


def checked_return_reason(word: str | None) -> ReturnReason | None:
    """Return a reason for giving back by its word (None: none), or raise CaseDutyMissingError that names all."""
    return None if word is None else _one_of(ReturnReason, word, "return_reason")


def roles_for(rule: Rule) -> list[str]:
    """Return the roles that may do what a row of the table has."""
    return [role for role, scopes in ROLES.items() if rule.scope in scopes]


def require_duties(act: Act) -> None:
    """Make sure that what the verb needs is given.

    Raises
    ------
    CaseDutyMissingError
    """
    missing = next((duty for duty in TABLE[act.verb].duties if not act.gives(duty)), None)
    if missing is not None:
        field_name = "lon" if missing is Duty.PLACE else str(missing)
        raise CaseDutyMissingError(
            "'{verb}' needs {missing}.", values={"verb": act.verb, "missing": missing}, field=field_name
        )
    if act.verb in {Verb.ACCUSE, Verb.LIFT_ACCUSATION} and (act.unit_code is None) == (act.person is None):
        raise CaseDutyMissingError(
            "'{verb}' names who is accused: a unit or a person.", values={"verb": act.verb}, field="unit_code"
        )
    if act.verb is Verb.DISPATCH and act.unit_code is not None and not act.gives(Duty.REASON):
        raise CaseDutyMissingError("A unit that is named by hand needs a reason.", field="reason")


def require_within_bounds(
    act: Act,
    past: Past,
    readings: Readings,
    work: WorkingTime,
    *,
    unit: str | None,
    now: datetime,
    policies: Policies = DEFAULTS,
) -> None:
    """Make sure that practice's bounds on extending, suspending, giving back and ending are kept.

    Raises
    ------
    CaseBoundError
    CaseOpenBesideError
        When the case would end with a part or a whistle that is open.
    """
    match act.verb:
        case Verb.EXTEND:
            handle = readings[Step.HANDLE]
            if handle.left is None:
                raise CaseBoundError("The category has no limit for handling that could be extended.")
            if handle.is_overdue:
                raise CaseBoundError("The case is overdue: an extension is asked for before.")
            if handle.extensions >= policies.extensions:
                raise CaseBoundError(
                    "The case was extended {most_extensions} times, as often as it may be.",
                    values={"most_extensions": policies.extensions},
                )
        case Verb.CLOSE | Verb.VOID | Verb.MERGE | Verb.TRANSFER:
            _require_nothing_open(past)
        case Verb.SUSPEND if past.suspensions >= policies.suspensions:
            raise CaseBoundError(
                "The case was suspended {times} times, as often as it may be.", values={"times": past.suspensions}
            )
        case Verb.RETURN if unit in past.returned_by:
            raise CaseBoundError(
                "Unit '{unit}' gave the case back once; now the dispatcher decides (redispatch).", values={"unit": unit}
            )
        case Verb.RETURN if past.dispatched_at is not None:
            scale, within = work.measured(policies.return_within)
            if work.elapsed(scale, past.dispatched_at, now) > within:
                raise CaseBoundError(
                    "A case is given back within {return_within} of the dispatch.",
                    values={"return_within": policies.return_within},
                )


def clock_changes(verb: Verb, readings: Readings, limits: Limits, urgency: Urgency) -> list[dict[str, Any]]:
    """Return what a verb does to the clocks of a case, as a step of its history keeps it."""
    if verb is Verb.RECLASSIFY:
        going = [step for step, one in readings.items() if one.state in {ClockState.RUNNING, ClockState.PAUSED}]
        return [{"clock": step, "what": Happening.LIMIT_CHANGED, **_limit(limits, step, urgency)} for step in going]
    return changes_by(TABLE[verb].clocks, readings, limits, urgency)


def changes_by(
    effects: Mapping[Step, Effect], readings: Readings, limits: Limits, urgency: Urgency
) -> list[dict[str, Any]]:
    """Return what effects on clocks come to, as a step of a history keeps it.

    Stopped are clocks that are not; a clock that is started gets the limit that is in force now.
    """
    changes: list[dict[str, Any]] = []
    for step, effect in effects.items():
        reading = readings[step]
        match effect:
            case Effect.START:
                changes.append({"clock": step, "what": Happening.STARTED, **_limit(limits, step, urgency)})
            case Effect.STOP if _is_going(reading):
                changes.append({"clock": step, "what": Happening.STOPPED})
            case Effect.PAUSE if reading.state is ClockState.RUNNING:
                changes.append({"clock": step, "what": Happening.PAUSED})
            case Effect.RESUME if reading.state in {ClockState.PAUSED, ClockState.STOPPED}:
                changes.append({"clock": step, "what": Happening.RESUMED})
            case Effect.RESUME:  # what was handled on the spot was never dispatched: its handling begins here
                changes.append({"clock": step, "what": Happening.STARTED, **_limit(limits, step, urgency)})
            case Effect.EXTEND:
                changes.append({"clock": step, "what": Happening.EXTENDED})
    return changes


def events_of(steps: Iterable[tuple[datetime, Sequence[Mapping[str, Any]]]]) -> dict[Step, list[ClockEvent]]:
    """Return what happened to each clock, from the instants of a history's steps and the changes that they keep."""
    found: dict[Step, list[ClockEvent]] = {step: [] for step in Step}
    for at, changes in steps:
        for one in changes:
            limit = Limit(one["amount"], LimitUnit(one["unit"])) if "amount" in one else None
            fixed = datetime.fromisoformat(one["deadline"]) if "deadline" in one else None
            found[Step(one["clock"])].append(ClockEvent(at, Happening(one["what"]), limit, fixed))
    return found


def readings_of(events: Mapping[Step, list[ClockEvent]], work: WorkingTime, *, now: datetime) -> dict[Step, Reading]:
    """Measure all clocks of a case."""
    return {step: measure(events[step], work, now=now) for step in Step}


def next_due(readings: Readings) -> tuple[datetime | None, Step | None]:
    """Return the earliest deadline of the clocks that go on, and whose it is."""
    dues = [(one.next_due, step) for step, one in readings.items() if one.next_due is not None]
    return min(dues, default=(None, None))


def raises_to_supervision(verb: Verb, past: Past, policies: Policies = DEFAULTS) -> str | None:
    """Return why a case that was just returned, handed over or sent back is raised to supervision; None: it is not."""
    if verb in {Verb.RETURN, Verb.REDISPATCH} and past.hand_overs + 1 >= policies.hand_overs_raise:
        return "hand_overs"
    if verb is Verb.REWORK and past.reworks + 1 >= policies.reworks_raise:
        return "reworks"
    return None


def _require_nothing_open(past: Past) -> None:
    """Make sure that no case ends over the head of a part or a whistle: somebody decides about each."""
    if past.open_parts:
        parts = [{"part": number, "unit_code": unit} for number, unit in past.open_parts.items()]
        raise CaseOpenBesideError(
            "Parts {numbers} of the case are not done: finish, return or withdraw each, one by one.",
            values={"numbers": [*past.open_parts]},
            parts=parts,
        )
    if past.open_whistles:
        raise CaseOpenBesideError(
            "Whistles {numbers} of the case have no conclusion yet: conclude each, or call it off.",
            values={"numbers": past.open_whistles},
            whistles=list(past.open_whistles),
        )


def _one_of(values: type[E], word: str, field: str) -> E:
    if word not in set(values):
        raise CaseDutyMissingError(
            "The {field} is one of {values}, not '{word}'.",
            values={"field": field, "values": [*values], "word": word[:40]},
            field=field,
        )
    return values(word)


def _is_going(reading: Reading) -> bool:
    return reading.state in {ClockState.RUNNING, ClockState.PAUSED} or reading.next_due is not None


def _limit(limits: Limits, step: Step, urgency: Urgency) -> dict[str, Any]:
    """Return the limit of a step as a history keeps it; an urgent case without an urgent limit has the normal one."""
    found = limits.get((step, urgency)) or limits.get((step, Urgency.NORMAL))
    return {} if found is None else {"amount": found.amount, "unit": str(found.unit)}
