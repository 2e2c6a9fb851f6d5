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

from cli.boundary_findings import print_check, print_published, write_defects
from cli.cluster import console
from cli.context import database
from core import clock
from core.settings import Settings
from grids.boundaries.errors import LayerNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from grids.boundaries.files.staging import Upload
    from grids.boundaries.operations import ReadingOptions
    from grids.boundaries.tables import Layer

app = typer.Typer(help="Boundaries: import, check, export, releases.", no_args_is_help=True, rich_markup_mode="rich")
out = Console()
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


def me() -> str:
    """Name who works here, as the operating system knows them."""
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
    author: AuthorOption = me(),
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
                    print_published(task.layer, imported.published)
            except operations.BlockedImport as error:
                imported, blocked = error.imported, True
            print_check(task.layer, imported, language)
            write_defects(imported.report, defects or (Path(f"{task.layer}-defects.geojson") if blocked else None))
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
            print_check(task.layer, imported, language)
            write_defects(imported.report, defects)
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
    author: AuthorOption = me(),
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
        print_published(layer, published)


def _tasks(
    paths: list[Path],
    layer: str | None,
    crs: str | None,
    fields: list[str] | None,
    note: str,
    level: list[str] | None,
) -> list[_Task]:
    """Return what to import: each layer of a described folder, or the files as one layer's content."""
    mapping = pairs(fields, "--field")
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
        level_of_file={Path(name).name: key for key, name in pairs(level, "--level").items()},
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


def pairs(words: list[str] | None, option: str) -> dict[str, str]:
    """Read `key=value` words of an option."""
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
