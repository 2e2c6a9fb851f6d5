"""Categories as a table in a file: what a CSV or spreadsheet of categories holds, read row by row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from core.errors import Detail, DomainError, Kind
from core.headed_tables import read_rows
from governance.categories import rules
from governance.categories.operations import CategoryIn
from governance.categories.rules import CategoryInvalidError, Limit
from governance.categories.states import CategoryKind, LimitUnit, Step, Urgency

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

_STEPS: Final[dict[Step, tuple[str, ...]]] = {
    Step.ACCEPT: ("accept", "受理时限"),
    Step.FILE: ("file", "立案时限"),
    Step.DISPATCH: ("dispatch", "派遣时限"),
    Step.ACKNOWLEDGE: ("acknowledge", "接单时限", "签收时限"),
    Step.HANDLE: ("handle", "处置时限", "完成时限"),
    Step.VERIFY: ("verify", "核查时限"),
    Step.CLOSE: ("close", "结案时限"),
}
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "code": ("code", "编码", "代码", "小类代码"),
    "parent_code": ("parent_code", "上级编码", "上级代码"),
    "kind": ("kind", "类型", "部件事件"),
    "name": ("name", "名称", "小类名称"),
    "public_name": ("public_name", "公众名称"),
    "unit_code": ("unit_code", "责任单位编码", "默认单位编码"),
    "open311_code": ("open311_code", "Open311 编码"),
    "urgency": ("urgency", "紧急程度"),
    "on_the_spot": ("on_the_spot", "可自行处置"),
    "words": ("words", "渠道用词"),
    **{str(step): words for step, words in _STEPS.items()},
    **{f"{step} urgent": tuple(f"{word}（紧急）" for word in words) for step, words in _STEPS.items()},
}
"""Headings that a file may use; all but code, kind and name may be missing. Several words are separated by `;`."""
NEEDED: Final = ("code", "kind", "name")
MOST_ROWS: Final = 20_000

_KINDS: Final = {"部件": CategoryKind.COMPONENT, "事件": CategoryKind.EVENT}
_URGENCIES: Final = {"": Urgency.NORMAL, "一般": Urgency.NORMAL, "普通": Urgency.NORMAL, "紧急": Urgency.URGENT}
_YES_NO: Final = {"": False, "no": False, "false": False, "否": False, "yes": True, "true": True, "是": True}
_UNITS: Final = {
    "分钟": LimitUnit.MINUTES, "小时": LimitUnit.HOURS, "天": LimitUnit.CALENDAR_DAYS, "日": LimitUnit.CALENDAR_DAYS,
    "自然日": LimitUnit.CALENDAR_DAYS, "工作小时": LimitUnit.WORKING_HOURS, "工作时": LimitUnit.WORKING_HOURS,
    "工作日": LimitUnit.WORKING_DAYS,
}  # fmt: skip
_LIMIT: Final = re.compile(r"^([0-9]{1,6})\s*个?\s*(\D+)$")


class CategoryFileError(DomainError):
    """The file of categories cannot be taken in; nothing was changed. Mend the rows that are named."""

    code = "category-file-invalid"
    kind = Kind.INVALID


def read_categories(path: Path, *, start: datetime) -> list[CategoryIn]:
    """Read a file of categories that hold from an instant on.

    A column of a limit that is there and empty in a row: the category above's limit counts.

    Raises
    ------
    CategoryFileError
        With every row that is wrong, by its line, in `errors`.
    CsvUnreadableError, SheetUnreadableError
    """
    found: dict[str, CategoryIn] = {}
    errors: list[dict[str, str | Detail]] = []
    rows = read_rows(path, COLUMNS, needed=NEEDED, most=MOST_ROWS)
    for row in rows:
        try:
            if row.problem is not None:
                raise CategoryInvalidError(row.problem)
            one = _category(row.cells, start)
            if one.code in found:
                raise CategoryInvalidError("code {code} stands in the file twice", values={"code": one.code})
            found[one.code] = one
        except DomainError as error:
            errors.append({"field": f"line {row.line}", "message": error.particular})
    if errors:
        first = errors[0]
        raise CategoryFileError(
            "{field}: {problem}",
            values={"field": first["field"], "problem": first["message"]},
            field=str(first["field"]),
            errors=errors[:100],
        )
    if not rows or len(rows) > MOST_ROWS:
        raise CategoryFileError(
            (
                "1 to {most:,} rows are taken, and the file has more."
                if rows
                else "1 to {most:,} rows are taken, and the file has none."
            ),
            values={"most": MOST_ROWS},
            field="file",
        )
    return list(found.values())


def parsed_limit(words: str, field: str) -> Limit | None:
    """Return the limit that words state, such as `4 working_hours` or `20个工作日`; None for no words.

    Raises
    ------
    CategoryInvalidError
    """
    if not words:
        return None
    match = _LIMIT.match(words)
    unit = "" if match is None else match[2].strip()
    unit = _UNITS.get(unit, unit)
    if match is None or unit not in set(LimitUnit):
        raise CategoryInvalidError(
            "'{words}' is no limit such as `4 working_hours`.", values={"words": words[:40]}, field=field
        )
    return rules.checked_limit(int(match[1]), unit, field)


def _category(cells: Mapping[str, str], start: datetime) -> CategoryIn:
    kind, urgency, spot = (cells.get(name, "") for name in ("kind", "urgency", "on_the_spot"))
    if spot.casefold() not in _YES_NO:
        raise CategoryInvalidError("on_the_spot is yes or no, not '{spot}'", values={"spot": spot[:40]})
    words = cells.get("words", "").replace("；", ";").split(";")
    return CategoryIn(
        code=rules.checked_code(cells["code"]),
        name=rules.checked_line(cells["name"], "name"),
        kind=rules.checked_one_of(CategoryKind, _KINDS.get(kind, kind), "kind"),
        start=start,
        public_name=cells.get("public_name") or None,
        parent_code=cells.get("parent_code") or None,
        unit_code=cells.get("unit_code") or None,
        open311_code=cells.get("open311_code") or None,
        urgency=rules.checked_one_of(Urgency, _URGENCIES.get(urgency, urgency), "urgency"),
        on_the_spot=_YES_NO[spot.casefold()],
        limits={
            (step, urgent): parsed_limit(cells[column], column)
            for step in Step
            for urgent, column in ((Urgency.NORMAL, str(step)), (Urgency.URGENT, f"{step} urgent"))
            if column in cells
        },
        words=tuple(dict.fromkeys(word.strip() for word in words if word.strip())),
    )
