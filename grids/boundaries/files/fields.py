"""Which column means what: from the request, remembered by the layer, or by the names such files usually use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from core.errors import Detail, detail_of
from core.personal import told_of_people
from geo import datum, snap_rounding
from geo.coverage.codes import GB15_DIGITS
from geo.snap_rounding import snap_rounded
from grids.boundaries.errors import CrsMissingError, CrsUnknownError, FieldMissingError, FileRefusedError
from grids.boundaries.files import columns, values
from grids.boundaries.records import DECIMALS, AreaRecord, canonical, with_unit_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from grids.boundaries.files.limits import Limits
    from grids.boundaries.files.reading import ReadFile

# Words for levels in deliveries; a layer's own names always count.
LEVEL_WORDS: dict[str, tuple[str, ...]] = {
    "district": ("区", "县", "区县", "市辖区"),
    "street": ("街道", "镇", "乡", "街道/镇", "镇街", "镇办", "乡镇街道", "town"),
    "community": ("社区", "村", "社区/村", "村居", "village"),
    "grid": ("网格", "单元网格", "基础网格"),
}
_SAME_PLACE = 1.0  # in the system's own unit, metres or feet
_LAND = 2  # a polygon's dimension


@dataclass(frozen=True, slots=True)
class LayerShape:
    """What of a layer's definition a file is read by."""

    levels: tuple[str, ...]
    code_rule: str
    remembered: Mapping[str, str]


def records(
    file: ReadFile, shape: LayerShape, mapping: Mapping[str, str], level_of: Mapping[str, str], limits: Limits
) -> tuple[list[AreaRecord], list[str]]:
    """Return one record a feature, geometries still in the file's own system, and remarks.

    `mapping` names which column means what, for all levels ('code') or for one ('street.code'). `level_of` gives the
    level of a file or of a table in it; once a table of a file is named so, its other tables are left out.

    Raises
    ------
    FieldMissingError, FileRefusedError
    """
    found: list[AreaRecord] = []
    remarks: list[str] = []
    tables = list(dict.fromkeys(file.tables))
    named = [table for table in tables if table in level_of]
    if not named:
        tables = _with_land(file, tables, remarks)
    for table in named or tables:
        level = level_of.get(table) or _level_of_file(file, level_of)
        rows = [(g, row) for g, row, t in zip(file.geometries, file.properties, file.tables, strict=True) if t == table]
        found += _table_records(rows, table, file, shape, mapping, level, limits, remarks)
    if named and len(named) < len(tables):
        remarks.append(f"left out: {', '.join(t for t in tables if t not in named)[:200]}")
    return found, list(dict.fromkeys(remarks))


def _with_land(file: ReadFile, tables: list[str], remarks: list[str]) -> list[str]:
    """Return the tables that hold a polygon; those of points and lines beside them are left out, with a remark."""
    land = shapely.get_dimensions(file.geometries) == _LAND
    holding = {table for table, is_land in zip(file.tables, land.tolist(), strict=True) if is_land}
    without = [table for table in tables if table not in holding]
    if not holding or not without:
        return tables
    remarks.append(f"left out, without a polygon: {', '.join(repr(table) for table in without)[:200]}")
    return [table for table in tables if table in holding]


def _table_records(  # noqa: PLR0917 (what one table is read by)
    rows: Sequence[tuple[shapely.Geometry | None, dict[str, Any]]],
    table: str,
    file: ReadFile,
    shape: LayerShape,
    mapping: Mapping[str, str],
    level: str | None,
    limits: Limits,
    remarks: list[str],
) -> list[AreaRecord]:
    names = list(dict.fromkeys(name for _, row in rows for name in row))
    if len(names) > limits.max_attributes:
        raise FileRefusedError(
            "{count} columns; at most {max_attributes} are taken.",
            values={"count": len(names), "max_attributes": limits.max_attributes},
        )
    stem = file.staged.stem
    note = file.note if file.note is not None and file.note.facts.get("code") in names else None
    remembered = columns.for_level(shape.remembered, level) if note is None else note.facts
    requested = columns.for_level(mapping, level)
    chosen = columns.chosen(names, remembered, requested, as_usual=note is None)
    if "code" not in chosen:
        raise FieldMissingError(
            ("'{name}': no column holds the code; its columns are {names}. Name it (field code=COLUMN)."),
            values={"name": f"{table or stem:.60}", "names": ", ".join(names)[:300] or "none"},
            field="code",
        )
    if (
        "level" in chosen
        and "level" not in {*remembered, *requested}
        and not _names_a_level(rows, chosen["level"], shape.levels)
    ):
        remarks.append(f"column '{chosen['level'][:60]}' names no level of the layer: kept as an attribute")
        del chosen["level"]
    rest = [name for name in names if name not in chosen.values()]
    taking = values.Taking(chosen, rest, limits, remarks, note)
    found = []
    for geometry, row in rows:
        value = taking.facts(row)
        code = value.get("code") or ""
        of_level = level or _level(value.get("level"), table, stem, code, shape)
        attributes = taking.attributes(row)
        if of_level == shape.levels[0] and value.get("parent"):
            attributes[chosen["parent"]] = value.pop("parent")
            remarks.append(f"column '{chosen['parent'][:60]}': a {of_level} has no parent; kept as an attribute")
        found.append(
            with_unit_code(
                AreaRecord(
                    level=of_level,
                    code=code,
                    name=value.get("name") or code,
                    geom=geometry,
                    parent_code=value.get("parent"),
                    unit_code=value.get("unit_code"),
                    unit_name=value.get("unit_name"),
                    attributes=attributes,
                )
            )
        )
    taking.add_table_remarks(found)
    remarks += told_of_people(area.attributes for area in found)
    return found


