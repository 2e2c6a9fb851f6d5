"""`tasks`: issue tasks to units, list and show them, and do what is done to one at a unit."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from cli.instants import instant_or_day, local_words
from cli.lines import Console
from cli.printing import JsonOption, Listing, Table
from core import clock

app = typer.Typer(
    help="Tasks: instructions, roll-calls and errands to units.", no_args_is_help=True, rich_markup_mode="rich"
)
Number = Annotated[int, typer.Argument(min=1, help="Number of the task.")]


@app.command()
def issue(
    title: Annotated[str, typer.Argument(help="What is asked, in a line.")],
    unit: Annotated[list[str], typer.Option(help="Code of a unit; repeatable.")],
    due: Annotated[str, typer.Option(help="Deadline: instant or day.")],
    kind: Annotated[str, typer.Option(help="instruction, roll_call or errand.")] = "instruction",
    text: Annotated[str, typer.Option(help="What is asked, in full.")] = "",
    actor: ActorOption = None,
) -> None:
    """Give units an instruction, a roll-call or a passing errand.

    Example: [bold]wangge tasks issue 防汛值守点名 --kind roll_call --unit 410106003 --due 2026-07-20T18:00:00+08:00[/]
    """
    from governance.tasks import operations, rules

    given = rules.TaskIn(kind=rules.checked_kind(kind), title=title, words=text, units=unit, due_at=instant_or_day(due))
    with database() as opened, opened.transaction() as session:
        view = operations.issue(session, given, actor=local_actor(session, actor))
        number, until, units = view.task.id, view.task.due_at, len(view.parts)
    console.print(f"task [bold]{number}[/] issued to {units} units, due {local_words(until)}", highlight=False)


@app.command("list")
def list_(
    unit: Annotated[str | None, typer.Option(help="Only tasks of this unit.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only tasks that are late, or were done late.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="So many at most, the latest.")] = 100,
    as_json: JsonOption = False,
) -> None:
    """List tasks at their units, the latest first.

    Example: [bold]wangge tasks list --overdue[/]
    """
    from core.personal import masked_text
    from governance.tasks import queries

    now = clock.now()
    rows = Listing(
        task="no.", kind="kind", title_="title", unit="unit", state="state", due_at="due", done_at="done",
        reminders="chased", is_overdue="late",
    )  # fmt: skip
    wanted = queries.TaskFilter(unit=unit, overdue_at=now if overdue else None)
    with database() as opened, opened.snapshot() as session:
        for view in queries.tasks_page(session, wanted, now=now, limit=limit):
            for part in view.parts:
                if unit in {None, part.unit_code}:
                    rows.add(
                        view.task.id, view.task.kind, masked_text(view.task.title), part.unit_code, part.state,
                        part.due_at, part.done_at, part.reminders, queries.is_overdue(part, now),
                    )  # fmt: skip
    rows.print(as_json=as_json)


@app.command()
def show(task: Number) -> None:
    """Show a task with its history at all units.

    Example: [bold]wangge tasks show 7[/]
    """
    from core.personal import masked_text
    from governance.tasks import queries

    out, steps = Console(), Table("at", "unit", "what", "to", "by", "text")
    with database() as opened, opened.snapshot() as session:
        view = queries.task(session, task, now=clock.now())
        for one in queries.steps_of(session, task):
            words = masked_text(one.words or "")
            steps.add_row(local_words(one.at), one.unit_code, one.verb, one.led_to, one.actor, words)
        out.print(
            f"{view.task.kind}  {masked_text(view.task.title)}  due {local_words(view.task.due_at)}", highlight=False
        )
    out.print(steps)


@app.command()
def act(
    task: Number,
    unit: Annotated[str, typer.Argument(help="Code of the unit.")],
    verb: Annotated[str, typer.Argument(help="acknowledge, finish, confirm, send_back, remind or withdraw.")],
    text: Annotated[str | None, typer.Option(help="What was done, or why.")] = None,
    actor: ActorOption = None,
) -> None:
    """Do something to a task at a unit; `remind` chases it.

    Example: [bold]wangge tasks act 7 410106003 finish --text 已到岗[/]
    """
    from governance.tasks import operations, rules

    with database() as opened, opened.transaction() as session:
        caller = operations.TaskCaller(local_actor(session, actor), issues=True, any_unit=True)
        part = operations.act_on(session, task, unit, rules.checked_verb(verb), caller=caller, words=text)
        state = part.state
    console.print(f"task [bold]{task}[/] is {state} at {unit}", highlight=False)
