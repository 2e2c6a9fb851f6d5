"""What may be done with the answer to an address."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """What may be done with an answer: only ``certain`` places a report without a human."""

    CERTAIN = "certain"
    AMBIGUOUS = "ambiguous"
    COARSE = "coarse"
    DOUBTFUL = "doubtful"
    NOT_FOUND = "not_found"
