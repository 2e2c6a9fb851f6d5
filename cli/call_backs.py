"""`call-backs`: keep what callers said of closed cases, list whom to call, count the three rates."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from cli.instants import instant_or_day
from cli.printing import JsonOption, Listing
from core import clock

app = typer.Typer(
    help="Call-backs: whether callers were reached, call it solved, are satisfied.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
Since = Annotated[str | None, typer.Option(help="Closed since: instant or day; 30 days ago if left out.")]


@app.command()
def record(
    number: Annotated[str, typer.Argument(help="Number of the case.")],
    contacted: Annotated[bool, typer.Option("--contacted/--missed", help="Whether the caller was reached.")],
    solved: Annotated[bool | None, typer.Option(help="Whether the caller calls it solved.")] = None,
    satisfied: Annotated[bool | None, typer.Option(help="Whether the caller is satisfied.")] = None,
    rating: Annotated[int | None, typer.Option(min=1, max=5, help="The caller's rating; 5 is the best.")] = None,
    comment: Annotated[str | None, typer.Option(help="What the caller said.")] = None,
    reopen: Annotated[bool, typer.Option("--reopen", help="Not solved: reopen the case.")] = False,
    reason: Annotated[str | None, typer.Option(help="Not solved: why it is reopened, or why not.")] = None,
    actor: ActorOption = None,
) -> None:
    """Keep what a call-back found; what is not solved is reopened, or explained to the supervisor.

    Example: [bold]wangge call-backs record SJ2607000731-4 --contacted --solved --satisfied --rating 5[/]
    """
    from governance.call_backs import operations, rules
    from governance.cases.lifecycle.operations import Caller
    from governance.reports.numbers import report_id
    from governance.reports.queries import current_id
    from identity.grants import EVERYTHING

    given = rules.CallBackIn(
        contacted=contacted, solved=solved, satisfied=satisfied, rating=rating, words=comment, reopen=reopen,
        reason=reason,
    )  # fmt: skip
    with database() as opened, opened.transaction() as session:
        case_id = current_id(session, report_id(number))
        caller = Caller(local_actor(session, actor), lambda _: EVERYTHING, any_unit=True)
        made = operations.record(session, case_id, given, caller=caller)
    console.print(f"call-back kept as step [bold]{made.step}[/] of {number}", highlight=False)


@app.command("list")
def list_(
    unsolved: Annotated[
        bool, typer.Option("--unsolved", help="Instead: called not solved, not reopened, not back-checked.")
    ] = False,
    since: Since = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="So many at most, the latest.")] = 100,
    as_json: JsonOption = False,
) -> None:
    """List closed cases whose callers were not reached yet, the latest first.

    Example: [bold]wangge call-backs list[/]
    """
    from governance.call_backs import queries
    from governance.reports.numbers import report_number
    from identity.grants import EVERYTHING

    read = queries.not_solved if unsolved else queries.to_call
    rows = Listing(number="number", unit="unit", closed_at="closed", tries="tries")
    with database() as opened, opened.snapshot() as session:
        start = queries.since_or_month(None if since is None else instant_or_day(since), clock.now())
        for one in read(session, reach=EVERYTHING, since=start, limit=limit):
            rows.add(report_number(one.case_id), one.unit_code, one.closed_at, one.tries)
    rows.print(as_json=as_json)


@app.command()
def rates(since: Since = None, as_json: JsonOption = False) -> None:
    """Count what callers said by unit: reached, solved, satisfied.

    Example: [bold]wangge call-backs rates --since 2026-06-01[/]
    """
    from governance.call_backs import queries
    from identity.grants import EVERYTHING

    now = clock.now()
    rows = Listing(
        unit="unit", closed="closed", called_back="called", contacted="reached", solved="solved",
        satisfied="satisfied", solved_rate="solved of reached", satisfied_rate="satisfied of reached",
    )  # fmt: skip
    with database() as opened, opened.snapshot() as session:
        start = queries.since_or_month(None if since is None else instant_or_day(since), now)
        for one in queries.rates(session, reach=EVERYTHING, since=start, until=now):
            rows.add(
                one.unit_code, one.closed, one.called_back, one.contacted, one.solved, one.satisfied, one.solved_rate,
                one.satisfied_rate,
                shown={
                    "solved_rate": _percent(one.solved_rate), "satisfied_rate": _percent(one.satisfied_rate),
                },
            )  # fmt: skip
    rows.print(as_json=as_json)


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"
