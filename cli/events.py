"""`events`: how far the consumers of events are, and going on after a restore into another cluster."""

from __future__ import annotations

import typer

from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from cli.printing import JsonOption, Listing

app = typer.Typer(
    help="The feed of events: how far its consumers are.", invoke_without_command=True, rich_markup_mode="rich"
)


@app.callback()
def events(context: typer.Context) -> None:
    """The feed of events: how far its consumers are; without a further word they are listed."""  # noqa: D401 (a help text)
    if context.invoked_subcommand is None:
        list_(as_json=False)


@app.command("list")
def list_(as_json: JsonOption = False) -> None:
    """List the consumers of events, each with the age of the next event it has not dealt with.

    Example: [bold]wangge events list[/]
    """
    from core.events import upkeep

    with database() as opened, opened.snapshot() as session:
        state = upkeep.state(session)
    rows = Listing(
        consumer="consumer", behind_s="behind, s", next_event="next event", next_at="of", moved_at="last moved"
    )
    for lag in state.lags:
        rows.add(lag.consumer, round(lag.behind.total_seconds()), lag.next_kind, lag.next_at, lag.moved_at)
    rows.print(as_json=as_json)
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
