"""`reports`: bulk intake from files."""

from __future__ import annotations

import gc
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import report_confidentiality, report_erasure, report_marks
from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from cli.pairs import MapOption, pairs
from cli.refusals import refusal
from core.errors import detail_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cli.rejected_rows import RejectedRows
    from core.db import Database
    from core.errors import Detail
    from governance.reports.importing import Rejected, Row, Tally
    from governance.reports.importing.columns import Table
    from governance.reports.importing.rows import RowReader

app = typer.Typer(help="Reports: bulk intake.", no_args_is_help=True, rich_markup_mode="rich")

IMPORTER = "reports-import"


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV, .xlsx or .xls with a header.")
    ],
    channel: Annotated[str, typer.Option(help="Channel the reports came from, e.g. 12345.")],
    crs: Annotated[
        str, typer.Option(help="Datum or EPSG code of the coordinates, where a row has none of its own.")
    ] = "WGS84",
    map_: MapOption = None,
    category: Annotated[str | None, typer.Option(help="Category of rows that name none.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Else UTF-8 or GB 18030, whichever fits.")] = None,
    sheet: Annotated[
        str | None, typer.Option(help="Sheet of a spreadsheet; the first that holds anything if left out.")
    ] = None,
    rejected: Annotated[
        Path | None, typer.Option(help="Where rejected rows go; FILE.rejected.csv beside it when left out.")
    ] = None,
    batch: Annotated[int, typer.Option(min=1, max=100_000, help="Rows a transaction.")] = 5_000,
    ignore: Annotated[
        list[str] | None,
        typer.Option(help="Column not to read although it is known or looks like a time, an id or a place."),
    ] = None,
    date_format: Annotated[
        str | None,
        typer.Option(
            help="Order of dates: ymd, mdy or dmy; or a format such as %d.%m.%Y %H:%M. Else the column tells."
        ),
    ] = None,
    undated_is_now: Annotated[
        bool, typer.Option("--undated-is-now", help="Date rows whose time is empty now, instead of rejecting them.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Store nothing; show what each column is taken for.")
    ] = False,
    language: Annotated[
        str | None, typer.Option(help="Language of the reasons: zh or en; the terminal's if left out.")
    ] = None,
    actor: ActorOption = None,
) -> None:
    """Take in a file of reports of any size. Taking it in again stores nothing twice.

    Rows are known by channel and external id, else by their content. A row whose coordinates lead nowhere is kept
    for triage; a row that is no report goes to the file of rejected rows, with the reason.

    Example: [bold]wangge reports import year.csv --channel 12345 --crs BD-09 --map category=类别[/]
    """
    from cli.languages import users_language
    from cli.rejected_rows import RejectedRows
    from core.spreadsheets import SheetFile
    from geo import datum
    from governance.reports.importing.columns import check_unread, columns_of, open_table
    from governance.reports.importing.rows import Dates, RowReader, times_of
    from governance.reports.rules import IntakeDefaults
    from governance.reports.sent_times import ORDERS

    told = pairs(map_, "--map")
    try:
        datum.parse_crs(crs)
    except ValueError as error:
        raise refusal(detail_of(error), option="--crs") from error
    if date_format is not None and date_format not in ORDERS and "%" not in date_format:
        raise refusal("{orders}, or a format with %Y, %m and %d", values={"orders": [*ORDERS]}, option="--date-format")
    spoken = language or users_language()
    table = open_table(file, encoding, sheet)
    try:
        columns = columns_of(table.header, told, ignore or [])
        check_unread(table.header, columns, told, ignore or [])
        if "category" not in columns and category is None:
            names = ", ".join(table.header)
            raise refusal(
                "say which column is the category: --map category=… (or --category). {names}", values={"names": names}
            )
        _print_unread_columns(table, columns)
        at = columns.get("reported_at")
        reader = RowReader(
            columns,
            IntakeDefaults(channel, crs, category),
            Dates(date_format, undated_is_now),
            None if at is None else lambda: times_of(file, encoding, sheet, at),
        )
        if dry_run:
            from cli import report_dry_run

            report_dry_run.show(table, reader, columns, spoken)
            return
        target = rejected or file.with_name(f"{file.name}.rejected.csv")
        refused = RejectedRows(target, table.header, source=file, language=spoken)
        with database() as opened:
            size = table.size if isinstance(table, SheetFile) else file.stat().st_size
            tally = take_in(opened, table, reader, refused, size=size, batch_rows=batch, name=file.name, actor=actor)
    finally:
        table.close()
    _print_reading_notes(reader)
    methods = ", ".join(f"{count} {method}" for method, count in tally.methods.most_common())
    console.print(
        f"[bold]{tally.stored}[/] stored, {tally.replayed} known before, {refused.count} rejected ({methods})",
        highlight=False,
    )
    if refused.count:
        console.print(f"rejected rows and reasons: [bold]{refused.path}[/]", highlight=False)
        raise typer.Exit(2)


