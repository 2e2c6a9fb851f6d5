"""`categories`: the dated tree of components and events, their limits, and the words of channels that mean them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from cli.instants import instant_or_day, local_words
from cli.lines import Console
from cli.printing import JsonOption, Listing, Table
from core import clock

if TYPE_CHECKING:
    from datetime import datetime

app = typer.Typer(
    help="Categories: components and events by date, their limits, and the words of channels for them.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
Code = Annotated[str, typer.Argument(help="Code of the category.")]
At = Annotated[str | None, typer.Option("--at", help="Instant or day; now if left out.")]
From = Annotated[str | None, typer.Option("--from", help="First instant or day; now if left out.")]
Until = Annotated[str | None, typer.Option("--until", help="First instant or day no longer; open if left out.")]


@app.command("list")
def list_(at: At = None, as_json: JsonOption = False) -> None:
    """List the categories.

    Example: [bold]wangge categories list --at 2026-07-01[/]
    """
    from governance.categories import queries

    rows = Listing(
        code="code", name="name", public_name="public name", kind="kind", parent="below", unit="unit",
        urgency="urgency", on_the_spot="on the spot", since="since", until="until",
    )  # fmt: skip
    with database() as opened, opened.snapshot() as session:
        for one in queries.categories_at(session, _instant(at)):
            rows.add(
                one.category_code, one.name, one.public_name, str(one.kind), one.parent_code, one.unit_code,
                str(one.urgency), one.on_the_spot, one.start, one.until,
            )  # fmt: skip
    rows.print(as_json=as_json)


@app.command()
def show(code: Code, at: At = None) -> None:
    """Show what a category was, is and will be, and the limits that hold for its cases.

    Example: [bold]wangge categories show E0102[/]
    """
    from governance.categories import queries

    table, limits = Table("from", "until", "name", "public name", "below"), Table("step", "urgency", "limit")
    out, instant = Console(), _instant(at)
    with database() as opened, opened.snapshot() as session:
        for one in queries.category_history(session, code):
            until = "" if one.until is None else local_words(one.until)
            table.add_row(local_words(one.start), until, one.name, one.public_name, one.parent_code or "")
        holds = queries.in_force(session, code, instant)
        words = [one.word for one in queries.words_at(session, instant, category=code)]
    for (step, urgency), limit in sorted(holds.limits.items()):
        limits.add_row(step, urgency, str(limit))
    out.print(table)
    out.print(limits)
    out.print(f"unit: {holds.unit_code or 'that of the area'}; words: {', '.join(words) or 'none'}", highlight=False)


@app.command()
def state(
    code: Code,
    name: Annotated[str, typer.Option(help="The office's name.")],
    kind: Annotated[str, typer.Option(help="component or event.")] = "event",
    public_name: Annotated[str | None, typer.Option(help="The citizens' name; the same if left out.")] = None,
    parent: Annotated[str | None, typer.Option(help="Code of the category above; none if left out.")] = None,
    unit: Annotated[str | None, typer.Option(help="Code of the unit; the area's if left out.")] = None,
    urgency: Annotated[str, typer.Option(help="normal or urgent.")] = "normal",
    on_the_spot: Annotated[bool, typer.Option("--on-the-spot", help="May be handled without dispatch.")] = False,
    limit: Annotated[
        list[str] | None, typer.Option(help="STEP=LIMIT, e.g. handle=4 working_hours; repeatable.")
    ] = None,
    from_: From = None,
    until: Until = None,
    actor: ActorOption = None,
) -> None:
    """State what a category is from an instant on; limits that are not named stay as they are.

    Example: [bold]wangge categories state E0102 --name "Exposed rubbish" --limit "handle=4 working_hours"[/]
    """
    from governance.categories import operations, rules
    from governance.categories.states import Step, Urgency
    from governance.categories.table_files import parsed_limit

    limits = {}
    for words in limit or ():
        step, _, amount = words.partition("=")
        named = rules.checked_one_of(Step, step.strip(), "limit")
        limits[named, Urgency.NORMAL] = parsed_limit(amount.strip(), "limit")
    category = operations.CategoryIn(
        code=code, name=name, kind=kind, start=_instant(from_), until=None if until is None else instant_or_day(until),
        public_name=public_name, parent_code=parent, unit_code=unit, urgency=urgency, on_the_spot=on_the_spot,
        limits=limits,
    )  # fmt: skip
    with database() as opened, opened.transaction() as session:
        changed = operations.state_categories(session, [category], actor=local_actor(session, actor))
    console.print(f"[bold]{code}[/] is {name}" if changed else f"{code} was that already", highlight=False)


@app.command()
def end(code: Code, at: At = None, actor: ActorOption = None) -> None:
    """End a category, and with it its limits and the words that mean it.

    Example: [bold]wangge categories end E0102 --at 2027-01-01[/]
    """
    from governance.categories import operations

    instant = _instant(at)
    with database() as opened, opened.transaction() as session:
        done = operations.end_category(session, code, at=instant, actor=local_actor(session, actor))
    console.print(f"{code} ends {local_words(instant)}" if done else f"{code} has ended before", highlight=False)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV or spreadsheet of categories.", exists=True, dir_okay=False)],
    from_: From = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would change.")] = False,
    actor: ActorOption = None,
) -> None:
    """Take in categories from a file by code, all or none.

    Example: [bold]wangge categories import data/categories/classes.csv --from 2026-01-01[/]
    """
    from governance.categories.imports import import_categories
    from governance.categories.table_files import read_categories

    rows = read_categories(file, start=_instant(from_))
    with database() as opened, opened.transaction() as session:
        changed = import_categories(session, rows, actor=local_actor(session, actor), dry_run=dry_run)
    verb = "would change" if dry_run else "changed"
    console.print(f"{len(rows)} categories; {changed} categories, limits and words {verb}", highlight=False)


@app.command("map")
def map_(
    word: Annotated[str, typer.Argument(help="Word that a channel sends.")],
    category: Annotated[str | None, typer.Argument(help="Code of the category; none: it means none.")] = None,
    channel: Annotated[str | None, typer.Option(help="Only in this channel; in all if left out.")] = None,
    from_: From = None,
    until: Until = None,
    actor: ActorOption = None,
) -> None:
    """State which category a channel means by a word for a time.

    Example: [bold]wangge categories map "rubbish not cleared" E0102 --channel 12345[/]
    """
    from governance.categories import operations

    with database() as opened, opened.transaction() as session:
        operations.map_word(
            session, channel=channel, word=word, category=category, start=_instant(from_),
            until=None if until is None else instant_or_day(until), actor=local_actor(session, actor),
        )  # fmt: skip
    console.print(f"[bold]{word}[/] means {category or 'no category'}", highlight=False)


@app.command()
def unknown(
    since: Annotated[str | None, typer.Option(help="Received since this instant or day; 30 days if left out.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List the words that channels send and that mean no category yet, the most frequent first.

    Example: [bold]wangge categories unknown --since 2026-06-01[/]
    """
    from governance.categories import queries

    now = clock.now()
    start = now - timedelta(days=30) if since is None else instant_or_day(since)
    rows = Listing(channel="channel", word="word", reports="reports", first_at="first", last_at="last")
    with database() as opened, opened.snapshot() as session:
        for one in queries.unknown_words(session, since=start, at=now, limit=1000):
            rows.add(one.channel, one.word, one.reports, one.first_at, one.last_at)
    rows.print(as_json=as_json)


def _instant(words: str | None) -> datetime:
    return clock.now() if words is None else instant_or_day(words)
