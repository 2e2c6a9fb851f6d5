"""`keys`: API keys, what they open, and whose they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from cli.instants import instant_or_day, local_words
from cli.lines import Console
from cli.printing import JsonOption, Listing
from cli.refusals import refusal
from identity.grants import ROLES

if TYPE_CHECKING:
    from datetime import datetime

    from identity.keys import ApiClient

app = typer.Typer(help="API keys: who may call, and for what.", no_args_is_help=True, rich_markup_mode="rich")


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Name of the key.")],
    role: Annotated[list[str] | None, typer.Option(help=f"One of {', '.join(ROLES)}; repeatable.")] = None,
    channel: Annotated[
        str | None, typer.Option(help="Channel it sends reports for, e.g. 12345; without one it sends none.")
    ] = None,
    crs: Annotated[str, typer.Option(help="Datum its coordinates are in: WGS84, GCJ-02, BD-09, EPSG:4547 …")] = "WGS84",
    quota: Annotated[int, typer.Option(min=1, help="Reports or points a minute.")] = 60_000,
    holder: Annotated[
        str | None,
        typer.Option(help="Person (or system there is) that it belongs to; when left out, a system of the key's name."),
    ] = None,
    expires_at: Annotated[
        str | None, typer.Option(help="Instant or day from which it opens nothing; never if left out.")
    ] = None,
    actor: ActorOption = None,
) -> None:
    """Create a key; it is printed once and cannot be shown again.

    Keys of one holder are one person wherever a second person has to approve.

    Example: [bold]wangge keys create hotline --role intake --channel 12345 --crs BD-09[/]   or
    [bold]wangge keys create zhang-desk --role gis-editor --holder 张三[/]
    """
    from governance.channels import rules
    from governance.channels.operations import bind_key
    from identity import principals
    from identity.granting import scopes_for_key
    from identity.keys import create_key

    roles = role or ["intake"]
    try:
        rules.checked_crs(crs)
        channel = None if channel is None else rules.checked_name(channel)
    except rules.ChannelInvalidError as error:
        raise refusal(error.particular, option=f"--{error.field}") from error
    if channel is None and "intake" in roles:
        raise refusal(
            "a key of role intake sends reports: name the channel they come from, e.g. 12345", option="--channel"
        )
    with database() as opened, opened.transaction() as session:
        who = local_actor(session, actor)
        owner = None if holder is None else principals.named(session, holder)
        key = create_key(
            session, name=name, scopes=scopes_for_key(session, roles, holder=owner), actor=who, holder=owner,
            quota_per_minute=quota, expires_at=None if expires_at is None else instant_or_day(expires_at),
        )  # fmt: skip
        if channel is not None:
            bind_key(session, key=name, channel=channel, crs=crs, actor=who)
    console.print(f"key of [bold]{name}[/] ({', '.join(roles)}); keep it now, it is not stored:")
    Console().print(key, highlight=False, soft_wrap=True)


@app.command("list")
def list_(
    expiring_days: Annotated[
        int | None, typer.Option(min=0, max=36_500, help="Only keys in use that expire within so many days, or have.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List keys, their scopes and state; those that expire soon with --expiring-days, the next first.

    Example: [bold]wangge keys list --expiring-days 30[/]
    """
    from datetime import timedelta

    from core import clock
    from governance.channels.queries import bindings_of
    from identity.keys import list_keys

    rows = Listing(
        name="name",
        scopes="scopes",
        channels="channel",
        crs="crs",
        quota_per_minute="a minute",
        expires_at="expires",
        state="state",
    )
    now = clock.now()
    before = None if expiring_days is None else now + timedelta(days=expiring_days)
    with database() as opened, opened.snapshot() as session:
        for client in list_keys(session, ending_before=before):
            bound = bindings_of(session, client.id, now)
            rows.add(
                client.name,
                client.scopes,
                [one.channel for one in bound],
                [one.crs for one in bound],
                client.quota_per_minute,
                client.expires_at,
                _state(client, now),
                shown={"scopes": " ".join(client.scopes)},
            )
    rows.print(as_json=as_json)


