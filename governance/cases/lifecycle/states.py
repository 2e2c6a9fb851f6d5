"""The table of transitions: which verb leads a case from where to where, who may, with which duties, on which clocks.

Whatever the table does not have is refused. A state is added here, in a migration of the CHECK and in the words of a
catalogue, and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from core.states import Lifecycle, Transition
from governance.categories.states import Step
from identity.grants import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping


class CaseState(StrEnum):
    """Where a case is on its way."""

    OPENED = "opened"
    ACCEPTED = "accepted"
    FILED = "filed"
    DISPATCHED = "dispatched"
    ACKNOWLEDGED = "acknowledged"
    SUSPENDED = "suspended"
    RETURNED = "returned"
    HANDLED = "handled"
    VERIFIED = "verified"
    CLOSED = "closed"
    RATED = "rated"
    REJECTED = "rejected"
    VOIDED = "voided"


class Verb(StrEnum):
    """What is done to a case."""

    OPEN = "open"
    ACCEPT = "accept"
    REJECT = "reject"
    FILE = "file"
    DISPATCH = "dispatch"
    REDISPATCH = "redispatch"
    ACKNOWLEDGE = "acknowledge"
    RETURN = "return"
    HANDLE = "handle"
    HANDLE_ON_THE_SPOT = "handle_on_the_spot"
    VERIFY = "verify"
    REWORK = "rework"
    CLOSE = "close"
    RATE = "rate"
    EXTEND = "extend"
    SUSPEND = "suspend"
    RESUME = "resume"
    SUPERVISE = "supervise"
    RECLASSIFY = "reclassify"
    VOID = "void"
    REOPEN = "reopen"
    BACK_CHECK = "back_check"


class Duty(StrEnum):
    """What has to be given with a verb; each is the name of a field."""

    REASON = "reason"
    RETURN_REASON = "return_reason"
    OPINION = "opinion"
    PHOTO = "photos"
    PLACE = "place"
    UNIT = "unit_code"
    CATEGORY = "category"
    RATING = "rating"


class Effect(StrEnum):
    """What a verb does to a clock of the case."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    EXTEND = "extend"


class ReturnReason(StrEnum):
    """Why a unit gives a case back (退单)."""

    WRONG_AREA = "wrong_area"
    """It lies elsewhere (属地不符)."""
    WRONG_OWNER = "wrong_owner"
    """The thing belongs to somebody else (权属不清)."""
    WRONG_DUTY = "wrong_duty"
    """Another unit has that duty (职能交叉)."""
    NOT_FOUND = "not_found"
    """There is nothing of that kind on the spot."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table.

    `target` None: the state stays. `own_unit`: a person does it who belongs to the case's unit or to one below it.
    """

    sources: tuple[CaseState, ...]
    target: CaseState | None
    scope: Scope
    duties: tuple[Duty, ...] = ()
    clocks: Mapping[Step, Effect] = field(default_factory=dict)
    own_unit: bool = False


_S, _D, _E = CaseState, Duty, Effect
_UNHANDLED: Final = (_S.OPENED, _S.ACCEPTED, _S.FILED, _S.DISPATCHED, _S.ACKNOWLEDGED, _S.SUSPENDED, _S.RETURNED)
_OPEN: Final = (*_UNHANDLED, _S.HANDLED, _S.VERIFIED)
_STOP_ALL: Final = dict.fromkeys(Step, _E.STOP)
# A clock of handling runs from the dispatch on, not from when the unit takes notice.
_TO_UNIT: Final = {Step.DISPATCH: _E.STOP, Step.ACKNOWLEDGE: _E.START, Step.HANDLE: _E.START}

