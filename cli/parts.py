"""`parts`: what several units do of one case: give a part, do something to one, list them."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.actors import ActorOption, case_caller
from cli.cluster import console
from cli.context import database
from cli.instants import local_words
from cli.printing import JsonOption, Listing
from core import clock

app = typer.Typer(
    help="Parts of cases: what several units do of one matter, each with clocks of its own.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
Number = Annotated[str, typer.Argument(help="Number of the case, which is its report's.")]


@app.command()
def give(
    number: Number,
    unit: Annotated[str, typer.Argument(help="Code of the unit.")],
    reason: Annotated[str, typer.Option(help="What the unit is to do.")],
    within: Annotated[
        str, typer.Option(help="Limit for handling, e.g. 2 working_days; the category's if left out.")
    ] = "",
    actor: ActorOption = None,
) -> None:
    """Give a part of a case to a unit beside the one that has the case.

    Example: [bold]wangge parts give SJ2607000731-4 410106-cg --reason 清运建筑垃圾[/]
    """
    from governance.cases.parts import operations
    from governance.cases.parts.rules import PartIn
    from governance.categories.table_files import parsed_limit
    from governance.reports.numbers import report_id
    from governance.reports.queries import current_id

    given = PartIn(unit_code=unit, reason=reason, within=parsed_limit(within.strip(), "within"))
    with database() as opened, opened.transaction() as session:
        case_id = current_id(session, report_id(number))
        row = operations.give(session, case_id, given, caller=case_caller(session, actor))
        part, due_at = row.number, row.due_at
    due = "" if due_at is None else f", due {local_words(due_at)}"
    console.print(f"part [bold]{part}[/] of case {number} is with {unit}{due}", highlight=False)


@app.command()
def act(
    number: Number,
    part: Annotated[int, typer.Argument(min=1, help="Number of the part within the case.")],
    verb: Annotated[
        str,
        typer.Argument(
            help="acknowledge_part, return_part, finish_part, send_back_part, extend_part or withdraw_part."
        ),
    ],
    reason: Annotated[str | None, typer.Option(help="Why.")] = None,
    return_reason: Annotated[str | None, typer.Option(help="wrong_area, wrong_owner, wrong_duty or not_found.")] = None,
    opinion: Annotated[str | None, typer.Option(help="What was found or done.")] = None,
    actor: ActorOption = None,
) -> None:
    """Do something to a part, as its unit or as who dispatches.

    Example: [bold]wangge parts act SJ2607000731-4 1 finish_part --opinion 已清运[/]
    """
    from governance.cases.lifecycle.rules import Act, checked_return_reason
    from governance.cases.lifecycle.states import Verb
    from governance.cases.parts import operations, rules
    from governance.reports.numbers import report_id
    from governance.reports.queries import current_id

    done = rules.checked_verb(verb)
    given = Act(
        verb=Verb(done.value), reason=reason, return_reason=checked_return_reason(return_reason), opinion=opinion
    )  # fmt: skip
    with database() as opened, opened.transaction() as session:
        case_id = current_id(session, report_id(number))
        row = operations.act_on(session, case_id, part, done, given, caller=case_caller(session, actor))
        state = row.state
    console.print(f"part [bold]{part}[/] of case {number} is {state}", highlight=False)


@app.command("list")
def list_(
    unit: Annotated[str | None, typer.Option(help="Only parts at this unit.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only parts with a deadline that is over.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="So many at most, the latest.")] = 100,
    as_json: JsonOption = False,
) -> None:
    """List parts of cases, the latest first.

    Example: [bold]wangge parts list --unit 410106-cg --overdue[/]
    """
    from governance.cases.parts.queries import PartFilter, parts_page
    from governance.reports.numbers import report_number
    from identity.grants import EVERYTHING

    rows = Listing(
        number="number", part="part", unit="unit", state="state", due_at="due", due_step="of", given_at="given",
        ended_at="ended",
    )  # fmt: skip
    wanted = PartFilter(unit=unit, overdue_at=clock.now() if overdue else None)
    with database() as opened, opened.snapshot() as session:
        for one in parts_page(session, wanted, reach=EVERYTHING, limit=limit):
            rows.add(
                report_number(one.case_id), one.number, one.unit_code, one.state, one.due_at, one.due_step,
                one.given_at, one.ended_at,
            )  # fmt: skip
    rows.print(as_json=as_json)
