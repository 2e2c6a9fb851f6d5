"""The one reader of comma separated values (RFC 4180): every file of rows that the product takes is read by it.

A line that breaks the rule is given with its number and the reason, and reading goes on at the next line: one quote
that is never closed costs its own line and no other. What the columns mean is the caller's business.
"""

from __future__ import annotations

import codecs
import csv
import io
import unicodedata
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, Final

from core.errors import Detail, DomainError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Row = tuple[int, list[str], Detail | None]
    """The number of a row's first line (from 1), its cells, and why it cannot be used."""

DELIMITERS: Final = ",;\t|"
_LINES_AT_ONCE: Final = 2_000
_MOST_LINES: Final = 1_000  # of one quoted value
_LARGEST_FIELD: Final = 16 << 20
_HEADER_WITHIN: Final = 20
_BLOCK: Final = 1 << 20
_WIDE: Final = 4

_NEVER_CLOSED: Final = Detail("a quotation mark is opened and not closed")
_GOES_ON: Final = Detail("text follows a closing quotation mark")
_SWALLOWS: Final = Detail("a quotation mark is opened and not closed: the lines after it are rows of their own")


_NO_TEXT: Final = Detail("the line holds bytes that are no text")


def too_wide(cells: int, width: int) -> Detail:
    """Return why a row that is not as wide as the header cannot be used."""
    return Detail("{cells} columns, the header has {width}", {"cells": cells, "width": width})


class CsvUnreadableError(DomainError):
    """The file is no table that can be read: comma, semicolon or tab separated text with a header is needed."""

    code = "table-unreadable"


class CsvFile:
    """An open file of separated values: its header, and its rows with their line numbers.

    Read are UTF-8 with or without a byte order mark, UTF-16 and GB 18030; comma, semicolon, tab and bar; a first line
    `sep=;`; titles above the header. `header_score` says how much a row looks like the caller's header (0: not at
    all); without it the header is the first row of two cells or more.
    """

    def __init__(
        self,
        binary: BinaryIO,
        encoding: str | None = None,
        *,
        delimiter: str | None = None,
        header_score: Callable[[Sequence[str]], int] | None = None,
    ) -> None:
        self._binary = binary
        self.encoding = encoding or encoding_of(binary)
        try:
            codecs.lookup(self.encoding)
        except LookupError:
            raise CsvUnreadableError("No encoding is called {encoding}.", values={"encoding": self.encoding}) from None
        errors = "replace" if self.encoding.startswith("utf-16") else "surrogateescape"
        self._text = io.TextIOWrapper(binary, self.encoding, errors=errors, newline="")
        try:
            self._waiting = list(islice(self._text, _HEADER_WITHIN))
        except UnicodeError as error:
            raise CsvUnreadableError(
                "The file is no {encoding} text: {error}.", values={"encoding": self.encoding, "error": error}
            ) from None
        self._waiting.reverse()  # the next line is the last
        self._line = 0
        self.above: list[tuple[int, str]] = []
        """The lines above the header that are no part of the table, with their numbers."""
        self.header: list[str] = []
        self._find_header(delimiter, header_score or (lambda _: 0))

    @property
    def bytes_read(self) -> int:
        """How far the file has been read."""
        return self._binary.tell()

    def close(self) -> None:
        """Close the file."""
        self._text.close()

    def _find_header(self, delimiter: str | None, score: Callable[[Sequence[str]], int]) -> None:
        lines = [line.strip("\ufeff\r\n\0") for line in reversed(self._waiting)]
        first = lines[0].strip() if lines else ""
        start = 0
        if len(first) == 5 and first[:4].casefold() == "sep=":
            delimiter, start = first[4], 1
        wanted = [delimiter] if delimiter else [*DELIMITERS]
        # The best score wins, then the earliest line of two cells; the delimiter that gives most cells.
        best, place = (-1, False, 0, 0), -1
        for at, heading in enumerate(lines[start:], start):
            for mark in wanted:
                cells = _alone(heading, mark)
                filled = sum(map(bool, map(str.strip, cells)))
                rank = (score(cells), filled > 1, -at, filled)
                if filled and rank > best:
                    best, place, self.delimiter = rank, at, mark
        if place < 0:
            raise CsvUnreadableError("The file is empty.")
        for _ in range(place):
            text = self._next().strip("\ufeff\r\n")
            if text.strip(DELIMITERS + " \ufeff") and not (start and self._line == 1):
                self.above.append((self._line, text))
        self._waiting[-1] = self._waiting[-1].lstrip("\ufeff")
        self._reader = csv.reader(_Source(self), delimiter=self.delimiter, strict=True)
        csv.field_size_limit(_LARGEST_FIELD)
        line, cells, problem = self._record()
        if not _is_text("".join(cells)):
            problem = _NO_TEXT
        if problem is not None:
            raise CsvUnreadableError(
                "The header cannot be read: line {line}: {problem}.", values={"line": line, "problem": problem}
            )
        self.header = [name.strip().strip("\ufeff") for name in cells]
        self._named = 1 + max((at for at, name in enumerate(self.header) if name), default=-1)

    def _next(self) -> str:
        line = self._waiting.pop() if self._waiting else next(self._text)
        self._line += 1
        return line

    @property
    def line(self) -> int:
        """How many lines have been read."""
        return self._line

    def rows(self, *, keep_blank: bool = False) -> Iterator[Row]:
        """Yield each row; one that breaks the rule with its reason, and its cells as they stand.

        A row of empty cells is passed over, unless it is wanted; an empty line always is.
        """
        width = len(self.header)
        while True:
            if not self._waiting:
                self._waiting = list(islice(self._text, _LINES_AT_ONCE))
                if not self._waiting:
                    return
                self._waiting.reverse()
            joined = "".join(self._waiting)
            is_text = _is_text(joined)
            for row in self._split() if is_text and '"' not in joined else self._parsed(is_text=is_text):
                if _is_filled(row[1]) or (keep_blank and len(row[1]) == width > 1):
                    yield row

    def _split(self) -> Iterator[Row]:
        """Yield the rows of the waiting lines, in which there is no quotation mark."""
        lines, self._waiting, start = self._waiting, [], self._line
        self._line += len(lines)
        width, delimiter = len(self.header), self.delimiter
        for line, text in enumerate(reversed(lines), start + 1):
            cells = text.rstrip("\r\n").split(delimiter)
            yield line, cells, self._fit(cells) if len(cells) != width else None

    def _parsed(self, *, is_text: bool) -> Iterator[Row]:
        """Yield the rows of the waiting lines, and of those that the last of them needs."""
        width = len(self.header)
        while self._waiting:
            line, cells, problem = self._record()
            if problem is None and len(cells) != width:
                problem = self._fit(cells)
            if not is_text and not _is_text("".join(cells)):
                problem = _NO_TEXT
            yield line, cells, problem

    def _record(self) -> Row:
        """Read one record; when it breaks the rule, give its first line alone and take the others back."""
        self._taken: list[str] = []
        line = self._line + 1
        try:
            cells = next(self._reader)
        except csv.Error as error:
            problem = _GOES_ON if "expected after" in str(error) and len(self._taken) == 1 else _NEVER_CLOSED
        else:
            if len(self._taken) == 1 or not self._is_doubtful(cells):
                return line, cells, None
            problem = _SWALLOWS
        taken = self._taken
        self._waiting += reversed(taken[1:])
        self._line -= len(taken) - 1
        return line, _alone(taken[0].rstrip("\r\n"), self.delimiter), problem

    def _fit(self, cells: list[str]) -> Detail | None:
        """Take empty cells beyond the header away, add those under no name, or say that the row has another width."""
        width = len(self.header)
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        if self._named <= len(cells) < width:
            cells += [""] * (width - len(cells))
        if len(cells) == width:
            return None
        return too_wide(len(cells), width)

    def _is_doubtful(self, cells: list[str]) -> bool:
        """Whether a record of several lines may be rows that a forgotten quotation mark has run together."""
        width = len(self.header)
        if width == 0:
            return False
        if len(cells) != width and self._fit(list(cells)):
            return True
        lines = [line for line in self._taken if line.strip()]
        whole = [line.count(self.delimiter) + 1 == width for line in lines]
        if width == 1 or not any(whole):
            return False
        after = whole[1:]
        return all(whole) or (width >= _WIDE and len(after) > 1 and 2 * sum(after) >= len(after))


