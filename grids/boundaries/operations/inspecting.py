"""Look into a delivery before it is mapped: what each file is, which columns it has, where its areas lie."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from core.personal import is_about_people
from geo import datum
from grids.boundaries import confinement, scratch
from grids.boundaries.errors import CrsMissingError, CrsUnknownError
from grids.boundaries.files import columns, fields, reading, staging

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from grids.boundaries.files.limits import Limits
    from grids.boundaries.files.reading import ReadFile
    from grids.boundaries.files.staging import Upload
    from grids.boundaries.operations.imports import ReadingOptions
    from grids.boundaries.tables import Layer

_SAMPLES: Final = 3
_SAMPLE_LENGTH: Final = 40
_MOST_DRAWN: Final = 2_000
_MOST_VERTICES: Final = 500_000
_STEPS: Final = 1_500
"""Outlines are drawn to a part of the delivery's width: less than a pixel of the screen on which they are looked at."""
_DEGREES: Final = 360
_EARTH: Final = (-180, -90, 180, 90)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: how many features have a value there, a few values; none of what is about people."""

    name: str
    filled: int
    samples: list[str]
    is_about_people: bool


@dataclass(frozen=True, slots=True)
class Inspected:
    """One file as it is understood before anybody says more of it.

    `stated_crs` is the system that the file states, '' if none; `crs` the one its numbers are read in, None where it
    states none that is known and nobody declared one. `mapping` is meaning → column, `levels` table → level, as far as
    names tell. `drawn` are (code, name, outline): outlines in WGS 84 degrees, simplified, at most 2,000.
    """

    name: str
    format: str
    encoding: str
    stated_crs: str
    crs: datum.Crs | None
    in_degrees: bool
    features: int
    columns: list[Column]
    mapping: dict[str, str]
    levels: dict[str, str | None]
    remarks: list[str]
    drawn: list[tuple[str, str, shapely.Geometry]]


def inspect_delivery(
    layer: Layer, uploads: Sequence[Upload], options: ReadingOptions, limits: Limits
) -> list[Inspected]:
    """Read the files of a delivery and tell what is in them; touches no database and judges nothing.

    Raises
    ------
    FileRefusedError, FileUnreadableError, FileTooLargeError, FileTooSlowError, ReadersBusyError
    CrsUnknownError
        When the declared system is none.
    """
    shape = fields.LayerShape(tuple(layer.levels), layer.code_rule, layer.field_mapping)
    found: list[Inspected] = []
    with confinement.slot(), scratch.folder("inspect") as folder:
        until = None if limits.seconds is None else time.monotonic() + limits.seconds
        for staged in staging.stage(uploads, folder, limits):
            left = None if until is None else max(0, math.ceil(until - time.monotonic()))
            read = reading.read(staged, replace(limits, seconds=left), options.encoding, within=limits.seconds)
            room = _MOST_DRAWN - sum(len(one.drawn) for one in found)
            found.append(_inspected(read, shape, options.crs, room))
    return found


def _inspected(read: ReadFile, shape: fields.LayerShape, declared: str | None, room: int) -> Inspected:
    names = list(dict.fromkeys(name for row in read.properties for name in row))
    remembered = shape.remembered if read.note is None else read.note.facts
    mapping = columns.chosen(names, remembered, {}, as_usual=read.note is None)
    crs, remarks = _system(read, declared)
    outer = shapely.total_bounds(read.geometries) if len(read.geometries) else np.full(4, np.nan)
    return Inspected(
        name=f"{read.staged.stem}{read.staged.path.suffix}",
        format=read.staged.format.name,
        encoding=read.encoding,
        stated_crs=read.crs,
        crs=crs,
        in_degrees=crs.is_geographic if crs else not np.abs(outer).max(initial=0, where=np.isfinite(outer)) > _DEGREES,
        features=len(read.geometries),
        columns=[_column(name, read.properties) for name in names],
        mapping=mapping,
        levels={table: fields.level_named(table, read.staged.stem, shape) for table in dict.fromkeys(read.tables)},
        remarks=[*read.remarks, *remarks],
        drawn=[] if crs is None else list(_drawn(read, mapping, crs, room)),
    )


def _system(read: ReadFile, declared: str | None) -> tuple[datum.Crs | None, list[str]]:
    try:
        return fields.system_of(read, declared)
    except CrsMissingError:
        return None, []
    except CrsUnknownError:
        if declared is not None:
            raise
        return None, []


def _column(name: str, rows: Sequence[dict[str, Any]]) -> Column:
    given = [value for row in rows if (value := row.get(name)) not in {None, ""} and not isinstance(value, dict | list)]
    is_private = any(is_about_people(name, value) for value in given)
    samples = list(dict.fromkeys(str(value)[:_SAMPLE_LENGTH] for value in given[:1000]))[:_SAMPLES]
    return Column(name, len(given), [] if is_private else samples, is_private)


def _drawn(
    read: ReadFile, mapping: dict[str, str], crs: datum.Crs, room: int
) -> Iterator[tuple[str, str, shapely.Geometry]]:
    """Return code, name and outline of the first areas; what has no place on earth is left out."""
    given = _usable(read.geometries)
    taken = given[np.cumsum(shapely.get_num_coordinates(read.geometries[given])) <= _MOST_VERTICES][: max(room, 0)]
    if not len(taken):
        return
    outlines = read.geometries[taken]
    west, south, east, north = shapely.total_bounds(outlines)
    step = max(east - west, north - south) / _STEPS
    plain = shapely.simplify(outlines, step, preserve_topology=False)
    too_small = shapely.is_empty(plain)
    plain[too_small] = shapely.envelope(outlines[too_small])
    landed = np.asarray(datum.transform_geometry(plain, crs), dtype=object)
    boxes = shapely.bounds(landed).reshape(-1, 4)
    on_earth = np.isfinite(boxes).all(axis=1) & (boxes[:, :2] >= _EARTH[:2]).all(axis=1)
    on_earth &= (boxes[:, 2:] <= _EARTH[2:]).all(axis=1)
    for i in np.flatnonzero(on_earth).tolist():
        row = read.properties[int(taken[i])]
        code, name = (str(row.get(mapping.get(word, ""), "") or "") for word in ("code", "name"))
        yield code[:_SAMPLE_LENGTH], name[:_SAMPLE_LENGTH], landed[i]


def _usable(geometries: NDArray[np.object_]) -> NDArray[np.intp]:
    """Return the positions of the geometries that have finite numbers."""
    if not len(geometries):
        return np.zeros(0, dtype=np.intp)
    return np.flatnonzero(np.isfinite(shapely.bounds(geometries).reshape(-1, 4)).all(axis=1))
