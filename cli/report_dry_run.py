"""What an import of reports would do: what each column is taken for, its first values as read, and rows refused."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from cli.lines import Console
from cli.printing import Table
from core import clock
from governance.reports.rules import DraftFieldError
from presentation.words.details import in_language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from governance.reports.importing.columns import Table as OpenTable
    from governance.reports.importing.rows import RowReader
    from governance.reports.rules import ReportDraft

_SHOWN: Final = 3
_REASONS: Final = 10
_ATTRIBUTES: Final = {"text": "description", "address": "address_text", "lon": "x", "lat": "y"}


def show(table: OpenTable, reader: RowReader, columns: Mapping[str, int], language: str) -> None:
    """Read the whole file, store nothing, and print what came of it."""
    fields = {place: field for field, place in columns.items()}
    first: list[tuple[list[str], ReportDraft]] = []
    refused: list[tuple[int, str]] = []
    taken = totals = 0
    for line, cells, problem in table.rows():
        if problem is not None:
            refused.append((line, in_language(problem, language)))
            continue
        if reader.is_total(cells):
            totals += 1
            continue
        try:
            draft = reader.draft(cells)
        except DraftFieldError as error:
            refused.append((line, in_language(error.words, language)))
            continue
        taken += 1
        if len(first) < _SHOWN:
            first.append((cells, draft))
    shown = Table("column", "taken for", "first values, as read")
    for place, name in enumerate(table.header):
        field = fields.get(place)
        values = [f"{cells[place]} → {_read(draft, field)}" if field else cells[place] for cells, draft in first]
        shown.add_row(name or "(no name)", field or "not read", "\n".join(values))
    out = Console()
    out.print(shown)
    lines = [f"{table.encoding}, columns separated by {table.delimiter!r}, {taken} rows would be taken"]
    if reader.date_order:
        lines.append(f"dates are read as {reader.date_order}")
    if totals:
        lines.append(f"{totals} rows of totals passed over")
    lines += [f"above the header, not read: line {line}: {text}" for line, text in table.above]
    lines.append(f"{len(refused)} rows would be rejected")
    lines += [f"  line {line}: {reason}" for line, reason in islice(refused, _REASONS)]
    for text in lines:
        out.print(text, highlight=False, markup=False)


def _read(draft: ReportDraft, field: str) -> str:
    """Return what a field of a draft became, as words."""
    value = getattr(draft, _ATTRIBUTES.get(field, field))
    if field in {"reported_at", "received_at"} and value is not None:
        return str(value.astimezone(clock.LOCAL).isoformat(sep=" ", timespec="seconds"))
    return "—" if value is None or value == "" else str(value)
