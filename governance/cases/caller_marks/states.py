"""What callers are marked for, and how a mark comes into force."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from core.states import Lifecycle, Transition


class CallerMarkKind(StrEnum):
    """What a caller is marked for; a mark refuses no report, it tells who takes the next one."""

    REPEATS = "repeats"
    """The same again and again, without new facts (反复来电)."""
    FALSE_REPORTS = "false_reports"
    """What was reported was not so, and the caller knew (虚假反映)."""
    ABUSE = "abuse"
    """Threats and insults (骚扰谩骂)."""


class CallerMarkState(StrEnum):
    """Whether a mark counts."""

    PROPOSED = "proposed"
    """It waits for a second person."""
    IN_FORCE = "in_force"
    REFUSED = "refused"
    LIFTED = "lifted"
    """It was taken away before its last day."""


class CallerMarkAction(StrEnum):
    """What is done with a mark."""

    CONFIRM = "confirm"
    REFUSE = "refuse"
    LIFT = "lift"


CALLER_MARK: Final = Lifecycle(
    CallerMarkState,
    CallerMarkAction,
    (CallerMarkState.PROPOSED,),
    {
        CallerMarkAction.CONFIRM: Transition((CallerMarkState.PROPOSED,), CallerMarkState.IN_FORCE),
        CallerMarkAction.REFUSE: Transition((CallerMarkState.PROPOSED,), CallerMarkState.REFUSED),
        CallerMarkAction.LIFT: Transition((CallerMarkState.IN_FORCE,), CallerMarkState.LIFTED),
    },
)
