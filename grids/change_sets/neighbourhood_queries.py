"""Reads of what lies around an edit, so that a map that is being dragged never waits for the whole layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
import shapely

from grids.boundaries import queries as registry
from grids.change_sets import queries

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from grids.boundaries.records import AreaRecord
    from grids.change_sets.queries import Overlay
    from grids.change_sets.tables import ChangeSet

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""
REACH_DEG = 2e-6
"""Degrees (0.2 m) around an area within which another counts as beside it."""

# Each box grows to what touches it: the areas beside those, which can close a ring around a hole, lie within.
_GROWN = """
SELECT b.number, ST_XMin(e.extent), ST_YMin(e.extent), ST_XMax(e.extent), ST_YMax(e.extent)
FROM unnest(%(boxes)s::text[]) WITH ORDINALITY b(wkb, number), LATERAL (
    SELECT ST_Extent(a.geom) AS extent FROM area a
    WHERE a.layer_id = %(layer)s AND a.valid_during @> %(at)s::timestamptz AND a.level = %(level)s
      AND a.geom && b.wkb::geometry
) e WHERE e.extent IS NOT NULL
"""


def around(
    session: Session,
    change_set: ChangeSet,
    places: Mapping[str, Sequence[Box]],
    codes: Collection[str],
    overlays: Sequence[Overlay],
) -> list[dict[str, AreaRecord]]:
    """Return what must be known to judge an edit, once for each state of the draft.

    For every level that changes: its areas around the places, two deep, and the areas above and below at the places.

    Parameters
    ----------
    places
        By level, where its areas changed.
    codes
        Areas that are wanted wherever they lie: the changed ones, their parents and whoever names them as parent.
    overlays
        What the draft as a whole has changed, before and after the edit.
    """
    layer, base = queries.layer_of(session, change_set), queries.base_of(session, change_set)
    frames: dict[str, list[Box]] = {level: [] for level in layer.levels}
    for depth, level in enumerate(layer.levels):
        boxes = [_reaching(box) for box in places.get(level, ())]
        if not boxes:
            continue
        drafted = [r for o in overlays for r in o.values() if r is not None and r.level == level]
        grown = _grown(session, layer.id, base.effective_at, level, _widened(boxes, drafted))
        frames[level] += _widened(grown, drafted)
        for beside in layer.levels[max(depth - 1, 0) : depth + 2]:
            if beside != level:
                frames[beside] += boxes
    stored: dict[str, AreaRecord] = {}
    for level, near in frames.items():
        if near:
            only = registry.AreaFilter(level=level, near=near)
            found = registry.areas_of_release(session, layer, base, only=only)
            stored |= {area.record.code: area.record for area in found}
    only = registry.AreaFilter(codes=tuple(set(codes) - stored.keys()))
    stored |= {area.record.code: area.record for area in registry.areas_of_release(session, layer, base, only=only)}
    return [_seen(stored, overlay, frames, codes) for overlay in overlays]


def _seen(
    stored: Mapping[str, AreaRecord],
    overlay: Overlay,
    frames: Mapping[str, Sequence[Box]],
    codes: Collection[str],
) -> dict[str, AreaRecord]:
    """Lay the draft's own areas over the stored ones, as far as they lie in the frames or are named."""
    seen = {code: record for code, record in stored.items() if code not in overlay}
    trees = {level: shapely.STRtree(shapely.box(*np.array(near).T)) for level, near in frames.items() if near}
    for code, record in overlay.items():
        if record is None or record.geom is None:
            continue
        named = code in codes or record.parent_code in codes
        tree = trees.get(record.level)
        if named or (tree is not None and len(tree.query(record.geom))):
            seen[code] = record
    return seen


def _reaching(box: Box) -> Box:
    west, south, east, north = box
    return west - REACH_DEG, south - REACH_DEG, east + REACH_DEG, north + REACH_DEG


def _widened(boxes: Sequence[Box], drafted: Sequence[AreaRecord]) -> list[Box]:
    """Let each box reach to the end of the draft's own areas that touch it."""
    if not drafted:
        return list(boxes)
    own = np.array([cast("Any", record.geom) for record in drafted], dtype=object)
    frames = np.array(boxes)
    box, other = shapely.STRtree(own).query(shapely.box(*frames.T))
    extents = shapely.bounds(own)[other]
    for pick, side in ((np.minimum, 0), (np.minimum, 1), (np.maximum, 2), (np.maximum, 3)):
        pick.at(frames[:, side], box, extents[:, side])
    return [_box(frame) for frame in frames]


def _grown(session: Session, layer_id: int, at: datetime, level: str, boxes: Sequence[Box]) -> list[Box]:
    frames = np.array(boxes)
    drawn = shapely.to_wkb(shapely.set_srid(shapely.box(*frames.T), 4326), hex=True, include_srid=True)
    values = {"layer": layer_id, "at": at, "level": level, "boxes": [str(box) for box in drawn]}
    driver = cast("Any", session.connection().connection.driver_connection)
    with driver.cursor(binary=True) as cursor:
        for number, west, south, east, north in cursor.execute(_GROWN, values):
            row = frames[number - 1]
            row[:2], row[2:] = np.minimum(row[:2], (west, south)), np.maximum(row[2:], (east, north))
    return [_box(frame) for frame in frames]


def _box(values: Any) -> Box:  # noqa: ANN401 (numpy)
    west, south, east, north = (float(value) for value in values)
    return west, south, east, north
