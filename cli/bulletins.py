"""`bulletins`: list and show bulletins, draft one, put words to it, release it, and print it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from cli.instants import local_words
from cli.languages import LanguageOption, users_language
from cli.printing import JsonOption, Listing
from cli.refusals import refusal
from governance.bulletins.states import Edition

app = typer.Typer(
    help="Bulletins: what came in, was handled and is overdue, mornings and afternoons.", no_args_is_help=True,
    rich_markup_mode="rich",
)  # fmt: skip
EditionArgument = Annotated[Edition, typer.Argument(help="Which bulletin of the day.")]
Number = Annotated[int, typer.Argument(min=1, help="Number of the bulletin.")]


@app.command("list")
def list_(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="So many at most, the latest.")] = 100,
    as_json: JsonOption = False,
) -> None:
    """List bulletins, the latest first.

    Example: [bold]wangge bulletins list[/]
    """
    from governance.bulletins import queries

    rows = Listing(
        number="no.", day="day", edition="edition", cut_at="cut-off", state="state", came_in="came in",
        closed="closed", in_hand="in hand", overdue="overdue", released_by="released by",
    )  # fmt: skip
    with database() as opened, opened.snapshot() as session:
        for one in queries.bulletins(session, sees_drafts=True, limit=limit):
            told = queries.figures_of(one)
            rows.add(
                one.id, one.day, one.edition, one.cut_at, one.state, told.came_in, told.closed, told.in_hand,
                told.overdue, one.released_by,
            )  # fmt: skip
    rows.print(as_json=as_json)


@app.command()
def show(number: Number, as_json: JsonOption = False) -> None:
    """Show the units of a bulletin: their backlog beside their points.

    Example: [bold]wangge bulletins show 1[/]
    """
    from governance.bulletins import queries

    rows = Listing(
        unit="unit", name="name", in_hand="in hand", overdue="overdue", longest="longest overdue (h)", points="points"
    )
    with database() as opened, opened.snapshot() as session:
        for one in queries.figures_of(queries.bulletin(session, number, sees_drafts=True)).units:
            longest, points = (
                None if value is None else str(value) for value in (one.longest_overdue_hours, one.points)
            )
            rows.add(one.unit_code, one.name, one.in_hand, one.overdue, longest, points)
    rows.print(as_json=as_json)


@app.command()
def draft(
    day: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="Day of the cut-off.")],
    edition: EditionArgument,
    actor: ActorOption = None,
) -> None:
    """Draft a bulletin whose cut-off has passed, however long ago; the worker drafts those of the last day by itself.

    Example: [bold]wangge bulletins draft 2026-07-20 morning[/]
    """
    from governance.bulletins import operations

    with database() as opened, opened.transaction() as session:
        row = operations.draft(session, day.date(), edition, actor=local_actor(session, actor))
        made, state, cut = row.id, row.state, local_words(row.cut_at)
    console.print(f"bulletin [bold]{made}[/]: {state}, cut off at {cut}", highlight=False)


@app.command()
def words(
    number: Number,
    text: Annotated[str, typer.Argument(help="A person's words; an empty text takes them away.")],
    actor: ActorOption = None,
) -> None:
    """Put a person's words to a draft; its figures stay as they were counted.

    Example: [bold]wangge bulletins words 1 请各单位当日清零超期案件。[/]
    """
    from governance.bulletins import operations

    with database() as opened, opened.transaction() as session:
        operations.write_words(session, number, text, actor=local_actor(session, actor))
    console.print(f"words of bulletin [bold]{number}[/] are kept", highlight=False)


@app.command()
def release(number: Number, actor: ActorOption = None) -> None:
    """Release a draft: it is told, and nothing in it changes any more.

    Example: [bold]wangge bulletins release 1[/]
    """
    from governance.bulletins import operations

    with database() as opened, opened.transaction() as session:
        row = operations.release(session, number, actor=local_actor(session, actor))
        digest = row.digest
    console.print(f"bulletin [bold]{number}[/] is released: {digest}", highlight=False)


@app.command("print")
def print_(
    number: Number,
    output: Annotated[
        Path, typer.Option(dir_okay=False, help="Where it goes: .html, .pdf, .docx or .png by its name.")
    ],
    language: LanguageOption = None,
) -> None:
    """Write a bulletin as a page, print, Word document or picture.

    Example: [bold]wangge bulletins print 1 --output bulletin.png[/]
    """
    from core.settings import Settings
    from governance.bulletins import queries
    from governance.bulletins.states import PrintForm
    from grids.boundaries.queries import layer_name
    from presentation.prints.bulletin import sheet_of
    from presentation.prints.bulletin_files import drawn

    ending = output.suffix.lower().removeprefix(".")
    if ending not in set(PrintForm):
        raise refusal("the name ends in {forms}", values={"forms": [f".{one}" for one in PrintForm]}, option="--output")
    with database() as opened, opened.snapshot() as session:
        row = queries.bulletin(session, number, sees_drafts=True)
        layer = layer_name(session, Settings().default_layer)
        sheet = sheet_of(row, queries.figures_of(row), layer_name=layer, language=language or users_language())
    output.write_bytes(drawn(sheet, PrintForm(ending)))
    console.print(f"bulletin {number} written to {output}", highlight=False)
