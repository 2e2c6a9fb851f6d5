"""Pure decisions about categories: what their words may be, how a limit is written, and whether the tree holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from core.errors import DomainError, Kind
from core.trees import first_fault
from governance.categories.states import LimitUnit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from enum import StrEnum

    from core.trees import Span

    E = TypeVar("E", bound=StrEnum)

LONGEST: Final = 80
RESERVED_CODES: Final = frozenset({"words", "unknown-words", "imports"})
"""Codes that are addresses of the API."""
LARGEST_AMOUNT: Final = 100_000


class CategoryInvalidError(DomainError):
    """What was stated about categories does not fit together; the detail names the field."""

    code = "category-invalid"
    kind = Kind.INVALID


class CategoryNotFoundError(DomainError):
    """There is no category of that code. `wangge categories list` shows those there are."""

    code = "category-not-found"
    kind = Kind.NOT_FOUND


class CategoryInUseError(DomainError):
    """Other categories lie below the category at that time. Move or end them first."""

    code = "category-in-use"
    kind = Kind.CONFLICT


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a step may take: an amount of a unit of time."""

    amount: int
    unit: LimitUnit

    def __str__(self) -> str:
        """Return it as files and commands write it: `4 working_hours`."""
        return f"{self.amount} {self.unit}"


def checked_line(words: str, field: str) -> str:
    """Return words without blanks around them, or raise CategoryInvalidError."""
    words = words.strip()
    if not words or len(words) > LONGEST or not words.isprintable():
        raise CategoryInvalidError(
            "The {field} is 1 to {longest} printable characters.",
            values={"field": field, "longest": LONGEST},
            field=field,
        )
    return words


def checked_code(code: str, field: str = "code") -> str:
    """Return a category's code without blanks around it, or raise CategoryInvalidError."""
    code = checked_line(code, field)
    if "/" in code or code in RESERVED_CODES:
        named = ", ".join(sorted(RESERVED_CODES))
        raise CategoryInvalidError(
            "A category's code has no slash, and is none of {named}.", values={"named": named}, field=field
        )
    return code


def checked_one_of(values: type[E], word: str, field: str) -> E:
    """Return a value of an enumeration, or raise CategoryInvalidError that names all of them."""
    if word not in set(values):
        raise CategoryInvalidError(
            "The {field} is one of {values}, not '{word}'.",
            values={"field": field, "values": [*values], "word": word[:LONGEST]},
            field=field,
        )
    return values(word)


def checked_limit(amount: int, unit: str, field: str) -> Limit:
    """Return a limit, or raise CategoryInvalidError."""
    if not 0 < amount <= LARGEST_AMOUNT:
        raise CategoryInvalidError(
            "A limit is 1 to {largest_amount:,} of its unit, not {amount}.",
            values={"largest_amount": LARGEST_AMOUNT, "amount": amount},
            field=field,
        )
    return Limit(amount, checked_one_of(LimitUnit, unit, field))


def require_tree(spans: Iterable[Span]) -> None:
    """Make sure that at every instant each category's parent is there and none lies below itself.

    Raises
    ------
    CategoryInUseError
        When a parent is missing for a time.
    CategoryInvalidError
        When categories lie in a circle.
    """
    fault = first_fault(spans)
    if fault is None:
        return
    at = fault.at.isoformat()
    if fault.missing_parent is None:
        raise CategoryInvalidError(
            "Category '{code}' would lie below itself at {at}.",
            values={"code": fault.code, "at": at},
            field="parent_code",
        )
    raise CategoryInUseError(
        "Category '{code}' lies below '{missing_parent}', and that is no category at {at}.",
        values={"code": fault.code, "missing_parent": fault.missing_parent, "at": at},
        field="parent_code",
    )
