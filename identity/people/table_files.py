"""People as a table in a file: what a CSV or spreadsheet of people holds, read row by row, and written again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from core.errors import Detail, DomainError, Kind
from core.headed_tables import read_rows
from identity.grants import ROLES, Grant
from identity.people import rules
from identity.people.rules import PersonInvalidError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from identity.people.queries import Profile

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "name": ("name", "姓名"),
    "staff_number": ("staff_number", "工号"),
    "phone": ("phone", "电话", "手机", "联系电话"),
    "unit_codes": ("unit_code", "unit_codes", "单位编码"),
    "role": ("role", "角色"),
    "area": ("area", "片区", "区域"),
    "category": ("category", "类别"),
}
"""Headings that a file may use; all but the first two may be missing. Several units are separated by `;`."""
NEEDED: Final = ("name", "staff_number")
MOST_ROWS: Final = 20_000


class PeopleFileError(DomainError):
    """The file of people cannot be taken in; nothing was changed. Mend the rows that are named and send it again."""

    code = "people-file-invalid"
    kind = Kind.INVALID


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One row: a person, the units, and a role where one is named. Empty cells leave as it is what there is."""

    line: int
    name: str
    staff_number: str
    phone: str | None
    unit_codes: tuple[str, ...]
    grant: Grant | None


def read_people(path: Path) -> list[PersonRow]:
    """Read a file of people, separated values or a spreadsheet.

    Raises
    ------
    PeopleFileError
        With every row that is wrong, by its line, in `errors`.
    CsvUnreadableError, SheetUnreadableError
    """
    found: list[PersonRow] = []
    errors: list[dict[str, str | Detail]] = []
    for row in read_rows(path, COLUMNS, needed=NEEDED, most=MOST_ROWS):
        try:
            if row.problem is not None:
                raise PersonInvalidError(row.problem)
            found.append(_row(row.line, row.cells))
        except DomainError as error:
            errors.append({"field": f"line {row.line}", "message": error.particular})
    errors += _twice(found)
    if errors:
        first = errors[0]
        raise PeopleFileError(
            "{field}: {problem}",
            values={"field": first["field"], "problem": first["message"]},
            field=str(first["field"]),
            errors=errors[:100],
        )
    if not found or len(found) > MOST_ROWS:
        raise PeopleFileError(
            (
                "1 to {most:,} rows are taken, and the file has more."
                if found
                else "1 to {most:,} rows are taken, and the file has none."
            ),
            values={"most": MOST_ROWS},
            field="file",
        )
    return found


def as_rows(people: Iterable[Profile], *, phones: bool) -> list[list[str]]:
    """Return the heading and a row for each grant of each person (one row where there is none)."""
    rows = [["姓名", "工号", *(["电话"] if phones else []), "单位编码", "角色", "片区", "类别"]]
    for one in people:
        start = [one.person.name, one.person.staff_number or "", *([one.person.phone or ""] if phones else [])]
        for grant in one.grants or (None,):
            given = ("", "", "") if grant is None else (grant.role, grant.area or "", grant.category or "")
            rows.append([*start, ";".join(one.units), *given])
    return rows


def _row(line: int, cells: Mapping[str, str]) -> PersonRow:
    number = rules.checked_staff_number(cells["staff_number"])
    if number is None:
        raise PersonInvalidError("the staff number is missing")
    role, area, category = (cells.get(name, "") or None for name in ("role", "area", "category"))
    if role is None and (area or category):
        raise PersonInvalidError("an area or category is named and no role")
    if role is not None and role not in ROLES:
        raise PersonInvalidError(
            "there is no role '{role}'; there are {roles}", values={"role": role[:40], "roles": [*ROLES]}
        )
    units = tuple(code.strip() for code in cells.get("unit_codes", "").replace("；", ";").split(";") if code.strip())
    return PersonRow(
        line, rules.checked_name(cells["name"]), number, rules.checked_phone(cells.get("phone")), units,
        None if role is None else Grant(role, area, category),
    )  # fmt: skip


def _twice(rows: Sequence[PersonRow]) -> list[dict[str, str | Detail]]:
    """Return what is wrong with people of several rows: one a role is meant, and they agree on everything else."""
    first: dict[str, PersonRow] = {}
    wrong: list[dict[str, str | Detail]] = []
    for row in rows:
        one = first.setdefault(row.staff_number, row)
        if (one.name, one.phone, one.unit_codes) != (row.name, row.phone, row.unit_codes):
            values = {"number": row.staff_number, "line": one.line}
            words = Detail("staff number {number} stands in line {line} with other words", values)
            wrong.append({"field": f"line {row.line}", "message": words})
    return wrong
