"""Pure decisions about marks on callers: how long they last, and what they need."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, TypeVar

from core.errors import DomainError, Kind

if TYPE_CHECKING:
    from datetime import date
    from enum import StrEnum

    E = TypeVar("E", bound=StrEnum)

LONGEST: Final = timedelta(days=366)
"""A mark is stated anew after a year, or it is gone."""


class CallerMarkNotFoundError(DomainError):
    """There is no such mark, or none that you may see."""

    code = "caller-mark-not-found"
    kind = Kind.NOT_FOUND


class CallerMarkInvalidError(DomainError):
    """The mark is not valid; the detail names the field and what it takes."""

    code = "caller-mark-invalid"
    kind = Kind.INVALID


class CallerMarkDecidedError(DomainError):
    """The mark is not in a state in which that is done; the detail says in which it is."""

    code = "caller-mark-decided"
    kind = Kind.CONFLICT


class CallerMarkSecondPersonError(DomainError):
    """Who proposed a mark cannot confirm it: a second person has to."""

    code = "caller-mark-second-person"
    kind = Kind.FORBIDDEN


class CallerUnknownError(DomainError):
    """It is not known who sent the report: it came without a telephone number, or what it said was erased."""

    code = "caller-unknown"
    kind = Kind.CONFLICT


def require_last_day(last_day: date, today: date) -> None:
    """Make sure that a mark ends, today at the earliest and within a year.

    Raises
    ------
    CallerMarkInvalidError
    """
    if not today <= last_day <= today + LONGEST:
        raise CallerMarkInvalidError(
            "The last day of a mark is today or later, within {days} days.",
            values={"days": LONGEST.days}, field="last_day",
        )  # fmt: skip


def checked_word(values: type[E], word: str, field: str) -> E:
    """Return a kind, state or action by its word, or raise CallerMarkInvalidError that names all."""
    if word not in set(values):
        raise CallerMarkInvalidError(
            "The {field} is one of {values}, not '{word}'.",
            values={"field": field, "values": [*values], "word": word[:40]}, field=field,
        )  # fmt: skip
    return values(word)
