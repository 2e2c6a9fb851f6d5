"""What a legal hold keeps, and its life."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from core.states import Lifecycle, Transition


class HoldKind(StrEnum):
    """One report, all reports of a telephone number, a person who works here, or what was received in a span."""

    REPORT = "report"
    CALLER = "caller"
    STAFF = "staff"
    PERIOD = "period"


class HoldState(StrEnum):
    """In force until a second person lifts it."""

    IN_FORCE = "in_force"
    LIFTED = "lifted"


class HoldAction(StrEnum):
    """What changes a hold's state."""

    LIFT = "lift"


HOLD: Final = Lifecycle(
    HoldState,
    HoldAction,
    (HoldState.IN_FORCE,),
    {HoldAction.LIFT: Transition((HoldState.IN_FORCE,), HoldState.LIFTED)},
)
