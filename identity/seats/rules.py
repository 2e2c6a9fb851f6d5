"""Pure decisions about seats: what their words may be."""

from __future__ import annotations

from typing import Final

from core.errors import Detail, DomainError, Kind

LONGEST: Final = 80
RESERVED_CODES: Final = frozenset({"absences", "roster"})
"""Codes that are addresses of the API."""


class SeatInvalidError(DomainError):
    """What was said about a seat is not valid; the detail names the field."""

    code = "seat-invalid"
    kind = Kind.INVALID


class SeatNotFoundError(DomainError):
    """There is no such seat. `wangge seats list` shows those there are."""

    code = "seat-not-found"
    kind = Kind.NOT_FOUND


class SeatTakenError(DomainError):
    """The person sits in another seat in that time. End that duty first."""

    code = "seat-duty-conflict"
    kind = Kind.CONFLICT


class StandInInvalidError(DomainError):
    """Who stands in is another person, and one at work."""

    code = "stand-in-invalid"
    kind = Kind.CONFLICT


def checked_line(words: str, field: str) -> str:
    """Return words without blanks around them.

    Raises
    ------
    SeatInvalidError
    """
    words = words.strip()
    if not words or len(words) > LONGEST or not words.isprintable():
        raise SeatInvalidError(
            "The {field} is 1 to {longest} printable characters.",
            values={"field": Detail(field), "longest": LONGEST},
            field=field,
        )
    return words


def checked_code(code: str) -> str:
    """Return a seat's code without blanks around it.

    Raises
    ------
    SeatInvalidError
    """
    code = checked_line(code, "code")
    if "/" in code or code in RESERVED_CODES:
        named = ", ".join(sorted(RESERVED_CODES))
        raise SeatInvalidError(
            "A seat's code has no slash, and is none of {named}.", values={"named": named}, field="code"
        )
    return code
