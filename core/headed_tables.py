"""Small tables in files, separated values or a spreadsheet, whose columns are known by their headings."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core import spreadsheets
from core.csv_files import CsvFile, CsvUnreadableError, folded
from core.spreadsheet_writer import plain_cell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from core.errors import Detail


@dataclass(frozen=True, slots=True)
class HeadedRow:
    """A row by the meaning of its columns; a column that the file does not have is missing.

    `problem` is why the line cannot be used.
    """

    line: int
    cells: dict[str, str]
    problem: Detail | None


def read_rows(
    path: Path, columns: Mapping[str, tuple[str, ...]], *, needed: Sequence[str], most: int
) -> list[HeadedRow]:
    """Read a table's rows, `most` + 1 at most, by headings: `columns` maps each meaning to the headings for it.

    Raises
    ------
    CsvUnreadableError, SheetUnreadableError
        Also where a column that is needed is missing.
    """
    known = {folded(word): meaning for meaning, words in columns.items() for word in words}

    def score(cells: Sequence[str]) -> int:
        return sum(folded(cell) in known for cell in cells)

    with ExitStack() as stack:
        opened: CsvFile | spreadsheets.SheetFile
        if spreadsheets.kind_of(path):
            opened = spreadsheets.SheetFile(path, header_score=score)
        else:
            opened = CsvFile(stack.enter_context(path.open("rb")), header_score=score)
        stack.callback(opened.close)
        places: dict[str, int] = {}
        for place, word in enumerate(opened.header):
            if folded(word) in known:
                places.setdefault(known[folded(word)], place)
        missing = next((columns[meaning] for meaning in needed if meaning not in places), None)
        if missing is not None:
            raise CsvUnreadableError(
                "The heading lacks the column {missing}.", values={"missing": " or ".join(missing[:2])}, field="file"
            )
        found: list[HeadedRow] = []
        for line, cells, problem in opened.rows():
            words = {} if problem else {meaning: _text(cells[place]) for meaning, place in places.items()}
            found.append(HeadedRow(line, words, problem))
            if len(found) > most:
                break
    return found


def _text(cell: str) -> str:
    """Return a cell's words; the apostrophe before what would be a formula (`plain_cell`) is no part of them."""
    words = cell.strip()
    return words[1:] if words[:1] == "'" and plain_cell(words[1:]) == words else words
