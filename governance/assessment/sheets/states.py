"""The dimensions that sheets are of, what of an item is counted, and the way of a sheet."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from core.states import Lifecycle, Transition


class Dimension(StrEnum):
    """Which of the dimensions that are partly scored by people."""

    OPERATION = "operation"
    """How far the operation centre of a street or town is at work (镇办城运中心实体化运转)."""
    DISPATCHING = "dispatching"
    """How the centre's instructions and roll-calls are answered (综合调度)."""
    ERRANDS = "errands"
    """Passing errands (其他临时事项)."""


class ItemCount(StrEnum):
    """What the points of an item are counted from; an item without one is scored by a person."""

    SEATS = "seats"
    """Of the days of each of the unit's seats those on which somebody sat there."""
    ROLL_CALLS = "roll_calls"
    """Of the roll-calls that came due those acknowledged in time."""
    INSTRUCTIONS = "instructions"
    """Of the instructions that came due those done in time."""
    ERRANDS = "errands"
    """Of the errands that came due those done in time."""


class SheetState(StrEnum):
    """How far a sheet is."""

    OPEN = "open"
    SCORED = "scored"
    """It waits for a second person's look."""
    CONFIRMED = "confirmed"
    """Nothing in it changes any more."""


class SheetAction(StrEnum):
    """What is done to a sheet."""

    SCORE = "score"
    CONFIRM = "confirm"
    SEND_BACK = "send_back"


SHEET: Final = Lifecycle(
    SheetState,
    SheetAction,
    (SheetState.OPEN,),
    {
        SheetAction.SCORE: Transition((SheetState.OPEN, SheetState.SCORED), SheetState.SCORED),
        SheetAction.CONFIRM: Transition((SheetState.SCORED,), SheetState.CONFIRMED),
        SheetAction.SEND_BACK: Transition((SheetState.SCORED,), SheetState.OPEN),
    },
)
