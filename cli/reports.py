"""`reports`: bulk intake from files."""

from __future__ import annotations

import csv
import gc
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.cluster import console
from cli.context import database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cli.report_rows import Drafts
    from core.csv_files import CsvFile
    from core.db import Database
    from governance.cases.importing import Rejected, Row, Tally

app = typer.Typer(help="Reports: bulk intake.", no_args_is_help=True, rich_markup_mode="rich")

IMPORTER = "reports-import"


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV with a header.")],
    channel: Annotated[str, typer.Option(help="Channel the reports came from, e.g. 12345.")],
    crs: Annotated[
        str, typer.Option(help="Datum or EPSG code of the coordinates, where a row has none of its own.")
    ] = "WGS84",
    map_: Annotated[
        list[str] | None, typer.Option("--map", help="FIELD=COLUMN; repeatable. Common headers are known.")
    ] = None,
    category: Annotated[str | None, typer.Option(help="Category of rows that name none.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Else UTF-8 or GB 18030, whichever fits.")] = None,
    rejected: Annotated[
        Path | None, typer.Option(help="Where rejected rows go; FILE.rejected.csv beside it when left out.")
    ] = None,
    batch: Annotated[int, typer.Option(min=1, max=100_000, help="Rows a transaction.")] = 5_000,
) -> None:
    """Take in a file of reports of any size. Taking it in again stores nothing twice.

    Rows are known by channel and external id, else by their content. A row whose coordinates lead nowhere is kept
    for triage; a row that is no report goes to the file of rejected rows, with the reason.

    Example: [bold]wangge reports import year.csv --channel 12345 --crs BD-09 --map category=类别[/]
    """
    from cli.report_rows import Defaults, Drafts, columns_of, open_table
    from geo import datum

    told = dict(_pair(words) for words in map_ or [])
    try:
        datum.parse_crs(crs)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--crs") from error
    table = open_table(file, encoding)
    try:
        columns = columns_of(table.header, told)
        if "category" not in columns and category is None:
            names = ", ".join(table.header)
            raise typer.BadParameter(f"say which column is the category: --map category=… (or --category). {names}")
        unread = [name for place, name in enumerate(table.header) if place not in columns.values()]
        if unread:
            console.print(f"columns not read: {', '.join(unread)}", highlight=False)
        drafts = Drafts(columns, Defaults(channel, crs, category))
        refused = RejectedRows(rejected or file.with_name(f"{file.name}.rejected.csv"), table.header)
        with database() as opened:
            tally = take_in(opened, table, drafts, refused, size=file.stat().st_size, batch_rows=batch, name=file.name)
    finally:
        table.close()
    methods = ", ".join(f"{count} {method}" for method, count in tally.methods.most_common())
    console.print(
        f"[bold]{tally.stored}[/] stored, {tally.replayed} known before, {refused.count} rejected ({methods})",
        highlight=False,
    )
    if refused.count:
        console.print(f"rejected rows and reasons: [bold]{refused.path}[/]", highlight=False)
        raise typer.Exit(2)


def _pair(words: str) -> tuple[str, str]:
    name, equals, column = words.partition("=")
    if not equals:
        raise typer.BadParameter(f"'{words}' is not FIELD=COLUMN", param_hint="--map")
    return name, column


class RejectedRows:
    """The file of rejected rows; it is made when the first one comes."""

    def __init__(self, path: Path, header: list[str]) -> None:
        self.path = path
        self.count = 0
        self._header = header
        path.unlink(missing_ok=True)

    def add(self, rows: list[tuple[int, str, list[str]]]) -> None:
        """Write rows with their lines and reasons."""
        if not rows:
            return
        with self.path.open("a", encoding="utf-8", errors="backslashreplace", newline="") as target:
            writer = csv.writer(target)
            if self.count == 0:
                writer.writerow(["line", "reason", *self._header])
            writer.writerows([line, reason, *row] for line, reason, row in rows)
        self.count += len(rows)


