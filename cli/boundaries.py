"""`boundaries` and `layers`: import, check, publish, export; what GIS staff do with files."""

from __future__ import annotations

import getpass
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

from cli.cluster import console
from cli.context import database
from core import clock
from core.settings import Settings
from grids.boundaries.errors import FileRefusedError, LayerNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from geo.coverage import CoverageReport
    from grids.boundaries.files.staging import Upload
    from grids.boundaries.operations import Imported, Published, ReadingOptions
    from grids.boundaries.tables import Layer

app = typer.Typer(help="Boundaries: import, check, export, releases.", no_args_is_help=True, rich_markup_mode="rich")
layers_app = typer.Typer(help="Layers: create, list, describe, gaps.", no_args_is_help=True, rich_markup_mode="rich")
out = Console()
SHOWN = 20
DESCRIPTION = "layers.json"

Paths = Annotated[
    list[Path],
    typer.Argument(help=f"Boundary files, or a folder with a {DESCRIPTION}.", exists=True, show_default=False),
]
LayerOption = Annotated[str | None, typer.Option("--layer", "-l", help="Layer to work on; the default layer if none.")]
CrsOption = Annotated[
    str | None, typer.Option(help="System of the files' numbers: WGS84, CGCS2000, GCJ-02, BD-09, EPSG:4547 …")
]
FieldOption = Annotated[
    list[str] | None, typer.Option("--field", "-f", help="meaning=column, repeatable: code=GRID_CODE, name=GRID_NAME.")
]
LevelOption = Annotated[list[str] | None, typer.Option("--level", help="level=file, repeatable: street=streets.shp.")]
EncodingOption = Annotated[str | None, typer.Option(help="Encoding of the texts, for example gbk.")]
LanguageOption = Annotated[str, typer.Option("--language", help="Of the defects' sentences: zh or en.")]
DefectsOption = Annotated[Path | None, typer.Option(help="Where the defects' GeoJSON goes.")]
EffectiveOption = Annotated[
    str | None, typer.Option("--effective-at", help="When it takes effect, ISO 8601 with time zone; soon if none.")
]
AuthorOption = Annotated[str, typer.Option(help="Who publishes.")]


@dataclass(frozen=True, slots=True)
class _Task:
    """One layer's files and how to read them."""

    layer: str
    paths: list[Path]
    crs: str | None
    mapping: dict[str, str]
    note: str
    definition: dict[str, Any] = field(default_factory=dict)


def _me() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "cli"


@app.command("import")
def import_(
    paths: Paths,
    layer: LayerOption = None,
    crs: CrsOption = None,
    fields: FieldOption = None,
    level: LevelOption = None,
    encoding: EncodingOption = None,
    note: Annotated[str, typer.Option(help="What changed and why; kept with the release.")] = "",
    author: AuthorOption = _me(),
    effective_at: EffectiveOption = None,
    remember: Annotated[bool, typer.Option("--remember", help="Remember --field for this layer.")] = False,
    defects: DefectsOption = None,
    language: LanguageOption = "zh",
) -> None:
    """Read, check and publish as a release; with a blocking defect nothing is changed.

    The files together are the layer's whole content. A layer described in a layers.json beside the file is created.

    Example: [bold]wangge boundaries import data/boundaries[/]   or
    [bold]wangge boundaries import streets.zip -l admin --crs GCJ-02 -f code=BM -f name=MC[/]
    """
    from grids.boundaries import operations

    instant = _instant(effective_at)
    blocked = False
    with database() as opened:
        for task in _tasks(paths, layer, crs, fields, note, level):
            try:
                with opened.transaction() as session, _uploads(task.paths, level) as uploads:
                    found = _layer(session, task, author)
                    imported = operations.import_delivery(
                        session,
                        layer=found,
                        uploads=uploads,
                        author=author,
                        lead_s=Settings().release_lead_s,
                        options=_options(task, level, encoding, remember=remember),
                        note=task.note,
                        effective_at=instant,
                    )
                    _print_published(task.layer, imported.published)
            except operations.BlockedImport as error:
                imported, blocked = error.imported, True
            _print_check(task.layer, imported, language)
            _write_defects(imported.report, defects or (Path(f"{task.layer}-defects.geojson") if blocked else None))
    if blocked:
        console.print("[bold red]blocked: nothing was changed[/]")
        raise typer.Exit(1)


