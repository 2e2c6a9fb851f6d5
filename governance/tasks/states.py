"""What tasks there are, and the way of a task at each unit that it is given to."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from core.states import Lifecycle, Transition


class TaskKind(StrEnum):
    """An instruction of the centre, a roll-call (both 综合调度), or a passing errand (临时事项)."""

    INSTRUCTION = "instruction"
    ROLL_CALL = "roll_call"
    ERRAND = "errand"


class TaskState(StrEnum):
    """Where a task is at one unit."""

    ISSUED = "issued"
    ACKNOWLEDGED = "acknowledged"
    DONE = "done"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


class TaskVerb(StrEnum):
    """What is done to a task at a unit; `remind` is chasing (催办)."""

    ISSUE = "issue"
    ACKNOWLEDGE = "acknowledge"
    FINISH = "finish"
    CONFIRM = "confirm"
    SEND_BACK = "send_back"
    REMIND = "remind"
    WITHDRAW = "withdraw"


_OPEN: Final = (TaskState.ISSUED, TaskState.ACKNOWLEDGED)
LIFECYCLE: Final = Lifecycle(
    TaskState,
    TaskVerb,
    (TaskState.ISSUED,),
    {
        TaskVerb.ISSUE: Transition((), TaskState.ISSUED),
        TaskVerb.ACKNOWLEDGE: Transition((TaskState.ISSUED,), TaskState.ACKNOWLEDGED),
        TaskVerb.FINISH: Transition(_OPEN, TaskState.DONE),
        TaskVerb.CONFIRM: Transition((TaskState.DONE,), TaskState.CONFIRMED),
        TaskVerb.SEND_BACK: Transition((TaskState.DONE,), TaskState.ACKNOWLEDGED),
        TaskVerb.REMIND: Transition(_OPEN, None),
        TaskVerb.WITHDRAW: Transition((*_OPEN, TaskState.DONE), TaskState.WITHDRAWN),
    },
)
OF_UNIT: Final = frozenset({TaskVerb.ACKNOWLEDGE, TaskVerb.FINISH})
"""What a person of the unit does; the rest is the issuer's."""
NEEDS_TEXT: Final = frozenset({TaskVerb.FINISH, TaskVerb.SEND_BACK, TaskVerb.WITHDRAW})
