"""The way of a meeting."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from core.states import Lifecycle, Transition


class MeetingState(StrEnum):
    """How far a meeting is."""

    PLANNED = "planned"
    HELD = "held"
    """Its minutes are written; decisions are added."""
    CLOSED = "closed"
    """Nothing is added any more."""
    CALLED_OFF = "called_off"


class MeetingAction(StrEnum):
    """What is done to a meeting."""

    HOLD = "hold"
    CLOSE = "close"
    CALL_OFF = "call_off"


MEETING: Final = Lifecycle(
    MeetingState,
    MeetingAction,
    (MeetingState.PLANNED,),
    {
        MeetingAction.HOLD: Transition((MeetingState.PLANNED, MeetingState.HELD), MeetingState.HELD),
        MeetingAction.CLOSE: Transition((MeetingState.HELD,), MeetingState.CLOSED),
        MeetingAction.CALL_OFF: Transition((MeetingState.PLANNED,), MeetingState.CALLED_OFF),
    },
)
