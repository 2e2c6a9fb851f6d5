"""Rows of a CSV file of reports to drafts: which column is which field, and why a row is none.

The line between refused and kept is the API's: a row that is not of the documented form is rejected with the reason, a
row whose coordinates lead nowhere is kept for triage.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from api.http.problems import WORDS
from api.reports.schemas import ReportIn
from cli.report_columns import FIELDS, open_table
from core import clock
from governance.reports import rules
from governance.reports.sent_coordinates import read_coordinate, read_pair
from governance.reports.sent_times import TimeUnreadableError, needs_an_order, order_of, read_time, says_none
from governance.reports.side_values import PHONE, SideValues, read_side_values
from governance.reports.spelling import one_spelling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

_COORDINATES: Final = ("lon", "lat", "x", "y")
_LONGEST: Final = {
    "external_id": 128,
    "category": 128,
    "text": 4000,
    "address": 500,
    "crs": 64,
} | dict.fromkeys(_COORDINATES, 64)
_OF_A_REPORT: Final = frozenset({"text", "address", *_COORDINATES})
_ALWAYS_SHORT: Final = min(_LONGEST.values())
# What only pydantic may judge: control characters (a text may have lines), and bytes that were no text.
_UNUSUAL: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_NO_SIDE: Final = SideValues()
_WORDS_ZH: Final = {
    "missing": "缺少",
    "string_too_short": "为空",
    "string_too_long": "太长",
    "string_pattern_mismatch": "有不能使用的字符",
}
_SHORTEST_TIME: Final = 8
_TOTALS_BEGIN: Final = frozenset("合总小共tsgTSG \u3000\t")
_TOTALS: Final = re.compile(
    r"\s*(?:合计|总计|小计|共计|总数|total|sum|grand total)\s*[:：]?\s*[\d,.]*\s*[件条]?\s*", re.IGNORECASE
)
_MOST_CATEGORIES: Final = 10_000
_SHORTENED_ID: Final = re.compile(r"\d(?:\.\d+)?E\+\d+", re.IGNORECASE)


class RowError(Exception):
    """Why one row is no report, in English and in Chinese."""

    def __init__(self, english: str, chinese: str) -> None:
        super().__init__(english)
        self.words = (english, chinese)


@dataclass(frozen=True, slots=True)
class Defaults:
    """What rows say that do not say it themselves, and how the file writes dates."""

    channel: str
    crs: str
    category: str | None = None
    date_format: str | None = None
    undated_is_now: bool = False


class Drafts:
    """Makes drafts of rows; `all_times` gives the values of the time column, to learn how it writes dates."""

    def __init__(
        self,
        columns: Mapping[str, int],
        defaults: Defaults,
        all_times: Callable[[], Iterable[str]] | None = None,
    ) -> None:
        self._columns = [(field, columns.get(field, -1)) for field in FIELDS]
        self._defaults = defaults
        self._all_times = all_times
        self._is_dated = "reported_at" in columns
        self._now = clock.now()
        self._latest = self._now + rules.AHEAD
        self.date_order: str | None = defaults.date_format
        self._categories: dict[str, str] = {}
        self.shortened_ids = 0
        self.set_aside: Counter[str] = Counter()
        """How often a field's value could not be read and was set aside."""
        self.totals: list[int] = []
        """Lines that add others up."""

    def draft(self, row: list[str]) -> rules.ReportDraft:
        """Return what a row says.

        Raises
        ------
        RowError
            When it is not of the documented form.
        """
        said = {field: (row[place] or None) if place >= 0 else None for field, place in self._columns}
        category = said["category"]
        if category is not None:
            category = said["category"] = self._category(category)
        if category is None:
            said["category"] = self._defaults.category
        is_short = max(map(len, row)) <= _ALWAYS_SHORT
        if _UNUSUAL.search("".join(row)) or not _is_plain(said, is_short=is_short):
            _judge(said)
        at = self._time(said["reported_at"]) if self._is_dated else None
        name, phone = said["reporter_name"], said["reporter_phone"]
        side = _NO_SIDE
        if said["photos"] or said["accuracy_m"] or not is_short or not _is_caller(name, phone):
            side = read_side_values(accuracy=said["accuracy_m"], photos=said["photos"], name=name, phone=phone)
            name, phone = side.name, side.phone
            self.set_aside.update(field for field, _ in side.set_aside)
        x, y = _point(said)
        return rules.ReportDraft(
            channel=self._defaults.channel,
            category=said["category"] or "",
            description=said["text"] or "",
            crs=said["crs"] or self._defaults.crs,
            external_id=self._id(said["external_id"]),
            address_text=said["address"],
            x=x,
            y=y,
            accuracy_m=side.accuracy_m,
            reported_at=at,
            photos=side.photos,
            reporter_name=name,
            reporter_phone=phone,
            set_aside=side.set_aside,
        )

    def is_total(self, row: list[str]) -> bool:
        """Whether a row adds others up (合计): its first words say so, and it has neither text nor place."""
        if row[0] and row[0][0] not in _TOTALS_BEGIN:  # nearly every row
            return False
        first = row[0] or next((cell for cell in row if cell.strip()), "")
        if first[:1].isdigit() or not _TOTALS.fullmatch(first):
            return False
        return not any(row[place].strip() for field, place in self._columns if place > 0 and field in _OF_A_REPORT)

    def read_time(self, value: str) -> datetime:
        """Read a time in the order of its column, which is learnt when the first value needs it.

        Raises
        ------
        TimeUnreadableError
        """
        try:
            return read_time(value, self.date_order)
        except TimeUnreadableError:
            if self.date_order is not None or self._all_times is None or not needs_an_order(value):
                raise
        self.date_order, self._all_times = order_of(self._all_times()), None
        return read_time(value, self.date_order)

    def _time(self, value: str | None) -> datetime | None:
        if value is None or (len(value) < _SHORTEST_TIME and says_none(value)):
            if self._defaults.undated_is_now:
                return None
            raise RowError(
                "reported_at: no time; with --undated-is-now such rows are dated now",
                "上报时间为空；加 --undated-is-now 则按现在的时间入库",
            )
        try:
            at = self.read_time(value)
        except TimeUnreadableError as error:
            raise RowError(f"reported_at: {error.words[0]}", f"上报时间：{error.words[1]}") from None
        if not rules.EARLIEST <= at <= self._latest:
            chinese = "晚于现在" if at > self._latest else "早于 1970 年"
            raise RowError(
                f"reported_at: {value!r} {rules.time_problem(at, self._now)}", f"上报时间：“{value}”{chinese}"
            )
        return at

    def _category(self, value: str) -> str | None:
        """Return the one spelling of a category; there are few, so each is looked at once."""
        known = self._categories.get(value)
        if known is None and len(self._categories) < _MOST_CATEGORIES:
            known = self._categories[value] = one_spelling(value)
        return (one_spelling(value) if known is None else known) or None

    def _id(self, value: str | None) -> str | None:
        """Return a row's id, None for one that a spreadsheet has shortened to 2.02506E+13: many rows would share it."""
        if value is not None and "+" in value and _SHORTENED_ID.fullmatch(value.strip()):
            self.shortened_ids += 1
            return None
        return value


