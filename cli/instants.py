"""Instants and days as options of commands: read as the API reads them."""

from __future__ import annotations

from datetime import datetime, time

from cli.refusals import refusal
from core import clock
from core.errors import detail_of
from core.instants import read_day, read_instant


def instant(text: str | datetime) -> datetime:
    """Read an RFC 3339 instant with its offset, or refuse the option (exit code 2)."""
    if isinstance(text, datetime):
        return text
    try:
        return read_instant(text)
    except ValueError as error:
        raise refusal("'{text}' {problem}.", values={"text": text[:60], "problem": detail_of(error)}) from None


def instant_or_day(text: str) -> datetime:
    """Read an RFC 3339 instant, or a day as its first instant in local time, or refuse the option (exit code 2)."""
    try:
        return datetime.combine(read_day(text), time(), clock.LOCAL)
    except ValueError:
        return instant(text)


def local_words(instant: datetime) -> str:
    """Write an instant for people, in local time with its offset."""
    return instant.astimezone(clock.LOCAL).isoformat(" ", "seconds")
