"""Pure decisions about grid workers: what a file holds, what stays and what ends, what is shown of a person."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from core import csv_files
from core.clock import LOCAL
from core.csv_files import CsvUnreadableError
from core.errors import Detail, DomainError, Kind
from core.personal import masked_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

COLUMNS = {
    "area_code": ("area_code", "网格编码", "区域编码", "编码"),
    "staff_number": ("staff_number", "工号"),
    "name": ("name", "姓名"),
    "unit_code": ("unit_code", "单位编码"),
    "start": ("from", "起"),
    "until": ("until", "止"),
}
"""Headings that a file may use; the last three columns may be missing or empty."""
NEEDED = ("area_code", "staff_number", "name")
LONGEST = 80
MOST_ROWS = 100_000
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class WorkersInvalidError(DomainError):
    """What was said about grid workers does not fit together; the detail names the row or the area."""

    code = "grid-workers-invalid"
    kind = Kind.INVALID


@dataclass(frozen=True, slots=True)
class Appointment:
    """A grid worker is to work an area from an instant (None: from the call's) until another (None: open)."""

    area_code: str
    staff_number: str
    name: str
    unit_code: str | None = None
    start: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A post as it is kept: whose, from when, until when (None: open)."""

    id: int
    staff_number: str
    start: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Restated:
    """What becomes of one area's posts: closed at the instant, never begun and so dropped, and new."""

    closed: tuple[int, ...]
    dropped: tuple[int, ...]
    new: tuple[Appointment, ...]


def read_csv(content: bytes) -> list[Appointment]:
    """Read a table of grid workers: UTF-8 or GBK, with a heading.

    A date without a time means its first moment in local time; `until` is the first moment no longer.

    Raises
    ------
    WorkersInvalidError
    """
    try:
        table = csv_files.read(content, _header_score)
    except CsvUnreadableError as error:
        raise WorkersInvalidError(error.particular, field="file") from error
    heading = [csv_files.folded(word) for word in table.header]
    columns = {
        meaning: heading.index(word)
        for meaning, words in COLUMNS.items()
        for word in map(csv_files.folded, words)
        if word in heading
    }
    missing = [COLUMNS[meaning][:2] for meaning in NEEDED if meaning not in columns]
    if missing:
        raise WorkersInvalidError(
            "The heading lacks the column {missing}.", values={"missing": missing[0]}, field="file"
        )
    found = []
    for line, row, problem in table.rows():
        if problem is not None:
            raise WorkersInvalidError(
                "Line {line}: {problem}.", values={"line": line, "problem": problem}, field=f"line {line}"
            )
        found.append(_appointment({m: row[i].strip() for m, i in columns.items()}, line))
    if not found:
        raise WorkersInvalidError("The file has a heading and no row.", field="file")
    if len(found) > MOST_ROWS:
        raise WorkersInvalidError(
            "The file has more than {most_rows:,} rows.", values={"most_rows": MOST_ROWS}, field="file"
        )
    return found


def checked(appointments: Iterable[Appointment], start: datetime) -> list[Appointment]:
    """Return the appointments with their instants, or raise the error of what does not fit together.

    Raises
    ------
    WorkersInvalidError
    """
    found = [replace(one, start=one.start or start) for one in appointments]
    names: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    for one in found:
        for what, value in (("area", one.area_code), ("staff number", one.staff_number), ("name", one.name)):
            if not value or len(value) > LONGEST or _CONTROL.search(value):
                raise WorkersInvalidError(
                    "The {what} '{value}' is empty, too long or no text.",
                    values={"what": Detail(what), "value": value[:40]},
                    field="workers",
                )
        if one.until is not None and one.start is not None and one.until <= one.start:
            raise WorkersInvalidError(
                "Area {area_code}: a post ends after it begins.", values={"area_code": one.area_code}, field="until"
            )
        if names.setdefault(one.staff_number, one.name) != one.name:
            raise WorkersInvalidError(
                "Staff number {staff_number} has two names.", values={"staff_number": one.staff_number}, field="name"
            )
        if (one.area_code, one.staff_number) in seen:
            raise WorkersInvalidError(
                "Area {area_code} names staff number {staff_number} twice.",
                values={"area_code": one.area_code, "staff_number": one.staff_number},
                field="staff_number",
            )
        seen.add((one.area_code, one.staff_number))
    return found


def restated(existing: Sequence[Span], wanted: Sequence[Appointment], start: datetime) -> Restated:
    """Decide what becomes of one area's posts when `wanted` are all there are from `start` on."""
    open_wanted = {one.staff_number: one for one in wanted}
    closed, dropped = [], []
    for post in existing:
        if post.until is not None and post.until <= start:
            continue
        same = open_wanted.get(post.staff_number)
        if same is not None and (same.start, same.until) == (max(post.start, start), post.until):
            del open_wanted[post.staff_number]
        elif post.start >= start:
            dropped.append(post.id)
        else:
            closed.append(post.id)
    return Restated(tuple(closed), tuple(dropped), tuple(open_wanted.values()))


def shown(staff_number: str, name: str, *, clear: bool) -> tuple[str, str]:
    """Return staff number and name as an answer shows them: in clear, or masked (…07, 张*)."""
    if clear:
        return staff_number, name
    return f"…{staff_number[-2:]}", masked_name(name) or ""


def _appointment(row: Mapping[str, str], number: int) -> Appointment:
    try:
        return Appointment(
            area_code=row["area_code"],
            staff_number=row["staff_number"],
            name=row["name"],
            unit_code=row.get("unit_code") or None,
            start=_instant(row.get("start", "")),
            until=_instant(row.get("until", "")),
        )
    except ValueError as error:
        raise WorkersInvalidError(
            "Line {number}: a date is written 2026-12-31.", values={"number": number}, field=f"line {number}"
        ) from error


def _instant(words: str) -> datetime | None:
    if not words:
        return None
    at = datetime.fromisoformat(words)
    return at if at.tzinfo is not None else at.replace(tzinfo=LOCAL)


def _header_score(cells: Sequence[str]) -> int:
    known = {csv_files.folded(word) for words in COLUMNS.values() for word in words}
    return sum(csv_files.folded(cell) in known for cell in cells)
