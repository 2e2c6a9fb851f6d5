"""`partitions`: the months in which reports are stored, made, detached and attached again."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from cli.printing import Table

app = typer.Typer(help="The months in which reports are stored.", invoke_without_command=True, rich_markup_mode="rich")

_Month = Annotated[int, typer.Argument(min=190001, help="Year and month of receipt in UTC, e.g. 202607.")]


@app.callback()
def partitions(context: typer.Context) -> None:
    """The months in which reports are stored; without a further word they are listed."""  # noqa: D401 (a help text)
    if context.invoked_subcommand is None:
        list_()


@app.command("list")
def list_() -> None:
    """List the months with about how many reports they hold, and which are detached.

    Example: [bold]wangge partitions list[/]
    """
    from governance.reports import partitions as months

    table = Table("month", "state", "reports, about", "MB")
    with database() as opened, opened.snapshot() as session:
        for month in months.months(session):
            state = "detached" if month.is_detached else "attached"
            table.add_row(str(month.month), state, f"{month.reports:,}", f"{month.size_bytes / 1e6:.1f}")
    Console().print(table)


@app.command()
def make(ahead: Annotated[int, typer.Option(min=0, max=120, help="Months behind the current one.")] = 3) -> None:
    """Make the current month and those that follow; the worker does it each night.

    Example: [bold]wangge partitions make --ahead 12[/]
    """
    from core import clock
    from governance.reports import partitions as months

    with database() as opened, opened.transaction() as session:
        made = months.make_ahead(session, now=clock.now(), months=ahead)
    console.print(f"made: {', '.join(map(str, made)) or 'nothing, all are there'}", highlight=False)


@app.command()
def detach(month: _Month, actor: ActorOption = None) -> None:
    """Take a month that is over out of the ledger, into the schema archive.

    Example: [bold]wangge partitions detach 201907[/]
    """
    from core import clock
    from governance.reports import partitions as months

    with database() as opened, opened.transaction() as session:
        months.detach(session, month, now=clock.now(), actor=local_actor(session, actor))
    console.print(
        f"{month} is in the schema {months.ARCHIVE}: {', '.join(f'{f}_{month}' for f in months.FAMILIES)}",
        highlight=False,
    )


@app.command()
def attach(month: _Month, actor: ActorOption = None) -> None:
    """Put a detached month back into the ledger.

    Example: [bold]wangge partitions attach 201907[/]
    """
    from governance.reports import partitions as months

    with database() as opened, opened.transaction() as session:
        months.attach(session, month, actor=local_actor(session, actor))
    console.print(f"{month} is attached", highlight=False)
