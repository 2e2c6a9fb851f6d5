"""The file of rejected rows: their lines, the reasons in the user's language, and the rows as they stood."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Final

from core.errors import Detail, DomainError
from presentation.words.details import in_language, languages

if TYPE_CHECKING:
    from pathlib import Path

HEAD: Final = ("line", "reason")


class RejectedFileError(DomainError):
    """The file for rejected rows would overwrite a file that is none. Name another with --rejected."""

    code = "rejected-file-taken"


class RejectedRows:
    """The file of rejected rows; it is made when the first one comes, with the mark by which Excel knows UTF-8."""

    def __init__(self, path: Path, header: list[str], *, source: Path | None = None, language: str = "en") -> None:
        self.path = path
        self.count = 0
        self._header = header
        self._language = language
        if path.exists():
            if source is not None and path.samefile(source):
                raise RejectedFileError(
                    "{path} is the file that is read. Name another with --rejected.", values={"path": path}
                )
            if not _is_of_rejected_rows(path):
                raise RejectedFileError(
                    "{path} exists and holds no rejected rows. Name another with --rejected.", values={"path": path}
                )
            path.unlink()

    def add(self, rows: list[tuple[int, Detail, list[str]]]) -> None:
        """Write rows with their lines and reasons."""
        if not rows:
            return
        encoding = "utf-8" if self.count else "utf-8-sig"
        with self.path.open("a", encoding=encoding, errors="backslashreplace", newline="") as target:
            writer = csv.writer(target)
            if self.count == 0:
                writer.writerow([*_head(self._language), *self._header])
            writer.writerows([line, in_language(reason, self._language), *row] for line, reason, row in rows)
        self.count += len(rows)


def _head(language: str) -> list[str]:
    return [in_language(Detail(name), language) for name in HEAD]


def _is_of_rejected_rows(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(64).decode("utf-8-sig", "replace")
    return any(start.startswith(",".join(_head(language))) for language in languages())
