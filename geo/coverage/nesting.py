"""Gaps within a level, and what lies outside its parent or is left uncovered in it.

Areas are united parent by parent (cheap where their edges match), the unions are compared with the parents
and then united to the whole level, whose holes are the gaps. Ground that no area covers is reported once: as a
gap when it is enclosed, else as the part of a parent that is not covered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.coverage.measure import NOISE, REACH_DEG, SLIVER, WIDE, named, parts_of, polygons_of, together
from geo.coverage.model import Defect, DefectKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from geo.coverage.measure import Level
    from geo.coverage.model import AreaSet, Geometries, LayerRules


def united(valid: Geometries, suspects: NDArray[np.bool_]) -> shapely.Geometry:
    """Return the union of areas of which the suspects may overlap, the others have matching edges."""
    clean = valid[~suspects]
    joined = _joined_clean(clean)
    if not suspects.any():
        return joined
    return shapely.union_all([*polygons_of(joined), *valid[suspects]])


def _joined_clean(clean: Geometries) -> shapely.Geometry:
    if len(clean) == 1:  # its own union already: a district has tens of thousands of points
        alone: shapely.Geometry = clean[0]
        return alone
    return shapely.coverage_union_all(clean) if len(clean) else shapely.Polygon()


def joined(unions: list[shapely.Geometry], *, is_matched: bool) -> shapely.Geometry:
    """Return the union of parents' unions; `is_matched`, no area of the level is suspect."""
    if len(unions) == 1:
        return unions[0]
    return shapely.coverage_union_all(unions) if is_matched else shapely.union_all(unions)


def outside_of(ground: Geometries, cover: shapely.Geometry) -> Geometries:
    """Return what of each geometry lies outside a cover, empty polygons where nothing does.

    What is covered is not cut: with matching edges the exact predicate takes a seventh of the time.
    """
    left = np.full(len(ground), shapely.Polygon(), dtype=object)
    bare = ~shapely.covers(cover, ground)
    left[bare] = shapely.difference(ground[bare], cover)
    return left


_MANY_SUSPECTS = 500  # with fewer the union of polygons is the faster one


def are_many(suspects: NDArray[np.bool_]) -> bool:
    """Whether so many areas have edges that do not match that their union costs more than the faces of their lines."""
    return bool(suspects.sum() >= _MANY_SUSPECTS)


def holes_among(ground: Geometries, suspects: NDArray[np.bool_], slit_width_deg: float) -> Geometries:
    """Return the ground that areas (or unions of areas) enclose without covering, as polygons.

    Parameters
    ----------
    ground : ndarray of polygons and multipolygons, shape (n,)
        What covers.
    suspects : ndarray of bool
        Which areas of the level have an edge that does not match their neighbours'.
    slit_width_deg : float
        As for :func:`holes_of`.
    """
    if are_many(suspects):
        return holes_by_faces(ground, slit_width_deg)
    return holes_of(joined(list(ground), is_matched=not suspects.any()), slit_width_deg if suspects.any() else 0.0)


def holes_by_faces(ground: Geometries, slit_width_deg: float) -> Geometries:
    """Return the holes of areas that overlap in many places.

    A union of polygons nodes the growing whole again for each doubling of its parts. Here all lines are noded once; a
    face of them lies in an area as a whole or not at all, and those in no area are the holes.
    """
    areas = parts_of(ground)[0]
    lines = shapely.union_all(shapely.boundary(areas))
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    shapely.prepare(areas)
    covered = np.zeros(len(faces), dtype=bool)
    # One inner point decides for a face: all lines are noded, so that none runs through it.
    covered[shapely.STRtree(shapely.point_on_surface(faces)).query(areas, predicate="contains_properly")[1]] = True
    holes = np.asarray(faces[~covered], dtype=object)
    islands = [
        ring for hole in holes[shapely.get_num_interior_rings(holes) > 0] for ring in shapely.get_rings(hole)[1:]
    ]
    outline = [*polygons_of(shapely.coverage_union_all(faces)), *map(shapely.Polygon, islands)]
    return _with_slit_open(holes, np.array(outline, dtype=object), areas, slit_width_deg)


