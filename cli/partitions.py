"""`partitions`: the months in which reports are stored, made, detached and attached again."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from cli.printing import JsonOption, Listing

app = typer.Typer(help="The months in which reports are stored.", invoke_without_command=True, rich_markup_mode="rich")

_Month = Annotated[int, typer.Argument(min=190001, help="Year and month of receipt in UTC, e.g. 202607.")]


@app.callback()
def partitions(context: typer.Context) -> None:
    """The months in which reports are stored; without a further word they are listed."""  # noqa: D401 (a help text)
    if context.invoked_subcommand is None:
        list_(as_json=False)


@app.command("list")
def list_(as_json: JsonOption = False) -> None:
    """List the months with about how many reports they hold, and which are detached.

    Example: [bold]wangge partitions list[/]
    """
    from governance.reports import partitions as months

    rows = Listing(month="month", state="state", reports_about="reports, about", size_bytes="MB")
    with database() as opened, opened.snapshot() as session:
        for month in months.months(session):
            state = "detached" if month.is_detached else "attached"
            shown = {"reports_about": f"{month.reports:,}", "size_bytes": f"{month.size_bytes / 1e6:.1f}"}
            rows.add(str(month.month), state, month.reports, month.size_bytes, shown=shown)
    rows.print(as_json=as_json)


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
