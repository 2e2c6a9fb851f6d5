"""Grounds of appeals, and the way of an appeal: both sides are heard before it is decided on."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from core.states import Lifecycle, Transition


class Ground(StrEnum):
    """Why something that was counted is contested."""

    FACTS = "facts"
    """What happened is not as it was recorded (事实不符)."""
    DUTY = "duty"
    """It was not the unit's duty (职责不符)."""
    OUTSIDE = "outside"
    """Nobody could have done it in time: weather, works, a court (客观原因)."""
    CALLER = "caller"
    """The caller could not be reached, or asked for more than there is a right to (诉求人原因)."""
    SYSTEM = "system"
    """A fault of the service (系统原因)."""


class AppealState(StrEnum):
    """How far an appeal is."""

    FILED = "filed"
    ANSWERED = "answered"
    """The other side was heard; it waits for the decision."""
    GRANTED = "granted"
    """What is contested counts for nobody any more, in the next version of the results."""
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class AppealAction(StrEnum):
    """What is done to an appeal."""

    ANSWER = "answer"
    GRANT = "grant"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


_OPEN: Final = (AppealState.FILED, AppealState.ANSWERED)
APPEAL: Final = Lifecycle(
    AppealState,
    AppealAction,
    (AppealState.FILED,),
    {
        AppealAction.ANSWER: Transition((AppealState.FILED,), AppealState.ANSWERED),
        AppealAction.GRANT: Transition((AppealState.ANSWERED,), AppealState.GRANTED),
        AppealAction.REFUSE: Transition((AppealState.ANSWERED,), AppealState.REFUSED),
        AppealAction.WITHDRAW: Transition(_OPEN, AppealState.WITHDRAWN),
    },
)
OPEN: Final = _OPEN
"""The states in which an appeal waits for somebody."""