def holes_of(union: shapely.Geometry, slit_width_deg: float) -> Geometries:
    """Return the ground a union encloses without covering, as polygons.

    Where edges do not match, a slit too narrow to notice may lead from a hole to the outside: slits up to
    `slit_width_deg` are taken as closed.
    """
    holes = _enclosed(union)
    if slit_width_deg == 0.0:
        return holes
    return _with_slit_open(holes, polygons_of(union), polygons_of(union), slit_width_deg)


def _with_slit_open(holes: Geometries, outline: Geometries, ground: Geometries, slit_width_deg: float) -> Geometries:
    """Return holes and, beside them, what only a slit leads to.

    `outline` has the outer rings of the union, `ground` the polygons that cover it.
    """
    closed = _slit_open(outline, slit_width_deg)
    if len(holes) and len(closed):
        known = shapely.STRtree(holes).query(closed, predicate="intersects")[0]
        closed = np.delete(closed, known)
    if not len(closed):
        return holes
    widened = shapely.buffer(shapely.union_all(closed), 2.0 * slit_width_deg, join_style="mitre")
    near = ground[np.unique(shapely.STRtree(ground).query(widened, predicate="intersects"))]
    opened = polygons_of(shapely.difference(widened, near[0] if len(near) == 1 else shapely.union_all(near)))
    # The widened hole may reach a hair past an outer edge: that is no hole.
    opened = opened[shapely.area(opened) > 4.0 * slit_width_deg * shapely.length(opened)]
    return np.concatenate([holes, opened])


def _slit_open(parts: Geometries, slit_width_deg: float) -> Geometries:
    """Return the ground that only a slit leads to from outside, drawn in by the slit's width.

    Such a slit is in an outer ring, so that only these are widened: a layer whose edges match nowhere has tens of
    thousands of holes, and to widen them all takes most of the check's time.
    """
    filled = np.asarray(shapely.polygons(shapely.get_exterior_ring(parts)), dtype=object)
    found: list[Geometries] = [np.empty(0, dtype=object)]
    while len(filled):
        # Islands in the hole of another part are looked at after it: filled, it would hide them.
        holder, held = shapely.STRtree(filled).query(filled, predicate="contains")
        within = np.unique(held[holder != held])
        outermost = np.setdiff1d(np.arange(len(filled)), within)
        solid = shapely.multipolygons(list(filled[outermost]))
        found.append(_enclosed(shapely.buffer(solid, slit_width_deg, join_style="mitre")))
        filled = filled[within]
    return np.concatenate(found)


def _enclosed(union: shapely.Geometry) -> Geometries:
    parts = polygons_of(union)
    rings = [ring for part in parts[shapely.get_num_interior_rings(parts) > 0] for ring in shapely.get_rings(part)[1:]]
    if not rings:
        return np.empty(0, dtype=object)
    holes = np.asarray(shapely.polygons(rings), dtype=object)
    # A part of the union may lie in a hole of another one, like an island in a lake.
    lake, island = shapely.STRtree(parts).query(holes, predicate="contains")
    lakes = np.unique(lake)
    ground = [
        polygons_of(shapely.difference(holes[one], shapely.union_all(parts[island[lake == one]]))) for one in lakes
    ]
    return np.concatenate([np.delete(holes, lakes), *ground])


def without_allowed(pieces: Geometries, rules: LayerRules) -> Geometries:
    """Return what is left of uncovered pieces outside the declared gaps, as polygons."""
    if rules.allowed_gaps is None or not len(pieces):
        return pieces
    return np.concatenate([polygons_of(left) for left in shapely.difference(pieces, rules.allowed_gaps)])


