"""What is told of a deadline, and of which deadlines beside those of a case's clocks."""

from __future__ import annotations

from enum import StrEnum


class WhistleStep(StrEnum):
    """What a called unit owes."""

    SIGN = "sign"
    CONTACT = "contact"
    ARRIVE = "arrive"


class AlertKind(StrEnum):
    """What a row tells of a case's deadline."""

    DUE_SOON = "due_soon"
    """It is due within an hour of the time in which it counts."""
    OVERDUE = "overdue"
    """It is over."""
