"""Rows of a table of reports to drafts: times in their column's order, rows of totals, ids that a spreadsheet broke.

What is refused and what is kept is the same as for the API (governance.reports.rules.draft_from).
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from core import clock
from core.errors import Detail
from governance.reports import rules
from governance.reports.importing.columns import FIELDS, open_table
from governance.reports.rules import DraftFieldError
from governance.reports.sent_marks import MarkUnknownError, read_marks
from governance.reports.sent_times import TimeUnreadableError, needs_an_order, order_of, read_time, says_none
from governance.reports.states import Sensitivity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

_OF_A_REPORT: Final = frozenset({"text", "address", "lon", "lat", "x", "y"})
_ON_ONE_LINE: Final = ("external_id", "category", "address", "crs")
_BREAKS: Final = re.compile(r"[\t\r\n]")
_SHORTEST_TIME: Final = 8
_TOTALS_BEGIN: Final = frozenset("合总小共tsgTSG \u3000\t")
_TOTALS: Final = re.compile(
    r"\s*(?:合计|总计|小计|共计|总数|total|sum|grand total)\s*[:：]?\s*[\d,.]*\s*[件条]?\s*", re.IGNORECASE
)
_SHORTENED_ID: Final = re.compile(r"\d(?:\.\d+)?E\+\d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Dates:
    """How the file writes dates (an order or a format, None: the column tells), and what no date means."""

    date_format: str | None = None
    undated_is_now: bool = False


class RowReader:
    """Makes drafts of rows; `all_times` gives the values of the time column, to learn how it writes dates."""

    def __init__(
        self,
        columns: Mapping[str, int],
        defaults: rules.IntakeDefaults,
        dates: Dates = Dates(),
        all_times: Callable[[], Iterable[str]] | None = None,
    ) -> None:
        self._columns = [(field, place) for field in FIELDS if (place := columns.get(field, -1)) >= 0]
        self._defaults = defaults
        self._dates = dates
        self._all_times = all_times
        self._is_dated = "reported_at" in columns
        self._now = clock.now()
        self.date_order: str | None = dates.date_format
        self.shortened_ids = 0
        self.set_aside: Counter[str] = Counter()
        """How often a field's value could not be read and was set aside."""
        self.totals: list[int] = []
        """Lines that add others up."""

    def draft(self, row: list[str]) -> rules.ReportDraft:
        """Return what a row says.

        Raises
        ------
        DraftFieldError
            When it is not of the documented form.
        """
        said: dict[str, Any] = {field: row[place] or None for field, place in self._columns}
        if _BREAKS.search("".join(row)):
            _join_lines(said)
        if self._is_dated:
            said["reported_at"] = self._time(said["reported_at"])
        if said.get("received_at") is not None:
            said["received_at"] = self._receipt(said["received_at"])
        if said.get("sensitive") is not None:
            said["sensitive"] = _marks(said["sensitive"])
        said["external_id"] = self._id(said.get("external_id"))
        draft = rules.draft_from(said, self._defaults, self._now)
        if draft.set_aside:
            self.set_aside.update(field for field, _ in draft.set_aside)
        return draft

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
            if self._dates.undated_is_now:
                return None
            raise DraftFieldError("reported_at", "no time; with --undated-is-now such rows are dated now")
        try:
            return self.read_time(value)
        except TimeUnreadableError as error:
            raise DraftFieldError("reported_at", error.problem) from None

    def _receipt(self, value: str) -> datetime | None:
        """Return when an old system received the report, None where the cell says that there is none."""
        if len(value) < _SHORTEST_TIME and says_none(value):
            return None
        try:
            return self.read_time(value)
        except TimeUnreadableError as error:
            raise DraftFieldError("received_at", error.problem) from None

    def _id(self, value: str | None) -> str | None:
        """Return a row's id, None for one that a spreadsheet has shortened to 2.02506E+13: many rows would share it."""
        if value is not None and "+" in value and _SHORTENED_ID.fullmatch(value.strip()):
            self.shortened_ids += 1
            return None
        return value


def times_of(path: Path, encoding: str | None, sheet: str | None, column: int) -> Iterator[str]:
    """Yield the values of a file's time column."""
    table = open_table(path, encoding, sheet)
    try:
        yield from (cells[column] for _, cells, problem in table.rows() if problem is None)
    finally:
        table.close()


def _marks(cell: str) -> tuple[Sensitivity, ...]:
    try:
        return read_marks(cell)
    except MarkUnknownError as error:
        values = {"word": str(error.args[0]), "marks": [mark.value for mark in Sensitivity]}
        raise DraftFieldError("sensitive", Detail("{word} is no mark: write {marks}, or nothing", values)) from None


def _join_lines(said: dict[str, Any]) -> None:
    """Join the lines of cells that are one line of a report: people break lines in an address to make it fit."""
    for field in _ON_ONE_LINE:
        value = said.get(field)
        if value is not None:
            said[field] = " ".join(value.split()) or None
