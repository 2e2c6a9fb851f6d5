"""The life of a correction offered to a source."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from core.states import Lifecycle, Transition


class CorrectionState(StrEnum):
    """Offered until a person takes or refuses it."""

    OFFERED = "offered"
    TAKEN = "taken"
    REFUSED = "refused"


class CorrectionAction(StrEnum):
    """What a person decides about a correction."""

    TAKE = "take"
    REFUSE = "refuse"


CORRECTION: Final = Lifecycle(
    CorrectionState,
    CorrectionAction,
    (CorrectionState.OFFERED,),
    {
        CorrectionAction.TAKE: Transition((CorrectionState.OFFERED,), CorrectionState.TAKEN),
        CorrectionAction.REFUSE: Transition((CorrectionState.OFFERED,), CorrectionState.REFUSED),
    },
)
