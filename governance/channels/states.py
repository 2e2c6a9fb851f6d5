"""What kind of source a channel is."""

from __future__ import annotations

from enum import StrEnum


class SourceKind(StrEnum):
    """Who noticed: decides what a hotspot run does with the reports of a channel."""

    CITIZEN = "citizen"
    PATROL = "patrol"
    QUICK_NOTE = "quick_note"
    SENSOR = "sensor"