def _print_unread_columns(table: Table, columns: dict[str, int]) -> None:
    """Print what of the file is not read, and what that means."""
    from core.spreadsheets import SheetFile

    if isinstance(table, SheetFile) and table.others:
        others = ", ".join(table.others)
        console.print(f"sheets not read: {others}; --sheet NAME reads one", highlight=False, markup=False)
    for line, text in table.above:
        console.print(f"above the header, not read: line {line}: {text}", highlight=False, markup=False)
    unread = [name for place, name in enumerate(table.header) if place not in columns.values()]
    if unread:
        console.print(f"columns not read: {', '.join(unread)}", highlight=False, markup=False)
    if {"lon", "lat"} & columns.keys() and {"x", "y"} & columns.keys():
        both = ", ".join(table.header[columns[field]] for field in ("lon", "lat", "x", "y") if field in columns)
        console.print(
            f"{both}: a row with both pairs of coordinates is rejected; --ignore the columns of one", highlight=False
        )
    if "reported_at" not in columns:
        console.print("no column is the time: every report is dated now", highlight=False)


def _print_reading_notes(reader: RowReader) -> None:
    """Print how rows were read where it was not plain."""
    if reader.date_order:
        console.print(f"dates are read as {reader.date_order}", highlight=False, markup=False)
    if reader.shortened_ids:
        console.print(
            f"{reader.shortened_ids} ids were shortened by a spreadsheet (2.02506E+13): these rows have none",
            highlight=False,
        )
    for field, count in reader.set_aside.most_common():
        console.print(f"{field}: {count} could not be read and are kept as they stand, aside", highlight=False)
    for line in reader.totals[:20]:
        console.print(f"line {line} adds others up and is no report: passed over", highlight=False)


def take_in(
    opened: Database,
    table: Table,
    reader: RowReader,
    refused: RejectedRows,
    *,
    size: int,
    batch_rows: int,
    name: str,
    actor: str | None = None,
) -> Tally:
    """Stream the table into the ledger: while the database stores a batch, the next is read and placed."""
    from core import audit
    from governance.reports import importing

    tally = importing.Tally()
    preparation = importing.Preparation(_ground(opened), client_id=_importer_id(opened))
    with opened.bulk() as connection, ThreadPoolExecutor(1, "reports-import") as beside, _bar(size) as advance, _pace():
        with connection.transaction():
            importing.open_staging(connection)
        storing: Future[Rejected] | None = None
        waiting: dict[int, list[str]] = {}
        for rows, raw, bad in _batches(table, reader, batch_rows):
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
        audit.record(session, actor=local_actor(session, actor), action="reports.import", subject=name, **counts)
    return tally


def _settle(storing: Future[Rejected], raw: dict[int, list[str]], refused: RejectedRows) -> None:
    refused.add([(line, reason, raw[line]) for line, reason in storing.result()])


def _batches(
    table: Table, reader: RowReader, size: int
) -> Iterator[tuple[list[Row], dict[int, list[str]], list[tuple[int, Detail, list[str]]]]]:
    """Yield the file's rows a batch at a time: good ones, the raw text of those, bad ones with reasons."""
    from governance.reports.importing import Row
    from governance.reports.rules import DraftFieldError

    rows: list[Row] = []
    raw: dict[int, list[str]] = {}
    bad: list[tuple[int, Detail, list[str]]] = []
    for line, cells, problem in table.rows():
        if problem is not None:
            bad.append((line, problem, cells))
        elif reader.is_total(cells):
            reader.totals.append(line)
        else:
            try:
                rows.append(Row(line, reader.draft(cells)))
            except DraftFieldError as error:
                bad.append((line, error.words, cells))
            else:
                raw[line] = cells
        if len(rows) + len(bad) >= size:
            yield rows, raw, bad
            rows, raw, bad = [], {}, []
    yield rows, raw, bad


def _ground(opened: Database) -> Any:  # noqa: ANN401 (governance.reports.placement.PlacementContext, imported late)
    from core.settings import Settings
    from governance.reports.placement import PlacementContext
    from grids.assignment.release_cache import ReleaseCache
    from grids.gazetteer.memory import GazetteerCache

    settings = Settings()
    releases, gazetteer = ReleaseCache(opened, settings), GazetteerCache(opened, poll_s=float("inf"))
    releases.refresh()
    gazetteer.refresh()
    return PlacementContext.now(releases, gazetteer, settings.caller_key_bytes)


def _importer_id(opened: Database) -> int:
    """Return the principal that imported reports are kept under; it has no scopes, and its key is thrown away."""
    from sqlalchemy import select

    from identity.actors import REPORTS_IMPORT
    from identity.keys import ApiClient, create_key

    with opened.transaction() as session:
        wanted = select(ApiClient.id).where(ApiClient.name == IMPORTER)
        found = session.scalar(wanted)
        if found is None:
            create_key(session, name=IMPORTER, scopes=[], holder=REPORTS_IMPORT)
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


report_erasure.add_to(app)
report_marks.add_to(app)
report_confidentiality.add_to(app)
