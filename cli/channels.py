"""`channels`: where reports come from, which keys send for them, in which datum, and what kind of source they are."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from cli.printing import JsonOption, Listing
from core import clock

app = typer.Typer(
    help="Channels: which keys send for them, in which datum; what kind of source they are.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
KeyName = Annotated[str, typer.Argument(help="Name of the key.")]
ChannelName = Annotated[str, typer.Argument(help="Channel, e.g. 12345.")]


@app.command("list")
def list_(as_json: JsonOption = False) -> None:
    """List the channels: kind of source, and the keys that send for each with their datum.

    Example: [bold]wangge channels list[/]
    """
    from governance.channels import queries

    rows = Listing(channel="channel", kind="kind", since="since", keys="keys", opens_cases="cases")
    now = clock.now()
    with database() as opened, opened.snapshot() as session:
        for one in queries.summaries(session, now, now.astimezone(clock.LOCAL).date()):
            keys = [f"{name} ({crs})" for name, crs in one.keys]
            rows.add(one.channel, one.kind or "citizen", one.kind_from, keys, one.opens_cases)
    rows.print(as_json=as_json)


@app.command()
def bind(
    key: KeyName,
    channel: ChannelName,
    crs: Annotated[str, typer.Option(help="Datum its coordinates are in: WGS84, GCJ-02, BD-09, EPSG:4547 …")] = "WGS84",
    actor: ActorOption = None,
) -> None:
    """Let a key send for a channel, or declare another datum for it; it counts within 15 seconds.

    A key of several channels names the channel in each report.

    Example: [bold]wangge channels bind hotline 12345 --crs BD-09[/]
    """
    from governance.channels.operations import bind_key

    with database() as opened, opened.transaction() as session:
        bind_key(session, key=key, channel=channel, crs=crs, actor=local_actor(session, actor))
    console.print(f"[bold]{key}[/] sends for {channel} in {crs}", highlight=False)


@app.command()
def unbind(key: KeyName, channel: ChannelName, actor: ActorOption = None) -> None:
    """Let a key send for a channel no longer; it counts within 15 seconds.

    Example: [bold]wangge channels unbind hotline 12345[/]
    """
    from governance.channels.operations import unbind_key

    with database() as opened, opened.transaction() as session:
        done = unbind_key(session, key=key, channel=channel, actor=local_actor(session, actor))
    console.print(f"{key} sends for {channel} no longer" if done else f"{key} does not send for {channel}")


@app.command()
def cases(
    channel: ChannelName,
    opens: Annotated[bool, typer.Option("--open/--none", help="Each report opens its case, or none does.")],
    actor: ActorOption = None,
) -> None:
    """State whether each report of a channel opens its case by itself from now on; those of quick notes do not.

    Example: [bold]wangge channels cases sandbox --none[/]
    """
    from governance.channels.operations import state_opening

    with database() as opened, opened.transaction() as session:
        state_opening(session, channel=channel, opens_cases=opens, actor=local_actor(session, actor))
    console.print(f"reports of [bold]{channel}[/] open {'their cases' if opens else 'no cases'}", highlight=False)


@app.command()
def kind(
    channel: ChannelName,
    kind: Annotated[str, typer.Argument(help="citizen, patrol, quick_note or sensor.")],
    valid_from: Annotated[
        datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day, tomorrow at the earliest.")
    ],
    note: Annotated[str, typer.Option(help="Why.")] = "",
    actor: ActorOption = None,
) -> None:
    """Name what kind of source a channel is from a day on; what was analysed before keeps the kind of its time.

    Example: [bold]wangge channels kind grid-patrol patrol --from 2026-07-01[/]
    """
    from governance.channels.operations import name_kind

    with database() as opened, opened.transaction() as session:
        name_kind(
            session, channel=channel, kind=kind, valid_from=valid_from.date(), note=note,
            actor=local_actor(session, actor),
        )  # fmt: skip
    console.print(f"[bold]{channel}[/] is {kind} from {valid_from.date()} on", highlight=False)
