"""Closed sets of what rules of dispatch hold."""

from __future__ import annotations

from enum import StrEnum


class When(StrEnum):
    """The time of the week in which a rule counts."""

    WORKING = "working"
    """While offices work."""
    OFF = "off"
    """Evenings, nights, days off."""


class RuleFinding(StrEnum):
    """What is wrong with a rule, or doubtful."""

    UNKNOWN_AREA = "unknown-area"
    """No release in force has the area: the rule never fires."""
    UNKNOWN_CATEGORY = "unknown-category"
    """There is no such category: the rule never fires."""
    UNKNOWN_UNIT = "unknown-unit"
    """The unit has ended or has not begun: what the rule decides cannot be dispatched."""
    UNKNOWN_LEVEL = "unknown-level"
    """No layer has the level: the rule never fires."""
    SHADOWED = "shadowed"
    """Earlier rules take every case that it could: it never fires."""
    NEVER_FIRED = "never-fired"
    """It would have decided no case of the span that was looked at."""
