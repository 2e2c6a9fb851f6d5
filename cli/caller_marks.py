"""`caller-marks`: marks on callers: propose, confirm or refuse as a second person, lift, list."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from cli.printing import JsonOption, Listing

app = typer.Typer(
    help="Marks on callers, which two persons make and which end by a day.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
Mark = Annotated[int, typer.Argument(min=1, help="Number of the mark.")]


@app.command("list")
def list_(
    every: Annotated[bool, typer.Option("--all", help="Those that ended, were refused or lifted, too.")] = False,
    actor: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """List marks on callers, the latest first; the audit keeps that they were read.

    Example: [bold]wangge caller-marks list[/]
    """
    from governance.cases.caller_marks import queries
    from identity.grants import EVERYTHING

    rows = Listing(
        number="no.", report="report", kind="kind", last_day="last day", state="state", proposed_by="proposed by",
        decided_by="decided by", reason="reason",
    )  # fmt: skip
    with database() as opened, opened.transaction() as session:
        found, _ = queries.marks_page(
            session, reach=EVERYTHING, actor=local_actor(session, actor), current=not every, limit=1000
        )
        for one in found:
            rows.add(
                one.id, queries.number_of(one), one.kind, one.last_day, one.state, one.proposed_by, one.decided_by,
                one.reason,
            )  # fmt: skip
    rows.print(as_json=as_json)


@app.command()
def propose(
    number: Annotated[str, typer.Argument(help="Number of a report of the caller.")],
    kind: Annotated[str, typer.Argument(help="repeats, false_reports or abuse.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    until: Annotated[str, typer.Option("--until", help="The last day of the mark, YYYY-MM-DD.")],
    actor: ActorOption = None,
) -> None:
    """Propose to mark who sent a report; it counts once a second person has confirmed it.

    Example: [bold]wangge caller-marks propose SJ2607000731-4 repeats --reason 同一诉求反复来电 --until 2026-12-31[/]
    """
    from core.instants import read_day
    from governance.cases.caller_marks import operations, rules
    from governance.cases.caller_marks.states import CallerMarkKind
    from governance.reports.numbers import report_id
    from governance.reports.queries import current_id
    from identity.grants import EVERYTHING

    checked = rules.checked_word(CallerMarkKind, kind, "kind")
    with database() as opened, opened.transaction() as session:
        mark = operations.propose(
            session, current_id(session, report_id(number)), checked, reason=reason, last_day=read_day(until),
            reach=EVERYTHING, actor=local_actor(session, actor),
        )  # fmt: skip
        told = f"{mark.id} {mark.kind}: {mark.state}"
    console.print(told, highlight=False)


@app.command()
def decide(
    mark: Mark,
    action: Annotated[str, typer.Argument(help="confirm, refuse or lift.")],
    reason: Annotated[str | None, typer.Option(help="Why; to lift one it is needed.")] = None,
    actor: ActorOption = None,
) -> None:
    """Confirm or refuse a mark as a second person, or lift it before its last day.

    Example: [bold]wangge caller-marks decide 1 confirm[/]
    """
    from governance.cases.caller_marks import operations, rules
    from governance.cases.caller_marks.states import CallerMarkAction
    from identity.grants import EVERYTHING

    checked = rules.checked_word(CallerMarkAction, action, "action")
    with database() as opened, opened.transaction() as session:
        row = operations.decide(
            session, mark, checked, reach=EVERYTHING, actor=local_actor(session, actor), reason=reason
        )
        told = f"{row.id} {row.kind}: {row.state}"
    console.print(told, highlight=False)
