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
    MERGED = "merged"
    """It tells of what another case, the main one, tells of; that one goes on for both."""
    TRANSFERRED = "transferred"
    """It is not this district's: another one or the city has it, and it comes back if it is refused there."""


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
    HAND_DOWN = "hand_down"
    """To a unit below: from the street to a community (下派)."""
    REPORT_UP = "report_up"
    """To the unit above, where it can be solved (上报上级)."""
    ACCUSE = "accuse"
    """Keep that the case is about what a unit or a person did or left undone: neither has to do with it any more."""
    LIFT_ACCUSATION = "lift_accusation"
    """Keep that a unit or a person was named as accused by mistake."""
    RECALL = "recall"
    """Take a case back from the unit that has it (收回)."""
    WHISTLE = "whistle"
    """A street calls departments to a joint visit (吹哨)."""
    SIGN = "sign"
    """A called unit has taken notice (签收)."""
    CONTACT = "contact"
    """It has talked with the street (联系)."""
    ARRIVE = "arrive"
    """It is on the spot (报到)."""
    ADVISE = "advise"
    """It writes its opinion (会商意见)."""
    CONCLUDE = "conclude"
    """The street writes down what was decided (会商结论)."""
    COSIGN = "cosign"
    """A unit that came agrees with the conclusion, or does not (会签)."""
    RATE_UNIT = "rate_unit"
    """The street rates a called unit (街道评价部门)."""
    CALL_OFF = "call_off"
    """The street takes the whistle back (撤哨)."""
    GIVE_PART = "give_part"
    """A part of the case goes to another unit beside the one that has it (协办)."""
    ACKNOWLEDGE_PART = "acknowledge_part"
    RETURN_PART = "return_part"
    FINISH_PART = "finish_part"
    SEND_BACK_PART = "send_back_part"
    EXTEND_PART = "extend_part"
    WITHDRAW_PART = "withdraw_part"
    CALL_BACK = "call_back"
    """Ask the caller whether it is solved (回访)."""
    ADD_NOTE = "add_note"
    """Add what became known since (补充说明); a peer's update comes so too."""
    MERGE = "merge"
    """Say that a case tells of the same as another, which goes on for both (并案)."""
    UNMERGE = "unmerge"
    """Say that it does not: it goes its own way again (撤销并案)."""
    TAKE_IN = "take_in"
    """The main case's step, when another is merged into it."""
    LET_GO = "let_go"
    """The main case's step, when another is taken out of it."""
    RATE_MAIN = "rate_main"
    """The caller of a merged case rates what came of the main one."""
    LINK = "link"
    """Say that two cases have to do with each other; each goes its own way (关联)."""
    UNLINK = "unlink"
    TRANSFER = "transfer"
    CONFIRM_TRANSFER = "confirm_transfer"
    """Whoever it was transferred to has taken it, under a receipt of theirs."""
    TAKE_BACK = "take_back"
    """Whoever it was transferred to has refused it."""
    RELOCATE = "relocate"
    """It belongs to another area from now on: a release moved the border, or its place was decided on anew."""
    ANSWER = "answer"
    """Answer what was only asked from the knowledge base, and close it without dispatch (咨询答复)."""
    VISIT = "visit"
    """Somebody of the unit is on the spot (到场)."""


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
    RECIPIENT = "recipient"
    RECEIPT = "receipt"
    KNOWLEDGE = "knowledge"


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


STEPS: Final = "steps"
WHISTLES: Final = "whistles"
PARTS: Final = "parts"
CALL_BACKS: Final = "call-backs"
DUPLICATES: Final = "duplicates"
PLACE: Final = "place"
"""What the service does by itself as the place of the report changes; nobody else does it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table.

    `target` None: the state stays. `own_unit`: a person does it who belongs to the case's unit or to one below it.
    `path`: under which address of a case it is done; what runs beside the case has one of its own.
    """

    sources: tuple[CaseState, ...]
    target: CaseState | None
    scope: Scope
    duties: tuple[Duty, ...] = ()
    clocks: Mapping[Step, Effect] = field(default_factory=dict)
    own_unit: bool = False
    path: str = STEPS


