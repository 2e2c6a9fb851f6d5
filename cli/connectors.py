"""`connectors`: orders of upstream platforms, their deadlines, and what is sent back to the platforms."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from cli.instants import instant_or_day, local_words
from cli.printing import JsonOption, Listing

app = typer.Typer(
    help="Upstream platforms: deadlines of their orders, and what they are answered.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


@app.command()
def orders(
    channel: Annotated[str | None, typer.Option(help="Only orders of this channel.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List the orders of upstream platforms with their deadlines and the states of their cases.

    Example: [bold]wangge connectors orders --channel 12345[/]
    """
    from governance.connectors import queries
    from identity.grants import EVERYTHING

    rows = Listing(
        number="number", channel="channel", order_number="order", deadline="their deadline", state="state",
        due_at="next deadline",
    )  # fmt: skip
    with database() as opened, opened.snapshot() as session:
        for one in queries.orders(session, reach=EVERYTHING, channel=channel, limit=1000):
            rows.add(one.number, one.channel, one.order_number, one.deadline, one.state, one.due_at)
    rows.print(as_json=as_json)


@app.command()
def keep(
    channel: Annotated[str, typer.Argument(help="Channel through which the order came.")],
    order: Annotated[str, typer.Argument(help="Number of the order at the platform.")],
    deadline: Annotated[str, typer.Argument(help="Instant or day until which the platform wants it done.")],
    reason: Annotated[str | None, typer.Option(help="Why the deadline moved.")] = None,
    actor: ActorOption = None,
) -> None:
    """Keep the deadline of an order beside the clocks of its case, which is opened if need be.

    Example: [bold]wangge connectors keep 12345 DH-1 2026-07-03T18:00:00+08:00[/]
    """
    from governance.connectors import operations

    until = instant_or_day(deadline)
    with database() as opened, opened.transaction() as session:
        given = operations.OrderIn(channel, order, until, reason)
        _, changed = operations.keep_order(session, given, actor=local_actor(session, actor))
    console.print(f"{order}: {'until' if changed else 'was until'} {local_words(until)}", highlight=False)


@app.command()
def sends(
    failed: Annotated[bool, typer.Option("--failed", help="Only what was given up.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List what is sent to platforms, the latest first; `wangge notifications replay` sends again what was given up.

    Example: [bold]wangge connectors sends --failed[/]
    """
    from governance.notifications import queries
    from governance.notifications.states import DeliveryState, TargetKind

    rows = Listing(
        delivery="no.", target="platform", type="type", subject="case", state="state", attempts="tries",
        next_at="next try", last_answer="answer", last_fault="fault", delivered_at="taken",
    )  # fmt: skip
    state = DeliveryState.DEAD if failed else None
    with database() as opened, opened.snapshot() as session:
        for one, message in queries.deliveries(session, kind=TargetKind.PLATFORM, state=state, limit=1000):
            rows.add(
                one.id, one.target_id, message.type, message.subject, one.state, one.attempts,
                one.next_at if one.state == DeliveryState.WAITING else None, one.last_answer, one.last_fault,
                one.delivered_at,
            )  # fmt: skip
    rows.print(as_json=as_json)
