"""`audit`: who did what to what."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.cluster import console
from cli.context import database
from cli.instants import instant_or_day
from cli.printing import JsonOption, Listing

app = typer.Typer(help="The audit: who did what to what.", no_args_is_help=True, rich_markup_mode="rich")


@app.command("list")
def list_(
    actor: Annotated[str | None, typer.Option(help="Only what this person or system did, under any name.")] = None,
    action: Annotated[str | None, typer.Option(help="Only this action, e.g. keys.create, or group, e.g. keys.")] = None,
    subject: Annotated[
        str | None, typer.Option(help="Only what was done to this; with * at its end, to all that begin so.")
    ] = None,
    since: Annotated[str | None, typer.Option(help="From this instant or day on.")] = None,
    until: Annotated[str | None, typer.Option(help="Before this instant or day.")] = None,
    after: Annotated[int | None, typer.Option(min=1, help="Number of the last entry of the page before.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List entries of the audit, the latest first.

    Example: [bold]wangge audit list --action keys --since 2026-01-01[/]   or
    [bold]wangge audit list --actor 刘洋 --subject 'admin/*'[/]
    """
    from core.audit import AuditFilter, list_entries
    from identity import principals

    with database() as opened, opened.snapshot() as session:
        wanted = AuditFilter(
            actors=None if actor is None else principals.numbers_of(session, actor),
            action=action,
            subject=subject,
            since=None if since is None else instant_or_day(since),
            until=None if until is None else instant_or_day(until),
        )
        found, following = list_entries(session, wanted, limit=limit, after=after)
    rows = Listing(id="no.", happened_at="at", actor="actor", action="action", subject="subject", detail="detail")
    for entry in found:
        rows.add(entry.id, entry.happened_at, entry.actor, entry.action, entry.subject, entry.detail)
    rows.print(as_json=as_json)
    if following is not None:
        console.print(f"there are more: --after {following}", highlight=False)


@app.command()
def failures(
    address: Annotated[str | None, typer.Option(help="Only keys that came from this address.")] = None,
    since: Annotated[str | None, typer.Option(help="Only of those that failed from this instant or day on.")] = None,
    after: Annotated[int | None, typer.Option(min=1, help="Number of the last row of the page before.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List how often API keys were refused, by address and hour, the latest first.

    Example: [bold]wangge audit failures --since 2026-01-01[/]
    """
    from identity.key_failures import list_key_failures

    with database() as opened, opened.snapshot() as session:
        found, following = list_key_failures(
            session, address=address, since=None if since is None else instant_or_day(since), limit=limit, after=after
        )
    rows = Listing(id="no.", address="address", failures="refused keys", first_at="first", last_at="last")
    for row in found:
        rows.add(row.id, row.address, row.failures, row.first_at, row.last_at)
    rows.print(as_json=as_json)
    if following is not None:
        console.print(f"there are more: --after {following}", highlight=False)
