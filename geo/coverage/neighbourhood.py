"""The check around an edit: what the changed areas may have done to themselves, their neighbours and their parent.

A map that is being dragged asks for this many times a minute, so that nothing here looks at the whole layer: the
boxes of the ground that changed, before and after, decide which areas are looked at. Within them the answer is the one
the whole check returns; defects that were there already and do not touch the edit are left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.coverage import nesting, overlaps, shapes
from geo.coverage.check import children_of, level_of, report_of, single_area_defects
from geo.coverage.codes import code_defects
from geo.coverage.measure import REACH_DEG, polygons_of
from geo.coverage.model import DefectKind
from geo.coverage.spikes import spikes_of
from geo.edit.outline import edges_apart

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from geo.coverage.check import Key, PreparedLayer
    from geo.coverage.measure import Level
    from geo.coverage.model import CoverageReport, Defect, Geometries

_MARGIN_DEG = 1e-6


def check_neighbourhood(
    layer: PreparedLayer,
    changed: Collection[Key],
    *,
    before: PreparedLayer | None = None,
    places: Mapping[str, Geometries] | None = None,
    numbers: bool = True,
) -> CoverageReport:
    """Check the affected neighbourhood of an edit.

    Parameters
    ----------
    layer : PreparedLayer
        The layer after the edit (see :meth:`PreparedLayer.with_changes`).
    changed : collection of (level, code)
        The areas changed, added or removed; unknown ones are passed over.
    before : PreparedLayer, optional
        The layer before the edit: ground given up is looked at too, and of an area that is on both sides only what
        changed. Without it the changed areas are looked at whole.
    places : mapping of level to boxes, optional
        The result of :func:`ground_changed`, where it was computed already: then `before` is not looked at.
    numbers : bool
        Whether codes and parents are checked too; an edit of borders alone can leave them out.

    Returns
    -------
    CoverageReport
        The defects that touch the edit; `areas_checked` counts the areas looked at. No defect on no change.
    """
    keys = set(changed)
    places = ground_changed(layer, keys, before) if places is None else places
    defects: list[Defect] = [*_code_defects(layer, keys)] if numbers else []
    looked_at = beneath_notice = 0
    matched = True
    for name in layer.rules.levels:
        footprints = places[name]
        own = _rows(layer, name, keys)
        areas, valid = layer.areas.select(own), layer.valid[own]
        defects += shapes.not_degrees_defects(areas, ~layer.degrees[own], layer.rules)
        defects += shapes.empty_defects(areas, layer.empty[own])
        defects += shapes.invalid_ring_defects(areas, layer.invalid[own], valid, layer.ruler)
        if not len(footprints):
            continue
        near = _near(layer, name, footprints)
        found, noise, level_matched = _level_defects(layer, name, near, keys, footprints)
        defects += found
        looked_at += len(near)
        beneath_notice += noise
        matched &= level_matched
    return report_of(defects, layer, looked_at, is_edge_matched=matched, beneath_notice=beneath_notice)


def ground_changed(
    layer: PreparedLayer, keys: Collection[Key], before: PreparedLayer | None = None
) -> dict[str, Geometries]:
    """Return where an edit changed the ground, boxes in WGS 84 by level: every level is there, maybe with none.

    An area that is new, gone or under a parent of other land counts whole; of one that is on both sides the edges that
    differ. One that has only another code is on both sides.
    """
    states = [layer] if before is None else [layer, before]
    places: dict[str, Geometries] = {}
    for name in layer.rules.levels:
        sides = [{state.areas.codes[row]: row for row in _rows(state, name, set(keys))} for state in states]
        above = [state.parents_by_code(name) for state in states]
        found: list[shapely.Geometry] = []
        for rows in _same_areas(states, sides):
            present = [(state, row) for state, row in zip(states, rows, strict=True) if row is not None]
            outlines = [state.valid[row] for state, row in present]
            if len(present) == 2 and _under_one_land(present, above):
                outlines = [shapely.MultiPoint(edges_apart(*outlines).reshape(-1, 2))]
            found += [outline for outline in outlines if not shapely.is_empty(outline)]
        places[name] = np.asarray(shapely.box(*shapely.bounds(np.array(found, dtype=object)).reshape(-1, 4).T))
    return places


def _same_areas(
    states: Sequence[PreparedLayer], sides: Sequence[Mapping[str, int]]
) -> Iterator[tuple[int | None, ...]]:
    """Yield each area's row in every state, None where it is not: the same by its code, else by its very land."""
    if len(sides) == 1:
        yield from ((row,) for row in sides[0].values())
        return
    now, was = sides
    gone = {shapely.to_wkb(states[1].valid[row]): row for code, row in was.items() if code not in now}
    for code, row in now.items():
        yield row, was[code] if code in was else gone.pop(shapely.to_wkb(states[0].valid[row]), None)
    yield from ((None, row) for row in gone.values())


