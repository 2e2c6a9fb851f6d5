"""`appeals`: contest something that was counted, answer, decide, and list appeals."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from cli.instants import local_words
from cli.printing import JsonOption, Listing
from core import clock
from governance.assessment.appeals.states import AppealAction, Ground
from governance.assessment.states import Counted

app = typer.Typer(
    help="Appeals against results: both sides are heard, another person decides.", no_args_is_help=True,
    rich_markup_mode="rich",
)  # fmt: skip
Number = Annotated[int, typer.Argument(min=1, help="Number of the appeal.")]
CountedArgument = Annotated[Counted, typer.Argument(help="What was counted.")]
GroundOption = Annotated[Ground, typer.Option(help="Why it is contested.")]
DecisionArgument = Annotated[AppealAction, typer.Argument(help="grant or refuse.")]


@app.command()
def file(
    assessment: Annotated[int, typer.Argument(min=1, help="Number of the results.")],
    counted: CountedArgument,
    case: Annotated[str, typer.Argument(help="Number of the case.")],
    step: Annotated[int, typer.Argument(min=1, help="The step that began it, as the evidence lists it.")],
    text: Annotated[str, typer.Option(help="Why, in words.")],
    evidence: Annotated[list[str], typer.Option(help="A document, attachment or place; repeatable.")],
    ground: GroundOption = Ground.FACTS,
    actor: ActorOption = None,
) -> None:
    """Contest something that was counted, for the unit or person that it counts for.

    Example: [bold]wangge appeals file 1 handlings SJ2607000731-4 5 --text 非本单位职责 --evidence 三定方案[/]
    """
    from governance.assessment.appeals import operations, rules
    from governance.reports.numbers import report_id
    from governance.reports.queries import current_id

    with database() as opened, opened.transaction() as session:
        given = rules.AppealIn(
            counted=counted, case_id=current_id(session, report_id(case)), step=step, ground=ground, words=text,
            evidence=evidence,
        )  # fmt: skip
        row = operations.file(session, assessment, given, actor=local_actor(session, actor), any_unit=True)
        number, due = row.id, local_words(row.due_at)
    console.print(f"appeal [bold]{number}[/] is filed, to be decided until {due}", highlight=False)


@app.command()
def answer(
    number: Number,
    text: Annotated[str, typer.Argument(help="What the other side says.")],
    actor: ActorOption = None,
) -> None:
    """Write what the other side says; without it nothing is decided.

    Example: [bold]wangge appeals answer 1 派遣记录与照片可核对 --actor 刘洋[/]
    """
    from governance.assessment.appeals import operations

    with database() as opened, opened.transaction() as session:
        operations.answer(session, number, text, actor=local_actor(session, actor))
    console.print(f"appeal [bold]{number}[/] is answered", highlight=False)


@app.command()
def decide(
    action: DecisionArgument,
    number: Number,
    reason: Annotated[str, typer.Option(help="Why.")],
    actor: ActorOption = None,
) -> None:
    """Grant or refuse an appeal, as who neither filed nor answered it; a granted one computes the results anew.

    Example: [bold]wangge appeals decide grant 1 --reason 属实 --actor 陈静[/]
    """
    from governance.assessment.appeals import operations

    with database() as opened, opened.transaction() as session:
        state = operations.decide(session, number, action, reason, actor=local_actor(session, actor)).state
    console.print(f"appeal [bold]{number}[/] is {state}", highlight=False)


@app.command()
def withdraw(number: Number, actor: ActorOption = None) -> None:
    """Take an appeal back before it is decided.

    Example: [bold]wangge appeals withdraw 1[/]
    """
    from governance.assessment.appeals import operations

    with database() as opened, opened.transaction() as session:
        state = operations.withdraw(session, number, actor=local_actor(session, actor), any_unit=True).state
    console.print(f"appeal [bold]{number}[/] is {state}", highlight=False)


@app.command("list")
def list_(as_json: JsonOption = False) -> None:
    """List appeals, the latest first.

    Example: [bold]wangge appeals list[/]
    """
    from governance.assessment.appeals import queries
    from governance.reports.numbers import report_number

    rows = Listing(
        number="no.", assessment="results", counted="counted", case="case", step="step", unit="unit", ground="ground",
        state="state", due_at="due", decided_by="decided by",
    )  # fmt: skip
    with database() as opened, opened.snapshot() as session:
        for one in queries.appeals(session, person=None, now=clock.now(), limit=10_000):
            rows.add(
                one.id, one.run_id, one.counted, report_number(one.case_id), one.step, one.unit_code, one.ground,
                one.state, one.due_at, one.decided_by,
            )  # fmt: skip
    rows.print(as_json=as_json)
