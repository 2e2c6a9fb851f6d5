"""The boundary desk in the terminal: `boundaries draft|edit|facts|undo|check-draft|repair|preview|…`.

Whoever acts here is a principal behind an API key (`--key`, or WANGGE_KEY), with the same roles as over HTTP: the
author of a draft can never approve it.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

from cli import grid_workers
from cli.cluster import console
from cli.context import database
from core.roles import Scope
from core.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from core.security import Principal
    from grids.change_sets.operations import Edited

out = Console()
Key = Annotated[str, typer.Option(envvar="WANGGE_KEY", help="API key of the person who acts.", show_default=False)]
Draft = Annotated[int, typer.Argument(help="Number of the change set.", min=1)]
To = Annotated[Path | None, typer.Option("--to", help="File to write.")]


@contextmanager
def acting(key: str, scope: Scope) -> Iterator[tuple[Session, Principal]]:
    """Give the transaction of a person who may act so."""
    from core.security import Keyring

    with database() as opened:
        (who := Keyring(opened).authenticate(key)).require(scope)
        with opened.transaction() as session:
            yield session, who


def draft(
    layer: Annotated[str, typer.Argument(help="Layer.")],
    title: Annotated[str, typer.Option(help="What it is about.")],
    key: Key,
) -> None:
    """Open a draft on top of the layer's latest release.

    Example: [bold]wangge boundaries draft admin --title 新安路街道调整 --key $WANGGE_KEY[/]
    """
    from grids.boundaries import queries as registry
    from grids.change_sets import operations

    with acting(key, Scope.BOUNDARIES_EDIT) as (session, who):
        found = registry.get_layer(session, layer)
        change_set = operations.open_draft(session, layer=found, title=title, author=who.name)
        out.print(f"change set [bold]{change_set.id}[/] is open")


def drafts(
    key: Key,
    layer: Annotated[str | None, typer.Option(help="Only this layer.")] = None,
) -> None:
    """List change sets, latest first.

    Example: [bold]wangge boundaries drafts --layer admin[/]
    """
    from grids.boundaries import queries as registry
    from grids.change_sets import queries

    table = Table("no.", "title", "state", "base", "author", "edits")
    with acting(key, Scope.REPORTS_READ) as (session, _):
        wanted = None if layer is None else registry.get_layer(session, layer)
        for found in queries.list_change_sets(session, layer=wanted):
            base, edits = queries.base_of(session, found).number, len(queries.edits(session, found))
            table.add_row(str(found.id), found.title, found.state, str(base), found.author, str(edits))
    out.print(table)


def edit(
    change_set: Draft,
    verb: Annotated[str, typer.Argument(help="split, merge, transfer, reshape, create, retire or recut.")],
    key: Key,
    codes: Annotated[list[str] | None, typer.Option("--code", help="Area, repeatable, in the verb's order.")] = None,
    geometry: Annotated[Path | None, typer.Option(help="GeoJSON geometry or feature, WGS 84.", exists=True)] = None,
    into: Annotated[str | None, typer.Option(help="merge, retire: the area that takes the land.")] = None,
    new_codes: Annotated[list[str] | None, typer.Option("--new-code", help="Else the next numbers.")] = None,
    parent: Annotated[str | None, typer.Option(help="create: the parent.")] = None,
    name: Annotated[str | None, typer.Option(help="Name of the new area.")] = None,
) -> None:
    """Carry out one edit; says which areas it left different.

    Example: [bold]wangge boundaries edit 1 split --code 410106003001004 --geometry cut.geojson[/]
    """
    from grids.change_sets import operations
    from grids.change_sets.rules.verbs import Deed

    deed = Deed(
        verb=verb,
        codes=tuple(codes or ()),
        into=into,
        geometry=None if geometry is None else _read(geometry),
        new_codes=tuple(new_codes or ()),
        parent_code=parent,
        name=name,
    )
    with acting(key, Scope.BOUNDARIES_EDIT) as (session, who):
        _print_edited(operations.edit(session, change_set_id=change_set, deed=deed, actor=who.name))


def facts(
    change_set: Draft,
    code: Annotated[str, typer.Argument(help="Area.")],
    key: Key,
    sets: Annotated[
        list[str], typer.Option("--set", help="fact=value: name, code, parent_code, unit_code, unit_name.")
    ],
) -> None:
    """Rename, recode, give to another parent or unit.

    Example: [bold]wangge boundaries facts 1 410106003001004 --set name=南苑网格 --set unit_code=410106003001[/]
    """
    from grids.change_sets import operations

    values = dict(pair.partition("=")[::2] for pair in sets)
    with acting(key, Scope.BOUNDARIES_EDIT) as (session, who):
        done = operations.assign_facts(session, change_set_id=change_set, code=code, facts=values, actor=who.name)
        _print_edited(done)


def undo(change_set: Draft, key: Key) -> None:
    """Take back the latest edit.

    Example: [bold]wangge boundaries undo 1[/]
    """
    from grids.change_sets import operations

    with acting(key, Scope.BOUNDARIES_EDIT) as (session, who):
        done = operations.undo(session, change_set_id=change_set, actor=who.name)
        out.print(f"change set {done.id} is at version {done.version}")


def check_draft(change_set: Draft, key: Key, to: To = None) -> None:
    """Check the whole layer as the draft has it; `--to` writes the defects as GeoJSON. Exit code 1 when one blocks.

    Example: [bold]wangge boundaries check-draft 1 --to defects.geojson[/]
    """
    from grids.change_sets import operations

    with acting(key, Scope.REPORTS_READ) as (session, _):
        report = operations.check(session, change_set_id=change_set)
    for defect in report.defects[:20]:
        out.print(f"[{'red' if defect.severity == 'blocks' else 'yellow'}]{defect.severity}[/] {defect.message_zh}")
    out.print(f"{len(report.defects)} defects in {report.areas_checked} areas")
    if to is not None:
        to.write_bytes(orjson.dumps(report.as_feature_collection()))
    raise typer.Exit(int(report.blocks))


def repair(
    change_set: Draft,
    key: Key,
    take: Annotated[list[str] | None, typer.Option("--take", help="Key of a proposal; repeatable.")] = None,
    take_all: Annotated[bool, typer.Option("--take-all", help="Take the preferred proposal of every defect.")] = False,
) -> None:
    """Show repair proposals with the ground they move; take those named.

    Example: [bold]wangge boundaries repair 1[/]   then   [bold]wangge boundaries repair 1 --take gap-1a2b3c4d5e/1[/]
    """
    from grids.change_sets import operations

    if take or take_all:
        with acting(key, Scope.BOUNDARIES_EDIT) as (session, who):
            keys = None if take_all else take
            _print_edited(operations.repair(session, change_set_id=change_set, keys=keys, actor=who.name))
        return
    table = Table("key", "defect", "repair", "moves m²")
    with acting(key, Scope.REPORTS_READ) as (session, _):
        for offer in operations.offers(session, change_set_id=change_set):
            moved = f"{offer.repair.moved_m2:,.1f}"
            table.add_row(offer.key, offer.defect.message_zh, offer.repair.title_zh, moved)
    out.print(table)


def preview(change_set: Draft, key: Key, to: To = None) -> None:
    """Tell what publishing would do; `--to` writes a map (.html) or a one-page print (.pdf).

    Example: [bold]wangge boundaries preview 1 --to impact.html[/]
    """
    from api.maps import boundary_pages, impact_sheet
    from governance.boundary_changes import operations

    with acting(key, Scope.REPORTS_READ) as (session, who):
        found = operations.preview(session, change_set_id=change_set, reader=who)
        impact = found.impact
        out.print(
            f"{len(impact.areas)} areas; of {impact.examined} reports of a year {impact.year_moved} change their area, "
            f"{impact.open_moved} of them open; {len(impact.units)} units gain or lose"
        )
        for change in impact.areas[:20]:
            gain, loss = f"+{change.gained_m2:,.0f}", f"−{change.lost_m2:,.0f} m²"
            out.print(f"  {change.kind:8} {change.code} {change.name}  {gain} {loss}")
        grid_workers.print_workers(impact)
        if to is not None:
            write = impact_sheet.impact_print if to.suffix == ".pdf" else boundary_pages.impact_page
            to.write_bytes(write(found))
            console.print(f"wrote {to}")


def propose(
    change_set: Draft,
    parent: Annotated[str, typer.Argument(help="Community or street.")],
    k: Annotated[int, typer.Argument(help="How many grids.", min=1)],
    key: Key,
    load: Annotated[str, typer.Option(help="households or reports.")] = "households",
    seed: Annotated[int, typer.Option(min=0)] = 0,
    take: Annotated[bool, typer.Option("--take", help="Take it into the draft.")] = False,
    to: To = None,
) -> None:
    """Propose balanced, compact grids beside today's; `--to` writes the map.

    Example: [bold]wangge boundaries propose 1 410106003001 5 --to redesign.html[/]
    """
    from api.maps import boundary_pages
    from governance.boundary_changes.operations import points_of_last_year
    from grids.change_sets import operations

    with acting(key, Scope.BOUNDARIES_EDIT) as (session, who):
        points = points_of_last_year(session, change_set_id=change_set) if load == "reports" else None
        found = operations.propose(session, change_set_id=change_set, parent_code=parent, k=k, points=points, seed=seed)
        if take:
            _print_edited(operations.take(session, change_set_id=change_set, redesign=found, actor=who.name))
    table = Table("", "grids", "imbalance", "compactness", "inner borders km")
    for words, m in (("today", found.before), ("proposed", found.after)):
        table.add_row(
            words, str(len(m.loads)), f"{m.imbalance:.0%}", f"{m.compactness.mean():.2f}", f"{m.border_m / 1e3:.1f}"
        )
    out.print(table)
    out.print(f"{found.cut_on_roads:.0%} of the new borders follow roads; a load of {found.moved_load:,.0f} would move")
    if to is not None:
        to.write_bytes(boundary_pages.redesign_page(found))
        console.print(f"wrote {to}")


def submit(change_set: Draft, key: Key) -> None:
    """Hand a draft in for approval.

    Example: [bold]wangge boundaries submit 1[/]
    """
    from grids.change_sets import operations

    with acting(key, Scope.BOUNDARIES_EDIT) as (session, who):
        out.print(f"{operations.submit(session, change_set_id=change_set, actor=who.name).state}")


def approve(change_set: Draft, key: Key) -> None:
    """Approve a submitted draft; never by anyone who worked on it.

    Example: [bold]wangge boundaries approve 1 --key $APPROVERS_KEY[/]
    """
    from grids.change_sets import operations

    with acting(key, Scope.BOUNDARIES_APPROVE) as (session, who):
        out.print(f"{operations.approve(session, change_set_id=change_set, actor=who.name).state}")


def publish(change_set: Draft, key: Key) -> None:
    """Publish an approved draft as a release.

    Example: [bold]wangge boundaries publish 1 --key $APPROVERS_KEY[/]
    """
    from grids.change_sets import operations

    with acting(key, Scope.BOUNDARIES_APPROVE) as (session, who):
        done = operations.publish_change_set(
            session, change_set_id=change_set, actor=who.name, lead_s=Settings().release_lead_s
        )
        out.print(f"release [bold]{done.release.number}[/], effective {done.release.effective_at.isoformat()}")


def lineage(
    layer: Annotated[str, typer.Argument(help="Layer.")],
    code: Annotated[str, typer.Argument(help="Area.")],
) -> None:
    """Tell what an area became and what it came from.

    Example: [bold]wangge boundaries lineage admin 410106003001004[/]
    """
    from grids.boundaries import queries as registry
    from grids.change_sets import queries

    table = Table("release", "from", "to", "of from", "of to")
    with database() as opened, opened.snapshot() as session:
        found = registry.get_layer(session, layer)
        for backwards in (True, False):
            for s in queries.lineage(session, found, code, backwards=backwards):
                table.add_row(
                    str(s.release_number), s.predecessor, s.successor, f"{s.share_of_predecessor:.1%}",
                    f"{s.share_of_successor:.1%}",
                )  # fmt: skip
    out.print(table)


def disputes(
    layer: Annotated[str, typer.Argument(help="Layer.")],
    key: Key,
    days: Annotated[int, typer.Option(min=1, help="How far back to look.")] = 365,
    to: To = None,
) -> None:
    """List borders in doubt, the most contested first; `--to` writes the map.

    Example: [bold]wangge boundaries disputes admin --to disputes.html[/]
    """
    from api.maps import boundary_pages
    from governance.boundary_changes import operations

    with acting(key, Scope.REPORTS_READ) as (session, _):
        found = operations.disputes(session, layer=layer, days=days)
    table = Table("between", "and", "ambiguous", "moved by a person")
    for dispute in found[:30]:
        table.add_row(dispute.one, dispute.other, str(dispute.ambiguous), str(dispute.moved))
    out.print(table)
    if to is not None:
        to.write_bytes(boundary_pages.disputes_page(layer, found))
        console.print(f"wrote {to}")


COMMANDS: dict[str, Any] = {
    "draft": draft, "drafts": drafts, "edit": edit, "facts": facts, "undo": undo, "check-draft": check_draft,
    "repair": repair, "preview": preview, "propose": propose, "submit": submit, "approve": approve,
    "publish": publish, "handovers": grid_workers.handovers, "lineage": lineage, "disputes": disputes,
}  # fmt: skip


def add_to(app: typer.Typer) -> None:
    """Add the desk's commands to the `boundaries` ones."""
    app.add_typer(grid_workers.app, name="workers")
    for name, command in COMMANDS.items():
        app.command(name)(command)


def _read(path: Path) -> Any:  # noqa: ANN401 (shapely's own)
    import shapely

    try:
        value = orjson.loads(path.read_bytes())
        if value.get("type") == "FeatureCollection":
            value = value["features"][0]
        return shapely.from_geojson(orjson.dumps(value["geometry"] if value.get("type") == "Feature" else value))
    except (orjson.JSONDecodeError, KeyError, IndexError, AttributeError, shapely.errors.GEOSException) as error:
        raise typer.BadParameter(f"{path} is no GeoJSON geometry") from error


def _print_edited(done: Edited) -> None:
    for code, record in sorted(done.after.items()):
        out.print(f"  {code}  [red]retired[/]" if record is None else f"  {code}  {record.level}  {record.name}")
    out.print(f"change set {done.change_set.id}, edit {done.number}, version {done.change_set.version}")
