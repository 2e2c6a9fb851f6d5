"""Office forms of cases in the terminal: numbered once, written as PDF, Word or a page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from cli.languages import LanguageOption, users_language
from cli.printing import JsonOption, Listing
from cli.refusals import refusal

Number = Annotated[str, typer.Argument(help="Number of the case, which is its report's.")]


def form(
    number: Number,
    kind: Annotated[str, typer.Argument(help="assignment, supervision, return, closing or call-back.")],
    output: Annotated[Path, typer.Option(dir_okay=False, help="Where it goes: .pdf, .docx or .html by its name.")],
    step: Annotated[
        int | None, typer.Option(min=1, help="Number of the step it is about; the latest of its kind if left out.")
    ] = None,
    language: LanguageOption = None,
    actor: ActorOption = None,
) -> None:
    """Give an office form of a case its number, once, and write it; the same form keeps its number.

    Example: [bold]wangge cases form SJ2607000731-4 assignment --output form.pdf[/]
    """
    from core.personal import masked_text
    from core.settings import Settings
    from governance.cases.forms import operations, queries
    from governance.cases.forms.rules import checked_kind
    from governance.reports import sensitivity
    from governance.reports.numbers import report_id
    from governance.reports.queries import current_id
    from grids.boundaries.queries import layer_name
    from identity.grants import EVERYTHING
    from presentation.prints.office_form import form_html, form_pdf, sheet_of
    from presentation.prints.office_form_word import form_word

    ending = output.suffix.lower()
    if ending not in {".pdf", ".docx", ".html"}:
        raise refusal("the name ends in {forms}", values={"forms": [".pdf", ".docx", ".html"]}, option="--output")
    wanted = checked_kind(kind)
    with database() as opened, opened.transaction() as session:
        case_id = current_id(session, report_id(number))
        row, _ = operations.issue_form(
            session, case_id, wanted, step=step, reach=EVERYTHING, actor=local_actor(session, actor)
        )
        view = queries.form(session, case_id, wanted, step=row.step, reach=EVERYTHING)
        hidden = bool(sensitivity.marks_of(session, [case_id]))
        layer = layer_name(session, Settings().default_layer)
        told = f"{wanted} {row.year}-{row.serial} of {view.number} written to {output}"
    texts = {
        name: sensitivity.HIDDEN if hidden else masked_text(getattr(view, name))
        for name in ("description", "address", "reason", "opinion")
    }
    sheet = sheet_of(view, texts, layer_name=layer, language=language or users_language())
    if ending == ".html":
        output.write_text(form_html(sheet), encoding="utf-8")
    else:
        output.write_bytes(form_pdf(sheet) if ending == ".pdf" else form_word(sheet))
    console.print(told, highlight=False)


def forms(number: Number, as_json: JsonOption = False) -> None:
    """List the numbered office forms of a case.

    Example: [bold]wangge cases forms SJ2607000731-4[/]
    """
    from governance.cases.forms import queries
    from governance.reports.numbers import report_id
    from governance.reports.queries import current_id
    from identity.grants import EVERYTHING

    rows = Listing(kind="kind", year="year", serial="no.", step="step", issued_at="numbered", issued_by="by")
    with database() as opened, opened.snapshot() as session:
        for one in queries.forms_of(session, current_id(session, report_id(number)), reach=EVERYTHING):
            rows.add(one.kind, one.year, one.serial, one.step, one.issued_at, one.issued_by)
    rows.print(as_json=as_json)


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("form")(form)
    app.command("forms")(forms)