def take_in(
    opened: Database, table: CsvFile, drafts: Drafts, refused: RejectedRows, *, size: int, batch_rows: int, name: str
) -> Tally:
    """Stream the table into the ledger: while the database stores a batch, the next is read and placed."""
    from core import audit
    from governance.cases import importing

    tally = importing.Tally()
    preparation = importing.Preparation(_ground(opened), client_id=_importer_id(opened))
    with opened.bulk() as connection, ThreadPoolExecutor(1, "reports-import") as beside, _bar(size) as advance, _pace():
        with connection.transaction():
            importing.open_staging(connection)
        storing: Future[Rejected] | None = None
        waiting: dict[int, list[str]] = {}
        for rows, raw, bad in _batches(table, drafts, batch_rows):
            refused.add(bad)
            prepared = preparation.batch(rows)
            if storing is not None:
                _settle(storing, waiting, refused)
            storing, waiting = beside.submit(importing.store, connection, prepared, tally), raw
            advance(table.bytes_read)
        if storing is not None:
            _settle(storing, waiting, refused)
    with opened.transaction() as session:
        counts = {"stored": tally.stored, "known": tally.replayed, "rejected": refused.count}
        audit.record(session, actor="cli", action="reports.import", subject=name, **counts)
    return tally


def _settle(storing: Future[Rejected], raw: dict[int, list[str]], refused: RejectedRows) -> None:
    refused.add([(line, reason, raw[line]) for line, reason in storing.result()])


def _batches(
    table: CsvFile, drafts: Drafts, size: int
) -> Iterator[tuple[list[Row], dict[int, list[str]], list[tuple[int, str, list[str]]]]]:
    """Give the file's rows a batch at a time: good ones, the raw text of those, bad ones with reasons."""
    from cli.report_rows import RowError
    from governance.cases.importing import Row

    rows: list[Row] = []
    raw: dict[int, list[str]] = {}
    bad: list[tuple[int, str, list[str]]] = []
    for line, cells, problem in table.rows():
        if problem is not None:
            bad.append((line, problem[0], cells))
        else:
            try:
                rows.append(Row(line, drafts.draft(cells)))
            except RowError as error:
                bad.append((line, str(error), cells))
            else:
                raw[line] = cells
        if len(rows) + len(bad) >= size:
            yield rows, raw, bad
            rows, raw, bad = [], {}, []
    yield rows, raw, bad


def _ground(opened: Database) -> Any:  # noqa: ANN401 (governance.cases.placement.Ground, imported late)
    from core.settings import Settings
    from governance.cases.placement import Ground
    from grids.assignment.registry import ReleaseIndexes
    from grids.gazetteer.memory import Holder

    settings = Settings()
    releases, gazetteer = ReleaseIndexes(opened, settings), Holder(opened, poll_s=float("inf"))
    releases.refresh()
    gazetteer.refresh()
    return Ground.now(releases, gazetteer)


def _importer_id(opened: Database) -> int:
    """Return the principal that imported reports are kept under; it has no scopes, and its key is thrown away."""
    from sqlalchemy import select

    from core.security import ApiClient, create_key

    with opened.transaction() as session:
        wanted = select(ApiClient.id).where(ApiClient.name == IMPORTER)
        found = session.scalar(wanted)
        if found is None:
            create_key(session, name=IMPORTER, scopes=[], is_own=True)
            session.flush()
            found = session.scalar(wanted)
        return int(found or 0)


@contextmanager
def _pace() -> Iterator[None]:
    """Let the storing thread have its turn at once, and spare the collector: rows make no cycles.

    COPY waits for the socket every few dozen kilobytes; with the usual 5 ms before the reading thread yields, those
    waits would cost more than the COPY.
    """
    usual = sys.getswitchinterval()
    sys.setswitchinterval(0.0002)
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        sys.setswitchinterval(usual)


@contextmanager
def _bar(size: int) -> Iterator[Callable[[int], None]]:
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("taking in"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("taking in", total=size)
        yield lambda done: progress.update(task, completed=done)
