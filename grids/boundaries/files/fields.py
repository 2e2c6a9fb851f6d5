"""Which column means what: from the request, remembered by the layer, or by the names such files usually use."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geo import datum
from geo.coverage.codes import GB15_DIGITS
from grids.boundaries.errors import CrsMissingError, CrsUnknownError, FieldMissingError, FileRefusedError
from grids.boundaries.records import AreaRecord, canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from grids.boundaries.files.limits import Limits
    from grids.boundaries.files.reading import ReadFile

# Column names seen in deliveries, compared without case, spaces, - and _. Shapefile cuts names to ten characters.
ALIASES: dict[str, tuple[str, ...]] = {
    "code": (
        "code",
        "编码",
        "网格编码",
        "网格编号",
        "区划代码",
        "行政区划代码",
        "adcode",
        "gridcode",
        "wgbm",
        "bm",
        "dm",
    ),
    "name": ("name", "名称", "网格名称", "区划名称", "gridname", "wgmc", "mc"),
    "parent": ("parentcode", "parent", "parentcod", "上级编码", "上级代码", "所属编码", "sjbm"),
    "level": ("level", "层级", "级别", "cj"),
    "unit_code": ("unitcode", "责任单位编码", "单位编码"),
    "unit_name": ("unitname", "责任单位", "责任单位名称", "单位名称"),
}
# Words for levels in deliveries; a layer's own names always count.
LEVEL_WORDS: dict[str, tuple[str, ...]] = {
    "district": ("区", "县", "区县", "市辖区"),
    "street": ("街道", "镇", "乡", "街道/镇", "镇街", "镇办", "乡镇街道", "town"),
    "community": ("社区", "村", "社区/村", "村居", "village"),
    "grid": ("网格", "单元网格", "基础网格"),
}
_LONGEST_TEXT = 400
_SAME_PLACE = 1.0  # in the system's own unit, metres or feet
_GEOMETRY_FIELDS = {"geometry", "geom", "the_geom", "wkb_geometry", "shape", "bbox"}


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

    `mapping` says which column means what, for all levels ('code') or for one ('street.code'). `level_of` gives the
    level of a file or of a table in it; once a table of a file is named so, its other tables are left out.

    Raises
    ------
    FieldMissingError, FileRefusedError
    """
    found: list[AreaRecord] = []
    remarks: list[str] = []
    tables = list(dict.fromkeys(file.tables))
    named = [table for table in tables if table in level_of]
    for table in named or tables:
        level = level_of.get(table) or _level_of_file(file, level_of)
        rows = [(g, row) for g, row, t in zip(file.geometries, file.properties, file.tables, strict=True) if t == table]
        found += _table_records(rows, table, file.staged.stem, shape, mapping, level, limits, remarks)
    if named and len(named) < len(tables):
        remarks.append(f"left out: {', '.join(t for t in tables if t not in named)[:200]}")
    return found, list(dict.fromkeys(remarks))


def _table_records(  # noqa: PLR0917 (what one table is read by)
    rows: Sequence[tuple[shapely.Geometry | None, dict[str, Any]]],
    table: str,
    stem: str,
    shape: LayerShape,
    mapping: Mapping[str, str],
    level: str | None,
    limits: Limits,
    remarks: list[str],
) -> list[AreaRecord]:
    columns = list(dict.fromkeys(name for _, row in rows for name in row))
    if len(columns) > limits.max_attributes:
        raise FileRefusedError(f"{len(columns)} columns; at most {limits.max_attributes} are taken.")
    chosen = _columns(columns, _for_level(shape.remembered, level), _for_level(mapping, level))
    if "code" not in chosen:
        raise FieldMissingError(
            f"'{table or stem:.60}': no column holds the code; its columns are {', '.join(columns)[:300] or 'none'}. "
            "Name it (field code=COLUMN).",
            field="code",
        )
    rest = [name for name in columns if name not in chosen.values() and name.lower() not in _GEOMETRY_FIELDS]
    found = []
    for geometry, row in rows:
        value = {meaning: _text(row.get(column)) for meaning, column in chosen.items()}
        code = value.get("code") or ""
        found.append(
            AreaRecord(
                level=level or _level(value.get("level"), table, stem, code, shape),
                code=code,
                name=value.get("name") or code,
                geom=geometry,
                parent_code=value.get("parent"),
                unit_code=value.get("unit_code"),
                unit_name=value.get("unit_name"),
                attributes=_attributes(row, rest, limits, remarks),
            )
        )
    return found


def _level_of_file(file: ReadFile, level_of: Mapping[str, str]) -> str | None:
    """Return the level that the request gives this file, by the sender's name of it or of its archive."""
    staged = file.staged
    names = (staged.upload, f"{staged.stem}{staged.path.suffix}", staged.stem)
    return next((level_of[name] for name in names if name in level_of), None)


def _for_level(mapping: Mapping[str, str], level: str | None) -> dict[str, str]:
    """Return meaning → column for one level: what is said of it wins over what is said of all."""
    chosen = {key: column for key, column in mapping.items() if "." not in key}
    prefix = f"{level}."
    return chosen | {key.removeprefix(prefix): c for key, c in mapping.items() if level and key.startswith(prefix)}


