"""Boundary files on the command line: which layer they are for, and how they are read."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from cli.instants import instant
from cli.pairs import pairs
from cli.refusals import refusal
from core.settings import Settings
from grids.boundaries.errors import LayerNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from grids.boundaries.files.staging import Upload
    from grids.boundaries.operations import Meant, ReadingOptions
    from grids.boundaries.tables import Layer
    from identity.actors import Actor

DESCRIPTION = "layers.json"

Paths = Annotated[
    list[Path],
    typer.Argument(help=f"Boundary files, or a folder with a {DESCRIPTION}.", exists=True, show_default=False),
]
LayerOption = Annotated[str | None, typer.Option("--layer", "-l", help="Layer to work on; the default layer if none.")]
CrsOption = Annotated[
    str | None, typer.Option(help="System of the files' numbers: WGS84, CGCS2000, GCJ-02, BD-09, EPSG:4547 …")
]
LevelOption = Annotated[
    list[str] | None,
    typer.Option("--level", help="level=file, repeatable: street=streets.shp. A level alone is that of all files."),
]
DeriveOption = Annotated[
    list[str] | None,
    typer.Option(
        "--derive",
        help="level=column, repeatable: a coarser level that the files have only as a column: district=QXMC.",
    ),
]
EffectiveOption = Annotated[
    datetime | None,
    typer.Option(
        "--effective-at", parser=instant, help="When it takes effect, 2026-12-01T00:00:00+08:00; soon if left out."
    ),
]
ForceOption = Annotated[
    bool, typer.Option("--force", help="An --effective-at far ahead, or before the first report, is meant.")
]
EncodingOption = Annotated[str | None, typer.Option(help="Encoding of the texts, for example gbk.")]
TimeLimitOption = Annotated[
    int | None,
    typer.Option(
        "--time-limit", min=1, metavar="SECONDS", help="End reading, or the check, after so long; no limit if left out."
    ),
]


@dataclass(frozen=True, slots=True)
class Task:
    """One layer's files and how to read them."""

    layer: str
    paths: list[Path]
    crs: str | None
    mapping: dict[str, str]
    note: str
    definition: dict[str, Any] = field(default_factory=dict)


def tasks_of(
    paths: list[Path],
    layer: str | None,
    crs: str | None,
    fields: list[str] | None,
    note: str,
    level: list[str] | None,
) -> list[Task]:
    """Return what to import: each layer of a described folder, or the files as one layer's content."""
    mapping = pairs(fields, "--map")
    level_of(level, paths)
    folders = [path for path in paths if path.is_dir() and path.suffix.lower() != ".gdb"]
    if folders:
        if len(paths) > 1:
            raise refusal("give one folder, or files")
        described = _described(folders[0])
        if not described:
            raise refusal("{folder} has no {name}; name the files", values={"folder": folders[0], "name": DESCRIPTION})
        chosen = [d for d in described if layer in {None, d["code"]}]
        return [_task(d, [folders[0] / d["file"]], crs, mapping, note) for d in chosen]
    named = [Path(name) for name in level_of(level, paths)]
    paths = [*paths, *(p for p in named if p.exists() and p not in paths)]
    beside = next((d for d in _described(paths[0].parent) if d.get("file") == paths[0].name), None)
    if beside is not None and layer in {None, beside["code"]}:
        return [_task(beside, paths, crs, mapping, note)]
    return [Task(layer or Settings().default_layer, paths, crs, mapping, note)]


def _described(folder: Path) -> list[dict[str, Any]]:
    description = folder / DESCRIPTION
    if not description.is_file():
        return []
    found: list[dict[str, Any]] = orjson.loads(description.read_bytes())
    return found


def _task(described: dict[str, Any], paths: list[Path], crs: str | None, mapping: dict[str, str], note: str) -> Task:
    facts = ("name", "levels", "code_rule", "is_coverage", "nearest_tolerance_m", "field_mapping")
    return Task(
        layer=described["code"],
        paths=paths,
        crs=crs or described.get("crs"),
        mapping=mapping,
        note=note or described.get("note", ""),
        definition={fact: described[fact] for fact in facts if fact in described},
    )


def layer_of(session: Session, task: Task, actor: Actor) -> Layer:
    """Return the layer, created first where a description came with the files."""
    from grids.boundaries import operations, queries

    try:
        return queries.get_layer(session, task.layer)
    except LayerNotFoundError:
        if not task.definition:
            raise LayerNotFoundError(
                "There is no layer '{layer}'. Define it: wangge layers create {layer} --levels …",
                values={"layer": task.layer},
            ) from None
        return operations.create_layer(session, code=task.layer, actor=actor, **task.definition)


def meant(session: Session, layer: Layer, *, force: bool) -> Meant:
    """Return what is known of whether a far instant is meant."""
    from governance.reports.queries import first_report_at
    from grids.boundaries.operations import Meant

    return Meant(confirm=force, force=force, first_report_at=first_report_at(session, layer.id))


def level_of(words: list[str] | None, paths: list[Path]) -> dict[str, str]:
    """Return file → level of `level=file` words; a level alone is that of all files."""
    if words and len(words) == 1 and "=" not in words[0]:
        return {str(path): words[0].strip() for path in paths}
    return {name: level for level, name in pairs(words, "--level").items()}


def options_of(
    task: Task, level: list[str] | None, encoding: str | None, *, remember: bool, derive: list[str] | None = None
) -> ReadingOptions:
    """Return how the files of a task are read."""
    from grids.boundaries.operations import ReadingOptions

    return ReadingOptions(
        crs=task.crs,
        encoding=encoding,
        mapping=task.mapping,
        level_of_file={Path(name).name: key for name, key in level_of(level, task.paths).items()},
        derive=pairs(derive, "--derive"),
        district=Settings().default_layer,
        remember=remember,
    )


@contextmanager
def open_uploads(paths: list[Path]) -> Iterator[list[Upload]]:
    """Open the files with what belongs to them (a Shapefile's .dbf, .prj, .cpg) for one reading."""
    from grids.boundaries.files.staging import copy_with_siblings

    with ExitStack() as stack:
        uploads = [upload for path in paths for upload in copy_with_siblings(path)]
        for upload in uploads:
            stack.callback(upload.stream.close)
        yield uploads
