"""Coarser levels follow the finest: an area's land is what its children's is, so that levels always nest."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import shapely

from geo import edit
from grids.boundaries.records import DECIMALS, AreaRecord, with_canonical_geometries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

SAME_LAND = 1e-13
"""Square degrees (about 1 mm²) below which two outlines are the same land: the rounding of a union."""


def with_geometry(record: AreaRecord, geometry: BaseGeometry) -> AreaRecord:
    """Return the record on new land, in the stored form."""
    return with_canonical_geometries([replace(record, geom=geometry)])[0]


def follow_up(parent: AreaRecord, before: Sequence[AreaRecord], after: Sequence[AreaRecord]) -> AreaRecord | None:
    """Return the coarser area on the land of its children as they are after an edit; None when it does not change.

    An area that its children did not fill (it has an allowed gap, or no children) gains and loses what they do.
    """
    if parent.geom is None or not (before or after):
        return None
    old, new, whole = _land(before), _land(after), _sound(cast("BaseGeometry", parent.geom))
    if old is not None and old.symmetric_difference(whole).area < SAME_LAND:
        target = new
    else:
        empty = shapely.MultiPolygon()
        # What its children gain and lose, applied to its own outline.
        gained = (new or empty).difference(old or empty)
        lost = (old or empty).difference(new or empty)
        target = _settled(whole.difference(lost).union(gained))
    if target is None or target.is_empty:
        return None
    followed = with_geometry(parent, target)
    return None if shapely.equals_identical(followed.geom, parent.geom) else followed


def _land(records: Sequence[AreaRecord]) -> BaseGeometry | None:
    """Return the land of areas together, also where a draft has them overlap or cross themselves."""
    geometries = [cast("BaseGeometry", record.geom) for record in records if record.geom is not None]
    if not geometries:
        return None
    if shapely.is_valid(geometries).all() and shapely.coverage_is_valid(geometries):
        return edit.join(geometries)
    return _settled(shapely.union_all([_sound(geometry) for geometry in geometries]))


def _sound(geometry: BaseGeometry) -> BaseGeometry:
    """Return the polygons of a geometry, valid."""
    if shapely.is_valid(geometry) and isinstance(geometry, shapely.Polygon | shapely.MultiPolygon):
        return geometry
    parts = shapely.get_parts(shapely.make_valid(geometry, method="structure", keep_collapsed=False))
    polygons = [part for part in shapely.get_parts(parts) if isinstance(part, shapely.Polygon)]
    return shapely.MultiPolygon(polygons)


def _settled(geometry: BaseGeometry) -> BaseGeometry:
    """Return a computed outline on the stored grid, without the rings that rounding would collapse."""
    return _sound(shapely.set_precision(geometry, 10.0**-DECIMALS))


def updated_ancestors(
    before: Mapping[str, AreaRecord], after: Mapping[str, AreaRecord | None], levels: Sequence[str]
) -> dict[str, AreaRecord]:
    """Return the coarser areas that change because areas below them did.

    Parameters
    ----------
    before
        The draft before the edit: the touched areas, all their siblings and all ancestors of both.
    after
        The touched areas as the edit leaves them; None: retired.
    levels
        Of the layer, coarsest first.
    """
    now: dict[str, AreaRecord] = dict(before)
    for code, record in after.items():
        if record is None:
            now.pop(code, None)
        else:
            now[code] = record
    touched = set(after)
    changed: dict[str, AreaRecord] = {}
    for level in reversed(levels[:-1]):
        parents = {
            record.parent_code
            for code in touched
            for record in (before.get(code), now.get(code))
            if record is not None and record.parent_code
        }
        for code in sorted(p for p in parents if p in now and now[p].level == level):
            old = [r for r in before.values() if r.parent_code == code]
            new = [r for r in now.values() if r.parent_code == code]
            record = follow_up(now[code], old, new)
            if record is not None:
                now[code] = changed[code] = record
                touched.add(code)
    return changed


def followed_by_edges(
    ancestors: Mapping[str, AreaRecord],
    before: Mapping[str, AreaRecord],
    after: Mapping[str, AreaRecord | None],
    levels: Sequence[str],
) -> dict[str, AreaRecord] | None:
    """Return the coarser areas that change, by the edges of the changed areas alone, without their siblings.

    None where a coarser area's outline is not made of its children's edges: then `followed` has to look at all.

    Parameters
    ----------
    ancestors
        All ancestors of the changed areas, before and after.
    before
        The changed areas of the finest level as they were.
    after
        The same as the edit leaves them; None: retired.
    levels
        Of the layer, coarsest first.
    """
    old, new = dict(before), {code: record for code, record in after.items() if record is not None}
    changed: dict[str, AreaRecord] = {}
    for level in reversed(levels[:-1]):
        parents = {record.parent_code for record in (*old.values(), *new.values()) if record.parent_code}
        for code in sorted(code for code in parents if code in ancestors and ancestors[code].level == level):
            was, now = ([r.geom for r in side.values() if r.parent_code == code] for side in (old, new))
            outline = edit.follow_outline(cast("Any", ancestors[code].geom), cast("Any", was), cast("Any", now))
            if outline is None:
                return None
            record = ancestors[code] if outline.is_empty else with_geometry(ancestors[code], outline)
            if not shapely.equals_identical(record.geom, ancestors[code].geom):
                old[code], new[code] = ancestors[code], record
                changed[code] = record
    return changed
