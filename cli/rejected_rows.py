"""The file of rejected rows: their lines, the reasons in the user's language, and the rows as they stood."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Final

from core.errors import DomainError

if TYPE_CHECKING:
    from pathlib import Path

HEADS: Final = {"en": ("line", "reason"), "zh": ("行号", "原因")}


class RejectedFileError(DomainError):
    """The file for rejected rows would overwrite a file that is none. Name another with --rejected."""

    code = "rejected-file-taken"


class RejectedRows:
    """The file of rejected rows; it is made when the first one comes, with the mark by which Excel knows UTF-8."""

    def __init__(self, path: Path, header: list[str], *, source: Path | None = None, language: str = "en") -> None:
        self.path = path
        self.count = 0
        self._header = header
        self._language = language if language in HEADS else "en"
        if path.exists():
            if source is not None and path.samefile(source):
                raise RejectedFileError(f"{path} is the file that is read. Name another with --rejected.")
            if not _is_of_rejected_rows(path):
                raise RejectedFileError(f"{path} exists and holds no rejected rows. Name another with --rejected.")
            path.unlink()

    def add(self, rows: list[tuple[int, tuple[str, str], list[str]]]) -> None:
        """Write rows with their lines and reasons (in English and in Chinese)."""
        if not rows:
            return
        at = list(HEADS).index(self._language)
        encoding = "utf-8" if self.count else "utf-8-sig"
        with self.path.open("a", encoding=encoding, errors="backslashreplace", newline="") as target:
            writer = csv.writer(target)
            if self.count == 0:
                writer.writerow([*HEADS[self._language], *self._header])
            writer.writerows([line, reason[at], *row] for line, reason, row in rows)
        self.count += len(rows)


def _is_of_rejected_rows(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(64).decode("utf-8-sig", "replace")
    return any(start.startswith(",".join(head)) for head in HEADS.values())
