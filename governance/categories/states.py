"""Closed sets of what categories hold."""

from __future__ import annotations

from enum import StrEnum


class CategoryKind(StrEnum):
    """What a case is about, as GB/T 30428.2 parts it."""

    COMPONENT = "component"
    """A thing of the city: a manhole cover, a lamp (部件)."""
    EVENT = "event"
    """What happens or is done there: rubbish, an illegal building (事件)."""


class Urgency(StrEnum):
    """How much a case presses: each has limits of its own."""

    NORMAL = "normal"
    URGENT = "urgent"


class Step(StrEnum):
    """A step of a case that has a limit of its own."""

    ACCEPT = "accept"
    FILE = "file"
    DISPATCH = "dispatch"
    ACKNOWLEDGE = "acknowledge"
    HANDLE = "handle"
    VERIFY = "verify"
    CLOSE = "close"


class LimitUnit(StrEnum):
    """In what time a limit is measured."""

    MINUTES = "minutes"
    HOURS = "hours"
    CALENDAR_DAYS = "calendar_days"
    WORKING_HOURS = "working_hours"
    WORKING_DAYS = "working_days"