_S, _D, _E = CaseState, Duty, Effect
UNHANDLED: Final = (_S.OPENED, _S.ACCEPTED, _S.FILED, _S.DISPATCHED, _S.ACKNOWLEDGED, _S.SUSPENDED, _S.RETURNED)
"""States of cases on which nobody has finished work."""
OPEN: Final = (*UNHANDLED, _S.HANDLED, _S.VERIFIED)
"""States of cases that are not at their end: what a release hands over, what waits for somebody."""
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
        OPEN, None, Scope.CASES_SUPERVISE, (_D.REASON,)),
    Verb.RECLASSIFY: Rule(
        UNHANDLED, None, Scope.CASES_ACCEPT, (_D.CATEGORY, _D.REASON)),
    Verb.VOID: Rule(
        OPEN, _S.VOIDED, Scope.CASES_DISPATCH, (_D.REASON,), _STOP_ALL),
    Verb.REOPEN: Rule(
        (_S.CLOSED, _S.RATED), _S.FILED, Scope.CASES_VERIFY, (_D.REASON,), {Step.DISPATCH: _E.START}),
    Verb.BACK_CHECK: Rule(
        (_S.CLOSED, _S.RATED), None, Scope.CASES_SUPERVISE, (_D.OPINION,)),
    # Each hop is acknowledged within a limit of its own; the clock of handling is the case's and goes on.
    Verb.HAND_DOWN: Rule(
        (_S.DISPATCHED, _S.ACKNOWLEDGED), _S.DISPATCHED, Scope.CASES_HANDLE, (_D.UNIT,), {Step.ACKNOWLEDGE: _E.START},
        own_unit=True),
    Verb.REPORT_UP: Rule(
        (_S.DISPATCHED, _S.ACKNOWLEDGED), _S.DISPATCHED, Scope.CASES_HANDLE, (_D.REASON,),
        {Step.ACKNOWLEDGE: _E.START}, own_unit=True),
    Verb.ACCUSE: Rule(
        OPEN, None, Scope.CASES_ACCEPT, (_D.REASON,)),
    Verb.LIFT_ACCUSATION: Rule(
        OPEN, None, Scope.CASES_SUPERVISE, (_D.REASON,)),
    Verb.RECALL: Rule(
        (_S.DISPATCHED, _S.ACKNOWLEDGED, _S.SUSPENDED), _S.RETURNED, Scope.CASES_SUPERVISE, (_D.REASON,),
        {Step.ACKNOWLEDGE: _E.STOP, Step.HANDLE: _E.STOP, Step.DISPATCH: _E.START}),
    # Joint handling runs beside the case: its state stays, and its clocks unless the kind of whistle pauses them.
    Verb.WHISTLE: Rule(
        (_S.DISPATCHED, _S.ACKNOWLEDGED, _S.SUSPENDED), None, Scope.CASES_HANDLE, (_D.REASON,), path=WHISTLES),
    Verb.SIGN: Rule(OPEN, None, Scope.CASES_HANDLE, path=WHISTLES),
    Verb.CONTACT: Rule(OPEN, None, Scope.CASES_HANDLE, path=WHISTLES),
    Verb.ARRIVE: Rule(OPEN, None, Scope.CASES_HANDLE, (_D.PLACE,), path=WHISTLES),
    Verb.ADVISE: Rule(OPEN, None, Scope.CASES_HANDLE, (_D.OPINION,), path=WHISTLES),
    Verb.CONCLUDE: Rule(OPEN, None, Scope.CASES_HANDLE, (_D.OPINION,), path=WHISTLES),
    Verb.COSIGN: Rule((*OPEN, _S.CLOSED, _S.RATED), None, Scope.CASES_HANDLE, path=WHISTLES),
    Verb.RATE_UNIT: Rule((*OPEN, _S.CLOSED, _S.RATED), None, Scope.CASES_HANDLE, (_D.RATING,), path=WHISTLES),
    Verb.CALL_OFF: Rule(OPEN, None, Scope.CASES_HANDLE, (_D.REASON,), path=WHISTLES),
    # Parts have clocks of their own; those of the case go on.
    Verb.GIVE_PART: Rule(
        (_S.DISPATCHED, _S.ACKNOWLEDGED, _S.SUSPENDED), None, Scope.CASES_DISPATCH, (_D.UNIT, _D.REASON), path=PARTS),
    Verb.ACKNOWLEDGE_PART: Rule(OPEN, None, Scope.CASES_HANDLE, path=PARTS),
    Verb.RETURN_PART: Rule(OPEN, None, Scope.CASES_HANDLE, (_D.RETURN_REASON, _D.REASON), path=PARTS),
    Verb.FINISH_PART: Rule(OPEN, None, Scope.CASES_HANDLE, (_D.OPINION,), path=PARTS),
    Verb.SEND_BACK_PART: Rule(OPEN, None, Scope.CASES_DISPATCH, (_D.REASON,), path=PARTS),
    Verb.EXTEND_PART: Rule(OPEN, None, Scope.CASES_DISPATCH, (_D.REASON,), path=PARTS),
    Verb.WITHDRAW_PART: Rule(OPEN, None, Scope.CASES_DISPATCH, (_D.REASON,), path=PARTS),
    Verb.CALL_BACK: Rule((_S.CLOSED, _S.RATED), None, Scope.CASES_VERIFY, path=CALL_BACKS),
    Verb.ADD_NOTE: Rule((*OPEN, _S.CLOSED, _S.RATED), None, Scope.CASES_ACCEPT, (_D.OPINION,)),
    # A merged case waits for nothing: all its clocks stop. What is taken out again is filed and dispatched anew.
    Verb.MERGE: Rule(
        UNHANDLED, _S.MERGED, Scope.CASES_DISPATCH, (_D.REASON,), _STOP_ALL, path=DUPLICATES),
    Verb.UNMERGE: Rule(
        (_S.MERGED,), _S.ACCEPTED, Scope.CASES_DISPATCH, (_D.REASON,), {Step.FILE: _E.START}, path=DUPLICATES),
    Verb.TAKE_IN: Rule(
        (*OPEN, _S.CLOSED, _S.RATED), None, Scope.CASES_DISPATCH, (_D.REASON,), path=DUPLICATES),
    Verb.LET_GO: Rule(tuple(_S), None, Scope.CASES_DISPATCH, (_D.REASON,), path=DUPLICATES),
    Verb.RATE_MAIN: Rule((_S.MERGED,), None, Scope.CASES_VERIFY, (_D.RATING,), path=DUPLICATES),
    Verb.LINK: Rule(tuple(_S), None, Scope.CASES_DISPATCH, (_D.REASON,), path=DUPLICATES),
    Verb.UNLINK: Rule(tuple(_S), None, Scope.CASES_DISPATCH, (_D.REASON,), path=DUPLICATES),
    # Out of the district all clocks stop; what is refused there is filed and dispatched anew.
    Verb.TRANSFER: Rule(
        UNHANDLED, _S.TRANSFERRED, Scope.CASES_DISPATCH, (_D.RECIPIENT, _D.REASON), _STOP_ALL),
    Verb.CONFIRM_TRANSFER: Rule(
        (_S.TRANSFERRED,), None, Scope.CASES_DISPATCH, (_D.RECEIPT,)),
    Verb.TAKE_BACK: Rule(
        (_S.TRANSFERRED,), _S.ACCEPTED, Scope.CASES_DISPATCH, (_D.REASON,), {Step.FILE: _E.START}),
    Verb.RELOCATE: Rule(OPEN, None, Scope.TRIAGE, path=PLACE),
    # What is only asked goes to no unit; who is not content with the answer has it reopened, and then it is dispatched.
    Verb.ANSWER: Rule(
        (_S.OPENED, _S.ACCEPTED, _S.FILED), _S.CLOSED, Scope.CASES_ACCEPT, (_D.KNOWLEDGE,), _STOP_ALL),
    Verb.VISIT: Rule(
        (_S.ACKNOWLEDGED, _S.SUSPENDED), None, Scope.CASES_HANDLE, (_D.PLACE,), own_unit=True),
}  # fmt: skip

LIFECYCLE: Final = Lifecycle(
    CaseState, Verb, (CaseState.OPENED,), {verb: Transition(rule.sources, rule.target) for verb, rule in TABLE.items()}
)


def verbs_from(state: CaseState) -> tuple[Verb, ...]:
    """Return what the table allows from a state as steps of the case itself, in its order."""
    return tuple(verb for verb, rule in TABLE.items() if state in rule.sources and rule.path == STEPS)
