"""`reports mark` and `unmark`: marks of reports about minors or somebody's health, whose texts few may read."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from governance.reports.states import Sensitivity  # noqa: TC001 (typer reads it when it runs)

_Number = Annotated[str, typer.Argument(help="The report's number.")]


def mark(
    number: _Number,
    kind: Annotated[list[Sensitivity], typer.Option(help="What makes it sensitive; repeatable.")],
    actor: ActorOption = None,
) -> None:
    """Mark a report as sensitive: few may read its texts from now on, and each reading is audited.

    Example: [bold]wangge reports mark SJ00000012-3 --kind minor[/]
    """
    from governance.reports import numbers, sensitivity
    from identity.grants import EVERYTHING

    with database() as opened, opened.transaction() as session:
        who = local_actor(session, actor)
        marks = sensitivity.mark(session, numbers.report_id(number), kind, reach=EVERYTHING, actor=who)
    console.print(f"{number}: [bold]{', '.join(marks)}[/]", highlight=False)


def unmark(
    number: _Number,
    kind: Annotated[Sensitivity, typer.Option(help="The mark that does not hold.")],
    reason: Annotated[str, typer.Option(help="Why it does not hold; kept in the audit.")],
    actor: ActorOption = None,
) -> None:
    """Take a mark away from a report that is not sensitive.

    Example: [bold]wangge reports unmark SJ00000012-3 --kind health --reason 误标[/]
    """
    from governance.reports import numbers, sensitivity

    with database() as opened, opened.transaction() as session:
        who = local_actor(session, actor)
        report_id = numbers.report_id(number)
        sensitivity.unmark(session, report_id, kind, reason=reason, actor=who)
        marks = sensitivity.marks_of(session, [report_id]).get(report_id, [])
    console.print(f"{number}: [bold]{', '.join(marks) or 'no mark'}[/]", highlight=False)


def add_to(app: typer.Typer) -> None:
    """Make these commands of `reports`."""
    app.command("mark")(mark)
    app.command("unmark")(unmark)
