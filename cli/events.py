"""`events`: how far the consumers of events are, and going on after a restore into another cluster."""

from __future__ import annotations

import typer
from rich.console import Console

from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from cli.printing import Table

app = typer.Typer(
    help="The feed of events: how far its consumers are.", invoke_without_command=True, rich_markup_mode="rich"
)


@app.callback()
def events(context: typer.Context) -> None:
    """The feed of events: how far its consumers are; without a further word they are listed."""  # noqa: D401 (a help text)
    if context.invoked_subcommand is None:
        list_()


@app.command("list")
def list_() -> None:
    """List the consumers of events, each with the age of the next event it has not dealt with.

    Example: [bold]wangge events list[/]
    """
    from core import clock
    from core.events import upkeep

    with database() as opened, opened.snapshot() as session:
        state = upkeep.state(session)
    table = Table("consumer", "behind, s", "next event", "of", "last moved")
    for lag in state.lags:
        next_at = lag.next_at.astimezone(clock.LOCAL).isoformat(" ", "seconds") if lag.next_at else ""
        moved_at = lag.moved_at.astimezone(clock.LOCAL).isoformat(" ", "seconds")
        table.add_row(lag.consumer, f"{lag.behind.total_seconds():.0f}", lag.next_kind or "", next_at, moved_at)
    Console().print(table)
    if state.is_restored:
        console.print("the database was restored into another cluster: run [bold]wangge events rebase[/]")
    elif state.alarming:
        console.print(f"more than a minute behind: {', '.join(state.alarming)}", highlight=False)


@app.command()
def rebase(actor: ActorOption = None) -> None:
    """Let the consumers of events go on after the database was restored into another cluster.

    Where there is no need for it nothing is changed.

    Example: [bold]wangge events rebase[/]
    """
    from core.events import upkeep

    with database() as opened, opened.transaction() as session:
        epoch = upkeep.rebase(session, actor=local_actor(session, actor))
    if epoch is None:
        console.print("the feed of events belongs to this cluster already; nothing was changed")
    else:
        console.print(f"consumers of events go on in this cluster, in epoch [bold]{epoch}[/]")
