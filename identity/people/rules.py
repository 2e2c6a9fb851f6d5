"""Pure decisions about people: which words may be a name, a staff number or a telephone number."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from core.errors import Detail, DomainError, Kind

LONGEST: Final = 80
ERASED_NAME: Final = "已删除"
_PHONE: Final = re.compile(r"\+?[0-9][0-9 \-]{4,22}[0-9]")


class PersonInvalidError(DomainError):
    """What was said about a person is not valid; the detail names the field."""

    code = "person-invalid"
    kind = Kind.INVALID


class PersonNotFoundError(DomainError):
    """There is no such person. `wangge people list` shows those there are."""

    code = "person-not-found"
    kind = Kind.NOT_FOUND


class PersonExistsError(DomainError):
    """Another person has that staff number, or is known by that external id."""

    code = "person-exists"
    kind = Kind.CONFLICT


class PersonEndedError(DomainError):
    """The person's appointment has ended or the data were erased. Reactivate the person first."""

    code = "person-ended"
    kind = Kind.CONFLICT


def checked_name(name: str) -> str:
    """Return a person's name without blanks around it.

    Raises
    ------
    PersonInvalidError
    """
    return _line(name, "name")


def checked_staff_number(number: str | None) -> str | None:
    """Return a staff number; an empty one is none.

    Raises
    ------
    PersonInvalidError
    """
    return _line(number, "staff_number") if number and number.strip() else None


def checked_phone(phone: str | None) -> str | None:
    """Return a telephone number in ASCII digits without blanks and dashes; an empty one is none.

    Raises
    ------
    PersonInvalidError
    """
    if not phone or not phone.strip():
        return None
    plain = unicodedata.normalize("NFKC", phone).strip()
    if not _PHONE.fullmatch(plain):
        raise PersonInvalidError("A telephone number is 6 to 24 digits, a + before it if need be.", field="phone")
    return re.sub(r"[ \-]", "", plain)


def principal_name(name: str, staff_number: str | None, number: int) -> str:
    """Return the name that a person acts under where another person bears the plain one."""
    return f"{name}（{staff_number or number}）"


def _line(words: str, field: str) -> str:
    words = words.strip()
    if not words or len(words) > LONGEST or not words.isprintable():
        raise PersonInvalidError(
            "The {field} is 1 to {longest} printable characters.",
            values={"field": Detail(field.replace("_", " ")), "longest": LONGEST},
            field=field,
        )
    return words
