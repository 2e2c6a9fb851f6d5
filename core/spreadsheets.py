"""Spreadsheets as tables of text: Excel workbooks (.xlsx, .xls), and the HTML and XML that offices' systems call .xls.

Its first bytes decide a file's kind, not its name. It is read in a process of its own with limited memory and time
(core/spreadsheet_reader.py), so that a file made to harm is refused and nothing else happens. Rows and columns are
those of the sheet; a time is written as ISO 8601, a number with all its digits.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import orjson

from core import confinement
from core.csv_files import CsvUnreadableError, too_wide
from core.spreadsheet_reader import REFUSED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from core.csv_files import Row

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP: Final = b"PK\x03\x04"
_MARKUP: Final = (b"<html", b"<table", b"<!doctype html", b"<workbook", b"urn:schemas-microsoft-com:office")
_HEADER_WITHIN: Final = 20
LARGEST_FILE: Final = 512 << 20
MEMORY_BYTES: Final = 3 << 30
SECONDS: Final = 300


class SheetUnreadableError(CsvUnreadableError):
    """The spreadsheet cannot be read. Save it as .xlsx or CSV once more, without a password, and one table a sheet."""

    code = "sheet-unreadable"


def kind_of(path: Path) -> str | None:
    """Return what a file is by its first bytes: `workbook`, `markup`, or None for text of another kind."""
    with path.open("rb") as file:
        start = file.read(4096)
    if start.startswith((_OLE, _ZIP)):
        return "workbook"
    plain = start.replace(b"\0", b"").lstrip(b"\xff\xfe\xef\xbb\xbf \t\r\n").lower()
    return "markup" if plain.startswith(b"<") and any(mark in plain for mark in _MARKUP) else None


class SheetFile:
    """An open sheet: its header, and its rows with their numbers; used as core.csv_files.CsvFile is.

    `sheet` is a sheet's name; without it the first sheet that holds anything is read, and `others` names those that
    are not.
    """

    delimiter = "cell"

    def __init__(
        self, path: Path, *, sheet: str | None = None, header_score: Callable[[Sequence[str]], int] | None = None
    ) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="sheet-"))
        try:
            said = _convert(path, self._folder, sheet)
            self._file: BinaryIO = (self._folder / "rows").open("rb")
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        self.encoding = f"sheet {said['sheet']}" if said["sheet"] else "HTML"
        self.others: list[str] = said["others"]
        self.size = (self._folder / "rows").stat().st_size
        self.above: list[tuple[int, str]] = []
        self._find_header(header_score or (lambda _: 0))

    @property
    def bytes_read(self) -> int:
        """How far the rows have been read, of `size`."""
        return self._file.tell()

    def close(self) -> None:
        """Close the sheet and remove what was made of it."""
        self._file.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _find_header(self, score: Callable[[Sequence[str]], int]) -> None:
        """Take the row that looks most like a header: by its names, else the first of two cells or more."""
        first = [orjson.loads(line) for _, line in zip(range(_HEADER_WITHIN), self._file, strict=False)]
        ranks = [(score(cells), sum(map(bool, cells)) > 1, -at) for at, cells in enumerate(first) if any(cells)]
        if not ranks:
            self.close()
            raise SheetUnreadableError("The sheet is empty.")
        at = -max(ranks)[2]
        self.above = [(n, " ".join(filter(None, cells))) for n, cells in enumerate(first[:at], 1) if any(cells)]
        self.header: list[str] = [" ".join(name.split()) for name in first[at]]
        while self.header and not self.header[-1]:
            self.header.pop()
        self._start = at + 1
        self._file.seek(0)

    def rows(self) -> Iterator[Row]:
        """Yield each row that holds anything, with its number in the sheet; one too wide for the header with why."""
        width = len(self.header)
        for number, line in enumerate(self._file, 1):
            if number <= self._start:
                continue
            cells: list[str] = orjson.loads(line)
            if not any(map(str.strip, cells)):
                continue
            while len(cells) > width and not cells[-1].strip():
                cells.pop()
            cells += [""] * (width - len(cells))
            if len(cells) > width:
                yield number, cells, too_wide(len(cells), width)
            else:
                yield number, cells, None


def _convert(path: Path, folder: Path, sheet: str | None) -> dict[str, Any]:
    """Have the file read in a confined process, which writes a JSON array a row into the folder."""
    if path.stat().st_size > LARGEST_FILE:
        raise SheetUnreadableError(
            "The file is larger than {most} MiB; save it as CSV.", values={"most": LARGEST_FILE >> 20}
        )
    words = {
        "path": str(path.resolve()), "out": str(folder / "rows"), "kind": kind_of(path), "sheet": sheet,
        "memory_bytes": MEMORY_BYTES, "seconds": SECONDS,
    }  # fmt: skip
    try:
        done = confinement.run("core.spreadsheet_reader", orjson.dumps(words), folder=folder, seconds=SECONDS)
    except TimeoutError:
        raise SheetUnreadableError(
            "The file takes more than {seconds} s to read; save it as CSV.", values={"seconds": SECONDS}
        ) from None
    except MemoryError:
        raise SheetUnreadableError("The file unpacks to more than may be read; save it as CSV.") from None
    if done.returncode == REFUSED:
        raise SheetUnreadableError(done.stdout.decode())
    if done.returncode:
        raise SheetUnreadableError("The file is damaged, or unpacks to more than may be read; save it as CSV.")
    said: dict[str, Any] = orjson.loads(done.stdout)
    return said