def system_of(file: ReadFile, declared: str | None) -> tuple[datum.Crs, list[str]]:
    """Return the system of a file's numbers: as declared by whoever imports it, else as the file states.

    Raises
    ------
    CrsMissingError, CrsUnknownError
    """
    if declared is None and not file.crs:
        raise CrsMissingError(
            f"'{file.staged.stem[:60]}' does not state its coordinate reference system. {_guess_hint(file.geometries)}",
            field="crs",
        )
    try:
        stated = datum.parse_crs(file.crs) if file.crs else None
    except datum.UnknownCrsError as error:
        if declared is None:
            raise CrsUnknownError(f"'{file.staged.stem[:60]}': {error}.", field="crs") from error
        stated = None
    try:
        wanted = datum.parse_crs(declared) if declared is not None else None
    except datum.UnknownCrsError as error:
        raise CrsUnknownError(f"{error}.", field="crs") from error
    if wanted is None:
        assert stated is not None  # noqa: S101 (one of the two was given)
        return stated, []
    if stated is not None and stated != wanted and {stated.epsg, wanted.epsg} != {4326, 4490}:
        return wanted, [f"the file states {stated.name[:40]}; read as declared, {wanted.name[:40]}"]
    return wanted, []


def in_wgs84(geometries: NDArray[np.object_], crs: datum.Crs) -> NDArray[np.object_]:
    """Return geometries in the stored form, from the file's system; what lies outside the system stays as it is.

    A projection's inverse brings any number somewhere: metres beyond its end come out as another place's degrees. The
    check then says of what stayed that these are no degrees.
    """
    inside = _inside(geometries, crs)
    found = geometries.copy()
    found[inside] = np.asarray(datum.transform_geometry(geometries[inside], crs), dtype=object)
    return canonical(found)


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


def _columns(columns: Sequence[str], remembered: Mapping[str, str], mapping: Mapping[str, str]) -> dict[str, str]:
    """Return meaning → column. Named in the request it must be there; remembered or usual names are taken if there."""
    plain = {_plain(name): name for name in reversed(columns)}
    chosen: dict[str, str] = {}
    for meaning, usual in ALIASES.items():
        if meaning in mapping:
            column = mapping[meaning] if mapping[meaning] in columns else plain.get(_plain(mapping[meaning]))
            if column is None:
                if columns:
                    raise FieldMissingError(
                        f"There is no column '{mapping[meaning][:60]}'; its columns are {', '.join(columns)[:300]}.",
                        field=meaning,
                    )
                continue
            chosen[meaning] = column
            continue
        candidates = [remembered[meaning]] if meaning in remembered else []
        found = next((plain[n] for n in map(_plain, [*candidates, *usual]) if n in plain), None)
        if found is not None and found not in chosen.values():
            chosen[meaning] = found
    return chosen


def _plain(name: str) -> str:
    return re.sub(r"[\s_\-]", "", name).casefold()


def _level(stated: str | None, table: str, stem: str, code: str, shape: LayerShape) -> str:
    if stated:
        return _named_level(stated, shape.levels) or stated
    for name in (table, stem):
        found = _named_level(name, shape.levels)
        if found:
            return found
    if len(shape.levels) == 1:
        return shape.levels[0]
    if shape.code_rule == "gb15":
        by_length = {GB15_DIGITS[level]: level for level in shape.levels if level in GB15_DIGITS}
        if len(code) in by_length:
            return by_length[len(code)]
    raise FieldMissingError(
        f"'{stem[:60]}' does not say which level its areas are of ({', '.join(shape.levels)}). Map a column "
        "(field level=COLUMN), or give one file a level (level street=FILE).",
        field="level",
    )


def _named_level(word: str, levels: Iterable[str]) -> str | None:
    plain = word.strip().casefold()
    return next((level for level in levels if plain == level or plain in LEVEL_WORDS.get(level, ())), None)


def _text(value: object) -> str | None:
    """Return a value as text; codes that a format turned into numbers lose their '.0'."""
    if value is None or isinstance(value, bool | list | dict):
        return None
    if isinstance(value, float):
        if not np.isfinite(value):
            return None
        value = int(value) if value.is_integer() else value
    text = "".join(c for c in str(value) if c.isprintable()).strip()
    if len(text) > _LONGEST_TEXT:
        raise FileRefusedError(f"A code or name has {len(text):,} characters; at most {_LONGEST_TEXT} are taken.")
    return text or None


def _attributes(row: Mapping[str, Any], names: Iterable[str], limits: Limits, remarks: list[str]) -> dict[str, Any]:
    """Return a feature's other fields as JSON scalars; the same in every format: whole floats are integers."""
    kept: dict[str, Any] = {}
    for name in names:
        value = row.get(name)
        if isinstance(value, float):
            value = int(value) if value.is_integer() else value
        elif isinstance(value, list | dict):
            remarks.append(f"column '{name[:60]}' holds lists or objects, which are left out")
            continue
        elif isinstance(value, str) and len(value) > limits.max_text:
            remarks.append(f"column '{name[:60]}': texts longer than {limits.max_text} are left out")
            continue
        if value is None or value == "" or "\x00" in name or (isinstance(value, str) and "\x00" in value):
            continue
        kept[name] = value
    return kept


def _guess_hint(geometries: NDArray[np.object_]) -> str:
    bounds = shapely.total_bounds(geometries)
    if np.isfinite(bounds).all() and np.abs(bounds).max() > 360:
        return "Its numbers are metres or feet: name the system, for example EPSG:4547."
    return "Its numbers may be degrees: say whether WGS84, CGCS2000, GCJ-02 or BD-09."
