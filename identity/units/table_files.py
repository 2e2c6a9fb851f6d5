"""Units as a table in a file: what a CSV or spreadsheet of units holds, and taking it into the service."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from core import clock
from core.errors import Detail, DomainError, Kind
from core.headed_tables import read_rows
from identity.units import queries, rules
from identity.units.operations import UnitIn, map_code, state_units

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy.orm import Session

    from identity.actors import Actor
    from identity.units.tables import UnitState

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "code": ("code", "unit_code", "单位编码"),
    "name": ("name", "单位名称"),
    "kind": ("kind", "单位类型"),
    "parent_code": ("parent_code", "上级单位编码"),
    "release_codes": ("release_code", "release_codes", "版本单位编码"),
}
"""Headings that a file may use; the last two may be missing. Several codes of releases are separated by `;`."""
NEEDED: Final = ("code", "name", "kind")
MOST_ROWS: Final = 20_000
KINDS: Final = {
    "运行中心": "centre", "委办局": "department", "街道": "street", "镇街": "street", "社区": "community",
    "网格": "grid", "楼栋": "building", "党组织": "party_organisation",
}  # fmt: skip
"""Chinese for kinds of units, beside the codes themselves."""


class UnitsFileError(DomainError):
    """The file of units cannot be taken in; nothing was changed. Mend the rows that are named and send it again."""

    code = "units-file-invalid"
    kind = Kind.INVALID


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One row: a unit, the one it belongs to, and codes of releases that stand for it beside its own."""

    line: int
    code: str
    name: str
    kind: str
    parent_code: str | None
    release_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnitsImported:
    """What a file of units did, or would do."""

    rows: int
    added: int
    changed: int
    unchanged: int
    mapped: int


def read_units(path: Path) -> list[UnitRow]:
    """Read a file of units, separated values or a spreadsheet.

    Raises
    ------
    UnitsFileError
        With every row that is wrong, by its line, in `errors`.
    CsvUnreadableError, SheetUnreadableError
    """
    found: list[UnitRow] = []
    errors: list[dict[str, str | Detail]] = []
    for row in read_rows(path, COLUMNS, needed=NEEDED, most=MOST_ROWS):
        try:
            if row.problem is not None:
                raise rules.UnitInvalidError(row.problem)
            found.append(_row(row.line, row.cells))
        except DomainError as error:
            errors.append({"field": f"line {row.line}", "message": error.particular})
    errors += _twice(found)
    if errors:
        first = errors[0]
        raise UnitsFileError(
            "{field}: {problem}",
            values={"field": first["field"], "problem": first["message"]},
            field=str(first["field"]),
            errors=errors[:100],
        )
    if not found or len(found) > MOST_ROWS:
        raise UnitsFileError(
            (
                "1 to {most:,} rows are taken, and the file has more."
                if found
                else "1 to {most:,} rows are taken, and the file has none."
            ),
            values={"most": MOST_ROWS},
            field="file",
        )
    return found


def import_units(
    session: Session, rows: Sequence[UnitRow], *, actor: Actor, start: datetime | None = None, dry_run: bool = False
) -> UnitsImported:
    """State the units of a file from an instant on, all or none; what the file does not name stays as it is.

    With `dry_run` all of it is done and undone.

    Raises
    ------
    UnitInvalidError, UnitNotFoundError, UnitInUseError
    """
    with session.begin_nested() as trial:
        done = _import(session, rows, start or clock.now(), actor)
        if dry_run:
            trial.rollback()
    return done


def _import(session: Session, rows: Sequence[UnitRow], start: datetime, actor: Actor) -> UnitsImported:
    before = {one.unit_code: one for one in queries.units_at(session, start)}
    stated = [UnitIn(row.code, row.name, row.kind, row.parent_code, start) for row in rows]
    new = [one for one in stated if one.code not in before]
    changed = [one for one in stated if one.code in before and _differs(one, before[one.code])]
    state_units(session, [*new, *changed], actor=actor)
    mapped = sum(
        map_code(session, code, row.code, start=start, actor=actor) for row in rows for code in row.release_codes
    )
    unchanged = len(rows) - len(new) - len(changed)
    return UnitsImported(len(rows), len(new), len(changed), unchanged, mapped)


def _differs(one: UnitIn, held: UnitState) -> bool:
    return (one.name, one.kind, one.parent_code) != (held.name, held.kind, held.parent_code)


def _row(line: int, cells: Mapping[str, str]) -> UnitRow:
    parent = cells.get("parent_code", "")
    codes = cells.get("release_codes", "").replace("；", ";").split(";")
    return UnitRow(
        line, rules.checked_code(cells["code"]), rules.checked_name(cells["name"]),
        str(rules.checked_kind(KINDS.get(cells["kind"], cells["kind"]))),
        rules.checked_code(parent, "parent_code") if parent else None,
        tuple(rules.checked_release_code(code) for code in codes if code.strip()),
    )  # fmt: skip


def _twice(rows: Sequence[UnitRow]) -> list[dict[str, str | Detail]]:
    """Return the rows whose unit, or whose code of releases, stands in another row too."""
    units, codes = Counter(row.code for row in rows), Counter(code for row in rows for code in row.release_codes)
    wrong = [
        (row, Detail("unit {code} stands in several rows", {"code": row.code})) for row in rows if units[row.code] > 1
    ]
    wrong += [
        (row, Detail("code of releases {code} stands for several units", {"code": code}))
        for row in rows for code in row.release_codes if codes[code] > 1
    ]  # fmt: skip
    return [{"field": f"line {row.line}", "message": words} for row, words in wrong]
