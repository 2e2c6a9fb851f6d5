"""`duplicates`: cases that may tell of the same as one, and merging, un-merging and linking."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.actors import ActorOption, case_caller
from cli.cluster import console
from cli.context import database
from cli.languages import users_language
from cli.printing import JsonOption, Listing

app = typer.Typer(
    help="Cases that may tell of the same: candidates, merging and linking.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
Number = Annotated[str, typer.Argument(help="Number of the case, which is its report's.")]


@app.command("list")
def list_(number: Number, as_json: JsonOption = False) -> None:
    """List cases that may tell of the same, closed ones too, the likeliest first, with the reasons.

    Example: [bold]wangge duplicates list SJ2607000731-4[/]
    """
    from governance.cases.duplicates.queries import candidates
    from governance.cases.lifecycle.queries import case
    from governance.reports.numbers import report_id
    from governance.reports.queries import current_id
    from identity.grants import EVERYTHING
    from presentation.words.duplicates import reason_sentence

    rows = Listing(number="number", state="state", category="category", score="score", reasons="reasons")
    with database() as opened, opened.snapshot() as session:
        view = case(session, current_id(session, report_id(number)), reach=EVERYTHING)
        for one in candidates(session, view, reach=EVERYTHING):
            reasons = [reason_sentence(why.code, why.value, users_language()) for why in one.reasons]
            path = one.case.category_path
            rows.add(
                one.case.number,
                one.case.state,
                path[0] if path else None,
                one.score,
                reasons,
                shown={"reasons": "\n".join(reasons)},
            )
    rows.print(as_json=as_json)


@app.command()
def bursts(as_json: JsonOption = False) -> None:
    """List cases of the last hour that are likely one incident: near one another, of one class, three or more.

    Example: [bold]wangge duplicates bursts[/]
    """
    from core import clock
    from governance.cases.duplicates import burst_queries
    from identity.grants import EVERYTHING

    rows = Listing(burst="burst", number="number", category="category", reported_at="reported", state="state")
    with database() as opened, opened.snapshot() as session:
        for place, one in enumerate(burst_queries.bursts(session, now=clock.now(), reach=EVERYTHING), 1):
            for case in one.cases:
                rows.add(place, case.number, one.category, case.reported_at, case.state)
    rows.print(as_json=as_json)


@app.command()
def merge(
    main: Annotated[str, typer.Argument(help="Number of the main case, which goes on for all.")],
    cases: Annotated[list[str], typer.Argument(help="Numbers of the cases that are merged into it.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    actor: ActorOption = None,
) -> None:
    """Merge several cases into a main one by one act, as those of a burst: all or none; every history says so.

    Example: [bold]wangge duplicates merge SJ2607000731-4 SJ2607000732-2 SJ2607000733-1 --reason 同一处积水[/]
    """
    from governance.cases.duplicates import operations
    from governance.reports.numbers import report_id
    from governance.reports.queries import current_id

    with database() as opened, opened.transaction() as session:
        main_id, *ids = (current_id(session, report_id(one)) for one in (main, *cases))
        operations.merge_all(session, main_id, ids, reason=reason, caller=case_caller(session, actor))
    console.print(f"cases merged into {main}: {len(cases)}", highlight=False)


@app.command()
def act(
    number: Number,
    verb: Annotated[str, typer.Argument(help="merge, unmerge, link or unlink.")],
    other: Annotated[str, typer.Argument(help="Number of the other case; in a merge, of the main one.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    repeat: Annotated[
        bool, typer.Option("--repeat", help="In a merge: the same caller says the same without new facts.")
    ] = False,
    actor: ActorOption = None,
) -> None:
    """Merge a case into another, take it out again, or link or unlink the two; both histories say so.

    Example: [bold]wangge duplicates act SJ2607000731-4 merge SJ2607000730-6 --reason 同一处垃圾[/]
    """
    from governance.cases.duplicates import operations, rules
    from governance.reports.numbers import report_id
    from governance.reports.queries import current_id

    done = rules.checked_verb(verb)
    with database() as opened, opened.transaction() as session:
        one, main = (current_id(session, report_id(it)) for it in (number, other))
        caller = case_caller(session, actor)
        operations.relate(session, one, main, done, reason=reason, caller=caller, is_repeat=repeat)
    console.print(f"case {number}: {done} {other}", highlight=False)


@app.command()
def repeats(as_json: JsonOption = False) -> None:
    """List cases to which their callers came back without new facts, the most often repeated first.

    Example: [bold]wangge duplicates repeats[/]
    """
    from governance.cases.duplicates import repeat_queries
    from identity.grants import EVERYTHING

    rows = Listing(number="number", repeats="repeats", last_repeat_at="last repeat", state="state")
    with database() as opened, opened.snapshot() as session:
        for one in repeat_queries.repeated(session, reach=EVERYTHING, limit=1000):
            rows.add(one.case.number, one.repeats, one.last_at, one.case.state)
    rows.print(as_json=as_json)