def _under_one_land(rows: Sequence[tuple[PreparedLayer, int]], above: Sequence[Mapping[str, int]]) -> bool:
    """Whether an area's parent is the same in two states, or has another code alone."""
    codes = [state.areas.parent_codes[row] for state, row in rows]
    if codes[0] == codes[1]:
        return True
    lands = [state.valid[of[code]] for (state, _), of, code in zip(rows, above, codes, strict=True) if code in of]
    return len(lands) == 2 and bool(shapely.equals_identical(*lands))


def surroundings(layer: PreparedLayer, defect: Defect) -> PreparedLayer:
    """Cut out of a layer what is needed to mend a defect of the finest level and to see that it is mended.

    The areas at the defect, those beside them and those beside these, with the parents there. A defect of a coarser
    level, or of an outline that has no place yet, needs the whole layer.
    """
    levels = layer.rules.levels
    above = defect.cause == "parent_not_covered" or defect.kind is DefectKind.PARENT_NOT_COVERED
    finest = levels[-2] if above and len(levels) > 1 else levels[-1]
    if defect.geometry is None or defect.level != finest or defect.kind is DefectKind.INVALID_RING:
        return layer
    rows = layer.level(levels[-1])
    bounds = shapely.bounds(layer.valid[rows])
    frame = np.array(shapely.bounds(defect.geometry))
    concerned = set(defect.codes)
    at = np.array([code in concerned for code in layer.areas.codes[rows]], dtype=bool)
    for _ in range(3):
        at |= _meet(bounds, frame)
        if not at.any():
            return layer
        frame = np.concatenate([bounds[at, :2].min(axis=0), bounds[at, 2:].max(axis=0)])
    keep = np.zeros(len(layer.areas), dtype=bool)
    keep[rows[at]] = True
    if len(levels) > 1:
        parents = layer.level(levels[-2])
        keep[parents[_meet(shapely.bounds(layer.valid[parents]), frame)]] = True
    return layer.select(keep)