class _Source:
    """The lines of a file as csv.reader asks for them; a value of too many lines ends where it is."""

    def __init__(self, file: CsvFile) -> None:
        self._file = file

    def __iter__(self) -> _Source:
        return self

    def __next__(self) -> str:
        taken = self._file._taken  # noqa: SLF001 (a part of it)
        if len(taken) >= _MOST_LINES:
            raise StopIteration
        line = self._file._next()  # noqa: SLF001 (a part of it)
        taken.append(line)
        return line


def read(content: bytes, header_score: Callable[[Sequence[str]], int] | None = None) -> CsvFile:
    """Open a table that is at hand as bytes.

    Raises
    ------
    CsvUnreadableError
    """
    return CsvFile(io.BytesIO(content), header_score=header_score)


def folded(name: str) -> str:
    """Return a column's name as it is compared: without regard to case, width, spaces and underscores."""
    kept = (sign for sign in unicodedata.normalize("NFKC", name).casefold() if not sign.isspace() and sign not in "_*")
    return "".join(kept).strip("\ufeff\u200b:：")


def encoding_of(binary: BinaryIO) -> str:
    """Return the encoding of a whole file: its byte order mark, else UTF-8 if it is that, else GB 18030.

    A file that is neither throughout is what more of its lines beyond ASCII are.
    """
    binary.seek(0)
    start = binary.read(4096)
    binary.seek(0)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd = start[::2].count(0), start[1::2].count(0)
    if 4 * max(even, odd) > len(start) // 2 and min(even, odd) * 4 < max(even, odd):
        return "utf-16-le" if odd > even else "utf-16-be"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while block := binary.read(_BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        binary.seek(0)
        is_utf8 = sum(_is_utf8(line) - (not _is_utf8(line)) for line in binary if not line.isascii()) > 0
    else:
        is_utf8 = True
    binary.seek(0)
    return "utf-8-sig" if is_utf8 else "gb18030"


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _alone(line: str, delimiter: str) -> list[str]:
    """Return the cells of one line by itself: by the rule if it keeps it, else with its quotation marks as text."""
    if '"' in line:
        try:
            return next(csv.reader([line], delimiter=delimiter, strict=True))
        except (csv.Error, StopIteration):
            pass
    return line.split(delimiter)


def _is_text(text: str) -> bool:
    """Whether every byte was read: what was none stands as half a surrogate pair, or as U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\ufffd" not in text


def _is_filled(cells: list[str]) -> bool:
    return bool(cells) and (bool(cells[0].strip()) or any(map(str.strip, cells)))
