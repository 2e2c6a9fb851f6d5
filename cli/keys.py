"""`keys`: principals and their API keys."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from cli.cluster import console
from cli.context import database
from cli.printing import Table
from identity.grants import ROLES

app = typer.Typer(help="API keys: who may call, and for what.", no_args_is_help=True, rich_markup_mode="rich")


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Name of the person or system.")],
    role: Annotated[list[str] | None, typer.Option(help=f"One of {', '.join(ROLES)}; repeatable.")] = None,
    channel: Annotated[
        str | None, typer.Option(help="Channel it sends reports for, e.g. 12345; without one it sends none.")
    ] = None,
    crs: Annotated[str, typer.Option(help="Datum its coordinates are in: WGS84, GCJ-02, BD-09, EPSG:4547 …")] = "WGS84",
    quota: Annotated[int, typer.Option(min=1, help="Reports or points a minute.")] = 60_000,
) -> None:
    """Create a principal; its key is printed once and cannot be shown again.

    Example: [bold]wangge keys create hotline --role intake --channel 12345 --crs BD-09[/]
    """
    from geo import datum
    from identity.keys import create_key

    roles = role or ["intake"]
    unknown = sorted(set(roles) - set(ROLES))
    if unknown:
        raise typer.BadParameter(f"no role {', '.join(unknown)}; there are {', '.join(ROLES)}")
    try:
        datum.parse_crs(crs)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    if channel is not None and (not channel.strip() or not channel.isprintable()):
        raise typer.BadParameter("name the channel in printable characters", param_hint="--channel")
    if channel is None and "intake" in roles:
        raise typer.BadParameter(
            "a key of role intake sends reports: name the channel they come from, e.g. 12345", param_hint="--channel"
        )
    scopes = list(dict.fromkeys(scope for r in roles for scope in ROLES[r]))
    with database() as opened, opened.transaction() as session:
        key = create_key(
            session, name=name, scopes=scopes, channel=channel and channel.strip(), crs=crs, quota_per_minute=quota
        )
    console.print(f"key of [bold]{name}[/] ({', '.join(roles)}); keep it now, it is not stored:")
    Console().print(key, highlight=False, soft_wrap=True)


@app.command("list")
def list_() -> None:
    """List principals, their scopes and state.

    Example: [bold]wangge keys list[/]
    """
    from sqlalchemy import select

    from identity.keys import ApiClient

    table = Table("name", "scopes", "channel", "crs", "a minute", "state")
    with database() as opened, opened.transaction() as session:
        for client in session.scalars(select(ApiClient).order_by(ApiClient.id)):
            state = "withdrawn" if client.withdrawn_at else "in use"
            table.add_row(
                client.name,
                " ".join(client.scopes),
                client.channel or "",
                client.crs,
                str(client.quota_per_minute),
                state,
            )
    Console().print(table)


@app.command()
def withdraw(name: Annotated[str, typer.Argument(help="Name of the principal.")]) -> None:
    """Withdraw a key; it stops working within 15 seconds.

    Example: [bold]wangge keys withdraw hotline[/]
    """
    from identity.keys import withdraw_key

    with database() as opened, opened.transaction() as session:
        done = withdraw_key(session, name=name)
    if not done:
        raise typer.BadParameter(f"no key in use is named {name}")
    console.print(f"withdrew the key of [bold]{name}[/]")