@app.command()
def rotate(
    name: Annotated[str, typer.Argument(help="Name of the key.")],
    overlap_days: Annotated[
        int, typer.Option(min=0, max=90, help="Days for which the former key opens too; 0: it stops within 15 s.")
    ] = 7,
    expires_at: Annotated[
        str | None,
        typer.Option(help="Instant or day from which the new key opens nothing; if left out, it lives as long."),
    ] = None,
    actor: ActorOption = None,
) -> None:
    """Replace a key under its name; the new one is printed once, the former one opens until the overlap is over.

    Holder, scopes, channels, quota and the reports it sent stay with the name.

    Example: [bold]wangge keys rotate hotline --overlap-days 14[/]
    """
    from datetime import timedelta

    from identity.rotation import rotate_key

    with database() as opened, opened.transaction() as session:
        done = rotate_key(
            session,
            name=name,
            overlap=timedelta(days=overlap_days),
            expires_at=None if expires_at is None else instant_or_day(expires_at),
            actor=local_actor(session, actor),
        )
    console.print(f"new key of [bold]{name}[/]; keep it now, it is not stored:")
    Console().print(done.key, highlight=False, soft_wrap=True)
    console.print(
        f"the former key opens until {local_words(done.former_until)}"
        if overlap_days
        else "the former key opens nothing more",
        highlight=False,
    )
    if done.expires_at is not None:
        console.print(f"the new one expires {local_words(done.expires_at)}", highlight=False)


@app.command()
def withdraw(name: Annotated[str, typer.Argument(help="Name of the key.")], actor: ActorOption = None) -> None:
    """Withdraw a key; it stops working within 15 seconds.

    Example: [bold]wangge keys withdraw hotline[/]
    """
    from identity.keys import withdraw_key

    with database() as opened, opened.transaction() as session:
        done = withdraw_key(session, name=name, actor=local_actor(session, actor))
    if not done:
        raise refusal("no key in use is named {name}", values={"name": name})
    console.print(f"withdrew the key of [bold]{name}[/]")


@app.command()
def holders(as_json: JsonOption = False) -> None:
    """List whose keys are whose: persons and systems, their keys, and the names they also acted under.

    Example: [bold]wangge keys holders[/]
    """
    from identity.holders import list_holders

    rows = Listing(holder="holder", kind="kind", keys="keys", also_acted_as="also acted as")
    with database() as opened, opened.snapshot() as session:
        for found in list_holders(session):
            rows.add(found.holder.name, found.holder.kind, list(found.keys), list(found.also))
    rows.print(as_json=as_json)


@app.command()
def join(
    one: Annotated[str, typer.Argument(help="Name of a key.")],
    other: Annotated[str, typer.Argument(help="Name of another key of the same person.")],
    holder: Annotated[
        str | None, typer.Option(help="The person's name; the holder of the first key when left out.")
    ] = None,
    actor: ActorOption = None,
) -> None:
    """Declare that two keys are of one person, also for what was done with them before.

    Example: [bold]wangge keys join zhang-editor zhang-approver --holder 张三[/]
    """
    from identity.holders import join_keys

    with database() as opened, opened.transaction() as session:
        person = join_keys(session, one, other, actor=local_actor(session, actor), person=holder)
    console.print(f"{one} and {other} are of [bold]{person.name}[/]")


@app.command()
def separate(name: Annotated[str, typer.Argument(help="Name of the key.")], actor: ActorOption = None) -> None:
    """Take back that a key's holder is the same person as another: `join` was wrong.

    Example: [bold]wangge keys separate zhang-approver[/]
    """
    from identity.holders import separate_key

    with database() as opened, opened.transaction() as session:
        done = separate_key(session, name, actor=local_actor(session, actor))
    console.print(f"{name} is of a holder of its own" if done else f"{name} was never joined to another holder")


def _state(client: ApiClient, now: datetime) -> str:
    """Return in words whether a key opens, and its former one beside it."""
    if client.withdrawn_at is not None:
        return "withdrawn"
    if client.expires_at is not None and client.expires_at <= now:
        return "expired"
    if client.former_until is not None and client.former_until > now:
        return f"in use; the former key until {local_words(client.former_until)}"
    return "in use"
