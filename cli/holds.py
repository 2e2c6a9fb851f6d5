"""`holds`: legal holds, which no erasure takes until a second person lifts them."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from cli.instants import instant_or_day
from cli.printing import JsonOption, Listing

app = typer.Typer(
    help="Legal holds: what must be kept, whatever asks for its erasure.", no_args_is_help=True, rich_markup_mode="rich"
)


@app.command("list")
def list_(
    all_: Annotated[bool, typer.Option("--all", help="Also those that are lifted.")] = False,
    after: Annotated[int | None, typer.Option(min=1, help="Number of the last hold of the page before.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List legal holds, the latest first.

    Example: [bold]wangge holds list --all[/]
    """
    from core.personal import masked, masked_phone
    from governance.legal_holds import queries
    from governance.legal_holds.states import HoldState
    from governance.reports.numbers import report_number

    with database() as opened, opened.snapshot() as session:
        found, following = queries.page(session, state=None if all_ else HoldState.IN_FORCE, limit=limit, after=after)
    rows = Listing(
        id="no.", kind="kind", subject="what", received_from="from", received_until="until", reason="reason",
        set_at="set", set_by="by", lifted_at="lifted", lifted_by="by",
    )  # fmt: skip
    for hold in found:
        report = None if hold.report_id is None else report_number(hold.report_id)
        rows.add(
            hold.id, hold.kind, report or masked_phone(hold.phone) or hold.person_id, hold.received_from,
            hold.received_until, masked(hold.reason), hold.set_at, hold.set_by, hold.lifted_at, hold.lifted_by,
        )  # fmt: skip
    rows.print(as_json=as_json)
    if following is not None:
        console.print(f"there are more: --after {following}", highlight=False)


@app.command("set")
def set_(
    reason: Annotated[str, typer.Option(help="The file or order that asks for it, without names of people.")],
    report: Annotated[str | None, typer.Option(help="Number of a report.")] = None,
    phone: Annotated[str | None, typer.Option(help="All reports of this telephone number.")] = None,
    person: Annotated[str | None, typer.Option(help="Staff number or name of a person who works here.")] = None,
    from_: Annotated[str | None, typer.Option("--from", help="What was received from this instant or day on.")] = None,
    until: Annotated[
        str | None, typer.Option("--until", help="First instant or day no longer; open if left out.")
    ] = None,
    actor: ActorOption = None,
) -> None:
    """Keep a report, the reports of a telephone number, a person who works here, or what was received in a span.

    Example: [bold]wangge holds set --report SJ00000012-3 --reason 法院调卷2026-7[/]
    """
    from governance.legal_holds import operations
    from governance.legal_holds.operations import HoldSubject
    from governance.reports.numbers import report_id
    from identity.people.queries import by_words

    start, end = (None if words is None else instant_or_day(words) for words in (from_, until))
    with database() as opened, opened.transaction() as session:
        subject = HoldSubject(
            None if report is None else report_id(report),
            phone,
            None if person is None else by_words(session, person).id,
            start,
            end,
        )
        hold = operations.set_hold(session, subject, reason=reason, actor=local_actor(session, actor))
        number = hold.id
    console.print(f"legal hold [bold]{number}[/] is in force; a second person has to lift it", highlight=False)


@app.command()
def lift(
    hold: Annotated[int, typer.Argument(min=1, help="Number of the hold.")],
    reason: Annotated[str, typer.Option(help="The file or order that ends it, without names of people.")],
    actor: ActorOption = None,
) -> None:
    """Lift a hold that another person set.

    Example: [bold]wangge holds lift 3 --reason 案件已结 --actor 陈静[/]
    """
    from governance.legal_holds import operations

    with database() as opened, opened.transaction() as session:
        operations.lift_hold(session, hold, reason=reason, actor=local_actor(session, actor))
    console.print(f"legal hold [bold]{hold}[/] is lifted", highlight=False)