@app.command()
def check(
    paths: Paths,
    layer: LayerOption = None,
    crs: CrsOption = None,
    fields: FieldOption = None,
    level: LevelOption = None,
    encoding: EncodingOption = None,
    defects: DefectsOption = None,
    language: LanguageOption = "zh",
) -> None:
    """Read and check files as `import` would, and change nothing. Exit code 1 when something blocks.

    Example: [bold]wangge boundaries check streets.zip -l admin --crs EPSG:4547 --defects defects.geojson[/]
    """
    from grids.boundaries import operations

    blocks = False
    with database() as opened:
        for task in _tasks(paths, layer, crs, fields, "", level):
            with opened.engine.connect() as connection, _uploads(task.paths, level) as uploads:
                session = _throwaway(connection)
                imported = operations.import_delivery(
                    session,
                    layer=_layer(session, task, "check"),
                    uploads=uploads,
                    author="check",
                    lead_s=0,
                    options=_options(task, level, encoding, remember=False),
                    dry_run=True,
                )
                session.rollback()
            _print_check(task.layer, imported, language)
            _write_defects(imported.report, defects)
            blocks |= imported.report.blocks
    raise typer.Exit(int(blocks))


@app.command()
def export(
    layer: Annotated[str, typer.Argument(help="Layer.")],
    to: Annotated[Path, typer.Option("--to", help="Folder the file goes to.")] = Path(),
    file_format: Annotated[
        str,
        typer.Option("--format", help="geojson, shapefile, geopackage, kml, flatgeobuf, geoparquet or package."),
    ] = "geojson",
    crs: Annotated[str, typer.Option(help="WGS84, CGCS2000, GCJ-02, BD-09, EPSG:4547 …")] = "WGS84",
    release: Annotated[int | None, typer.Option(min=1, help="Release; the latest if none.")] = None,
    level: Annotated[str | None, typer.Option(help="Only this level.")] = None,
    encoding: Annotated[str, typer.Option(help="Of a Shapefile's texts: utf-8 or gbk.")] = "utf-8",
) -> None:
    """Write a release to a file, or as a delivery package (GeoPackage, check report, manifest).

    Example: [bold]wangge boundaries export admin --format package --crs EPSG:4547 --to deliveries[/]
    """
    from grids.boundaries import operations, queries

    with database() as opened, opened.snapshot() as session:
        found = queries.get_layer(session, layer)
        chosen = None if release is None else queries.get_release(session, found, release)
        written = operations.export(
            session, layer=found, release=chosen, file_format=file_format, crs=crs, level=level, encoding=encoding
        )
    to.mkdir(parents=True, exist_ok=True)
    (to / written.name).write_bytes(written.content)
    out.print(f"{to / written.name}  {len(written.content):,} bytes", highlight=False, soft_wrap=True)


@app.command()
def releases(layer: Annotated[str, typer.Argument(help="Layer.")]) -> None:
    """List a layer's releases, latest first.

    Example: [bold]wangge boundaries releases admin[/]
    """
    from grids.boundaries import queries

    with database() as opened, opened.snapshot() as session:
        found = queries.get_layer(session, layer)
        rows = queries.list_releases(session, found)
        in_force = queries.release_at(session, found, clock.now())
    table = Table(title=f"{found.name} ({found.code})", title_justify="left")
    for column in ("", "no.", "effective", "areas", "author", "note", "checksum"):
        table.add_column(column)
    for row in rows:
        mark = "●" if in_force is not None and row.id == in_force.id else ""
        when = row.effective_at.astimezone(clock.LOCAL).isoformat(sep=" ", timespec="seconds")
        table.add_row(mark, str(row.number), when, f"{row.area_count:,}", row.author, row.note, row.checksum[:12])
    out.print(table)


@app.command()
def rollback(
    layer: Annotated[str, typer.Argument(help="Layer.")],
    to_release: Annotated[int, typer.Argument(help="Number of the release whose content comes back.", min=1)],
    note: Annotated[str, typer.Option(help="Why.")] = "",
    author: AuthorOption = _me(),
    effective_at: EffectiveOption = None,
) -> None:
    """Publish an older release's content again, as a new release.

    Example: [bold]wangge boundaries rollback admin 2 --note "第 3 版划错了边界"[/]
    """
    from grids.boundaries import operations, queries

    instant = _instant(effective_at)
    with database() as opened, opened.transaction() as session:
        published = operations.roll_back(
            session,
            layer=queries.get_layer(session, layer),
            to_number=to_release,
            author=author,
            lead_s=Settings().release_lead_s,
            note=note,
            effective_at=instant,
        )
        _print_published(layer, published)


