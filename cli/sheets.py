"""`sheets`: forms and sheets of the dimensions that people score in part."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from cli.printing import JsonOption, Listing
from governance.assessment.sheets.states import Dimension, SheetAction
from governance.assessment.states import IndicatorAction

app = typer.Typer(
    help="Sheets: dimensions that people score in part, with evidence and a second look.", no_args_is_help=True,
    rich_markup_mode="rich",
)  # fmt: skip
Number = Annotated[int, typer.Argument(min=1, help="Number of the sheet.")]
DecisionArgument = Annotated[IndicatorAction, typer.Argument(help="confirm or refuse.")]
DimensionArgument = Annotated[Dimension, typer.Argument(help="Which dimension.")]
ActionArgument = Annotated[SheetAction, typer.Argument(help="confirm or send_back.")]
Actor = ActorOption


@app.command()
def propose(
    path: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="JSON with a list of forms.")],
    actor: Actor = None,
) -> None:
    """Propose the forms of a file; each counts once a second person confirms it.

    Example: [bold]wangge sheets propose data/assessment/sheets.json --actor 刘洋[/]
    """
    from governance.assessment.sheets import operations
    from governance.assessment.sheets.files import read_forms

    given = read_forms(path.read_bytes())
    with database() as opened, opened.transaction() as session:
        by = local_actor(session, actor)
        for one in given:
            row = operations.propose_form(
                session, one.dimension, one.items, valid_from=one.valid_from, source=one.source, actor=by
            )
            number, dimension, version = row.id, row.dimension, row.version
            console.print(f"form [bold]{number}[/]: {dimension} version {version} is proposed", highlight=False)


@app.command()
def decide(
    action: DecisionArgument,
    numbers: Annotated[list[int], typer.Argument(help="Numbers of the proposed forms.")],
    actor: Actor = None,
) -> None:
    """Confirm or refuse proposed forms, as a second person.

    Example: [bold]wangge sheets decide confirm 1 2 3 --actor 陈静[/]
    """
    from governance.assessment.sheets import operations

    with database() as opened, opened.transaction() as session:
        by = local_actor(session, actor)
        for number in numbers:
            state = operations.decide_form(session, number, action, actor=by).state
            console.print(f"form [bold]{number}[/] is {state}", highlight=False)


@app.command("open")
def open_(
    dimension: DimensionArgument,
    unit: Annotated[str, typer.Argument(help="Code of the unit.")],
    period: Annotated[str, typer.Argument(help="A month (2026-06).")],
    actor: Actor = None,
) -> None:
    """Open the sheet of a unit and month.

    Example: [bold]wangge sheets open dispatching 410106003 2026-06[/]
    """
    from governance.assessment.rules import days_of
    from governance.assessment.sheets import operations

    with database() as opened, opened.transaction() as session:
        row = operations.open_sheet(session, dimension, unit, *days_of(period), actor=local_actor(session, actor))
        number, state = row.id, row.state
    console.print(f"sheet [bold]{number}[/] is {state}", highlight=False)


@app.command()
def score(
    number: Number,
    path: Annotated[
        Path | None, typer.Argument(exists=True, dir_okay=False, help="JSON with the scores; none: all is counted.")
    ] = None,
    actor: Actor = None,
) -> None:
    """Score a sheet; seats, roll-calls and tasks are counted.

    Example: [bold]wangge sheets score 1 scores.json --actor 刘洋[/]
    """
    from governance.assessment.sheets import operations
    from governance.assessment.sheets.files import read_scores

    given = [] if path is None else read_scores(path.read_bytes())
    with database() as opened, opened.transaction() as session:
        row = operations.score(session, number, given, actor=local_actor(session, actor))
        points, most = row.points, row.most
    console.print(f"sheet [bold]{number}[/]: {points} of {most} points", highlight=False)


@app.command()
def act(action: ActionArgument, number: Number, actor: Actor = None) -> None:
    """Confirm a scored sheet as a second person, or send it back.

    Example: [bold]wangge sheets act confirm 1 --actor 陈静[/]
    """
    from governance.assessment.sheets import operations

    with database() as opened, opened.transaction() as session:
        state = operations.look_again(session, number, action, actor=local_actor(session, actor)).state
    console.print(f"sheet [bold]{number}[/] is {state}", highlight=False)


@app.command("list")
def list_(as_json: JsonOption = False) -> None:
    """List sheets, the latest first.

    Example: [bold]wangge sheets list[/]
    """
    from governance.assessment.sheets import queries

    rows = Listing(
        number="no.", dimension="dimension", unit="unit", first_day="from", until_day="until", state="state",
        points="points", most="of", scored_by="scored by", confirmed_by="confirmed by",
    )  # fmt: skip
    with database() as opened, opened.snapshot() as session:
        for one in queries.sheets(session, sees_all=True, limit=10_000):
            got, most = (None if value is None else str(value) for value in (one.points, one.most))
            rows.add(
                one.id, queries.form(session, one.form_id).dimension, one.unit_code, one.first_day, one.until_day,
                one.state, got, most, one.scored_by, one.confirmed_by,
            )  # fmt: skip
    rows.print(as_json=as_json)


@app.command()
def show(number: Number, as_json: JsonOption = False) -> None:
    """Show what each item of a sheet got, and by what that is shown.

    Example: [bold]wangge sheets show 1[/]
    """
    from governance.assessment.sheets import queries

    rows = Listing(
        item="item", points="points", numerator="numerator", denominator="denominator", words="words",
        evidence="evidence",
    )  # fmt: skip
    with database() as opened, opened.snapshot() as session:
        for one in queries.scores_of(queries.sheet(session, number, sees_all=True)):
            points = None if one.points is None else str(one.points)
            rows.add(one.item, points, one.numerator, one.denominator, one.words, ", ".join(one.evidence))
    rows.print(as_json=as_json)
