"""`cases`: open a report's case, move it as the table of transitions has it, read cases and their histories."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from cli import case_files, case_forms
from cli.actors import ActorOption, case_caller
from cli.cluster import console
from cli.context import database
from cli.instants import instant_or_day, local_words
from cli.lines import Console
from cli.printing import JsonOption, Listing, Table
from core import clock

app = typer.Typer(
    help="Cases: from the report to the rating, with clocks and history.", no_args_is_help=True, rich_markup_mode="rich"
)
Number = Annotated[str, typer.Argument(help="Number of the case, which is its report's.")]


@app.command("open")
def open_(
    number: Annotated[str, typer.Argument(help="Number of the report.")],
    deadline: Annotated[str | None, typer.Option(help="Deadline from outside: instant or day.")] = None,
    actor: ActorOption = None,
) -> None:
    """Open the case of a report; asked again, it is the same.

    Example: [bold]wangge cases open SJ2607000731-4[/]
    """
    from governance.cases.lifecycle import operations
    from governance.reports.numbers import report_id

    until = None if deadline is None else instant_or_day(deadline)
    with database() as opened, opened.transaction() as session:
        view, is_new = operations.open_case(
            session, report_id=report_id(number), caller=case_caller(session, actor), deadline=until
        )
    named = view.category_path[0] if view.category_path else f"none yet for '{view.word}'"
    words = "opened" if is_new else "was open already"
    console.print(f"case [bold]{view.number}[/] {words}; category: {named}", highlight=False)


@app.command("list")
def list_(
    state: Annotated[str | None, typer.Option(help="Only cases in this state.")] = None,
    unit: Annotated[str | None, typer.Option(help="Only cases with this unit.")] = None,
    category: Annotated[str | None, typer.Option(help="Only cases of this category or one below it.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only cases with a deadline that is over.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="So many at most, the latest.")] = 100,
    as_json: JsonOption = False,
) -> None:
    """List cases, the latest first.

    Example: [bold]wangge cases list --unit 410106003 --overdue[/]
    """
    from governance.cases.lifecycle.page_queries import CaseFilter, cases_page
    from governance.cases.lifecycle.rules import checked_state
    from identity.grants import EVERYTHING

    rows = Listing(
        number="number", state="state", category="category", unit="unit", due_at="due", due_step="of",
        supervised="supervised", opened_at="opened",
    )  # fmt: skip
    wanted = CaseFilter(
        state=None if state is None else checked_state(state), unit=unit, category=category,
        overdue_at=clock.now() if overdue else None,
    )  # fmt: skip
    with database() as opened, opened.snapshot() as session:
        for one in cases_page(session, wanted, reach=EVERYTHING, limit=limit):
            named = one.category_path[0] if one.category_path else None
            rows.add(
                one.number, str(one.state), named, one.unit_code, one.due_at, one.due_step, one.supervised,
                one.opened_at,
            )  # fmt: skip
    rows.print(as_json=as_json)


@app.command()
def show(number: Number) -> None:
    """Show a case: what it is, its clocks, its history, and what its state allows.

    Example: [bold]wangge cases show SJ2607000731-4[/]
    """
    from governance.cases.lifecycle import queries
    from governance.cases.lifecycle.states import verbs_from
    from governance.reports.numbers import report_id
    from governance.reports.queries import current_id
    from identity.grants import EVERYTHING

    out, now = Console(), clock.now()
    clocks, steps = Table("clock", "state", "due", "extensions"), Table("no.", "at", "what", "to", "by", "unit", "why")
    with database() as opened, opened.snapshot() as session:
        view = queries.case(session, current_id(session, report_id(number)), reach=EVERYTHING)
        history = queries.steps_of(session, view.id)
        words = queries.words_of(session, view.id)
        readings = queries.clocks_of(history, queries.working_time(session, known_by=now), now=now)
    for step, one in readings.items():
        if one.moves or one.stopped_at:
            due = "" if one.due is None else local_words(one.due) + (" (over)" if one.is_overdue else "")
            clocks.add_row(step, one.state, due, str(one.extensions))
    for row in history:
        why = words.get(row.number)
        said = "" if why is None else "; ".join(filter(None, (why.reason, why.opinion)))
        steps.add_row(str(row.number), local_words(row.at), row.verb, row.led_to, row.actor, row.unit_code or "", said)
    named = view.category_path[0] if view.category_path else f"none yet for '{view.word}'"
    out.print(f"{view.number}  {view.state}  category: {named}  unit: {view.unit_code or 'none'}", highlight=False)
    out.print(clocks)
    out.print(steps)
    out.print(f"allowed: {', '.join(verbs_from(view.state)) or 'nothing'}", highlight=False)


@app.command()
def act(
    number: Number,
    verb: Annotated[str, typer.Argument(help="What is done; `wangge cases transitions` lists all.")],
    reason: Annotated[str | None, typer.Option(help="Why.")] = None,
    return_reason: Annotated[str | None, typer.Option(help="wrong_area, wrong_owner, wrong_duty or not_found.")] = None,
    opinion: Annotated[str | None, typer.Option(help="What was found or done.")] = None,
    photo: Annotated[
        list[str] | None, typer.Option(help="File of a photo, or SHA-256 or number of one of the case; repeatable.")
    ] = None,
    unit: Annotated[str | None, typer.Option(help="Code of the unit it goes to.")] = None,
    person: Annotated[str | None, typer.Option(help="Account of the person who is accused.")] = None,
    category: Annotated[str | None, typer.Option(help="Code of the category.")] = None,
    rating: Annotated[int | None, typer.Option(min=1, max=5, help="1 to 5.")] = None,
    recipient: Annotated[str | None, typer.Option(help="District or office to which it is transferred.")] = None,
    receipt: Annotated[str | None, typer.Option(help="Number under which it was taken there.")] = None,
    knowledge: Annotated[str | None, typer.Option(help="Entry of the knowledge base that answers it.")] = None,
    lon: Annotated[float | None, typer.Option(min=-180, max=180, help="Where it was done, WGS 84.")] = None,
    lat: Annotated[float | None, typer.Option(min=-90, max=90, help="Where it was done, WGS 84.")] = None,
    version: Annotated[int | None, typer.Option(min=1, help="Version that was seen; refused if it changed.")] = None,
    actor: ActorOption = None,
) -> None:
    """Do something to a case, as the table of transitions allows.

    Example: [bold]wangge cases act SJ2607000731-4 dispatch[/]
    """
    from cli.attachments import kept_photo
    from governance.cases.lifecycle import operations, rules
    from governance.reports.numbers import report_id
    from governance.reports.queries import current_id

    photos = tuple(kept_photo(number, one, actor) for one in photo or ())
    done = rules.Act(
        verb=rules.checked_verb(verb), reason=reason, return_reason=rules.checked_return_reason(return_reason),
        opinion=opinion, photos=photos, unit_code=unit, person=person, category=category, rating=rating,
        recipient=recipient, receipt=receipt, knowledge=knowledge, lon=lon, lat=lat,
    )  # fmt: skip
    with database() as opened, opened.transaction() as session:
        view = operations.act_on(
            session, case_id=current_id(session, report_id(number)), act=done, caller=case_caller(session, actor),
            expected_version=version,
        )  # fmt: skip
    due = "" if view.due_at is None else f"; {view.due_step} due {local_words(view.due_at)}"
    console.print(f"case [bold]{view.number}[/] is {view.state}, unit {view.unit_code or 'none'}{due}", highlight=False)


@app.command()
def load(as_json: JsonOption = False) -> None:
    """Count what each unit has in hand, the most first.

    Example: [bold]wangge cases load[/]
    """
    from governance.cases.lifecycle.counting import load_by_unit
    from identity.grants import EVERYTHING

    rows = Listing(
        unit_code="unit", in_hand="in hand", unacknowledged="unacknowledged", overdue="overdue", supervised="supervised"
    )
    with database() as opened, opened.snapshot() as session:
        for one in load_by_unit(session, reach=EVERYTHING, now=clock.now()):
            rows.add(one.unit_code, one.in_hand, one.unacknowledged, one.overdue, one.supervised)
    rows.print(as_json=as_json)


@app.command()
def levels(
    since: Annotated[str | None, typer.Option(help="First instant or day of opening; a year ago if left out.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Count at which level closed cases were solved: on the spot, by communities, streets, departments.

    Example: [bold]wangge cases levels --since 2026-01-01[/]
    """
    from governance.cases.lifecycle.counting import solved_by_level
    from identity.grants import EVERYTHING

    now = clock.now()
    start = now - timedelta(days=365) if since is None else instant_or_day(since)
    rows = Listing(level="level", solved="solved", share="share", reported_up="reported up")
    with database() as opened, opened.snapshot() as session:
        for one in solved_by_level(session, reach=EVERYTHING, since=start, until=now):
            rows.add(one.level, one.solved, round(one.share, 4), one.reported_up)
    rows.print(as_json=as_json)


