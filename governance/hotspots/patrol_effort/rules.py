"""Rows of patrol effort: from a table's text to checked rows, and the reason for each row that is refused."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from core import csv_files
from core.csv_files import CsvUnreadableError
from core.errors import Detail, DomainError
from governance.channels.states import SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# Field, and the headers under which it is found by default.
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "area": ("area", "area_code", "网格编码", "区域编码", "编码"),
    "day": ("day", "date", "日期", "巡查日期"),
    "channel": ("channel", "渠道", "来源渠道"),
    "amount": ("amount", "hours", "km", "工时", "巡查工时", "小时", "公里", "巡查里程"),
}
MOST_ROWS: Final = 200_000
MOST_AMOUNT: Final = 100_000.0
MOST_BYTES: Final = 64 << 20
EARLIEST: Final = date(2000, 1, 1)
_DAY: Final = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]00:00(?::00)?)?")
_SHOWN: Final = 40


class EffortInvalidError(DomainError):
    """The patrol effort cannot be read: a table with the columns area, day, channel and hours (or km) is needed."""

    code = "hotspot-effort-invalid"


@dataclass(frozen=True, slots=True)
class EffortRow:
    """How much one channel's patrols looked at one area on one day."""

    channel: str
    area: str
    day: date
    amount: float


@dataclass(frozen=True, slots=True)
class KnownAreas:
    """What rows may name: areas of the layer, kinds of the channels; and the last day there can be effort of."""

    areas: frozenset[str]
    sources: Mapping[str, str]
    today: date


def read_table(content: bytes, mapping: Mapping[str, str], channel: str | None = None) -> list[dict[str, Any]]:
    """Read a table (core/csv_files.py) into rows of area, day, channel, amount and line.

    `mapping` names the column of a field where it has another name than those of COLUMNS; `channel` stands for rows of
    a table without that column.

    Raises
    ------
    EffortInvalidError
    """
    unknown = sorted(set(mapping) - set(COLUMNS))
    if unknown:
        raise EffortInvalidError(
            "There is no field '{unknown}'; there are {columns}.",
            values={"unknown": unknown[0], "columns": [*COLUMNS]},
            field="mapping",
        )
    try:
        table = csv_files.read(content, lambda cells: sum(_column(name, cells, None) is not None for name in COLUMNS))
    except CsvUnreadableError as error:
        raise EffortInvalidError(error.particular, field="file") from error
    heading = table.header
    where = {name: _column(name, heading, mapping.get(name)) for name in COLUMNS}
    missing = [name for name, at in where.items() if at is None and not (name == "channel" and channel)]
    if missing:
        raise EffortInvalidError(
            ("No column is the {missing}: the heading is {heading}. Name it, for example {missing}={columns}."),
            values={
                "missing": missing[0],
                "heading": ", ".join(heading)[:200] or Detail("empty"),
                "columns": COLUMNS[missing[0]][-1],
            },
            field=missing[0],
        )
    return [
        {"line": line, "unreadable": problem}
        if problem is not None
        else {"line": line, "channel": channel}
        | {name: row[at].strip() for name, at in where.items() if at is not None}
        for line, row, problem in table.rows()
    ]


def _column(name: str, heading: Sequence[str], told: str | None) -> int | None:
    if told is not None:
        if told not in heading:
            raise EffortInvalidError(
                "There is no column '{told}' for the {name}.",
                values={"told": told[:_SHOWN], "name": name},
                field="mapping",
            )
        return heading.index(told)
    lowered = [csv_files.folded(word) for word in heading]
    return next((lowered.index(word) for word in map(csv_files.folded, COLUMNS[name]) if word in lowered), None)


def checked(rows: Iterable[Mapping[str, Any]], known: KnownAreas) -> tuple[list[EffortRow], list[dict[str, Any]]]:
    """Return the rows that can be used, and for each other its line and the reason.

    Raises
    ------
    EffortInvalidError
        For more rows than are taken at once, or none that can be used.
    """
    taken: dict[tuple[str, str, date], EffortRow] = {}
    refused: list[dict[str, Any]] = []
    count = 0
    for count, row in enumerate(rows, 1):
        if count > MOST_ROWS:
            raise EffortInvalidError(
                "At most {most_rows:,} rows are taken at once: split them.",
                values={"most_rows": MOST_ROWS},
                field="rows",
            )
        line = row.get("line", count)
        found = _row(row, known)
        if isinstance(found, Detail):
            refused.append({"line": line, "reason": found})
        elif (key := (found.channel, found.area, found.day)) in taken:
            refused.append({"line": line, "reason": Detail("the same channel, area and day stand in an earlier row")})
        else:
            taken[key] = found
    if not taken:
        raise EffortInvalidError(
            "Of {count} rows none can be used: line {line}, {reason}."
            if refused
            else "Of {count} rows none can be used.",
            values={"count": count, **(refused[0] if refused else {})},
            field="rows",
        )
    return list(taken.values()), refused


def _row(row: Mapping[str, Any], known: KnownAreas) -> EffortRow | Detail:
    """Return the row, or the reason against it."""
    if "unreadable" in row:
        unreadable = row["unreadable"]
        return unreadable if isinstance(unreadable, Detail) else Detail(str(unreadable))
    area, channel = str(row.get("area") or ""), str(row.get("channel") or "")
    day, amount = _day(row.get("day")), _amount(row.get("amount"))
    if area not in known.areas:
        return Detail("the layer has and had no area {area}", {"area": _shown(area)})
    if day is None:
        return Detail("{day} is no day such as 2026-05-01", {"day": _shown(row.get("day"))})
    if not EARLIEST <= day <= known.today:
        return Detail("{day} is not between {earliest} and today", {"day": day, "earliest": EARLIEST})
    if known.sources.get(channel) != SourceKind.PATROL:
        return Detail("channel {channel} is not of patrols today", {"channel": _shown(channel)})
    if amount is None:
        values = {"amount": _shown(row.get("amount")), "most": MOST_AMOUNT}
        return Detail("{amount} is no number of 0 to {most:g}", values)
    return EffortRow(channel, area, day, amount)


def _shown(value: object) -> str:
    """Quote what was given, short and printable, so that it can be stored."""
    return "'" + "".join(sign if sign.isprintable() else "�" for sign in str(value)[:_SHOWN]) + "'"


def _day(value: object) -> date | None:
    if isinstance(value, date):
        return value
    match = _DAY.fullmatch(str(value or "").strip())
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def _amount(value: object) -> float | None:
    try:
        number = float(str(value))
    except ValueError:
        return None
    return number if math.isfinite(number) and 0 <= number <= MOST_AMOUNT else None
