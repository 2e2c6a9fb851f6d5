"""`boundaries`: import, check, publish, export; what GIS staff do with files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import desk
from cli.actors import ActorOption, local_actor
from cli.boundary_files import (
    CrsOption,
    DeriveOption,
    EffectiveOption,
    EncodingOption,
    ForceOption,
    LayerOption,
    LevelOption,
    Paths,
    TimeLimitOption,
    layer_of,
    meant,
    open_uploads,
    options_of,
    tasks_of,
)
from cli.boundary_findings import prepare_folder, print_check, print_published, write_defects
from cli.cluster import console
from cli.context import database
from cli.lines import Console
from cli.pairs import MapOption  # noqa: TC001 (typer reads the annotation)
from cli.printing import JsonOption, Listing
from cli.progress import shown
from core import clock
from core.settings import Settings
from grids.boundaries.files.limits import Limits
from identity.actors import CHECK

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

app = typer.Typer(help="Boundaries: import, check, export, releases.", no_args_is_help=True, rich_markup_mode="rich")
out = Console()
LanguageOption = Annotated[str, typer.Option("--language", help="Of the defects' sentences: zh or en.")]
DefectsOption = Annotated[Path | None, typer.Option(help="Where the defects' GeoJSON goes.")]


@app.command("import")
def import_(
    paths: Paths,
    layer: LayerOption = None,
    crs: CrsOption = None,
    fields: MapOption = None,
    level: LevelOption = None,
    derive: DeriveOption = None,
    encoding: EncodingOption = None,
    note: Annotated[str, typer.Option(help="What changed and why; kept with the release.")] = "",
    actor: ActorOption = None,
    effective_at: EffectiveOption = None,
    force: ForceOption = False,
    as_draft: Annotated[
        bool, typer.Option("--as-draft", help="Keep it as an open draft, also with defects that block, to be repaired.")
    ] = False,
    remember: Annotated[bool, typer.Option("--remember", help="Remember --map for this layer.")] = False,
    defects: DefectsOption = None,
    time_limit: TimeLimitOption = None,
    language: LanguageOption = "zh",
) -> None:
    """Read, check and publish as a release; with a blocking defect nothing is changed.

    The files together are the layer's whole content. A layer described in a layers.json beside the file is created.

    Example: [bold]wangge boundaries import data/boundaries[/]   or
    [bold]wangge boundaries import streets.zip -l admin --crs GCJ-02 -m code=BM -m name=MC[/]
    """
    from grids.boundaries import operations
    from grids.change_sets import operations as change_sets

    blocked = False
    prepare_folder(defects)
    with database() as opened:
        for task in tasks_of(paths, layer, crs, fields, note, level):
            draft = None
            try:
                with opened.transaction() as session, open_uploads(task.paths) as uploads:
                    author = local_actor(session, actor)
                    found = layer_of(session, task, author)
                    delivered: Any = {
                        "layer": found,
                        "uploads": uploads,
                        "publication": operations.Publication(
                            author=author,
                            note=task.note,
                            effective_at=effective_at,
                            meant=meant(session, found, force=force),
                        ),
                        "options": options_of(task, level, encoding, remember=remember, derive=derive),
                        "limits": Limits(seconds=time_limit),
                    }
                    with shown(language):
                        if as_draft:
                            imported, draft = change_sets.hand_in(session, **delivered, as_draft=True)
                        else:
                            lead_s = Settings().release_lead_s
                            imported = operations.import_delivery(session, **delivered, lead_s=lead_s)
                    print_published(task.layer, imported.published)
            except operations.BlockedImport as error:
                imported, blocked = error.imported, True
            print_check(task.layer, imported, language)
            write_defects(imported.report, defects or (Path(f"{task.layer}-defects.geojson") if blocked else None))
            if draft is not None:
                out.print(f"{task.layer}: change set [bold]{draft.id}[/] is open", highlight=False)
    if blocked:
        console.print("[bold red]blocked: nothing was changed[/]; keep it as a draft to repair it: --as-draft")
        raise typer.Exit(1)


@app.command()
def check(
    paths: Paths,
    layer: LayerOption = None,
    crs: CrsOption = None,
    fields: MapOption = None,
    level: LevelOption = None,
    derive: DeriveOption = None,
    encoding: EncodingOption = None,
    defects: DefectsOption = None,
    time_limit: TimeLimitOption = None,
    language: LanguageOption = "zh",
) -> None:
    """Read and check files as `import` would, and change nothing. Exit code 1 when something blocks.

    Example: [bold]wangge boundaries check streets.zip -l admin --crs EPSG:4547 --defects defects.geojson[/]
    """
    from grids.boundaries import operations

    blocks = False
    prepare_folder(defects)
    with database() as opened:
        for task in tasks_of(paths, layer, crs, fields, "", level):
            with opened.engine.connect() as connection, open_uploads(task.paths) as uploads:
                session = _throwaway(connection)
                with shown(language):
                    imported = operations.check_delivery(
                        session,
                        layer=layer_of(session, task, CHECK),
                        uploads=uploads,
                        options=options_of(task, level, encoding, remember=False, derive=derive),
                        limits=Limits(seconds=time_limit),
                    )
                session.rollback()
            print_check(task.layer, imported, language)
            write_defects(imported.report, defects)
            blocks |= imported.report.blocks
    raise typer.Exit(int(blocks))


@app.command()
def export(
    layer: Annotated[str, typer.Argument(help="Layer.")],
    to: Annotated[Path, typer.Option("--output", "-o", help="Folder the file goes to.")] = Path(),
    file_format: Annotated[
        str,
        typer.Option("--format", help="geojson, shapefile, geopackage, kml, flatgeobuf, geoparquet or package."),
    ] = "geojson",
    crs: Annotated[str, typer.Option(help="WGS84, CGCS2000, GCJ-02, BD-09, EPSG:4547 …")] = "WGS84",
    release: Annotated[int | None, typer.Option(min=1, help="Release; the latest if none.")] = None,
    level: Annotated[str | None, typer.Option(help="Only this level.")] = None,
    encoding: Annotated[str, typer.Option(help="Of a Shapefile's texts: utf-8 or gbk.")] = "utf-8",
    people: Annotated[bool, typer.Option("--people", help="With the columns about people.")] = False,
) -> None:
    """Write a release to a file, or as a delivery package (GeoPackage, check report, manifest).

    Example: [bold]wangge boundaries export admin --format package --crs EPSG:4547 --output deliveries[/]
    """
    from grids.boundaries import operations, queries

    with database() as opened, opened.snapshot() as session:
        found = queries.get_layer(session, layer)
        chosen = None if release is None else queries.standing_release(session, found, release)
        written = operations.export(
            session,
            layer=found,
            release=chosen,
            file_format=file_format,
            crs=crs,
            level=level,
            encoding=encoding,
            with_people=people,
        )
    to.mkdir(parents=True, exist_ok=True)
    (to / written.name).write_bytes(written.content)
    out.print(f"{to / written.name}  {len(written.content):,} bytes", highlight=False, soft_wrap=True)
    for remark in written.remarks:
        out.print(f"  {remark}", highlight=False, soft_wrap=True, markup=False)


@app.command()
def releases(layer: Annotated[str, typer.Argument(help="Layer.")], as_json: JsonOption = False) -> None:
    """List a layer's releases, latest first.

    Example: [bold]wangge boundaries releases admin[/]
    """
    from grids.boundaries import queries

    with database() as opened, opened.snapshot() as session:
        found = queries.get_layer(session, layer)
        rows = queries.list_releases(session, found)
        in_force = queries.release_at(session, found, clock.now())
    listing = Listing(
        title=f"{found.name} ({found.code})",
        in_force="",
        number="no.",
        effective_at="effective",
        withdrawn_at="withdrawn",
        areas="areas",
        author="author",
        note="note",
        checksum="checksum",
    )
    for row in rows:
        stands = in_force is not None and row.id == in_force.id
        facts = (row.effective_at, row.withdrawn_at, row.area_count, row.author, row.note, row.checksum)
        shown = {"in_force": "●" if stands else "", "areas": f"{row.area_count:,}", "checksum": row.checksum[:12]}
        listing.add(stands, row.number, *facts, shown=shown)
    listing.print(as_json=as_json, out=out)


@app.command()
def rollback(
    layer: Annotated[str, typer.Argument(help="Layer.")],
    to_release: Annotated[int, typer.Argument(help="Number of the release whose content comes back.", min=1)],
    note: Annotated[str, typer.Option(help="Why.")] = "",
    actor: ActorOption = None,
    effective_at: EffectiveOption = None,
    force: ForceOption = False,
) -> None:
    """Publish an older release's content again, as a new release.

    Example: [bold]wangge boundaries rollback admin 2 --note "第 3 版划错了边界"[/]
    """
    from grids.boundaries import operations, queries

    with database() as opened, opened.transaction() as session:
        found = queries.get_layer(session, layer)
        published = operations.roll_back(
            session,
            layer=found,
            to_number=to_release,
            publication=operations.Publication(
                author=local_actor(session, actor),
                note=note,
                effective_at=effective_at,
                meant=meant(session, found, force=force),
            ),
            lead_s=Settings().release_lead_s,
        )
        print_published(layer, published)


def _throwaway(connection: Any) -> Session:  # noqa: ANN401 (SQLAlchemy's connection)
    """Return a session that nobody commits: a check may define the layer it needs, for itself alone."""
    from sqlalchemy.orm import Session

    return Session(connection)


desk.add_to(app)
