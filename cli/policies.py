"""`policies`: values of policy: list, state, confirm or refuse."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from cli.instants import instant_or_day, local_words
from cli.printing import JsonOption, Listing
from core import clock

app = typer.Typer(
    help="Values of policy: how often, how long, from which day on.", no_args_is_help=True, rich_markup_mode="rich"
)
Number = Annotated[int, typer.Argument(min=1, help="Number of the stated value.")]


@app.command("list")
def list_(
    stated: Annotated[bool, typer.Option("--stated", help="Instead: what was stated, the latest first.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List the values of policy that count now.

    Example: [bold]wangge policies list[/]
    """
    from governance.policies import queries, rules
    from governance.policies.states import PolicyCode

    with database() as opened, opened.snapshot() as session:
        if stated:
            rows = Listing(
                number="no.", code="code", value="value", state="state", effective_from="from", stated_by="stated by",
                decided_by="decided by", note="note",
            )  # fmt: skip
            for one in queries.stated(session, limit=1000):
                rows.add(
                    one.id, one.code, one.value, one.state, one.effective_from, one.stated_by, one.decided_by, one.note
                )
        else:
            known = queries.policies_at(session, clock.now())
            rows = Listing(code="code", value="value", default="unless stated", two_persons="two persons")
            for code in PolicyCode:
                default = rules.written(getattr(rules.DEFAULTS, code))
                rows.add(str(code), rules.written(getattr(known, code)), default, code in rules.TWO_PERSONS)
    rows.print(as_json=as_json)


@app.command()
def state(
    code: Annotated[str, typer.Argument(help="Code of the value.")],
    value: Annotated[str, typer.Argument(help='A number, or a number and a unit: "8 working_hours".')],
    note: Annotated[str, typer.Option(help="The file or decision that states it.")],
    from_: Annotated[str | None, typer.Option("--from", help="First instant or day; now if left out.")] = None,
    actor: ActorOption = None,
) -> None:
    """State a value from an instant on; what decides over deadlines waits for a second person.

    Example: [bold]wangge policies state reworks_raise 2 --note 2026-07[/]
    """
    from governance.policies import operations, rules

    with database() as opened, opened.transaction() as session:
        start = None if from_ is None else instant_or_day(from_)
        row = operations.state_value(
            session, rules.checked_code(code), value, note=note, actor=local_actor(session, actor), effective_from=start
        )
        told = f"{row.id} {row.code} = {row.value}: {row.state}, from {local_words(row.effective_from)}"
    console.print(told, highlight=False)


@app.command()
def confirm(stated: Number, actor: ActorOption = None) -> None:
    """Confirm a value that waits, as a second person.

    Example: [bold]wangge policies confirm 1[/]
    """
    from governance.policies.states import PolicyAction

    _decide(stated, PolicyAction.CONFIRM, actor)


@app.command()
def refuse(stated: Number, actor: ActorOption = None) -> None:
    """Refuse a value that waits.

    Example: [bold]wangge policies refuse 1[/]
    """
    from governance.policies.states import PolicyAction

    _decide(stated, PolicyAction.REFUSE, actor)


def _decide(stated: int, action: str, actor: str | None) -> None:
    from governance.policies import operations
    from governance.policies.states import PolicyAction

    with database() as opened, opened.transaction() as session:
        row = operations.decide(session, stated, PolicyAction(action), actor=local_actor(session, actor))
        told = f"{row.code} = {row.value}: {row.state}, from {local_words(row.effective_from)}"
    console.print(told, highlight=False)
