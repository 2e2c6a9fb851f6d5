"""Read instants and days that people and programs write: one strict form each, wherever they come in.

A number is never read as a time: `20261201` would be an instant of 1970 when taken for seconds of Unix time, and a
release in force since then cannot be undone.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

INSTANT_FORM = "must be an instant of RFC 3339 with its offset, for example 2026-07-01T09:30:00+08:00"
DAY_FORM = "must be a day written as year-month-day, for example 2026-07-01"

_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,12})?"
    r"(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])",
    re.IGNORECASE,
)
_WITHOUT_OFFSET = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?", re.IGNORECASE)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_instant(text: str) -> datetime:
    """Read an RFC 3339 date-time, the only form taken; digits after the microsecond are dropped.

    Raises
    ------
    ValueError
        When it has another form (digits alone, no offset, a date alone), names no instant of the calendar, or lies
        outside the years 1 to 9999 in UTC. The message names what to send.
    """
    if not _INSTANT.fullmatch(text):
        if _WITHOUT_OFFSET.fullmatch(text):
            raise ValueError("needs a time zone, for example +08:00")
        raise ValueError(INSTANT_FORM)
    try:
        instant = datetime.fromisoformat(text.upper())
        instant.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"names no instant of the calendar; it {INSTANT_FORM}") from error
    return instant


def read_day(text: str) -> date:
    """Read an RFC 3339 full-date, the only form taken.

    Raises
    ------
    ValueError
        When it has another form or is not in the calendar. The message names what to send.
    """
    if not _DAY.fullmatch(text):
        raise ValueError(DAY_FORM)
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"is not in the calendar; it {DAY_FORM}") from error


def plus_restored(text: str) -> str:
    """Give an instant its plus sign back: one that a client did not encode arrives as a space."""
    return text.replace(" ", "+") if text.count(" ") == 1 and "T" in text else text
