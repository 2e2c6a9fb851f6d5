"""The kinds of office forms, and the steps of a case that each is about."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from governance.cases.lifecycle.states import Verb


class FormKind(StrEnum):
    """What a form is."""

    ASSIGNMENT = "assignment"
    """To a unit that is to handle the case (交办单)."""
    SUPERVISION = "supervision"
    """The case is supervised (督办单)."""
    RETURN = "return"
    """A unit gave the case back (退单)."""
    CLOSING = "closing"
    """The case is closed (结案单)."""
    CALL_BACK = "call-back"
    """The caller was asked (回访单)."""


STEPS_OF: Final = {
    FormKind.ASSIGNMENT: (Verb.DISPATCH, Verb.REDISPATCH, Verb.HAND_DOWN, Verb.REPORT_UP),
    FormKind.SUPERVISION: (Verb.SUPERVISE,),
    FormKind.RETURN: (Verb.RETURN,),
    FormKind.CLOSING: (Verb.CLOSE,),
    FormKind.CALL_BACK: (Verb.CALL_BACK,),
}
"""A form is about one step of a case: the latest of these unless another is named."""
UNPRINTED: Final = frozenset({Verb.ACCUSE, Verb.LIFT_ACCUSATION, Verb.RECALL})
"""What no form's history shows: whom a case accuses is for those who look after it."""