def _meet(bounds: NDArray[np.float64], frame: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether boxes (n, 4) come within reach of a frame (4,)."""
    west, south, east, north = frame
    # Two boxes meet where they overlap on both axes.
    inside = (bounds[:, 0] <= east + _MARGIN_DEG) & (bounds[:, 2] >= west - _MARGIN_DEG)
    return np.asarray(inside & (bounds[:, 1] <= north + _MARGIN_DEG) & (bounds[:, 3] >= south - _MARGIN_DEG))


def _level_defects(
    layer: PreparedLayer, name: str, near: NDArray[np.int64], keys: set[Key], footprints: Geometries
) -> tuple[list[Defect], int, bool]:
    changed = np.array(
        [key in keys for key in zip(layer.areas.levels[near], layer.areas.codes[near], strict=True)], dtype=bool
    )
    own, valid = layer.areas.select(near[changed]), layer.valid[near[changed]]
    defects = single_area_defects(own, valid, layer.ruler, spikes_of(valid, layer.ruler))
    level = level_of(layer, near)
    noise = 0
    if layer.rules.is_coverage:
        pairs = overlaps.touching_pairs(level.valid, level.suspects)
        found, noise = overlaps.overlap_defects(level, pairs[changed[pairs].any(axis=1)])
        defects += found
        defects += _uncovered(layer, level, name, footprints)
    defects += _outside(layer, level, name, np.flatnonzero(changed))
    defects += _below(layer, name, near[changed], footprints)
    return defects, noise, not level.suspects.any()


def _uncovered(layer: PreparedLayer, level: Level, name: str, footprints: Geometries) -> Iterator[Defect]:
    """Yield the ground that touches the edit and that no area covers, gaps and parents' edges."""
    boxes = _boxes(footprints)
    union = nesting.united(level.valid, level.suspects)
    slit_width_deg = layer.ruler.noise_width_deg if level.suspects.any() else 0.0
    holes = _true_holes(layer, name, nesting.holes_of(union, slit_width_deg))
    parents = list(layer.parents_by_code(name).values()) if layer.rules.covers_parent else []
    if parents:
        rows = np.array(parents, dtype=np.int64)
        hit = np.unique(shapely.STRtree(layer.valid[rows]).query(boxes, predicate="intersects")[1])
        window = shapely.union_all(boxes)
        uncovered = shapely.difference(shapely.intersection(layer.valid[rows[hit]], window), union)
        pieces = [piece for ground in uncovered for piece in polygons_of(ground)]
        owners = [int(row) for row, ground in zip(rows[hit], uncovered, strict=True) for _ in polygons_of(ground)]
    else:
        pieces, owners = list(holes), [-1] * len(holes)
    edit = shapely.buffer(shapely.geometrycollections(list(footprints)), REACH_DEG)
    shapely.prepare(edit)
    kept, kept_owners = [], []
    for piece, owner in zip(pieces, owners, strict=True):
        for left in nesting.without_allowed(np.array([piece], dtype=object), layer.rules):
            if shapely.intersects(edit, left):
                kept.append(left)
                kept_owners.append(owner)
    yield from nesting.uncovered_defects(
        level,
        np.array(kept, dtype=object),
        np.array(kept_owners, dtype=np.int64),
        holes,
        layer.areas if parents else None,
    )


def _true_holes(layer: PreparedLayer, name: str, holes: Geometries) -> Geometries:
    """Return what is left of the holes in a neighbourhood's union when the areas farther off are put in."""
    if not len(holes):
        return holes
    others = layer.valid[_near(layer, name, holes)]
    return polygons_of(shapely.difference(shapely.union_all(holes), shapely.union_all(others)))


def _outside(layer: PreparedLayer, level: Level, name: str, changed: NDArray[np.int64]) -> Iterator[Defect]:
    parents = layer.parents_by_code(name)
    for code, children in children_of(level.areas.select(changed)).items():
        if code in parents:
            yield from nesting.outside_defects(level, changed[children], layer.valid[parents[code]], str(code))


def _below(layer: PreparedLayer, name: str, changed: NDArray[np.int64], footprints: Geometries) -> Iterator[Defect]:
    """Yield what the children of changed areas no longer fill, or stick out of, where the ground changed."""
    depth = layer.rules.levels.index(name) + 1
    if depth == len(layer.rules.levels):
        return
    rows = _near(layer, layer.rules.levels[depth], footprints)
    if not len(rows):
        return
    window = shapely.union_all(_boxes(footprints))
    families = children_of(layer.areas.select(rows))
    for parent in changed.tolist():
        code = layer.areas.codes[parent]
        children = rows[families[code]] if code in families else rows[:0]
        level = level_of(layer, children)
        union = nesting.united(level.valid, level.suspects)
        yield from nesting.outside_defects(level, np.arange(len(children)), layer.valid[parent], code)
        if layer.rules.is_coverage and layer.rules.covers_parent:
            left = polygons_of(shapely.difference(shapely.intersection(layer.valid[parent], window), union))
            left = nesting.without_allowed(left, layer.rules)
            owners = np.full(len(left), parent, dtype=np.int64)
            holes = nesting.holes_of(union, layer.ruler.noise_width_deg) if len(left) else left
            yield from nesting.uncovered_defects(level, left, owners, holes, layer.areas)


def _code_defects(layer: PreparedLayer, keys: set[Key]) -> Iterator[Defect]:
    """Yield the defects of the numbers that an edit concerns: its own codes, and children that lost their parent."""
    codes = {code for _, code in keys}
    for defect in code_defects(layer.placed, layer.rules):
        orphaned = defect.kind is DefectKind.UNKNOWN_PARENT and dict(defect.values).get("parent") in codes
        if orphaned or codes.intersection(defect.codes):
            yield defect


def _rows(layer: PreparedLayer, name: str, keys: set[Key]) -> NDArray[np.int64]:
    rows = np.flatnonzero(layer.areas.levels == name)
    return rows[[(name, code) in keys for code in layer.areas.codes[rows]]] if len(rows) else rows


def _near(layer: PreparedLayer, name: str, footprints: Geometries) -> NDArray[np.int64]:
    rows = layer.level(name)
    if not len(rows):
        return rows
    hit = np.unique(shapely.STRtree(layer.valid[rows]).query(_boxes(footprints))[1])
    return np.asarray(rows[hit], dtype=np.int64)


def _boxes(footprints: Geometries) -> Geometries:
    west, south, east, north = shapely.bounds(footprints).T
    return np.asarray(
        shapely.box(west - _MARGIN_DEG, south - _MARGIN_DEG, east + _MARGIN_DEG, north + _MARGIN_DEG), dtype=object
    )
