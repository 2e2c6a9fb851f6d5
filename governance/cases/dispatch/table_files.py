"""Rules of dispatch as a table in a file: one a row, in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.headed_tables import read_rows
from governance.cases.dispatch.rules import MOST_RULES, DispatchRule, DispatchRuleInvalidError
from governance.cases.dispatch.states import When

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "area": ("area", "区域"),
    "category": ("category", "类别编码", "类别"),
    "during": ("during", "时段"),
    "season": ("season", "季节"),
    "level": ("level", "层级"),
    "unit_code": ("unit_code", "单位编码", "责任单位编码"),
    "note": ("note", "说明"),
}
"""Headings that a file may use; all but the unit's may be missing. A season is written 06-01~09-30."""
_WHENS: Final = {"工作时间": When.WORKING, "非工作时间": When.OFF}


def read_rules(path: Path) -> list[DispatchRule]:
    """Read rules of dispatch in the order of a file's rows.

    Raises
    ------
    DispatchRuleInvalidError
        That names the line.
    CsvUnreadableError, SheetUnreadableError
    """
    rules = []
    for row in read_rows(path, COLUMNS, needed=("unit_code",), most=MOST_RULES):
        if row.problem is not None:
            raise DispatchRuleInvalidError(
                "line {line}: {problem}", values={"line": row.line, "problem": row.problem}, field=f"line {row.line}"
            )
        rules.append(_rule(row.line, row.cells))
    return rules


def _rule(line: int, cells: Mapping[str, str]) -> DispatchRule:
    during, season = cells.get("during", ""), cells.get("season", "").replace("～", "~")
    when = _WHENS.get(during, during)
    if when and when not in set(When):
        raise DispatchRuleInvalidError(
            "line {line}: a time is working or off, not '{during}'", values={"line": line, "during": during[:40]},
            field=f"line {line}",
        )  # fmt: skip
    first, tilde, last = (part.strip() for part in season.partition("~"))
    if bool(season) != bool(tilde):
        raise DispatchRuleInvalidError(
            "line {line}: a season is written 06-01~09-30, not '{season}'",
            values={"line": line, "season": season[:40]}, field=f"line {line}",
        )  # fmt: skip
    return DispatchRule(
        cells.get("area") or None, cells.get("category") or None, When(when) if when else None,
        (first, last) if season else None, cells.get("level") or None, cells.get("unit_code") or None,
        cells.get("note", ""),
    )  # fmt: skip
