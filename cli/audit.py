"""`audit`: who did what to what, and proof that nobody altered it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from cli.instants import instant_or_day
from cli.printing import JsonOption, Listing

if TYPE_CHECKING:
    from core.seals.queries import Head

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


@app.command()
def head(as_json: JsonOption = False) -> None:
    """Print the head of the hash chain over audit and events: keep it outside the database, for `verify --head`.

    Example: [bold]wangge audit head --json >> /mnt/kept/heads.jsonl[/]
    """
    from core import clock
    from core.seals import queries

    with database() as opened, opened.snapshot() as session:
        found, now = queries.head(session), clock.now()
    rows = Listing(position="rows sealed", digest="digest", at="at")
    rows.add(found.position, found.digest.hex(), now)
    rows.print(as_json=as_json)


@app.command()
def verify(
    heads: Annotated[
        list[str] | None,
        typer.Option("--head", help="A head that was kept, POSITION:DIGEST, or a file of what `head --json` printed."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check the hash chain over audit and events; whatever was changed, removed, inserted or moved is listed.

    The exit code is 1 when something is. A chain that somebody wrote anew as a whole, or cut off, shows only against
    a head that was kept outside the database.

    Example: [bold]wangge audit verify --head /mnt/kept/heads.jsonl[/]
    """
    from core.seals import verification

    kept = [found for given in heads or () for found in _kept_heads(given)]
    with database() as opened, opened.snapshot() as session:
        done = verification.verify(session, kept)
    rows = Listing(kind="found", table="table", row="row", position="seal")
    for finding in done.findings:
        rows.add(str(finding.kind), finding.table, finding.row_id, finding.position)
    if done.count or as_json:
        rows.print(as_json=as_json)
    if not as_json:
        checked = ", ".join(f"{count} of {table}" for table, count in sorted(done.rows.items())) or "no row"
        console.print(f"{checked}; {done.removed} removed and {done.erased} without words by a rule", highlight=False)
        for month, count in sorted(done.detached.items()):
            console.print(f"{count} rows of month {month} were not checked: they are detached", highlight=False)
        console.print(f"head {done.head}, compared with {len(kept)} kept", highlight=False)
        console.print(f"[bold]{done.count}[/] findings", highlight=False)
    if done.count:
        raise typer.Exit(1)


def _kept_heads(given: str) -> list[Head]:
    """Read one head, or those of a file, one a line."""
    from core.seals import queries

    path = Path(given)
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else [given]
    return [queries.parse_head(line) for line in lines if line.strip()]


@app.command()
def erase(
    entries: Annotated[list[int], typer.Argument(min=1, help="Numbers of entries.")],
    note: Annotated[str, typer.Option(help="Why: the request's number, without names.")],
    actor: ActorOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase the detail of entries, for words about people that stand in it; who did what to what, and when, stays.

    The chain still verifies. The erasure is an entry itself. What a legal hold keeps stays.

    Example: [bold]wangge audit erase 4711 --note 申请2026-14[/]
    """
    from core.settings import Settings
    from governance.erasure import operations

    if not yes:
        typer.confirm(f"The detail of {len(set(entries))} entries will be gone for good. Go on?", abort=True)
    with database() as opened, opened.transaction() as session:
        who, key = local_actor(session, actor), Settings().caller_key_bytes
        done = operations.erase_entries(session, entries, actor=who, note=note, caller_key=key)
    console.print(f"the detail of [bold]{done.count}[/] entries was erased", highlight=False)
    if done.held:
        kept = ", ".join(map(str, done.held))
        console.print(f"[yellow]kept by legal holds[/] (wangge holds list): {kept}", highlight=False)
