"""Areas of a draft, read as far as they are wanted: by code, by family, by place, at any of its edits.

Nothing here reads a whole layer or all that a draft changed, so that an edit costs the same on the first day as after
hundreds of edits, or on top of a delivery of the whole layer. Nothing is remembered between requests either.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import shapely

from grids.boundaries.records import AreaRecord
from grids.change_sets import queries

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from grids.boundaries.tables import Layer, Release
    from grids.change_sets.tables import ChangeSet

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""
AS_IT_IS = 2**31 - 1
"""The number no edit reaches: all edits count."""


@dataclass(frozen=True, slots=True)
class DraftState:
    """A draft's layer as it was after edit `upto`; 0 is the release it stands on."""

    change_set: ChangeSet
    layer: Layer
    base: Release
    upto: int = AS_IT_IS


def state_of(session: Session, change_set: ChangeSet, *, upto: int = AS_IT_IS) -> DraftState:
    """Return the state of a draft after one of its edits, or as it is."""
    layer, base = queries.layer_of(session, change_set), queries.base_of(session, change_set)
    return DraftState(change_set, layer, base, upto)


# What the draft left as it was, and the newest row of each area that it changed. A draft grows faster than the
# database's statistics of it: scalar subqueries and OFFSET 0 keep to the indexes whatever it believes.
_AREAS = """
SELECT a.level, a.code, a.name, a.parent_code, a.unit_code, u.name, a.attributes, ST_AsBinary(a.geom)
FROM area a LEFT JOIN responsible_unit u ON u.code = a.unit_code
WHERE a.layer_id = %(layer)s::int AND a.valid_during @> %(at)s::timestamptz AND {of_base} AND {newest} IS NULL
UNION ALL
SELECT a.level, a.code, a.name, a.parent_code, a.unit_code, a.unit_name, a.attributes, ST_AsBinary(a.geom)
FROM {of_draft} a
WHERE a.change_set_id = %(draft)s::int AND NOT a.is_retired AND {newest} = a.edit_number
"""
# The number of the last edit, up to the state asked for, that changed the area; NULL: the draft left it as it was.
_NEWEST = """(
    SELECT n.edit_number FROM change_set_area n
    WHERE n.change_set_id = %(draft)s::int AND n.code = a.code AND n.edit_number <= %(upto)s::int
    ORDER BY n.edit_number DESC LIMIT 1
  )"""
_NAMED = "a.code = ANY(%(codes)s::text[])"
_FAMILY = "(a.parent_code = ANY(%(codes)s::text[]) OR a.code = ANY(%(codes)s::text[]))"
_NAMED_OF_DRAFT = """(
    SELECT d.* FROM unnest(%(codes)s::text[]) AS c (code), LATERAL (
        SELECT * FROM change_set_area d
        WHERE d.change_set_id = %(draft)s::int AND d.code = c.code AND d.edit_number <= %(upto)s::int
        ORDER BY d.edit_number DESC LIMIT 1
    ) d
)"""
_FAMILY_OF_DRAFT = f"(SELECT * FROM change_set_area a WHERE a.change_set_id = %(draft)s::int AND {_FAMILY} OFFSET 0)"
_CALLED = "a.name = ANY(%(names)s::text[])"
_CALLED_OF_DRAFT = f"(SELECT * FROM change_set_area a WHERE a.change_set_id = %(draft)s::int AND {_CALLED} OFFSET 0)"
_FRAMES = """unnest(%(levels)s::text[], %(wests)s::float8[], %(souths)s::float8[], %(easts)s::float8[],
        %(norths)s::float8[]) WITH ORDINALITY AS f (level, west, south, east, north, number)"""
_IN_FRAME = "b.level = f.level AND b.geom && ST_MakeEnvelope(f.west, f.south, f.east, f.north, 4326)"
_NEAR_OF_BASE = f"a.id IN (SELECT b.id FROM {_FRAMES} JOIN area b ON {_IN_FRAME})"
_IN_PLACE = f"LATERAL (SELECT b.* FROM change_set_area b WHERE {_IN_FRAME} OFFSET 0)"
# Each row once, also of an area that lies in several frames.
_NEAR_OF_DRAFT = f"""(
    SELECT DISTINCT ON (b.code, b.edit_number) b.* FROM {_FRAMES}, {_IN_PLACE} b WHERE b.change_set_id = %(draft)s::int
)"""
# The base's rows count also where the draft has changed them: a box may only become larger by that.
_GROWN = f"""
SELECT f.number, ST_XMin(e.extent), ST_YMin(e.extent), ST_XMax(e.extent), ST_YMax(e.extent)
FROM {_FRAMES}, LATERAL (
    SELECT ST_Extent(t.geom) AS extent FROM (
        SELECT b.geom FROM area b
        WHERE b.layer_id = %(layer)s::int AND b.valid_during @> %(at)s::timestamptz AND {_IN_FRAME}
        UNION ALL
        SELECT a.geom FROM {_IN_PLACE} a WHERE a.change_set_id = %(draft)s::int AND {_NEWEST} = a.edit_number
    ) t
) e WHERE e.extent IS NOT NULL
"""


