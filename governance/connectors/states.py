"""The answers that an upstream platform waits for, and the steps of a case that give them."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from governance.cases.lifecycle.states import Verb


class AnswerKind(StrEnum):
    """What is told to an upstream platform about its order."""

    RECEIPT = "receipt"
    """It was taken (签收)."""
    RETURN = "return"
    """It is not for this district (退单)."""
    EXTENSION = "extension"
    """More time is asked for (延期)."""
    RESULT = "result"
    """It is done, and this was done (结果)."""


ANSWERS: Final = {
    Verb.ACCEPT: AnswerKind.RECEIPT,
    Verb.REJECT: AnswerKind.RETURN,
    Verb.VOID: AnswerKind.RETURN,
    Verb.EXTEND: AnswerKind.EXTENSION,
    Verb.CLOSE: AnswerKind.RESULT,
    Verb.ANSWER: AnswerKind.RESULT,
}
"""Which step gives which answer; all other steps are the district's own."""
TYPES: Final = tuple(f"case.{verb}" for verb in ANSWERS)
"""The types of messages that become answers."""
