"""The import of an old system's cases from the terminal: what is unmapped, what was stored, the months compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cli.actors import local_actor
from cli.cluster import console
from cli.context import database
from cli.languages import users_language
from cli.printing import Listing
from cli.rejected_rows import RejectedRows
from core.settings import Settings
from governance.attachments import operations as attachments
from governance.attachments.rules import hash_of
from governance.attachments.states import Stage, SubjectKind
from governance.attachments.storage import FileStore
from governance.cases.importing import columns, operations, reading
from governance.cases.importing.histories import HistoryRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.db import Database
    from core.errors import Detail
    from governance.cases.importing.histories import ToldCase
    from governance.cases.importing.operations import CaseImport
    from governance.cases.importing.reading import OldSystem


@dataclass(frozen=True)
class Asked:
    """What the command was given."""

    file: Path
    channel: str
    mapping: Path | None
    steps: Path | None
    files: Path | None
    rejected: Path | None
    language: str | None
    actor: str | None


def run(asked: Asked, *, dry_run: bool) -> int:
    """Take the file in and print what became of it; return the exit code: 2 where something is unmapped or refused."""
    with database() as opened:
        known = _known(opened, asked)
        unmapped = reading.unmapped_words(asked.file, asked.steps, known).tables()
        if unmapped:
            _print_unmapped(unmapped)
            return 2
        if dry_run:
            console.print("every state, step and unit is mapped; nothing was stored", highlight=False)
            return 0
        source = _Source(asked, known)
        with opened.transaction() as session:
            actor = local_actor(session, asked.actor)
        done = operations.take_in(opened, source.cases(), channel=asked.channel, name=asked.file.name, actor=actor)
        hung = source.hang_photos(opened, done)
    source.refuse(done.refused)
    _print(done, source, hung)
    is_whole = all(month.is_equal for _, month in done.months.rows())
    return 0 if is_whole and not source.rejected.count else 2


def _known(opened: Database, asked: Asked) -> OldSystem:
    """Return what is known before the file is read, the table of steps among it."""
    mapping = columns.CaseMapping() if asked.mapping is None else columns.read_mapping(asked.mapping)
    units = operations.units_by_word(opened)
    received = operations.received_by_external_id(opened, asked.channel)
    photos = {}
    if asked.files is not None:
        photos = {one.name: hash_of(one.read_bytes()) for one in sorted(asked.files.iterdir()) if one.is_file()}
    known = reading.OldSystem(mapping, units, received, None, photos)
    if asked.steps is None:
        return known
    return reading.OldSystem(mapping, units, received, reading.told_steps(asked.steps, known), photos)


class _Source:
    """The file while it is read: rows that tell no case are put aside, names of photos are remembered by line."""

    def __init__(self, asked: Asked, known: OldSystem) -> None:
        self._asked, self._known = asked, known
        header, self._rows = columns.rows_of(
            asked.file, columns.CASE_FIELDS, known.mapping.columns, needed=("external_id", "state")
        )
        target = asked.rejected or asked.file.with_name(f"{asked.file.name}.rejected.csv")
        language = asked.language or users_language()
        self.rejected = RejectedRows(target, header, source=asked.file, language=language)
        self.missing_photos = 0
        self._cells: dict[int, list[str]] = {}
        self._photos: dict[int, list[str]] = {}

    def cases(self) -> Iterator[ToldCase]:
        """Yield what the rows tell."""
        for row in self._rows:
            try:
                told = reading.told_case(row, self._known)
            except HistoryRefusedError as error:
                self.rejected.add([(row.line, error.words, row.cells)])
                continue
            self._cells[row.line] = row.cells
            names = reading.photo_names(row.said.get("photos", "")) if self._asked.files else []
            self.missing_photos += sum(name not in self._known.photos for name in names)
            self._photos |= {row.line: found} if (found := [one for one in names if one in self._known.photos]) else {}
            yield told

    def refuse(self, refused: list[tuple[int, Detail]]) -> None:
        """Put aside what could not be stored."""
        self.rejected.add([(line, why, self._cells[line]) for line, why in refused])

    def hang_photos(self, opened: Database, done: CaseImport) -> int:
        """Hang the photos of the folder on the cases that are here; return how many were new."""
        folder = self._asked.files
        if folder is None:
            return 0
        settings = Settings()
        hanging = _Hanging(opened, FileStore.from_settings(settings), settings.virus_scanner, self._asked.actor)
        return sum(
            hanging.hang(folder / name, self._known.photos[name], done.tally.ids[line])
            for line, names in self._photos.items()
            for name in names
            if line in done.tally.ids
        )


@dataclass(frozen=True)
class _Hanging:
    """Where photos go and by whom."""

    opened: Database
    files: FileStore
    scanner: str
    actor: str | None

    def hang(self, file: Path, sha256: str, case_id: int) -> bool:
        """Hang a photo on a case; return whether it is new."""
        subject = (SubjectKind.REPORT, case_id)
        with self.opened.snapshot() as session:
            if attachments.find(session, subject, bytes.fromhex(sha256)) is not None:
                return False
        stored = attachments.store(self.files, file.read_bytes(), sha256=sha256, scanner=self.scanner)
        with self.opened.transaction() as session:
            actor = local_actor(session, self.actor)
            return attachments.attach(session, subject, stored, stage=Stage.AFTER, actor=actor)[1]


def _print_unmapped(unmapped: list[tuple[str, str, int]]) -> None:
    console.print("[bold]nothing was stored[/]: nobody has said what these words mean; put them into the mapping file")
    rows = Listing(table="table", word="word", rows="rows")
    for table, word, count in unmapped:
        rows.add(f"[{table}]", word, count)
    rows.print(as_json=False)


def _print(done: CaseImport, source: _Source, hung: int) -> None:
    tally = done.tally
    console.print(
        f"[bold]{tally.stored}[/] cases stored, {tally.known} known before, {tally.moved_on} gone on with,"
        f" {source.rejected.count} rejected; {tally.steps} steps, {hung} photos",
        highlight=False,
    )
    if source.missing_photos:
        console.print(f"{source.missing_photos} photos that the table names are not in the folder", highlight=False)
    rows = Listing(
        month="month", in_file="in the file", here="here", closed_in_file="closed in the file",
        closed_here="closed here", is_equal="equal",
    )  # fmt: skip
    for month, counts in done.months.rows():
        rows.add(month, counts.in_file, counts.here, counts.closed_in_file, counts.closed_here, counts.is_equal)
    rows.print(as_json=False)
    if source.rejected.count:
        console.print(f"rejected rows and reasons: [bold]{source.rejected.path}[/]", highlight=False)
