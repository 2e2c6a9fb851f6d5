"""`notifications`: targets of webhooks, robots, mail and text messages, their deliveries, and inboxes of persons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from cli.pairs import pairs
from cli.printing import JsonOption, Listing
from cli.refusals import refusal

if TYPE_CHECKING:
    from governance.notifications.operations.targets import MadeTarget

app = typer.Typer(
    help="Notifications: webhooks, robots of groups, mail, text messages, inboxes.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
Number = Annotated[int, typer.Argument(min=1, help="Number of the target.")]


@app.command()
def make(
    name: Annotated[str, typer.Argument(help="Name of the target.")],
    kind: Annotated[str, typer.Option(help="webhook, dingtalk, wecom, mail, sms or platform.")] = "webhook",
    address: Annotated[str, typer.Option(help="Where messages are sent; of a robot as it was made with.")] = "",
    token: Annotated[
        str, typer.Option(envvar="TARGET_TOKEN", help="What opens the target; better by the variable TARGET_TOKEN.")
    ] = "",
    signing: Annotated[
        str, typer.Option(envvar="TARGET_SIGNING", help="DingTalk's secret of the kind sign; better by TARGET_SIGNING.")
    ] = "",
    recipient: Annotated[list[str] | None, typer.Option(help="Mailbox or telephone; repeatable.")] = None,
    template: Annotated[
        list[str] | None, typer.Option(help="TYPE=TEMPLATE, a gateway's number or a text; repeatable.")
    ] = None,
    take: Annotated[list[str] | None, typer.Option("--type", help="Type or group of messages; repeatable.")] = None,
    unit: Annotated[list[str] | None, typer.Option(help="Only what concerns this unit; repeatable.")] = None,
    channel: Annotated[str | None, typer.Option(help="Only cases of this channel; a platform needs it.")] = None,
    per_minute: Annotated[int | None, typer.Option(min=1, help="Messages a minute at most.")] = None,
    quiet: Annotated[str | None, typer.Option(help="Hours in which only urgent messages go, as 22:00-07:00.")] = None,
    language: Annotated[str, typer.Option(help="zh or en.")] = "zh",
    actor: ActorOption = None,
) -> None:
    """Make a target; the secret that signs a webhook's messages is printed this once.

    Example: [bold]wangge notifications make 市平台 --address https://platform.example.org/hooks --type case[/]
    """
    from core.settings import Settings
    from governance.notifications import target_forms
    from governance.notifications.operations import targets

    start, end = target_forms.checked_hours(quiet)
    given = target_forms.TargetIn(
        name=name, kind=target_forms.checked_kind(kind), address=address, token=token, signing=signing,
        recipients=recipient or [], templates=pairs(template, "--template"), types=take or [], units=unit or [],
        channel=channel,        language=language, per_minute=per_minute, quiet_from=start, quiet_until=end,
    )  # fmt: skip
    with database() as opened, opened.transaction() as session:
        made = targets.make_target(session, given, settings=Settings(), actor=local_actor(session, actor))
        _print_made(made)


@app.command("list")
def list_(as_json: JsonOption = False) -> None:
    """List the targets, with what waits for each and what was given up.

    Example: [bold]wangge notifications list[/]
    """
    from governance.notifications import queries

    rows = Listing(
        target="no.", name="name", kind="kind", state="state", address="address", types="types", units="units",
        per_minute="a minute", waiting="waiting", dead="given up",
    )  # fmt: skip
    with database() as opened, opened.snapshot() as session:
        for one in queries.targets(session):
            target = one.target
            rows.add(
                target.id, target.name, target.kind, target.state, target.address.partition("?")[0], target.types,
                target.units, target.per_minute, one.waiting, one.dead,
            )  # fmt: skip
    rows.print(as_json=as_json)


@app.command()
def disable(target: Number, actor: ActorOption = None) -> None:
    """Send a target nothing from now on; what waits for it stays.

    Example: [bold]wangge notifications disable 1[/]
    """
    from governance.notifications.operations import targets

    with database() as opened, opened.transaction() as session:
        targets.disable_target(session, target, actor=local_actor(session, actor))
    console.print(f"target [bold]{target}[/] is disabled", highlight=False)


@app.command()
def enable(target: Number, actor: ActorOption = None) -> None:
    """Send to a target again, also what waits for it.

    Example: [bold]wangge notifications enable 1[/]
    """
    from governance.notifications.operations import targets

    with database() as opened, opened.transaction() as session:
        targets.enable_target(session, target, actor=local_actor(session, actor))
    console.print(f"target [bold]{target}[/] is active", highlight=False)


@app.command()
def rotate(target: Number, actor: ActorOption = None) -> None:
    """Replace the secret that signs a webhook's messages; for a day the former one signs too.

    Example: [bold]wangge notifications rotate 1[/]
    """
    from core.settings import Settings
    from governance.notifications.operations import targets

    with database() as opened, opened.transaction() as session:
        made = targets.rotate_secret(session, target, settings=Settings(), actor=local_actor(session, actor))
        _print_made(made)


@app.command("test")
def send_test(target: Number, actor: ActorOption = None) -> None:
    """Send a target a message that tells of nothing; the worker sends it.

    Example: [bold]wangge notifications test 1[/]
    """
    from governance.notifications.operations import targets

    with database() as opened, opened.transaction() as session:
        message = targets.send_test(session, target, actor=local_actor(session, actor))
    console.print(f"message [bold]{message}[/] waits for the worker", highlight=False)


@app.command()
def deliveries(
    target: Annotated[int | None, typer.Option(min=1, help="Only deliveries to this target.")] = None,
    state: Annotated[str | None, typer.Option(help="waiting, delivered or dead.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="So many at most, the latest.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List deliveries, the latest first.

    Example: [bold]wangge notifications deliveries --state dead[/]
    """
    from governance.notifications import queries, target_forms

    wanted = target_forms.checked_delivery_state(state)
    rows = Listing(
        delivery="no.", target="target", message="message", type="type", state="state", attempts="tries",
        next_at="next", last_answer="status", last_fault="fault", delivered_at="delivered",
    )  # fmt: skip
    with database() as opened, opened.snapshot() as session:
        for one, message in queries.deliveries(session, target_id=target, state=wanted, limit=limit):
            rows.add(
                one.id, one.target_id, message.id, message.type, one.state, one.attempts, one.next_at, one.last_answer,
                one.last_fault, one.delivered_at,
            )  # fmt: skip
    rows.print(as_json=as_json)


