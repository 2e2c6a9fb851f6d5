"""`boundaries workers`: who works which area, from a file; `boundaries handovers`: how far open matters are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.lines import Console
from cli.printing import JsonOption, Listing
from core import clock
from identity.grants import Scope

if TYPE_CHECKING:
    from governance.boundary_changes.impact import Impact

app = typer.Typer(help="Grid workers: who works which area.", no_args_is_help=True, rich_markup_mode="rich")
out = Console()
Key = Annotated[str, typer.Option(envvar="WANGGE_KEY", help="API key of the person who acts.", show_default=False)]
LayerName = Annotated[str, typer.Option("--layer", "-l", help="Layer of the areas.")]


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(help="CSV: 网格编码, 工号, 姓名 and, if wanted, 单位编码, 起, 止.", exists=True)
    ],
    key: Key,
    layer: LayerName = "admin",
) -> None:
    """State who works the areas that a file names: exactly those in it from now (or their 起) on; other areas stay.

    Example: [bold]wangge boundaries workers import workers.csv --layer admin[/]
    """
    from cli.desk import acting
    from governance.grid_workers import operations, rules
    from grids.boundaries import queries as registry

    appointments = rules.read_csv(file.read_bytes())
    with acting(key, Scope.BOUNDARIES_EDIT) as (session, who):
        done = operations.set_workers(
            session,
            layer=registry.get_layer(session, layer),
            appointments=appointments,
            areas=sorted({one.area_code for one in appointments}),
            actor=who.actor,
        )
    out.print(f"{done.areas} areas: {done.begun} posts begin, {done.ended} end")


@app.command("list")
def list_(
    key: Key,
    layer: LayerName = "admin",
    unit: Annotated[str | None, typer.Option(help="Only this responsible unit.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List who works which area now; names are masked for keys without `workers:read`.

    Example: [bold]wangge boundaries workers list --unit 410106003[/]
    """
    from cli.desk import acting
    from governance.grid_workers import operations, queries, rules
    from grids.boundaries import queries as registry

    rows = Listing(
        area="area",
        area_name="name",
        staff_number="staff no.",
        worker="grid worker",
        unit="unit",
        since="since",
        until="until",
    )
    with acting(key, Scope.REPORTS_READ) as (session, who):
        clear = who.holds(Scope.WORKERS_READ)
        found = registry.get_layer(session, layer)
        posts = queries.posts_at(session, layer_id=found.id, at=clock.now(), unit=unit)
        for post in posts:
            number, name = rules.shown(post.staff_number, post.name, clear=clear)
            span = (post.valid_from, post.valid_to)
            rows.add(post.area_code, post.area_name, number, name, post.unit_name, *span)
        if clear:
            areas = {post.area_code for post in posts}
            operations.audit_read(session, reader=who.actor, layer=layer, areas=areas)
    rows.print(as_json=as_json, out=out)


def handovers(layer: Annotated[str, typer.Argument(help="Layer.")], key: Key, as_json: JsonOption = False) -> None:
    """Print how far open matters are with coming under each release's areas, latest first.

    Example: [bold]wangge boundaries handovers admin[/]
    """
    from cli.desk import acting
    from governance.boundary_changes import queries
    from grids.boundaries import queries as registry

    rows = Listing(
        release="release",
        state="state",
        examined="looked at",
        to_examine="of",
        moved="moved",
        posts_moved="posts moved",
        began="began",
        ended="ended",
    )
    with acting(key, Scope.REPORTS_READ) as (session, _):
        for number, handover in queries.handovers_of(session, layer_id=registry.get_layer(session, layer).id):
            counts = (handover.examined, handover.to_examine, handover.moved, handover.posts_moved)
            rows.add(number, str(handover.state), *counts, handover.started_at, handover.ended_at)
    rows.print(as_json=as_json, out=out)


def print_workers(impact: Impact) -> None:
    """Print the grid workers that a draft concerns, and the areas that would have none."""
    for change in impact.workers[:20]:
        b = change.balance
        out.print(
            f"  {change.worker.unit or '-'} {change.worker.name} {change.worker.number}: "
            f"{', '.join(change.before) or '-'} → {', '.join(change.after) or '-'}  "
            f"+{b.gained_m2:,.0f} −{b.lost_m2:,.0f} m², open +{b.open_gained} −{b.open_lost}"
        )
    if impact.vacant:
        more = " …" if len(impact.vacant) > 10 else ""
        out.print(f"  no grid worker on record: {', '.join(impact.vacant[:10])}{more}")
