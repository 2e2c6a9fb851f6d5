"""`dispatch-rules`: sets of rules that say which unit a case goes to: made, checked, tried, replayed, published."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from cli.instants import instant_or_day, local_words
from cli.printing import JsonOption, Listing
from core import clock

if TYPE_CHECKING:
    from datetime import datetime

app = typer.Typer(
    help="Rules of dispatch: which unit a case goes to, by area, category, time and level.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
Number = Annotated[int, typer.Argument(min=1, help="Number of the set.")]
Since = Annotated[str | None, typer.Option(help="First instant or day of the cases; a year before the last.")]
Until = Annotated[str | None, typer.Option(help="First instant or day behind the cases; now if left out.")]


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV or spreadsheet, a rule a row.")],
    note: Annotated[str, typer.Option(help="Why.")] = "",
    actor: ActorOption = None,
) -> None:
    """Make a set of rules from a file, in the order of its rows; it counts for nothing until it is published.

    Columns: 区域 (LAYER/CODE), 类别编码, 时段 (working or off), 季节 (06-01~09-30), 层级, 单位编码, 说明. An empty
    cell limits nothing; a rule without a unit leaves the case to who answers for category and place.

    Example: [bold]wangge dispatch-rules import rules.csv --note 汛期[/]
    """
    from governance.cases.dispatch.operations import add_set
    from governance.cases.dispatch.table_files import read_rules

    rules = read_rules(file)
    with database() as opened, opened.transaction() as session:
        made = add_set(session, rules, note=note, actor=local_actor(session, actor))
        number = made.id
    console.print(f"set [bold]{number}[/] with {len(rules)} rules", highlight=False)


@app.command("list")
def list_(as_json: JsonOption = False) -> None:
    """List the sets, the latest first.

    Example: [bold]wangge dispatch-rules list[/]
    """
    from governance.cases.dispatch import queries

    rows = Listing(id="no.", note="note", made_at="made", made_by="by", effective_at="counts from", in_force="in force")
    with database() as opened, opened.snapshot() as session:
        now_id = getattr(queries.set_in_force(session, clock.now()), "id", None)
        for one in queries.rule_sets(session):
            rows.add(one.id, one.note, one.made_at, one.made_by, one.effective_at, one.id == now_id)
    rows.print(as_json=as_json)


@app.command()
def show(number: Number, as_json: JsonOption = False) -> None:
    """Show the rules of a set in their order: the first that matches decides.

    Example: [bold]wangge dispatch-rules show 1[/]
    """
    from governance.cases.dispatch import queries

    rows = Listing(
        position="no.", area="area", category="category", during="time", season="season", level="level",
        unit_code="unit", note="note",
    )  # fmt: skip
    with database() as opened, opened.snapshot() as session:
        queries.rule_set(session, number)
        for place, one in enumerate(queries.rules_of(session, number), 1):
            season = None if one.season is None else "~".join(one.season)
            rows.add(place, one.area, one.category, one.during, season, one.level, one.unit_code, one.note)
    rows.print(as_json=as_json)


@app.command()
def check(number: Number, since: Since = None, until: Until = None, as_json: JsonOption = False) -> None:
    """Find rules that can never fire, that earlier ones shadow, or that decided no case of the last year.

    The exit code is 1 when there are such.

    Example: [bold]wangge dispatch-rules check 1[/]
    """
    from governance.cases.dispatch import replaying
    from governance.cases.lifecycle.queries import working_time

    start, end = _span(since, until)
    rows = Listing(position="rule", kind="found", by="shadowed by")
    with database() as opened, opened.snapshot() as session:
        work = working_time(session, known_by=clock.now())
        found = replaying.check(session, number, since=start, until=end, work=work)
    for one in found:
        rows.add(one.position, str(one.kind), [str(place) for place in one.by])
    rows.print(as_json=as_json)
    if found:
        raise typer.Exit(1)


@app.command("try")
def try_(number: Number, case: Annotated[str, typer.Argument(help="Number of the case.")]) -> None:
    """Ask a set what it decides for a case now; nothing is changed.

    Example: [bold]wangge dispatch-rules try 1 SJ2607000731-4[/]
    """
    from governance.cases.dispatch import replaying
    from governance.cases.lifecycle.queries import working_time
    from governance.reports.numbers import report_id
    from governance.reports.queries import current_id

    now = clock.now()
    with database() as opened, opened.snapshot() as session:
        work = working_time(session, known_by=now)
        done = replaying.try_on(session, number, current_id(session, report_id(case)), at=now, work=work)
    why = f"rule {done.rule}" if done.rule else "no rule; who answers for category and place"
    console.print(f"{case}: [bold]{done.unit_code or 'nobody'}[/] by {why}", highlight=False)
    if done.behind:
        console.print(f"behind it match too: {', '.join(map(str, done.behind))}", highlight=False)
    for place, missed in done.passed:
        console.print(f"rule {place} does not match: {missed}", highlight=False)


@app.command()
def replay(number: Number, since: Since = None, until: Until = None, as_json: JsonOption = False) -> None:
    """Replay a set over the cases of the last year: which would have gone to another unit.

    Example: [bold]wangge dispatch-rules replay 2 --since 2026-01-01[/]
    """
    from governance.cases.dispatch import replaying
    from governance.cases.lifecycle.queries import working_time

    start, end = _span(since, until)
    rows = Listing(number="number", area="area", category="category", before="before", after="after", rule="rule")
    with database() as opened, opened.snapshot() as session:
        work = working_time(session, known_by=clock.now())
        done = replaying.replay(session, number, since=start, until=end, work=work)
    for one in done.changes:
        rows.add(one.number, one.area, one.category, one.before, one.after, one.rule)
    rows.print(as_json=as_json)
    if as_json:
        return
    for (before, after), count in done.by_unit.most_common():
        console.print(f"{count} from {before or 'nobody'} to {after or 'nobody'}", highlight=False)
    for area, count in done.by_area.most_common(20):
        console.print(f"{count} in {area or 'no area'}", highlight=False)
    console.print(f"[bold]{done.changed}[/] of {done.cases} cases would go elsewhere", highlight=False)


@app.command()
def publish(
    number: Number,
    start: Annotated[str | None, typer.Option("--from", help="First instant or day; now if left out.")] = None,
    actor: ActorOption = None,
) -> None:
    """Let a set count from an instant on, in place of the one before.

    Example: [bold]wangge dispatch-rules publish 2 --from 2026-08-01[/]
    """
    from governance.cases.dispatch import operations

    at = None if start is None else instant_or_day(start)
    with database() as opened, opened.transaction() as session:
        found = operations.publish(session, number, effective_at=at, actor=local_actor(session, actor))
        since = found.effective_at
    console.print(f"set [bold]{number}[/] counts from {'' if since is None else local_words(since)}", highlight=False)


def _span(since: str | None, until: str | None) -> tuple[datetime, datetime]:
    end = clock.now() if until is None else instant_or_day(until)
    return (end - timedelta(days=365) if since is None else instant_or_day(since)), end
