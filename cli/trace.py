"""`trace`: tokens with which callers follow their matters, and what such a caller sees."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from cli.instants import local_words
from cli.lines import Console
from cli.printing import Table

app = typer.Typer(
    help="Public trace: what a caller sees of a matter by number and token.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
Number = Annotated[str, typer.Argument(help="Number of the report or case.")]


@app.command()
def token(
    number: Number,
    qr: Annotated[Path | None, typer.Option(dir_okay=False, help="File for the QR code: .svg or .png.")] = None,
    actor: ActorOption = None,
) -> None:
    """Make a token with which the caller of a report follows it; it is shown once.

    Example: [bold]wangge trace token SJ2607000731-4 --qr receipt.svg[/]
    """
    import segno

    from core.settings import Settings
    from governance.public_trace import operations
    from governance.reports.numbers import report_id
    from governance.reports.queries import current_id, require_known

    with database() as opened, opened.transaction() as session:
        report = current_id(session, report_id(number))
        require_known(session, [report])
        made = operations.make_token(session, report, actor=local_actor(session, actor))
    address = Settings().public_url.rstrip("/") or "http://127.0.0.1:8000"
    url = f"{address}/trace#{made.number}:{made.token}"
    if qr is not None:
        segno.make(url, error="m").save(str(qr), scale=4)
    console.print(f"token [bold]{made.token}[/], good until {local_words(made.expires_at)}: {url}", highlight=False)


@app.command()
def show(number: Number, token: Annotated[str, typer.Argument(help="Token of the caller.")]) -> None:
    """Show a matter as its caller sees it.

    Example: [bold]wangge trace show SJ2607000731-4 7K2M-9QXR-41TD[/]
    """
    from governance.public_trace import queries

    with database() as opened, opened.snapshot() as session:
        found = queries.trace(session, queries.by_token(session, number, token))
    out, steps = Console(), Table("at", "what", "unit")
    for one in found.steps:
        steps.add_row(local_words(one.at), str(one.verb), one.unit or "")
    out.print(f"{found.number}  {found.state or 'received'}  {found.category}", highlight=False)
    out.print(steps)