def times_of(path: Path, encoding: str, column: int) -> Iterator[str]:
    """Give the values of a file's time column."""
    table = open_table(path, encoding)
    try:
        yield from (cells[column] for _, cells, problem in table.rows() if problem is None)
    finally:
        table.close()


def _is_plain(said: Mapping[str, str | None], *, is_short: bool) -> bool:
    """Whether a row is so ordinary that nothing in it can be refused."""
    if said["category"] is None:
        return False
    return is_short or all(len(said[field] or "") <= longest for field, longest in _LONGEST.items())


def _is_caller(name: str | None, phone: str | None) -> bool:
    """Whether a caller's name and number are plain enough to be kept as they are."""
    return (phone is None or PHONE.fullmatch(phone) is not None) and (name is None or name.isalnum())


def _judge(said: Mapping[str, str | None]) -> None:
    """Hold an unusual row to the API's own model."""
    fields = {name: said[name] for name in ("external_id", "category", "address", "crs", *_COORDINATES)}
    payload = {name: value for name, value in fields.items() if value is not None} | {
        "text": said["text"] or "",
    }
    try:
        ReportIn.model_validate(payload)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise RowError(
            f"{place}: {WORDS.get(first['type'], first['msg'])}",
            f"{place}：{_WORDS_ZH.get(first['type'], '不符合要求')}",
        ) from None


def _point(said: Mapping[str, str | None]) -> tuple[float | str | None, float | str | None]:
    """Return a row's coordinates: numbers, words where they are none, None where there are none."""
    east, north, kind = ("lon", "lat", "degrees") if said["lon"] or said["lat"] else ("x", "y", "metres")
    first, second = said[east], said[north]
    if kind == "degrees" and first is not None and (second is None or not second.strip()):
        pair = read_pair(first)
        if pair is not None:
            return pair
    return _coordinate(first, east), _coordinate(second, north)


def _coordinate(value: str | None, axis: str) -> float | str | None:
    if value is None:
        return None
    try:
        if "_" not in value:  # which Python takes for a separator of thousands
            return float(value)
    except ValueError:
        pass
    return read_coordinate(value, axis)
