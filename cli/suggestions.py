"""`suggestions`: train models on the own cases, see how they were tested, and what a case or a text speaks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.actors import ActorOption, case_caller, local_actor
from cli.cluster import console
from cli.context import database
from cli.printing import JsonOption, Listing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from governance.suggestions.rules import Suggestion

app = typer.Typer(
    help="Suggestions of category, urgency and danger to life from the text; nothing is set by them.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
Number = Annotated[str, typer.Argument(help="Number of the case, which is its report's.")]


@app.command()
def train(actor: ActorOption = None) -> None:
    """Train the models on the cases there are, and test them against the latest fifth.

    Example: [bold]wangge suggestions train[/]
    """
    from governance.suggestions import operations

    with database() as opened:
        with opened.transaction() as session:
            by = local_actor(session, actor)
        for row in operations.train(opened, actor=by):
            if row.backtest is None:
                told = f"no model: too few {row.lack}"
            else:
                told = f"accuracy {row.backtest['accuracy']:.1%} on {row.backtest['tested']} later cases"
            console.print(f"{row.target} {row.version}: {row.cases} cases, {told}", highlight=False)


@app.command()
def models(
    reliability: Annotated[
        bool, typer.Option("--reliability", help="Instead: stated probability against the share that was right.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List trainings with how they were tested against the time after, the latest first.

    Example: [bold]wangge suggestions models --reliability[/]
    """
    from governance.suggestions import queries

    rows = Listing(
        target="of", version="version", trained_at="trained", cases="cases", lack="lacks", accuracy="accuracy",
        among_three="among three", most_frequent="commonest value", sure="sure", right_when_sure="right when sure",
        calibration_error="calibration error", tested="tested",
    )  # fmt: skip
    bins = Listing(target="of", version="version", cases="cases", stated="stated", right="right")
    with database() as opened, opened.snapshot() as session:
        for one in queries.models(session, limit=100):
            known = one.backtest or {}
            for each in known.get("reliability", ()):
                bins.add(one.target, one.version, each["cases"], each["stated"], each["right"])
            rows.add(
                one.target, one.version, one.trained_at, one.cases, one.lack,
                *(known.get(name) for name in (
                    "accuracy", "among_three", "most_frequent", "sure", "right_when_sure", "calibration_error", "tested"
                )),
            )  # fmt: skip
    (bins if reliability else rows).print(as_json=as_json)


@app.command()
def show(number: Number, as_json: JsonOption = False) -> None:
    """Show what the text of a case speaks for, how probable it is, and which pieces of it speak for it.

    Example: [bold]wangge suggestions show SJ2607000731-4[/]
    """
    from governance.reports.numbers import report_id
    from governance.reports.queries import current_id
    from governance.suggestions import queries
    from identity.grants import EVERYTHING

    with database() as opened, opened.snapshot() as session:
        case_id = current_id(session, report_id(number))
        _print(queries.suggestions_for_case(session, case_id, reach=EVERYTHING), as_json=as_json)


@app.command("try")
def try_(text: Annotated[str, typer.Argument(help="What a caller says.")], as_json: JsonOption = False) -> None:
    """Show what a text speaks for; nothing is kept.

    Example: [bold]wangge suggestions try "rubbish beside the bin"[/]
    """
    from governance.suggestions import queries

    with database() as opened, opened.snapshot() as session:
        _print(queries.suggestions_for(session, text), as_json=as_json)


@app.command()
def danger(
    number: Number,
    yes: Annotated[bool, typer.Option("--yes/--no", help="Whether life is in danger.")],
    actor: ActorOption = None,
) -> None:
    """Mark whether life is in danger in a case; models learn from it, the case stays as it is.

    Example: [bold]wangge suggestions danger SJ2607000731-4 --yes[/]
    """
    from governance.cases.lifecycle.states import TABLE, Verb
    from governance.reports.numbers import report_id
    from governance.reports.queries import current_id
    from governance.suggestions import operations

    with database() as opened, opened.transaction() as session:
        caller = case_caller(session, actor)
        case_id = current_id(session, report_id(number))
        operations.mark_danger(
            session, case_id, danger=yes, reach=caller.reach(TABLE[Verb.OPEN].scope), actor=caller.actor
        )
    console.print(f"{number}: {'life is in danger' if yes else 'no danger to life'}", highlight=False)


def _print(found: Sequence[Suggestion], *, as_json: bool) -> None:
    rows = Listing(
        target="of", value="suggested", probability="probability", doubt="doubt", reasons="because of",
        alternatives="or", model="model",
    )  # fmt: skip
    for one in found:
        rows.add(
            str(one.target), one.value, one.probability, None if one.doubt is None else str(one.doubt),
            list(one.reasons), [f"{other.value} {other.probability:.2f}" for other in one.alternatives], one.model,
        )  # fmt: skip
    rows.print(as_json=as_json)
