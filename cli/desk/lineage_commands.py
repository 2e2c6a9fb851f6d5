"""Where areas came from, and the borders in doubt."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.cluster import console
from cli.context import database
from cli.desk.acting import Key, To, acting, out
from cli.languages import FileLanguage  # noqa: TC001 (Typer reads it)
from cli.printing import JsonOption, Listing, Table
from identity.grants import Scope


def lineage(
    layer: Annotated[str, typer.Argument(help="Layer.")],
    code: Annotated[str, typer.Argument(help="Area.")],
    as_json: JsonOption = False,
) -> None:
    """Print what an area became and what it came from.

    Example: [bold]wangge boundaries lineage admin 410106003001004[/]
    """
    from grids.boundaries import queries as registry
    from grids.change_sets import queries

    rows = Listing(
        release="release",
        predecessor="from",
        successor="to",
        share_of_predecessor="of from",
        share_of_successor="of to",
    )
    with database() as opened, opened.snapshot() as session:
        found = registry.get_layer(session, layer)
        for backwards in (True, False):
            for s in queries.lineage(session, found, code, backwards=backwards):
                shares = (s.share_of_predecessor, s.share_of_successor)
                names = ("share_of_predecessor", "share_of_successor")
                shown = {name: f"{share:.1%}" for name, share in zip(names, shares, strict=True)}
                rows.add(s.release_number, s.predecessor, s.successor, *shares, shown=shown)
    rows.print(as_json=as_json, out=out)


def disputes(
    layer: Annotated[str, typer.Argument(help="Layer.")],
    key: Key,
    days: Annotated[int, typer.Option(min=1, help="How far back to look.")] = 365,
    to: To = None,
    language: FileLanguage = "zh",
) -> None:
    """List borders in doubt, the most contested first; `--output` writes the map.

    Example: [bold]wangge boundaries disputes admin --output disputes.html[/]
    """
    from presentation.pages.disputes_page import disputes_page, read_disputes

    with acting(key, Scope.REPORTS_READ) as (session, _):
        view = read_disputes(session, layer=layer, days=days)
    table = Table("between", "and", "ambiguous", "moved by a person")
    for dispute in view.disputes[:30]:
        table.add_row(dispute.one, dispute.other, str(dispute.ambiguous), str(dispute.moved))
    out.print(table)
    if to is not None:
        to.write_bytes(disputes_page(view, language=language))
        console.print(f"wrote {to}")
