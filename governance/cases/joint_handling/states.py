"""The ways of a whistle and of each unit that it calls. The verbs are those of the case's table of transitions."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from core.states import Lifecycle, Transition
from governance.cases.lifecycle.states import Verb


class WhistleState(StrEnum):
    """Where a whistle is."""

    CALLED = "called"
    CONCLUDED = "concluded"
    """The street has written the conclusion; who came has not all signed it."""
    SETTLED = "settled"
    """All who came have signed the conclusion."""
    CALLED_OFF = "called_off"


class WhistleAct(StrEnum):
    """What moves a whistle as a whole."""

    WHISTLE = Verb.WHISTLE.value
    CONCLUDE = Verb.CONCLUDE.value
    COSIGN = Verb.COSIGN.value
    """By the last of those who came."""
    CALL_OFF = Verb.CALL_OFF.value


class AnswerState(StrEnum):
    """Where a called unit is."""

    CALLED = "called"
    SIGNED = "signed"
    CONTACTED = "contacted"
    ARRIVED = "arrived"


class AnswerAct(StrEnum):
    """What moves a called unit."""

    WHISTLE = Verb.WHISTLE.value
    SIGN = Verb.SIGN.value
    CONTACT = Verb.CONTACT.value
    ARRIVE = Verb.ARRIVE.value


class WhistleVerb(StrEnum):
    """What is done to a whistle that was blown."""

    SIGN = Verb.SIGN.value
    CONTACT = Verb.CONTACT.value
    ARRIVE = Verb.ARRIVE.value
    ADVISE = Verb.ADVISE.value
    CONCLUDE = Verb.CONCLUDE.value
    COSIGN = Verb.COSIGN.value
    RATE_UNIT = Verb.RATE_UNIT.value
    CALL_OFF = Verb.CALL_OFF.value


_W, _A = WhistleState, AnswerState
WHISTLE: Final = Lifecycle(
    WhistleState,
    WhistleAct,
    (_W.CALLED,),
    {
        WhistleAct.WHISTLE: Transition((), _W.CALLED),
        # Written anew where somebody does not agree; then all sign anew.
        WhistleAct.CONCLUDE: Transition((_W.CALLED, _W.CONCLUDED), _W.CONCLUDED),
        WhistleAct.COSIGN: Transition((_W.CONCLUDED,), _W.SETTLED),
        WhistleAct.CALL_OFF: Transition((_W.CALLED,), _W.CALLED_OFF),
    },
)
ANSWER: Final = Lifecycle(
    AnswerState,
    AnswerAct,
    (_A.CALLED,),
    {
        AnswerAct.WHISTLE: Transition((), _A.CALLED),
        AnswerAct.SIGN: Transition((_A.CALLED,), _A.SIGNED),
        AnswerAct.CONTACT: Transition((_A.CALLED, _A.SIGNED), _A.CONTACTED),
        AnswerAct.ARRIVE: Transition((_A.CALLED, _A.SIGNED, _A.CONTACTED), _A.ARRIVED),
    },
)
ALLOWED_IN: Final[dict[WhistleVerb, tuple[WhistleState, ...]]] = {
    WhistleVerb.SIGN: (_W.CALLED,),
    WhistleVerb.CONTACT: (_W.CALLED,),
    WhistleVerb.ARRIVE: (_W.CALLED,),
    WhistleVerb.ADVISE: (_W.CALLED,),
    WhistleVerb.CONCLUDE: (_W.CALLED, _W.CONCLUDED),
    WhistleVerb.COSIGN: (_W.CONCLUDED,),
    WhistleVerb.RATE_UNIT: (_W.CONCLUDED, _W.SETTLED),
    WhistleVerb.CALL_OFF: (_W.CALLED,),
}
"""In which states of the whistle each verb is possible."""
OF_CALLED: Final = frozenset(
    {WhistleVerb.SIGN, WhistleVerb.CONTACT, WhistleVerb.ARRIVE, WhistleVerb.ADVISE, WhistleVerb.COSIGN}
)
"""What a person of a called unit does; the rest is the street's."""
NAMES_UNIT: Final = OF_CALLED | {WhistleVerb.RATE_UNIT}
"""Verbs that are about one called unit."""