TABLE: Final[dict[Verb, Rule]] = {
    Verb.OPEN: Rule((), _S.OPENED, Scope.CASES_ACCEPT, (), {Step.ACCEPT: _E.START}),
    Verb.ACCEPT: Rule(
        (_S.OPENED,), _S.ACCEPTED, Scope.CASES_ACCEPT, (), {Step.ACCEPT: _E.STOP, Step.FILE: _E.START}),
    Verb.REJECT: Rule(
        (_S.OPENED, _S.ACCEPTED), _S.REJECTED, Scope.CASES_ACCEPT, (_D.REASON,), _STOP_ALL),
    Verb.FILE: Rule(
        (_S.ACCEPTED,), _S.FILED, Scope.CASES_ACCEPT, (), {Step.FILE: _E.STOP, Step.DISPATCH: _E.START}),
    Verb.DISPATCH: Rule(
        (_S.FILED, _S.RETURNED), _S.DISPATCHED, Scope.CASES_DISPATCH, (), _TO_UNIT),
    Verb.REDISPATCH: Rule(
        (_S.DISPATCHED, _S.ACKNOWLEDGED), _S.DISPATCHED, Scope.CASES_DISPATCH, (_D.UNIT, _D.REASON), _TO_UNIT),
    Verb.ACKNOWLEDGE: Rule(
        (_S.DISPATCHED,), _S.ACKNOWLEDGED, Scope.CASES_HANDLE, (), {Step.ACKNOWLEDGE: _E.STOP}, own_unit=True),
    Verb.RETURN: Rule(
        (_S.DISPATCHED, _S.ACKNOWLEDGED), _S.RETURNED, Scope.CASES_HANDLE, (_D.RETURN_REASON, _D.REASON),
        {Step.ACKNOWLEDGE: _E.STOP, Step.HANDLE: _E.STOP, Step.DISPATCH: _E.START}, own_unit=True),
    Verb.HANDLE: Rule(
        (_S.ACKNOWLEDGED,), _S.HANDLED, Scope.CASES_HANDLE, (_D.OPINION, _D.PHOTO),
        {Step.HANDLE: _E.STOP, Step.VERIFY: _E.START}, own_unit=True),
    Verb.HANDLE_ON_THE_SPOT: Rule(
        (_S.OPENED, _S.ACCEPTED, _S.FILED), _S.HANDLED, Scope.CASES_HANDLE, (_D.OPINION, _D.PHOTO, _D.PLACE),
        {**_STOP_ALL, Step.VERIFY: _E.START}),
    Verb.VERIFY: Rule(
        (_S.HANDLED,), _S.VERIFIED, Scope.CASES_VERIFY, (_D.OPINION,), {Step.VERIFY: _E.STOP, Step.CLOSE: _E.START}),
    Verb.REWORK: Rule(
        (_S.HANDLED, _S.VERIFIED), _S.ACKNOWLEDGED, Scope.CASES_VERIFY, (_D.REASON,),
        {Step.VERIFY: _E.STOP, Step.CLOSE: _E.STOP, Step.HANDLE: _E.RESUME}),
    Verb.CLOSE: Rule(
        (_S.VERIFIED,), _S.CLOSED, Scope.CASES_VERIFY, (), _STOP_ALL),
    Verb.RATE: Rule(
        (_S.CLOSED,), _S.RATED, Scope.CASES_VERIFY, (_D.RATING,)),
    Verb.EXTEND: Rule(
        (_S.DISPATCHED, _S.ACKNOWLEDGED), None, Scope.CASES_DISPATCH, (_D.REASON,), {Step.HANDLE: _E.EXTEND}),
    Verb.SUSPEND: Rule(
        (_S.ACKNOWLEDGED,), _S.SUSPENDED, Scope.CASES_DISPATCH, (_D.REASON,), {Step.HANDLE: _E.PAUSE}),
    Verb.RESUME: Rule(
        (_S.SUSPENDED,), _S.ACKNOWLEDGED, Scope.CASES_DISPATCH, (), {Step.HANDLE: _E.RESUME}),
    Verb.SUPERVISE: Rule(
        _OPEN, None, Scope.CASES_SUPERVISE, (_D.REASON,)),
    Verb.RECLASSIFY: Rule(
        _UNHANDLED, None, Scope.CASES_ACCEPT, (_D.CATEGORY, _D.REASON)),
    Verb.VOID: Rule(
        _OPEN, _S.VOIDED, Scope.CASES_DISPATCH, (_D.REASON,), _STOP_ALL),
    Verb.REOPEN: Rule(
        (_S.CLOSED, _S.RATED), _S.FILED, Scope.CASES_VERIFY, (_D.REASON,), {Step.DISPATCH: _E.START}),
    Verb.BACK_CHECK: Rule(
        (_S.CLOSED, _S.RATED), None, Scope.CASES_SUPERVISE, (_D.OPINION,)),
}  # fmt: skip

LIFECYCLE: Final = Lifecycle(
    CaseState, Verb, (CaseState.OPENED,), {verb: Transition(rule.sources, rule.target) for verb, rule in TABLE.items()}
)


def verbs_from(state: CaseState) -> tuple[Verb, ...]:
    """Return what the table allows from a state, in its order."""
    return tuple(verb for verb, rule in TABLE.items() if state in rule.sources)
