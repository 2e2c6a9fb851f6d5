"""`reports conceal` and `reveal`: the reporter stays unknown to the units that handle the case, or no longer."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database

_Number = Annotated[str, typer.Argument(help="The report's number.")]


def conceal(number: _Number, actor: ActorOption = None) -> None:
    """Keep who reported from the units that handle the case, from those below and those above them.

    Example: [bold]wangge reports conceal SJ00000012-3[/]
    """
    from governance.cases.protection import confidentiality
    from governance.reports import numbers, queries

    with database() as opened, opened.transaction() as session:
        report_id = queries.current_id(session, numbers.report_id(number))
        queries.require_known(session, [report_id])
        confidentiality.mark(session, report_id, actor=local_actor(session, actor))
    console.print(f"{number}: who reported it is kept from the units that handle it", highlight=False)


def reveal(
    number: _Number,
    reason: Annotated[str, typer.Option(help="Why the reporter need not be kept; stays in the audit.")],
    actor: ActorOption = None,
) -> None:
    """Take the confidential mark of a report away.

    Example: [bold]wangge reports reveal SJ00000012-3 --reason 本人同意公开[/]
    """
    from governance.cases.protection import confidentiality
    from governance.reports import numbers, queries

    with database() as opened, opened.transaction() as session:
        report_id = queries.current_id(session, numbers.report_id(number))
        confidentiality.unmark(session, report_id, reason=reason, actor=local_actor(session, actor))
    console.print(f"{number}: not confidential any more", highlight=False)


def add_to(app: typer.Typer) -> None:
    """Make these commands of `reports`."""
    app.command("conceal")(conceal)
    app.command("reveal")(reveal)
