"""`quick-notes`: list quick notes, print a worker's daily log, let a note become a case, state the back-fill."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from cli.languages import LanguageOption, users_language
from cli.printing import JsonOption, Listing

app = typer.Typer(
    help="Quick notes: small matters that workers solved on the spot.", no_args_is_help=True, rich_markup_mode="rich"
)


@app.command("list")
def list_(
    day: Annotated[str | None, typer.Option(help="Only those of this day.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="So many at most, the latest.")] = 100,
    as_json: JsonOption = False,
) -> None:
    """List quick notes, the latest first.

    Example: [bold]wangge quick-notes list --day 2026-06-02[/]
    """
    from core.instants import read_day
    from core.personal import masked_text
    from governance.quick_notes import queries
    from identity.grants import EVERYTHING

    rows = Listing(
        number="number", source="source", category="category", area="area", author="by", noted_at="when",
        back_filled="back-filled", is_case="case", text="text",
    )  # fmt: skip
    start, behind = (None, None) if day is None else queries.span_of(read_day(day))
    with database() as opened, opened.snapshot() as session:
        found = queries.notes_page(session, reach=EVERYTHING, limit=limit, noted_from=start, noted_before=behind)
    for one in found:
        area = one.area_path[-1] if one.area_path else None
        rows.add(
            one.number, one.source, one.category, area, one.author, one.noted_at, one.is_back_filled, one.is_case,
            masked_text(one.description),
        )  # fmt: skip
    rows.print(as_json=as_json)


@app.command()
def case(
    number: Annotated[str, typer.Argument(help="Number of the quick note.")],
    actor: ActorOption = None,
) -> None:
    """Let a quick note that grew become a case of its number.

    Example: [bold]wangge quick-notes case SJ2607000731-4[/]
    """
    from governance.quick_notes import operations, queries
    from governance.reports.numbers import report_id
    from governance.reports.queries import current_id
    from identity.grants import EVERYTHING

    with database() as opened, opened.transaction() as session:
        note = queries.note(session, current_id(session, report_id(number)), reach=EVERYTHING)
        view, is_new = operations.make_case(session, note, actor=local_actor(session, actor))
    words = "opened" if is_new else "was open already"
    console.print(f"case [bold]{view.number}[/] {words}", highlight=False)


@app.command()
def log(
    person: Annotated[str, typer.Argument(help="Staff number or name of a person who works here.")],
    day: Annotated[str, typer.Argument(help="Day, local time.")],
    output: Annotated[Path, typer.Option(dir_okay=False, help="File to write.")],
    language: LanguageOption = None,
) -> None:
    """Write what a worker did on a day (每日工作情况) as PDF or, by its name's ending, as HTML.

    Example: [bold]wangge quick-notes log CY-1 2026-06-02 --output log.pdf[/]
    """
    from core.instants import read_day
    from core.personal import masked_text
    from core.settings import Settings
    from governance.quick_notes import queries
    from grids.boundaries.queries import layer_name
    from identity.grants import EVERYTHING
    from identity.people.queries import by_words
    from presentation.prints.daily_log import log_html, log_pdf

    with database() as opened, opened.snapshot() as session:
        found = by_words(session, person)
        done = queries.daily_log(session, found.id, found.name or person, read_day(day), reach=EVERYTHING)
        layer = layer_name(session, Settings().default_layer)
    texts = {one.number: masked_text(one.description) for one in done.notes}
    page = log_html(done, texts, layer_name=layer, language=language or users_language())
    output.write_bytes(page.encode() if output.suffix.lower() in {".html", ".htm"} else log_pdf(page))
    console.print(f"{len(done.notes)} quick notes and {len(done.steps)} steps written", highlight=False)


@app.command()
def policy(
    days: Annotated[int, typer.Argument(min=0, max=31, help="Days back.")],
    from_: Annotated[str, typer.Option("--from", help="First day, tomorrow or later.")],
    actor: ActorOption = None,
) -> None:
    """State for how many days back quick notes may be written down (补录), from a day on; two where nothing is stated.

    Example: [bold]wangge quick-notes policy 3 --from 2027-01-01[/]
    """
    from core.instants import read_day
    from governance.quick_notes import operations

    with database() as opened, opened.transaction() as session:
        operations.set_policy(session, valid_from=read_day(from_), days=days, actor=local_actor(session, actor))
    console.print(f"from {from_}: {days} days back", highlight=False)