@app.command()
def replay(
    target: Annotated[int | None, typer.Option(min=1, help="Target: all that was given up for it.")] = None,
    delivery: Annotated[int | None, typer.Option(min=1, help="Number of one delivery.")] = None,
    actor: ActorOption = None,
) -> None:
    """Send again what was given up for a target, or one delivery, under the same message ids.

    Example: [bold]wangge notifications replay --target 1[/]
    """
    from governance.notifications.operations import targets

    if (target is None) == (delivery is None):
        raise refusal("name a target or a delivery")
    with database() as opened, opened.transaction() as session:
        who = local_actor(session, actor)
        count = 1
        if target is not None:
            count = targets.replay_dead(session, target, actor=who)
        elif delivery is not None:
            targets.replay_delivery(session, delivery, actor=who)
    console.print(f"[bold]{count}[/] deliveries are sent again", highlight=False)


@app.command()
def inbox(
    person: Annotated[str, typer.Argument(help="Staff number or name.")],
    unread: Annotated[bool, typer.Option("--unread", help="Only what was not read yet.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="So many at most, the latest.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """Show a person's inbox, the latest first.

    Example: [bold]wangge notifications inbox CY-1 --unread[/]
    """
    from cli.languages import users_language
    from governance.notifications import queries
    from identity.people.queries import by_words
    from presentation.words.notifications import message_words

    rows = Listing(entry="no.", at="at", title_="title", read_at="read")
    with database() as opened, opened.snapshot() as session:
        found = queries.inbox(session, by_words(session, person).id, unread=unread, limit=limit)
        for entry, message in found.entries:
            title, _ = message_words(message.type, message.data, users_language())
            rows.add(entry.id, message.at, title, entry.read_at)
    rows.print(as_json=as_json)


def _print_made(made: MadeTarget) -> None:
    console.print(f"target [bold]{made.target.id}[/] {made.target.name}", highlight=False)
    if made.secret is not None:
        console.print(f"secret, shown this once: [bold]{made.secret}[/]", highlight=False, soft_wrap=True)