def uncovered_defects(
    level: Level,
    pieces: Geometries,
    parents: NDArray[np.int64],
    holes: Geometries,
    above: AreaSet | None,
) -> Iterator[Defect]:
    """Yield gaps, uncovered parents and their slivers.

    Parameters
    ----------
    level : Level
        The level.
    pieces : ndarray of polygons, shape (n,)
        Uncovered ground in WGS 84; nothing on empty input. `holes` itself where each hole is such a piece.
    parents : ndarray of int64, shape (n,)
        For each piece its parent's index in `above`; -1 where the level has no parents.
    holes : ndarray of polygons
        The holes of the level's union: a piece in one is a gap; the pieces of one hole are one gap.
    above : AreaSet or None
        The areas that `parents` counts, None at the coarsest level.
    """
    if not len(pieces):
        return
    classes, sizes = level.ruler.widths(pieces)
    inside = np.full(len(pieces), -1, dtype=np.int64)
    if pieces is holes:
        inside = np.arange(len(holes))
    elif len(holes):
        # By area, not by a point: a point of the piece may fall on the hair along its edge.
        piece, hole = shapely.STRtree(holes).query(pieces, predicate="intersects")
        common = shapely.area(shapely.intersection(pieces[piece], holes[hole]))
        mostly = common > 0.5 * shapely.area(pieces[piece])
        inside[piece[mostly]] = hole[mostly]
    near = shapely.STRtree(level.valid)
    groups: dict[tuple[int, int, bool], list[int]] = {}
    for row in np.flatnonzero(classes > NOISE).tolist():
        parent = -1 if inside[row] >= 0 else int(parents[row])
        groups.setdefault((int(inside[row]), parent, bool(classes[row] == WIDE)), []).append(row)
    places = np.array([together(pieces[rows]) for rows in groups.values()], dtype=object)
    place_of, touching = near.query(places, predicate="dwithin", distance=REACH_DEG)
    codes = level.areas.codes
    for number, ((hole, parent, wide), rows) in enumerate(groups.items()):
        beside = touching[np.searchsorted(place_of, number) : np.searchsorted(place_of, number, side="right")]
        around = beside[np.argsort(codes[beside].astype(str))]
        if hole >= 0:
            kind, cause = DefectKind.GAP, "gap"
            concerned, names, where = tuple(codes[around]), named(level.areas, around), level.areas.levels[0]
        elif above is not None:
            kind, cause = DefectKind.PARENT_NOT_COVERED, "parent_not_covered"
            concerned, names = (above.codes[parent], *codes[around]), named(above, [parent])
            where = above.levels[parent]
        else:
            continue
        yield Defect(
            kind if wide else DefectKind.SLIVER,
            where,
            concerned,
            places[number],
            size=float(sizes[rows].sum()),
            unit="m2",
            cause=None if wide else cause,
            values=(level.ruler.sliver_width, *names),
        )


def outside_defects(
    level: Level, children: NDArray[np.int64], parent: shapely.Geometry, parent_code: str
) -> Iterator[Defect]:
    """Yield the children of one parent that reach beyond it, wide parts and slivers apart."""
    beyond = outside_of(level.valid[children], parent)
    rows = np.flatnonzero(shapely.area(beyond) > 0.0)
    found, owner = parts_of(beyond[rows])
    all_classes, all_sizes = level.ruler.widths(found)
    ends = np.searchsorted(owner, np.arange(len(rows) + 1)).tolist()
    for row, first, last in zip(rows.tolist(), ends, ends[1:], strict=False):
        child, pieces = int(children[row]), found[first:last]
        classes, sizes = all_classes[first:last], all_sizes[first:last]
        for wanted, kind in (
            (classes == WIDE, DefectKind.OUTSIDE_PARENT),
            (classes == SLIVER, DefectKind.SLIVER),
        ):
            if wanted.any():
                yield Defect(
                    kind,
                    level.areas.levels[child],
                    (level.areas.codes[child], parent_code),
                    together(pieces[wanted]),
                    size=float(sizes[wanted].sum()),
                    unit="m2",
                    cause="outside_parent" if kind is DefectKind.SLIVER else None,
                    values=(
                        ("parent", parent_code),
                        level.ruler.sliver_width,
                        *named(level.areas, [child]),
                    ),
                )
