"""Pure decisions about units: what their words may be, and whether their tree holds together at every instant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.errors import DomainError, Kind
from core.trees import first_fault
from identity.units.states import UnitKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.trees import Span

LONGEST_CODE: Final = 80
LONGEST_NAME: Final = 200
RESERVED_CODES: Final = frozenset({"unmapped", "answering"})
"""Codes that are addresses of the API."""


class UnitInvalidError(DomainError):
    """What was said about units does not fit together; the detail names the unit."""

    code = "unit-invalid"
    kind = Kind.INVALID


class UnitNotFoundError(DomainError):
    """There is no unit of that code. `wangge units list` shows those there are."""

    code = "unit-not-found"
    kind = Kind.NOT_FOUND


class UnitInUseError(DomainError):
    """Other units or areas depend on the unit at that time; the detail names them. Move them first."""

    code = "unit-in-use"
    kind = Kind.CONFLICT


def checked_code(code: str, field: str = "code") -> str:
    """Return a code without blanks around it.

    Raises
    ------
    UnitInvalidError
    """
    code = code.strip()
    if not code or len(code) > LONGEST_CODE or not code.isprintable() or "/" in code or code in RESERVED_CODES:
        raise UnitInvalidError(
            (
                "A unit's code is 1 to {longest_code} printable characters without a slash, and none of "
                "{reserved_codes}."
            ),
            values={"longest_code": LONGEST_CODE, "reserved_codes": [*sorted(RESERVED_CODES)]},
            field=field,
        )
    return code


def checked_release_code(code: str) -> str:
    """Return a code of releases without blanks around it.

    Raises
    ------
    UnitInvalidError
    """
    code = code.strip()
    if not code or len(code) > LONGEST_CODE or not code.isprintable():
        raise UnitInvalidError(
            "A code is 1 to {longest_code} printable characters.",
            values={"longest_code": LONGEST_CODE},
            field="release_code",
        )
    return code


def checked_name(name: str) -> str:
    """Return a unit's name without blanks around it.

    Raises
    ------
    UnitInvalidError
    """
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise UnitInvalidError(
            "A unit's name is 1 to {longest_name} printable characters.",
            values={"longest_name": LONGEST_NAME},
            field="name",
        )
    return name


def checked_kind(kind: str) -> UnitKind:
    """Return a kind of unit.

    Raises
    ------
    UnitInvalidError
    """
    if kind not in set(UnitKind):
        raise UnitInvalidError(
            "A unit is one of {kinds}, not '{kind}'.",
            values={"kinds": [*UnitKind], "kind": kind[:80]},
            field="kind",
        )
    return UnitKind(kind)


def require_tree(spans: Iterable[Span]) -> None:
    """Make sure that at every instant each unit's parent is there and no unit lies below itself.

    Raises
    ------
    UnitInUseError
        When a parent is missing for a time.
    UnitInvalidError
        When units lie in a circle.
    """
    fault = first_fault(spans)
    if fault is None:
        return
    if fault.missing_parent is not None:
        raise UnitInUseError(
            "Unit '{code}' belongs to '{parent}', and that is no unit at {at}.",
            values={"code": fault.code, "parent": fault.missing_parent, "at": fault.at.isoformat()},
            field="parent_code",
        )
    raise UnitInvalidError(
        "Unit '{above}' would lie below itself at {at}.",
        values={"above": fault.code, "at": fault.at.isoformat()},
        field="parent_code",
    )