def named(session: Session, state: DraftState, codes: Collection[str]) -> dict[str, AreaRecord]:
    """Return the areas with these codes, those that there are, by code."""
    return _read(session, state, _NAMED, _NAMED_OF_DRAFT, {"codes": list(codes)}) if codes else {}


def family(session: Session, state: DraftState, codes: Collection[str]) -> dict[str, AreaRecord]:
    """Return the areas with these codes and all their children, by code."""
    return _read(session, state, _FAMILY, _FAMILY_OF_DRAFT, {"codes": list(codes)}) if codes else {}


def called(session: Session, state: DraftState, names: Collection[str]) -> dict[str, AreaRecord]:
    """Return the areas with these names, by code."""
    return _read(session, state, _CALLED, _CALLED_OF_DRAFT, {"names": list(names)}) if names else {}


def ancestors(session: Session, state: DraftState, records: Iterable[AreaRecord]) -> dict[str, AreaRecord]:
    """Return all that stands above some areas, by code."""
    found: dict[str, AreaRecord] = {}
    wanted = {record.parent_code for record in records if record.parent_code}
    while wanted:
        above = named(session, state, wanted)
        found |= above
        wanted = {record.parent_code for record in above.values() if record.parent_code} - found.keys()
    return found


def within(session: Session, state: DraftState, frames: Mapping[str, Sequence[Box]]) -> dict[str, AreaRecord]:
    """Return the areas of each level whose boxes touch one of that level's frames (or nearly: by a metre), by code."""
    values = _frames(frames)
    return _read(session, state, _NEAR_OF_BASE, _NEAR_OF_DRAFT, values) if values["levels"] else {}


def everywhere(state: DraftState, box: Box) -> dict[str, list[Box]]:
    """Return one box as the frame of every level; one with west > east crosses the antimeridian."""
    west, south, east, north = box
    halves = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    return {level: [(left, south, right, north) for left, right in halves] for level in state.layer.levels}


def grown(session: Session, state: DraftState, level: str, boxes: Sequence[Box]) -> list[Box]:
    """Return each box, made to reach to the end of all areas of a level whose boxes touch it."""
    frames = np.array(boxes)
    with _cursor(session) as cursor:
        for number, west, south, east, north in cursor.execute(_GROWN, _values(state) | _frames({level: boxes})):
            row = frames[number - 1]
            row[:2], row[2:] = np.minimum(row[:2], (west, south)), np.maximum(row[2:], (east, north))
    return [box_of(frame) for frame in frames]


def box_of(bounds: Any) -> Box:  # noqa: ANN401 (numpy)
    """Return an array of four numbers as a box."""
    west, south, east, north = (float(value) for value in bounds)
    return west, south, east, north


def _read(
    session: Session, state: DraftState, of_base: str, of_draft: str, values: dict[str, Any]
) -> dict[str, AreaRecord]:
    """Return areas by code, coarsest level first, then in byte order of the codes."""
    sql = _AREAS.format(of_base=of_base, of_draft=of_draft, newest=_NEWEST)
    with _cursor(session) as cursor:
        rows = cursor.execute(sql, _values(state) | values).fetchall()
    depth = {level: number for number, level in enumerate(state.layer.levels)}
    rows.sort(key=lambda row: (depth[row[0]], row[1].encode()))
    geometries = shapely.from_wkb(np.array([row[7] for row in rows], dtype=object))
    return {
        row[1]: AreaRecord(row[0], row[1], row[2], geom, row[3], row[4], row[5], row[6])
        for row, geom in zip(rows, geometries, strict=True)
    }


def _values(state: DraftState) -> dict[str, Any]:
    return {
        "layer": state.layer.id,
        "at": state.base.effective_at,
        "draft": state.change_set.id,
        "upto": state.upto,
    }


def _frames(frames: Mapping[str, Sequence[Box]]) -> dict[str, Any]:
    placed = [(level, *box) for level, boxes in frames.items() for box in boxes]
    columns = ("levels", "wests", "souths", "easts", "norths")
    return {column: [row[i] for row in placed] for i, column in enumerate(columns)}


def _cursor(session: Session) -> Any:  # noqa: ANN401 (psycopg's)
    return cast("Any", session.connection().connection.driver_connection).cursor(binary=True)