@layers_app.command("create")
def create_layer(
    code: Annotated[str, typer.Argument(help="Lower-case letters, digits, - and _.")],
    levels: Annotated[str, typer.Option(help="Coarsest first, comma-separated: district,street,community,grid.")],
    name: Annotated[str, typer.Option(help="Name, as people call it.")] = "",
    code_rule: Annotated[str, typer.Option(help="gb15 (6, 9, 12, 15 digits) or free.")] = "free",
    coverage: Annotated[bool, typer.Option(help="Areas of a level must neither overlap nor leave gaps.")] = True,
    tolerance_m: Annotated[float, typer.Option(min=0, help="How far outside a point still gets the nearest.")] = 50,
    fields: FieldOption = None,
) -> None:
    """Define a layer.

    Example: [bold]wangge layers create police --name 警务区 --levels station,beat[/]
    """
    from grids.boundaries import operations

    with database() as opened, opened.transaction() as session:
        operations.create_layer(
            session,
            code=code,
            name=name or code,
            levels=[level.strip() for level in levels.split(",")],
            code_rule=code_rule,
            is_coverage=coverage,
            nearest_tolerance_m=tolerance_m,
            field_mapping=_pairs(fields, "--field"),
            actor=_me(),
        )
    out.print(f"layer [bold]{code}[/] is there")


@layers_app.command("list")
def list_layers() -> None:
    """List the layers.

    Example: [bold]wangge layers list[/]
    """
    from grids.boundaries import queries

    table = Table("layer", "name", "levels", "codes", "release")
    with database() as opened, opened.snapshot() as session:
        for layer in queries.list_layers(session):
            latest = queries.latest_release(session, layer)
            number = "–" if latest is None else str(latest.number)
            table.add_row(layer.code, layer.name, " › ".join(layer.levels), layer.code_rule, number)
    out.print(table)


@layers_app.command()
def describe(layer: Annotated[str, typer.Argument(help="Layer.")]) -> None:
    """Describe a layer: its rules, its fields, its areas by level, its declared gaps.

    Example: [bold]wangge layers describe admin[/]
    """
    from grids.boundaries import queries

    table = Table(show_header=False)
    with database() as opened, opened.snapshot() as session:
        found = queries.get_layer(session, layer)
        areas = queries.areas_at(session, found, clock.now(), geometry=False)
        counts = {level: sum(a.record.level == level for a in areas) for level in found.levels}
        table.add_row("layer", f"{found.code}  {found.name}")
        table.add_row("areas in force", " › ".join(f"{level} {count:,}" for level, count in counts.items()))
        table.add_row("code rule", found.code_rule)
        table.add_row("coverage", "yes" if found.is_coverage else "no")
        table.add_row("nearest within", f"{found.nearest_tolerance_m:g} m")
        table.add_row("fields", ", ".join(f"{k}={v}" for k, v in found.field_mapping.items()) or "by usual names")
        table.add_row("declared gaps", ", ".join(name for name, _ in queries.allowed_gaps(session, found)) or "none")
    out.print(table)


@layers_app.command()
def gaps(
    layer: Annotated[str, typer.Argument(help="Layer.")],
    path: Annotated[
        Path, typer.Argument(help="GeoJSON of polygons in WGS 84; of a defects file, its gaps.", exists=True)
    ],
) -> None:
    """Declare the gaps that are meant (lakes, parks); they replace the earlier ones, and the check is silent on them.

    Example: [bold]wangge layers gaps admin lakes.geojson[/]
    """
    import shapely

    from grids.boundaries import operations, queries

    try:
        features = orjson.loads(path.read_bytes())["features"]
        found = [
            (str(f["properties"].get("name") or f.get("id") or number), shapely.geometry.shape(f["geometry"]))
            for number, f in enumerate(features, start=1)
            if f["properties"].get("kind", "gap") in {"gap", "parent_not_covered"}
        ]
    except (
        orjson.JSONDecodeError,
        KeyError,
        TypeError,
        AttributeError,
        ValueError,
        shapely.errors.ShapelyError,
    ) as error:
        raise FileRefusedError(f"'{path.name}' is not a GeoJSON FeatureCollection of polygons.") from error
    with database() as opened, opened.transaction() as session:
        operations.declare_gaps(session, layer=queries.get_layer(session, layer), gaps=found, actor=_me())
    out.print(f"{len(found)} gaps declared")


def _tasks(
    paths: list[Path],
    layer: str | None,
    crs: str | None,
    fields: list[str] | None,
    note: str,
    level: list[str] | None,
) -> list[_Task]:
    """Return what to import: each layer of a described folder, or the files as one layer's content."""
    mapping = _pairs(fields, "--field")
    folders = [path for path in paths if path.is_dir()]
    if folders:
        if len(paths) > 1:
            raise typer.BadParameter("give one folder, or files")
        described = _described(folders[0])
        if not described:
            raise typer.BadParameter(f"{folders[0]} has no {DESCRIPTION}; name the files")
        chosen = [d for d in described if layer in {None, d["code"]}]
        return [_task(d, [folders[0] / d["file"]], crs, mapping, note) for d in chosen]
    named = [Path(word.partition("=")[2]) for word in level or []]
    paths = [*paths, *(p for p in named if p.exists() and p not in paths)]
    beside = next((d for d in _described(paths[0].parent) if d.get("file") == paths[0].name), None)
    if beside is not None and layer in {None, beside["code"]}:
        return [_task(beside, paths, crs, mapping, note)]
    return [_Task(layer or Settings().default_layer, paths, crs, mapping, note)]


