"""What can become of a correction offered to a source."""

from __future__ import annotations

from enum import StrEnum


class CorrectionState(StrEnum):
    """Offered until a person takes or refuses it."""

    OFFERED = "offered"
    TAKEN = "taken"
    REFUSED = "refused"
