"""The life of the handover of a release."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from core.states import Lifecycle, Transition


class HandoverState(StrEnum):
    """Running, through, or overtaken by a later release that took effect before it was through."""

    RUNNING = "running"
    DONE = "done"
    OVERTAKEN = "overtaken"


class HandoverAction(StrEnum):
    """What ends a handover: its last batch, or a later release."""

    FINISH = "finish"
    OVERTAKE = "overtake"


HANDOVER: Final = Lifecycle(
    HandoverState,
    HandoverAction,
    (HandoverState.RUNNING, HandoverState.OVERTAKEN),
    {
        HandoverAction.FINISH: Transition((HandoverState.RUNNING,), HandoverState.DONE),
        HandoverAction.OVERTAKE: Transition((HandoverState.RUNNING,), HandoverState.OVERTAKEN),
    },
)
"""A release that was never the latest one in force when it was noticed begins as overtaken: there is nothing to run."""
