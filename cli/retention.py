"""`retention`: how long each kind of data is kept, and what is due to go."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from cli.printing import JsonOption, Listing
from cli.report_erasure import print_detached
from governance.erasure.states import RetentionKind

app = typer.Typer(help="Retention: how long each kind of data is kept.", no_args_is_help=True, rich_markup_mode="rich")


@app.command("list")
def list_(as_json: JsonOption = False) -> None:
    """List the kinds of data, for how many days the settings keep each, what is due, and what legal holds keep.

    Example: [bold]wangge retention list[/]
    """
    from core import clock
    from core.settings import Settings
    from governance.erasure import retention

    settings = Settings()
    rows = Listing(kind="kind", kept_days="kept for days", due="due", held="held")
    with database() as opened, opened.transaction() as session:
        for kind, days in retention.kept_days(settings).items():
            if not days:
                rows.add(str(kind), None, None, None, shown={"kept_days": "for good"})
                continue
            before = clock.now() - timedelta(days=days)
            count = retention.count_due(session, kind, before, caller_key=settings.caller_key_bytes)
            rows.add(str(kind), days, count.erased, count.held)
    rows.print(as_json=as_json)


@app.command()
def run(
    kind: Annotated[RetentionKind, typer.Argument(help="What is to go.")],
    days: Annotated[int, typer.Option(min=1, help="How long it is kept.")],
    note: Annotated[str, typer.Option(help="By which rule.")] = "",
    actor: ActorOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count, and erase nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase data of a kind from more than so many days ago, but for what a legal hold keeps.

    The worker does it each night for the kinds whose setting says so (WANGGE_WORDS_KEPT_DAYS and others).

    Example: [bold]wangge retention run words --days 1095 --yes[/]
    """
    from core import clock
    from core.settings import Settings
    from governance.erasure import queries, retention

    before, key = clock.now() - timedelta(days=days), Settings().caller_key_bytes
    with database() as opened:
        with opened.transaction() as session:
            count = retention.count_due(session, kind, before, caller_key=key)
            detached = [] if kind is RetentionKind.SIGN_INS else queries.detached_months(session, before)
        print_detached(detached)
        until = f"{before.astimezone(clock.LOCAL):%Y-%m-%d %H:%M}"
        console.print(f"{kind} from before {until}: {count.erased} due, {count.held} held", highlight=False)
        if dry_run or not count.erased:
            return
        if not yes:
            typer.confirm("What is due will be gone for good. Go on?", abort=True)
        with opened.transaction() as session:
            who = local_actor(session, actor)
        done = retention.run(opened, kind, before, actor=who, note=note, caller_key=key)
    console.print(f"[bold]{done.erased}[/] erased, {done.held} kept by legal holds", highlight=False)