def _names_a_level(rows: Sequence[tuple[Any, Mapping[str, Any]]], column: str, levels: Sequence[str]) -> bool:
    """Return whether a column that nobody declared holds the layer's levels: one of its values names one."""
    stated = {value for _, row in rows if isinstance(value := row.get(column), str)}
    return any(_named_level(value, levels) for value in stated)


def _level_of_file(file: ReadFile, level_of: Mapping[str, str]) -> str | None:
    """Return the level that the request names for this file, by the sender's name of it or of its archive."""
    staged = file.staged
    names = (staged.upload, f"{staged.stem}{staged.path.suffix}", staged.stem)
    return next((level_of[name] for name in names if name in level_of), None)


def system_of(file: ReadFile, declared: str | None) -> tuple[datum.Crs, list[str]]:
    """Return the system of a file's numbers: as declared by whoever imports it, else as the file states.

    Raises
    ------
    CrsMissingError, CrsUnknownError
    """
    if declared is None and not file.crs:
        raise CrsMissingError(
            "'{stem}' does not state its coordinate reference system. {hint}",
            values={"stem": file.staged.stem[:60], "hint": _guess_hint(file.geometries)},
            field="crs",
        )
    try:
        stated = datum.parse_crs(file.crs) if file.crs else None
    except datum.UnknownCrsError as error:
        if declared is None:
            raise CrsUnknownError(
                "'{stem}': {error}.", values={"stem": file.staged.stem[:60], "error": detail_of(error)}, field="crs"
            ) from error
        stated = None
    try:
        wanted = datum.parse_crs(declared) if declared is not None else None
    except datum.UnknownCrsError as error:
        raise CrsUnknownError("{error}.", values={"error": detail_of(error)}, field="crs") from error
    if wanted is None:
        assert stated is not None  # noqa: S101 (one of the two was given)
        return stated, []
    if stated is not None and stated != wanted and {stated.epsg, wanted.epsg} != {4326, 4490}:
        return wanted, [f"the file states {stated.name[:40]}; read as declared, {wanted.name[:40]}"]
    return wanted, []


def in_wgs84(geometries: NDArray[np.object_], crs: datum.Crs) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Return geometries in the stored form, from the file's system, and which of them storing would have broken.

    What lies outside the system stays as it is: a projection's inverse brings any number somewhere, metres beyond its
    end come out as another place's degrees, and the check then says of what stayed that these are no degrees.

    An outline that the file has valid is stored valid: where rounding would close a neck or a hole that is narrower
    than what is stored, it is put together anew (geo.snap_rounding).
    """
    inside = _inside(geometries, crs)
    found = geometries.copy()
    found[inside] = np.asarray(datum.transform_geometry(geometries[inside], crs), dtype=object)
    stored = canonical(found)
    broken = shapely.is_valid(geometries) & ~shapely.is_valid(stored) & (shapely.get_dimensions(found) == _LAND)
    if broken.any():
        mended = snap_rounded(found, DECIMALS, broken)
        broken &= ~shapely.is_empty(mended) & shapely.is_valid(mended)
        touched = broken | ~shapely.equals_exact(mended, snap_rounding.rounded(found, DECIMALS))
        touched &= shapely.is_valid(mended) & ~shapely.is_empty(mended)
        stored[touched] = canonical(mended[touched])
    return stored, broken


def _inside(geometries: NDArray[np.object_], crs: datum.Crs) -> NDArray[np.bool_]:
    """Whether the corners of each geometry's box come back from degrees as they were."""
    corners = shapely.bounds(geometries).reshape(-1, 2)
    if crs.is_geographic or crs.shift != "none" or not len(corners):
        return np.ones(len(geometries), dtype=bool)
    known = np.isfinite(corners).all(axis=1)
    there = datum.transform_geometry(shapely.points(corners[known]), crs)
    points = datum.transform_geometry(there, datum.WGS84, crs)
    back = np.column_stack([shapely.get_x(points), shapely.get_y(points)])
    lost = np.ones(len(corners), dtype=bool)
    lost[known] = ~(np.abs(back - corners[known]) <= _SAME_PLACE).all(axis=1)
    return ~lost.reshape(-1, 2).any(axis=1) | shapely.is_empty(geometries) | shapely.is_missing(geometries)


