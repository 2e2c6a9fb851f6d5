"""Results in files: the sheet of a unit or person, and the archive of frozen results."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from cli.languages import LanguageOption, users_language
from cli.refusals import refusal
from governance.assessment.states import Grouping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from governance.assessment.tables import AssessmentRun

Number = Annotated[int, typer.Argument(min=1, help="Number of the results.")]
ByOption = Annotated[Grouping, typer.Option(help="Among whom.")]
GroupingArgument = Annotated[Grouping, typer.Argument(help="unit or person.")]


def sheet(
    number: Number,
    grouping: GroupingArgument,
    subject: Annotated[str, typer.Argument(help="Code of the unit, or number of the person.")],
    output: Annotated[Path, typer.Option(dir_okay=False, help="Where it goes: .pdf or .html by its name.")],
    language: LanguageOption = None,
) -> None:
    """Write the results of a unit or person as one sheet, to be seen and signed.

    Example: [bold]wangge assessment sheet 1 unit 410106003 --output sheet.pdf[/]
    """
    from core.settings import Settings
    from governance.assessment import queries
    from governance.assessment.result_sheets import result_sheet
    from grids.boundaries.queries import layer_name
    from presentation.prints.result_sheet import result_html, result_pdf

    if output.suffix not in {".pdf", ".html"}:
        raise refusal("the name ends in {forms}", values={"forms": [".pdf", ".html"]}, option="--output")
    with database() as opened, opened.snapshot() as session:
        run = queries.visible_run(session, number, sees_all=True)
        found = result_sheet(session, run, grouping, subject)
        layer = layer_name(session, Settings().default_layer)
        page = result_html(found, layer_name=layer, language=language or users_language())
    output.write_bytes(page.encode() if output.suffix == ".html" else result_pdf(page))
    console.print(f"results {number} of {subject} written to {output}", highlight=False)


def archive(
    number: Number,
    output: Annotated[Path, typer.Option(dir_okay=False, help="Where it goes, a ZIP file.")],
) -> None:
    """Write frozen results with all that was counted as a ZIP file that lists the digests of its parts.

    Example: [bold]wangge assessment archive 1 --output 2026-06.zip[/]
    """
    from governance.assessment import queries
    from governance.assessment.archive import write_archive

    with database() as opened, opened.snapshot() as session, output.open("wb") as into:
        run = queries.visible_run(session, number, sees_all=True)
        files = len(write_archive(session, run, into, pages=lambda: _pages(session, run)))
    console.print(f"[bold]{files}[/] files written to {output}", highlight=False)


def table(
    output: Annotated[Path, typer.Option(dir_okay=False, help="Where it goes: .csv, .xlsx or .parquet by its name.")],
    by: ByOption = Grouping.UNIT,
    by_category: Annotated[bool, typer.Option("--by-category", help="A row for each category too.")] = False,
) -> None:
    """Write published results as a table: indicator, subject, period, category.

    Example: [bold]wangge assessment table --output values.xlsx[/]
    """
    from governance.assessment.tabulating import TableFilter, TableForm, written
    from governance.assessment.tabulating import table as tabulated

    ending = output.suffix.removeprefix(".")
    if ending not in set(TableForm) - {TableForm.JSON}:
        raise refusal("the name ends in {forms}", values={"forms": [".csv", ".xlsx", ".parquet"]}, option="--output")
    with database() as opened, opened.snapshot() as session:
        rows = tabulated(session, TableFilter(grouping=by, by_category=by_category))
    output.write_bytes(written(rows, TableForm(ending)))
    count = len(rows)
    console.print(f"[bold]{count}[/] rows written to {output}", highlight=False)


def sample(
    number: Number,
    size: Annotated[int, typer.Option(min=1, max=1000, help="So many cases.")],
    actor: ActorOption = None,
) -> None:
    """Draw closed cases of frozen results to be back-checked, by a seed that nobody chooses.

    Example: [bold]wangge assessment sample 1 --size 30[/]
    """
    from governance.assessment.samples import operations
    from governance.reports.numbers import report_number

    with database() as opened, opened.transaction() as session:
        row = operations.draw_sample(session, number, size, actor=local_actor(session, actor))
        made, seed, cases = row.id, row.seed, [report_number(one) for one in row.cases]
    count = len(cases)
    console.print(f"sample [bold]{made}[/]: {count} cases, seed {seed}", highlight=False)
    for one in cases:
        console.print(one, highlight=False)


def _pages(session: Session, run: AssessmentRun) -> Iterator[tuple[str, bytes]]:
    """Yield the sheets of all units and persons as pages."""
    from core.settings import Settings
    from governance.assessment.result_sheets import result_sheet, subjects
    from grids.boundaries.queries import layer_name
    from presentation.prints.result_sheet import result_html

    layer = layer_name(session, Settings().default_layer)
    for grouping in (Grouping.UNIT, Grouping.PERSON):
        for subject in subjects(session, run, grouping):
            page = result_html(result_sheet(session, run, grouping, subject), layer_name=layer)
            yield f"sheets/{grouping}-{subject}.html", page.encode()


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("sheet")(sheet)
    app.command("archive")(archive)
    app.command("table")(table)
    app.command("sample")(sample)