@app.command()
def verify(
    numbers: Annotated[list[str] | None, typer.Argument(help="Numbers of cases; all if left out.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Check histories against the hash chain, and each case against what its history leads to.

    The exit code is 1 when something is wrong. A month whose histories were detached is named, not failed. Whether the
    seals follow from one another is checked by `wangge audit verify`.

    Example: [bold]wangge cases verify SJ2607000731-4[/]
    """
    from governance.cases.lifecycle import queries
    from governance.cases.lifecycle.verifying import verify_cases
    from governance.reports.numbers import report_id
    from governance.reports.queries import current_id
    from identity.grants import EVERYTHING

    with database() as opened, opened.snapshot() as session:
        wanted = None
        if numbers:
            wanted = [
                queries.case(session, current_id(session, report_id(one)), reach=EVERYTHING).id for one in numbers
            ]
        done = verify_cases(session, wanted)
    rows = Listing(number="number", kind="found", table="table", step="step")
    for finding in done.findings:
        rows.add(finding.number, finding.kind, finding.table, finding.step)
    if done.count or as_json:
        rows.print(as_json=as_json)
    if not as_json:
        console.print(f"{done.cases} cases with {done.steps} sealed steps; {done.erased} without words by a rule")
        for month, count in sorted(done.detached.items()):
            console.print(f"{count} cases of month {month} were not checked: their histories are detached")
        console.print(f"[bold]{done.count}[/] findings", highlight=False)
    if done.count:
        raise typer.Exit(1)


@app.command()
def transitions(as_json: JsonOption = False) -> None:
    """List the table of transitions: from where, to where, who, with which duties, and what it does to each clock.

    Example: [bold]wangge cases transitions[/]
    """
    from governance.cases.lifecycle.rules import roles_for
    from governance.cases.lifecycle.states import TABLE

    rows = Listing(verb="what", sources="from", target="to", roles="who", duties="with", clocks="clocks")
    for verb, rule in TABLE.items():
        clocks = [f"{step} {effect}" for step, effect in rule.clocks.items()]
        target = "stays" if rule.target is None else str(rule.target)
        rows.add(str(verb), list(rule.sources), target, roles_for(rule), list(rule.duties), clocks)
    rows.print(as_json=as_json)


case_files.add_to(app)
case_forms.add_to(app)
