"""The life of a correction offered to a source."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from core.states import decided_once


class CorrectionState(StrEnum):
    """Offered until a person takes or refuses it."""

    OFFERED = "offered"
    TAKEN = "taken"
    REFUSED = "refused"


CORRECTION: Final = decided_once(
    CorrectionState, CorrectionState.OFFERED, CorrectionState.TAKEN, CorrectionState.REFUSED
)
