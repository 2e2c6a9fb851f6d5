"""`people correct`, `unit`, `reactivate` and `erase`: what changes of a person who is known."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from cli.instants import instant_or_day

_Who = Annotated[str, typer.Argument(help="Staff number, or name that the person acts under.")]


def correct(
    who: _Who,
    name: Annotated[str | None, typer.Option(help="The right name; what the person acts under stays.")] = None,
    staff_number: Annotated[str | None, typer.Option(help="The right staff number.")] = None,
    phone: Annotated[str | None, typer.Option(help="The right telephone number; an empty one takes it away.")] = None,
    actor: ActorOption = None,
) -> None:
    """Correct what is known of a person; what is left out stays.

    Example: [bold]wangge people correct CY-0001 --phone 13800000001[/]
    """
    from identity.people import operations, queries

    with database() as opened, opened.transaction() as session:
        done = operations.correct(
            session, queries.by_words(session, who), name=name, staff_number=staff_number, phone=phone,
            actor=local_actor(session, actor),
        )  # fmt: skip
    console.print(f"[bold]{who}[/] corrected" if done else f"{who} was known so already", highlight=False)


def unit(
    who: _Who,
    code: Annotated[str, typer.Argument(help="Code of the unit.")],
    leaves: Annotated[bool, typer.Option("--leaves", help="The person belongs to it no longer.")] = False,
    from_: Annotated[str | None, typer.Option("--from", help="First instant or day; now if left out.")] = None,
    until: Annotated[
        str | None, typer.Option("--until", help="First instant or day no longer; open if left out.")
    ] = None,
    actor: ActorOption = None,
) -> None:
    """State that a person belongs to a unit for a time, or no longer.

    Example: [bold]wangge people unit CY-0001 410106003 --from 2026-07-01[/]
    """
    from identity.people import operations, queries

    with database() as opened, opened.transaction() as session:
        operations.state_units(
            session,
            [(queries.by_words(session, who).id, code)],
            belongs=not leaves,
            start=None if from_ is None else instant_or_day(from_),
            until=None if until is None else instant_or_day(until),
            actor=local_actor(session, actor),
        )
    console.print(f"[bold]{who}[/] {'leaves' if leaves else 'belongs to'} {code}", highlight=False)


def reactivate(who: _Who, actor: ActorOption = None) -> None:
    """Let a person whose appointment ended work again, without the roles and units of before.

    Example: [bold]wangge people reactivate CY-0001[/]
    """
    from identity.people import operations, queries

    with database() as opened, opened.transaction() as session:
        operations.reactivate(session, queries.by_words(session, who), actor=local_actor(session, actor))
    console.print(f"[bold]{who}[/] is at work again, without roles and units", highlight=False)


def erase(
    who: _Who,
    note: Annotated[str, typer.Option(help="Why: the request's number, without names.")],
    actor: ActorOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase name, staff number and phone of a person whose appointment ended; what the person signed stays.

    Example: [bold]wangge people erase CY-0001 --note 申请2026-14[/]
    """
    from governance.erasure import operations
    from identity.people import queries

    if not yes:
        typer.confirm(f"What is known of {who} will be gone for good. Go on?", abort=True)
    with database() as opened, opened.transaction() as session:
        person = queries.by_words(session, who)
        number = person.id
        done = operations.erase_person(session, person, actor=local_actor(session, actor), note=note)
    console.print(f"person [bold]{number}[/] {'erased' if done else 'had been erased'}", highlight=False)


def add_to(app: typer.Typer) -> None:
    """Make these commands of `people`."""
    app.command("correct")(correct)
    app.command("unit")(unit)
    app.command("reactivate")(reactivate)
    app.command("erase")(erase)
