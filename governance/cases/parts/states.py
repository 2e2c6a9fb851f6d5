"""The way of a part and what each verb does to its clocks. The verbs are those of the case's table of transitions."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from core.states import Lifecycle, Transition
from governance.cases.lifecycle.states import Effect, Verb
from governance.categories.states import Step

if TYPE_CHECKING:
    from collections.abc import Mapping


class PartState(StrEnum):
    """Where a part is."""

    GIVEN = "given"
    ACKNOWLEDGED = "acknowledged"
    FINISHED = "finished"
    RETURNED = "returned"
    """The unit gave it back; whoever dispatches gives another to the right unit."""
    WITHDRAWN = "withdrawn"


class PartVerb(StrEnum):
    """What is done to a part."""

    GIVE = Verb.GIVE_PART.value
    ACKNOWLEDGE = Verb.ACKNOWLEDGE_PART.value
    RETURN = Verb.RETURN_PART.value
    FINISH = Verb.FINISH_PART.value
    SEND_BACK = Verb.SEND_BACK_PART.value
    EXTEND = Verb.EXTEND_PART.value
    WITHDRAW = Verb.WITHDRAW_PART.value


_P, _E = PartState, Effect
_OPEN: Final = (_P.GIVEN, _P.ACKNOWLEDGED)
LIFECYCLE: Final = Lifecycle(
    PartState,
    PartVerb,
    (_P.GIVEN,),
    {
        PartVerb.GIVE: Transition((), _P.GIVEN),
        PartVerb.ACKNOWLEDGE: Transition((_P.GIVEN,), _P.ACKNOWLEDGED),
        PartVerb.RETURN: Transition(_OPEN, _P.RETURNED),
        PartVerb.FINISH: Transition((_P.ACKNOWLEDGED,), _P.FINISHED),
        PartVerb.SEND_BACK: Transition((_P.FINISHED,), _P.ACKNOWLEDGED),
        PartVerb.EXTEND: Transition(_OPEN, None),
        PartVerb.WITHDRAW: Transition(_OPEN, _P.WITHDRAWN),
    },
)
_STOP: Final = {Step.ACKNOWLEDGE: _E.STOP, Step.HANDLE: _E.STOP}
EFFECTS: Final[Mapping[PartVerb, Mapping[Step, Effect]]] = {
    PartVerb.GIVE: {Step.ACKNOWLEDGE: _E.START, Step.HANDLE: _E.START},
    PartVerb.ACKNOWLEDGE: {Step.ACKNOWLEDGE: _E.STOP},
    PartVerb.RETURN: _STOP,
    PartVerb.FINISH: _STOP,
    PartVerb.SEND_BACK: {Step.HANDLE: _E.RESUME},
    PartVerb.EXTEND: {Step.HANDLE: _E.EXTEND},
    PartVerb.WITHDRAW: _STOP,
}
"""What each verb does to the part's clocks; the clocks of the case go on as they are."""
OF_UNIT: Final = frozenset({PartVerb.ACKNOWLEDGE, PartVerb.RETURN, PartVerb.FINISH})
"""What a person of the part's unit does; the rest is the dispatcher's."""
