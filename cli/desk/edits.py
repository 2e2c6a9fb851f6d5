"""Edits of a draft: the verbs, facts, deliveries and the simulator's proposals."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.boundary_files import CrsOption, EncodingOption, TimeLimitOption, open_uploads
from cli.cluster import console
from cli.desk.acting import Draft, DryRun, Key, To, acting, geometry_of, out, print_defects, print_edited
from cli.languages import FileLanguage, users_language
from cli.layers import RemoveOption, gaps_in
from cli.pairs import MapOption, pairs
from cli.printing import Table
from cli.progress import shown
from identity.grants import Scope
from presentation.words.remarks import remark_in

if TYPE_CHECKING:
    from grids.change_sets.rules.verbs import EditCommand

Geometry = Annotated[Path | None, typer.Option(help="GeoJSON geometry or feature, WGS 84.", exists=True)]
Drawn = Annotated[Path, typer.Option(help="GeoJSON geometry or feature, WGS 84.", exists=True)]


def edit(
    change_set: Draft,
    verb: Annotated[str, typer.Argument(help="split, merge, transfer, reshape, create, retire or recut.")],
    key: Key,
    codes: Annotated[list[str] | None, typer.Option("--code", help="Area, repeatable, in the verb's order.")] = None,
    geometry: Geometry = None,
    into: Annotated[str | None, typer.Option(help="merge, retire: the area that takes the land.")] = None,
    new_codes: Annotated[list[str] | None, typer.Option("--new-code", help="Else the next numbers.")] = None,
    parent: Annotated[str | None, typer.Option(help="create, recut: the parent.")] = None,
    name: Annotated[str | None, typer.Option(help="Name of the new area.")] = None,
    dry_run: DryRun = False,
) -> None:
    """Carry out one edit; says which areas it left different and the defects around them.

    Example: [bold]wangge boundaries edit 1 split --code 410106003001004 --geometry cut.geojson[/]
    """
    from grids.change_sets.rules.verbs import EditCommand

    drawn = None if geometry is None else geometry_of(geometry)
    command = EditCommand(verb, tuple(codes or ()), into, drawn, tuple(new_codes or ()), parent, name)
    _apply_edit(change_set, key, command, dry_run=dry_run)


def create(
    change_set: Draft,
    key: Key,
    geometry: Drawn,
    parent: Annotated[str | None, typer.Argument(help="The community it belongs to; none if one level.")] = None,
    code: Annotated[str | None, typer.Option(help="Its code; else the community's next number.")] = None,
    name: Annotated[str | None, typer.Option(help="Its name.")] = None,
    dry_run: DryRun = False,
) -> None:
    """Make a new area of the uncovered land under an outline; short for `edit … create`.

    Example: [bold]wangge boundaries create 1 410106003001 --geometry outline.geojson --name 新网格[/]
    """
    from grids.change_sets.rules.verbs import EditCommand

    command = EditCommand(
        "create", geometry=geometry_of(geometry), parent_code=parent, name=name, new_codes=(code,) if code else ()
    )
    _apply_edit(change_set, key, command, dry_run=dry_run)


def retire(
    change_set: Draft,
    code: Annotated[str, typer.Argument(help="Area that ends.")],
    key: Key,
    into: Annotated[str | None, typer.Option(help="The neighbour that takes its land; else it is uncovered.")] = None,
    dry_run: DryRun = False,
) -> None:
    """End an area; short for `edit … retire`.

    Example: [bold]wangge boundaries retire 1 410106003001004 --into 410106003001005[/]
    """
    from grids.change_sets.rules.verbs import EditCommand

    _apply_edit(change_set, key, EditCommand("retire", codes=(code,), into=into), dry_run=dry_run)


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
        done = operations.assign_facts(session, change_set_id=change_set, code=code, facts=values, actor=who.actor)
        print_edited(session, done)


def rules(
    change_set: Draft,
    key: Key,
    tolerance_m: Annotated[
        float | None, typer.Option(min=0, help="How far outside every area a point still gets the nearest.")
    ] = None,
    gaps: Annotated[
        Path | None, typer.Option(help="GeoJSON of gaps to declare (lakes, parks), in WGS 84.", exists=True)
    ] = None,
    remove: RemoveOption = None,
) -> None:
    """Change what the draft's release will answer by: the tolerance, declared gaps. Approved like its areas.

    Example: [bold]wangge boundaries rules 1 --tolerance-m 30 --gaps lakes.geojson[/]
    """
    from grids.boundaries.release_rules import RulesChange
    from grids.change_sets import operations, queries

    change = RulesChange(nearest_tolerance_m=tolerance_m, declare=gaps_in(gaps), remove=remove or ())
    with acting(key, Scope.BOUNDARIES_EDIT) as (session, who):
        done = operations.change_rules(session, change_set_id=change_set, change=change, actor=who.actor)
        after = queries.rules_of_draft(session, done)
        out.print(
            f"change set {done.id}, version {done.version}: nearest within {after.nearest_tolerance_m:g} m, "
            f"{len(after.gaps)} declared gaps",
            highlight=False,
        )


def replace(
    change_set: Draft,
    paths: Annotated[list[Path], typer.Argument(help="The surveyor's files.", exists=True, show_default=False)],
    key: Key,
    crs: CrsOption = None,
    fields: MapOption = None,
    encoding: EncodingOption = None,
    retire_others: Annotated[
        bool, typer.Option("--retire-others", help="Areas of the delivered levels that are not in it end.")
    ] = False,
    dry_run: DryRun = False,
    time_limit: TimeLimitOption = None,
) -> None:
    """Take a surveyor's delivery into a draft, matched by code; shows the differences area by area.

    Example: [bold]wangge boundaries replace 1 delivery.zip --crs EPSG:4547 --dry-run[/]
    """
    from core.settings import Settings
    from grids.boundaries import operations as boundaries
    from grids.boundaries.files.limits import Limits
    from grids.change_sets import operations, queries

    limits = Limits(max_bytes=Settings().max_upload_bytes, seconds=time_limit)
    options = boundaries.ReadingOptions(crs=crs, encoding=encoding, mapping=pairs(fields, "--map"))
    with acting(key, Scope.BOUNDARIES_EDIT) as (session, who), open_uploads(paths) as uploads:
        layer = queries.layer_of(session, queries.get_change_set(session, change_set))
        with shown(users_language()):
            delivery = boundaries.read_delivery(layer, uploads, options, limits)
            done = operations.take_delivery(
                session,
                change_set_id=change_set,
                areas=delivery.areas,
                actor=who.actor,
                limits=limits,
                source=", ".join(path.name for path in paths)[:500],
                retire_others=retire_others,
                dry_run=dry_run,
            )
        table = Table("", "level", "code", "name", "+ m²", "− m²", "facts")
        for d in done.differences:
            facts_apart = "; ".join(f"{fact}: {was} → {now}" for fact, (was, now) in d.facts.items())
            table.add_row(d.kind, d.level, d.code, d.name, f"{d.gained_m2:,.0f}", f"{d.lost_m2:,.0f}", facts_apart)
        out.print(table)
        for remark in (*delivery.remarks, *done.remarks):
            out.print(remark_in(remark, users_language()), style="yellow", highlight=False, markup=False)
        print_defects(done.report.defects)
        number = done.edited.number
        out.print("only tried: nothing was stored" if number is None else f"change set {change_set}, edit {number}")


def propose(
    change_set: Draft,
    parent: Annotated[str, typer.Argument(help="Community or street.")],
    k: Annotated[int, typer.Argument(help="How many grids.", min=1)],
    key: Key,
    load: Annotated[str, typer.Option(help="households or reports.")] = "households",
    seed: Annotated[int, typer.Option(min=0)] = 0,
    take: Annotated[bool, typer.Option("--take", help="Take it into the draft.")] = False,
    to: To = None,
    language: FileLanguage = "zh",
) -> None:
    """Propose balanced, compact grids beside today's; `--output` writes a map (.html) or a one-page print (.pdf).

    Example: [bold]wangge boundaries propose 1 410106003001 5 --output redesign.html[/]
    """
    from governance.boundary_changes.operations import points_of_last_year
    from grids.change_sets import operations
    from presentation.pages.redesign_page import redesign_page
    from presentation.prints import redesign_sheet

    with acting(key, Scope.BOUNDARIES_EDIT) as (session, who):
        points = points_of_last_year(session, change_set_id=change_set) if load == "reports" else None
        found = operations.propose(session, change_set_id=change_set, parent_code=parent, k=k, points=points, seed=seed)
        if take:
            print_edited(
                session, operations.take_redesign(session, change_set_id=change_set, redesign=found, actor=who.actor)
            )
    table = Table("", "grids", "imbalance", "compactness", "inner borders km")
    for words, m in (("today", found.before), ("proposed", found.after)):
        table.add_row(
            words, str(len(m.loads)), f"{m.imbalance:.0%}", f"{m.compactness.mean():.2f}", f"{m.border_m / 1e3:.1f}"
        )
    out.print(table)
    out.print(f"{found.cut_on_roads:.0%} of the new borders follow roads; a load of {found.moved_load:,.0f} would move")
    if to is not None:
        write = redesign_sheet.redesign_print if to.suffix == ".pdf" else redesign_page
        to.write_bytes(write(found, language=language))
        console.print(f"wrote {to}")


def _apply_edit(change_set: int, key: str, command: EditCommand, *, dry_run: bool) -> None:
    from grids.change_sets import operations

    with acting(key, Scope.BOUNDARIES_EDIT) as (session, who):
        done = operations.edit(session, change_set_id=change_set, command=command, actor=who.actor, dry_run=dry_run)
        print_edited(session, done)
