"""The confined process that reads one spreadsheet (core/spreadsheets.py): a JSON array of texts for each row.

XML is never expanded: python-calamine knows no entities but XML's own five, and html.parser none that a file declares.
"""

from __future__ import annotations

import json
import sys
from datetime import date, datetime, time, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_DIGITS_KEPT: Final = 10**15  # Excel keeps fifteen digits of a number
_CELL: Final = frozenset({"td", "th", "cell"})
_ROW: Final = frozenset({"tr", "row"})
_NO_TEXT: Final = frozenset({"style", "script", "head", "title"})
_MOST_COLUMNS: Final = 16_384
_BLOCK: Final = 1 << 20
REFUSED: Final = 3
"""The exit code of a file that is not read, whose reason is then on stdout."""


class _Refused(Exception):  # noqa: N818 (never leaves)
    """Why a file is not read."""


def text_of(value: Any) -> str:  # noqa: ANN401 (what a cell can hold)
    """Return a cell's value as a CSV file would hold it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if not value.is_integer():
            return repr(value)
        # Beyond its fifteen digits Excel has lost the rest: written as Excel shows it, so that no id is made of it.
        return str(int(value)) if abs(value) < _DIGITS_KEPT else f"{value:.5E}"
    if isinstance(value, datetime):
        return (value + timedelta(microseconds=500_000)).replace(microsecond=0).isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return "" if value is None else str(value)


def workbook_rows(path: Path, wanted: str | None) -> tuple[str, list[str], Iterable[list[str]]]:
    """Return the name of the sheet that is read, the names of others that hold anything, and its rows."""
    from python_calamine import CalamineWorkbook, PasswordError, SheetVisibleEnum  # noqa: PLC0415 (after the limits)

    try:
        book = CalamineWorkbook.from_path(path)
    except PasswordError:
        raise _Refused("The file is protected by a password; save it without one.") from None
    hidden = {sheet.name for sheet in book.sheets_metadata if sheet.visible != SheetVisibleEnum.Visible}
    if wanted is not None and wanted not in book.sheet_names:
        raise _Refused(f"There is no sheet {wanted}; there are {', '.join(book.sheet_names)}.")
    names = [wanted] if wanted is not None else [name for name in book.sheet_names if name not in hidden]
    filled = [name for name in names if book.get_sheet_by_name(name).height]
    if not filled:
        raise _Refused("The file holds no sheet with anything in it.")
    sheet = book.get_sheet_by_name(filled[0])
    # Rows above the first that is filled are given too, as they count in a row's number.
    rows = ([text_of(value) for value in row] for row in sheet.to_python(skip_empty_area=False))
    return filled[0], filled[1:], rows


class _Tables(HTMLParser):
    """The rows of HTML's tables, and of the XML in which Excel 2003 wrote workbooks, one below the other."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.done: list[list[str]] = []
        self._row: list[str] | None = None
        self._cell: list[str] | None = None
        self._span = 1
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = tag.rpartition(":")[2]
        if name in _NO_TEXT:
            self._silent += 1
        elif name in _ROW:
            self._end_row()
            self._row = []
        elif name in _CELL and self._row is not None:
            self._end_cell()
            said = {key.rpartition(":")[2]: value or "" for key, value in attrs}
            self._span = _number(said.get("colspan", "1"))
            self._row += [""] * (_number(said.get("index", "0")) - 1 - len(self._row))
            self._cell = []
        elif name == "br" and self._cell is not None:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name in _NO_TEXT:
            self._silent = max(0, self._silent - 1)
        elif name in _CELL:
            self._end_cell()
        elif name in _ROW or name == "table":
            self._end_row()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag.rpartition(":")[2] in _CELL | _NO_TEXT:
            self.handle_endtag(tag)

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._silent:
            self._cell.append(data)

    def _end_cell(self) -> None:
        if self._cell is not None and self._row is not None:
            lines = "".join(self._cell).replace("\xa0", " ").split("\n")
            self._row.append("\n".join(" ".join(line.split()) for line in lines).strip())
            self._row += [""] * (self._span - 1)
        self._cell = None

    def _end_row(self) -> None:
        self._end_cell()
        if self._row is not None:
            self.done.append(self._row)
        self._row = None


def _number(text: str) -> int:
    return min(int(text), _MOST_COLUMNS) if text.isascii() and text.isdigit() else 1


def markup_rows(path: Path) -> Iterator[list[str]]:
    """Yield the rows of the tables in a file of HTML or XML."""
    from core.csv_files import encoding_of  # noqa: PLC0415 (after the limits)

    with path.open("rb") as binary:
        encoding = encoding_of(binary)
    tables = _Tables()
    with path.open(encoding=encoding, errors="replace") as file:
        while block := file.read(_BLOCK):
            tables.feed(block)
            yield from tables.done
            tables.done = []
    tables.close()
    yield from tables.done


def write(rows: Iterable[list[str]], out: Path) -> None:
    """Write a JSON array a row."""
    import orjson  # noqa: PLC0415 (after the limits)

    with out.open("wb") as target:
        for row in rows:
            target.write(orjson.dumps([cell.replace("\0", "") for cell in row]) + b"\n")


def main(line: bytes) -> int:
    """Confine this process, read, write; returns the exit code."""
    from core import confinement  # noqa: PLC0415

    words = json.loads(line)
    memory = words["memory_bytes"]
    confinement.confine(memory_bytes=memory, seconds=words["seconds"], written_bytes=memory)
    path, sheet, others = Path(words["path"]), "", list[str]()
    try:
        if words["kind"] == "markup":
            rows: Iterable[list[str]] = markup_rows(path)
        else:
            sheet, others, rows = workbook_rows(path, words["sheet"])
        write(rows, Path(words["out"]))
    except _Refused as error:
        sys.stdout.write(str(error))
        return REFUSED
    except MemoryError:
        return confinement.OUT_OF_MEMORY
    sys.stdout.write(json.dumps({"sheet": sheet, "others": others}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.stdin.buffer.read()))
