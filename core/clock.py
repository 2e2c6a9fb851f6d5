"""The only place that asks what time it is.

A process on the database's machine has the same clock; one elsewhere keeps to the database's (`follow`), so that
"in force from this instant on" means the same instant on every machine.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")
"""The district's civil time: working hours, days and months of every report are counted in it."""

_NO_DIFFERENCE = timedelta(0)
_difference = _NO_DIFFERENCE


def now() -> datetime:
    """Return the current instant, timezone-aware, in UTC."""
    return datetime.now(UTC) + _difference if _difference else datetime.now(UTC)


def midnight_of(instant: datetime) -> datetime:
    """Return when the district's day began in which an instant lies."""
    return datetime.combine(instant.astimezone(LOCAL).date(), time(), LOCAL)


def machine() -> datetime:
    """Return the time of this machine's own clock."""
    return datetime.now(UTC)


def sync_clock(reference: datetime, *, before: datetime, after: datetime) -> timedelta:
    """Follow a clock that read `reference` between two readings of the machine's own; return the difference.

    A difference that the time between the readings can explain is taken for none.
    """
    global _difference  # noqa: PLW0603 (a process has one time)
    _difference = min(max(_NO_DIFFERENCE, reference - after), reference - before)
    return _difference