def _described(folder: Path) -> list[dict[str, Any]]:
    description = folder / DESCRIPTION
    if not description.is_file():
        return []
    found: list[dict[str, Any]] = orjson.loads(description.read_bytes())
    return found


def _task(described: dict[str, Any], paths: list[Path], crs: str | None, mapping: dict[str, str], note: str) -> _Task:
    facts = ("name", "levels", "code_rule", "is_coverage", "nearest_tolerance_m", "field_mapping")
    return _Task(
        layer=described["code"],
        paths=paths,
        crs=crs or described.get("crs"),
        mapping=mapping,
        note=note or described.get("note", ""),
        definition={fact: described[fact] for fact in facts if fact in described},
    )


def _layer(session: Session, task: _Task, actor: str) -> Layer:
    """Return the layer, created first where a description came with the files."""
    from grids.boundaries import operations, queries

    try:
        return queries.get_layer(session, task.layer)
    except LayerNotFoundError:
        if not task.definition:
            raise LayerNotFoundError(
                f"There is no layer '{task.layer}'. Define it: wangge layers create {task.layer} --levels …"
            ) from None
        return operations.create_layer(session, code=task.layer, actor=actor, **task.definition)


def _options(task: _Task, level: list[str] | None, encoding: str | None, *, remember: bool) -> ReadingOptions:
    from grids.boundaries.operations import ReadingOptions

    return ReadingOptions(
        crs=task.crs,
        encoding=encoding,
        mapping=task.mapping,
        level_of_file={Path(name).name: key for key, name in _pairs(level, "--level").items()},
        remember=remember,
    )


@contextmanager
def _uploads(paths: list[Path], _level: list[str] | None) -> Iterator[list[Upload]]:
    from grids.boundaries.files.staging import copy_with_siblings

    with ExitStack() as stack:
        uploads = [upload for path in paths for upload in copy_with_siblings(path)]
        for upload in uploads:
            stack.callback(upload.stream.close)
        yield uploads


def _throwaway(connection: Any) -> Session:  # noqa: ANN401 (SQLAlchemy's connection)
    """Return a session that nobody commits: a check may define the layer it needs, for itself alone."""
    from sqlalchemy.orm import Session

    return Session(connection)


def _pairs(words: list[str] | None, option: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for word in words or []:
        key, sign, value = word.partition("=")
        if not sign or not key.strip() or not value.strip():
            raise typer.BadParameter(f"'{word}' is not of the form key=value", param_hint=option)
        pairs[key.strip()] = value.strip()
    return pairs


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"'{text}' is no ISO 8601 time", param_hint="--effective-at") from error
    return instant if instant.tzinfo is not None else instant.replace(tzinfo=clock.LOCAL)


def _print_published(layer: str, published: Published | None) -> None:
    if published is None:
        return
    release = published.release
    if not published.is_new:
        out.print(f"[bold]{layer}[/]: release {release.number} has this content already", highlight=False)
        return
    counts = ", ".join(f"{count:,} {what}" for what, count in published.changes.counts.items())
    when = release.effective_at.astimezone(clock.LOCAL).isoformat(sep=" ", timespec="seconds")
    out.print(f"[bold green]{layer}: release {release.number}[/], effective {when}: {counts}", highlight=False)


def _print_check(layer: str, imported: Imported, language: str) -> None:
    report = imported.report
    for remark in imported.delivery.remarks:
        out.print(f"[yellow]{remark}[/]", highlight=False)
    if not report.defects:
        out.print(f"{layer}: {report.areas_checked:,} areas checked, no defect", highlight=False)
        return
    table = Table(title=f"{layer}: {report.areas_checked:,} areas checked", title_justify="left")
    for column in ("", "kind", "level", "size", "what and what to do"):
        table.add_column(column)
    for defect in report.defects[:SHOWN]:
        size = "" if defect.size is None else f"{defect.size:,.1f} {'m²' if defect.unit == 'm2' else 'm'}"
        colour = "red" if defect.severity == "blocks" else "yellow"
        sentence = defect.message_en if language == "en" else defect.message_zh
        table.add_row(f"[{colour}]{defect.severity}[/]", defect.kind, defect.level, size, sentence)
    out.print(table)
    if len(report.defects) > SHOWN:
        out.print(f"… and {len(report.defects) - SHOWN:,} more", highlight=False)
    out.print("  ".join(f"{kind} {count:,}" for kind, count in report.counts.items()), highlight=False)


def _write_defects(report: CoverageReport, path: Path | None) -> None:
    if path is None or not report.defects:
        return
    path.write_bytes(orjson.dumps(report.as_feature_collection()))
    console.print(f"the defects with their places: {path}", highlight=False)
