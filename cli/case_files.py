"""Cases and files: export them, and take in those of an old system."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.actors import ActorOption  # noqa: TC001 (Typer reads it at run time)
from cli.cluster import console
from cli.context import database
from cli.instants import instant_or_day
from cli.refusals import refusal


def export(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="CSV, .xlsx or .parquet (GeoParquet), by its name.")],
    state: Annotated[str | None, typer.Option(help="Only cases in this state.")] = None,
    unit: Annotated[str | None, typer.Option(help="Only cases with this unit.")] = None,
    category: Annotated[str | None, typer.Option(help="Only cases of this category or one below it.")] = None,
    channel: Annotated[str | None, typer.Option(help="Only cases of this channel.")] = None,
    area: Annotated[str | None, typer.Option(help="Only cases in this area, of any level.")] = None,
    opened_from: Annotated[str | None, typer.Option(help="First instant or day of opening.")] = None,
    opened_before: Annotated[str | None, typer.Option(help="First instant or day behind the opening.")] = None,
    updated_after: Annotated[str | None, typer.Option(help="Only cases changed later than this.")] = None,
) -> None:
    """Export cases to a file: codes, places and times, the latest first, never texts.

    Example: [bold]wangge cases export cases.parquet --opened-from 2026-01-01[/]
    """
    from governance.cases import exporting
    from governance.cases.lifecycle.page_queries import CaseFilter
    from governance.cases.lifecycle.rules import checked_state
    from identity.grants import EVERYTHING

    form = file.suffix.lower().lstrip(".")
    forms = [str(one) for one in exporting.ExportForm]
    if form not in forms:
        raise refusal("the name ends in {forms}", values={"forms": [f".{one}" for one in forms]}, option="FILE")
    wanted = CaseFilter(
        state=None if state is None else checked_state(state), unit=unit, category=category, channel=channel, area=area,
        opened_from=_instant(opened_from), opened_before=_instant(opened_before), updated_after=_instant(updated_after),
    )  # fmt: skip
    with database() as opened, opened.snapshot() as session, file.open("wb") as target:
        count = exporting.write_cases(session, wanted, target, form=exporting.ExportForm(form), reach=EVERYTHING)
    console.print(f"[bold]{count}[/] cases written to {file}", highlight=False)


def import_(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV, .xlsx or .xls, a row a case.")
    ],
    channel: Annotated[str, typer.Option(help="Channel under which the reports were taken in, e.g. 12345.")],
    mapping: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="TOML: what columns, states, steps and units of the file mean."),
    ] = None,
    steps: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Table of the steps of these cases, a row a step.")
    ] = None,
    files: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help="Folder with the photos that the table names.")
    ] = None,
    rejected: Annotated[
        Path | None, typer.Option(help="Where rejected rows go; FILE.rejected.csv beside it when left out.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Store nothing; list what nobody has mapped.")] = False,
    language: Annotated[
        str | None, typer.Option(help="Language of the reasons: zh or en; the terminal's if left out.")
    ] = None,
    actor: ActorOption = None,
) -> None:
    """Take in the cases of an old system with their histories; their reports are taken in before.

    States, steps and units that nobody has mapped are listed, and nothing is stored. Run again, nothing is stored
    twice: a case that has gone on in the old system goes on here. At the end file and ledger are compared by month.

    Example: [bold]wangge cases import old.csv --channel 12345 --mapping old.toml[/]
    """
    from cli import case_import

    code = case_import.run(
        case_import.Asked(file, channel, mapping, steps, files, rejected, language, actor), dry_run=dry_run
    )
    if code:
        raise typer.Exit(code)


def _instant(words: str | None) -> datetime | None:
    return None if words is None else instant_or_day(words)


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("export")(export)
    app.command("import")(import_)