def with_parents(areas: Sequence[AreaRecord], shape: LayerShape) -> list[str | None]:
    """Return each area's parent code: as given, by the 15-digit rule, or the coarser area around its inner point."""
    finer_than = dict(zip(shape.levels[1:], shape.levels, strict=False))
    parents = [area.parent_code for area in areas]
    for level, coarser in finer_than.items():
        missing = [i for i, area in enumerate(areas) if area.level == level and not area.parent_code]
        if not missing:
            continue
        if shape.code_rule == "gb15":
            digits = GB15_DIGITS.get(coarser) or 15 - 3 * (len(shape.levels) - 1 - shape.levels.index(coarser))
            for i in missing:
                parents[i] = areas[i].code[:digits] or None
        else:
            around = _around([areas[i].geom for i in missing], [a for a in areas if a.level == coarser])
            for i, parent in zip(missing, around, strict=True):
                parents[i] = parent
    return [None if area.level == shape.levels[0] else p for area, p in zip(areas, parents, strict=True)]


def _around(geometries: Sequence[shapely.Geometry | None], coarser: Sequence[AreaRecord]) -> list[str | None]:
    """Return the code of the first coarser area, by code, around each geometry's inner point."""
    ordered = sorted((a for a in coarser if a.geom is not None), key=lambda area: area.code.encode())
    holders = np.array([area.geom for area in ordered], dtype=object)
    points = shapely.point_on_surface(np.array(geometries, dtype=object))
    found: list[str | None] = [None] * len(geometries)
    near, boxed = shapely.STRtree(points).query(holders)
    shapely.prepare(holders)  # an outline may be long, and points many: not each edge for each point
    inside = shapely.intersects(holders[near], points[boxed])
    for holder, point in sorted(zip(near[inside].tolist(), boxed[inside].tolist(), strict=True), reverse=True):
        found[point] = ordered[holder].code
    return found


def _level(stated: str | None, table: str, stem: str, code: str, shape: LayerShape) -> str:
    if stated:
        return _named_level(stated, shape.levels) or stated
    named = level_named(table, stem, shape)
    if named:
        return named
    if shape.code_rule == "gb15":
        by_length = {GB15_DIGITS[level]: level for level in shape.levels if level in GB15_DIGITS}
        if len(code) in by_length:
            return by_length[len(code)]
    raise FieldMissingError(
        (
            "'{stem}' does not say which level its areas are of ({levels}). Map a column (map level=COLUMN), "
            "or give one file a level (level street=FILE)."
        ),
        values={"stem": stem[:60], "levels": [*shape.levels]},
        field="level",
    )


def level_named(table: str, stem: str, shape: LayerShape) -> str | None:
    """Return the level that the name of a table or of its file names, or the only one there is."""
    for name in (table, stem):
        if found := _named_level(name, shape.levels):
            return found
    return shape.levels[0] if len(shape.levels) == 1 else None


def _named_level(word: str, levels: Iterable[str]) -> str | None:
    plain = word.strip().casefold()
    return next((level for level in levels if plain == level or plain in LEVEL_WORDS.get(level, ())), None)


def _guess_hint(geometries: NDArray[np.object_]) -> Detail:
    bounds = shapely.total_bounds(geometries)
    if np.isfinite(bounds).all() and np.abs(bounds).max() > 360:
        return Detail("Its numbers are metres or feet: name the system, for example EPSG:4547.")
    return Detail("Its numbers may be degrees: say whether WGS84, CGCS2000, GCJ-02 or BD-09.")
