"""Instants and days as options of commands: read as the API reads them."""

from __future__ import annotations

from datetime import datetime, time

import typer

from core import clock
from core.instants import read_day, read_instant


def instant(text: str | datetime) -> datetime:
    """Read an RFC 3339 instant with its offset, or refuse the option (exit code 2)."""
    if isinstance(text, datetime):
        return text
    try:
        return read_instant(text)
    except ValueError as error:
        raise typer.BadParameter(f"'{text[:60]}' {error}.") from None


def instant_or_day(text: str) -> datetime:
    """Read an RFC 3339 instant, or a day as its first instant in local time, or refuse the option (exit code 2)."""
    try:
        return datetime.combine(read_day(text), time(), clock.LOCAL)
    except ValueError:
        return instant(text)


def local_words(instant: datetime) -> str:
    """Write an instant for people, in local time with its offset."""
    return instant.astimezone(clock.LOCAL).isoformat(" ", "seconds")
