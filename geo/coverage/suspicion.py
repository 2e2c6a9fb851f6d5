"""Whether a layer lies where it should: over its reference at all, and in the datum that was declared.

A layer that shares no ground with its reference is somewhere else: a wrong zone, exchanged axes, another city. A wrong
datum is suspected where the layer fits its reference only when read in another one of WGS 84, GCJ-02 and BD-09.
Where codes match (a previous release), the median displacement of the areas' centroids is compared; for a
bare outline, how far the layer sticks out of it. A displacement that one of the known shifts explains to
three quarters is reported; borders that really moved are not, because they do not all move the same way.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.coverage.measure import polygons_of
from geo.coverage.model import Defect, DefectKind
from geo.datum import BD09, GCJ02, WGS84, from_wgs84, to_wgs84

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from geo.coverage.measure import Ruler
    from geo.coverage.model import AreaSet, Geometries, Reference

    Floats = NDArray[np.float64]

_SMALLEST_SHIFT_M = 50.0  # GCJ-02 moves points by 100 to 700 m; less is another matter
_EXPLAINED = 0.25  # what remains after the shift, as a share of the displacement without it
_OUTLINE_DETAIL_DEG = 5e-5
_PLAIN = WGS84.name
# What the numbers were read as, and what they may be: each pair.
_HYPOTHESES = tuple(itertools.permutations((_PLAIN, GCJ02.name, BD09.name), 2))


def place_defects(areas: AreaSet, valid: Geometries, reference: Reference, ruler: Ruler) -> Iterator[Defect]:
    """Yield at most one defect: the layer shares no ground with its reference.

    Parameters
    ----------
    areas, valid : AreaSet and ndarray of polygons
        The usable areas, in WGS 84; nothing on empty input.
    reference : Reference
        The previous release or an outline; nothing where it is empty.
    ruler : Ruler
        The layer's measure.
    """
    trusted = reference.geometries
    trusted = trusted[~(shapely.is_missing(trusted) | shapely.is_empty(trusted))]
    if not len(areas) or not len(trusted) or _overlap(valid, trusted):
        return
    ours, theirs = (shapely.box(*shapely.total_bounds(shapes)) for shapes in (valid, trusted))
    middles = shapely.get_coordinates(shapely.centroid([ours, theirs]))
    east, north = ((middles[0] - middles[1]) * ruler.metres_per_degree).tolist()
    yield Defect(
        DefectKind.ELSEWHERE,
        areas.levels[0],
        (),
        ours,
        size=float(np.hypot(east, north)),
        unit="m",
        cause="outline" if reference.codes is None else None,
        values=(("way", _way(east, north)),),
    )


def _overlap(valid: Geometries, trusted: Geometries) -> bool:
    """Return whether two sets of polygons share ground: some pair whose insides meet."""
    tree = shapely.STRtree(trusted)
    for shape in valid:
        near = tree.query(shape, predicate="intersects")
        if len(near) and (~shapely.touches(shape, trusted[near])).any():
            return True
    return False


_WAYS = ("east", "north_east", "north", "north_west", "west", "south_west", "south", "south_east")


def _way(east: float, north: float) -> str:
    """Return which of the eight winds a displacement points to."""
    # Octants counter-clockwise from the east, each centred on its wind.
    return _WAYS[round(float(np.arctan2(north, east)) / (np.pi / 4)) % 8]


def datum_defects(areas: AreaSet, valid: Geometries, reference: Reference, ruler: Ruler) -> Iterator[Defect]:
    """Yield at most one defect: the layer's datum is not the declared one.

    Parameters
    ----------
    areas, valid : AreaSet and ndarray of polygons
        The usable areas, WGS 84 as declared; nothing on empty input.
    reference : Reference
        The previous release (with codes) or an outline.
    ruler : Ruler
        The layer's measure.
    """
    trusted = reference.geometries[~(shapely.is_missing(reference.geometries) | shapely.is_empty(reference.geometries))]
    if not len(areas) or not len(trusted):
        return
    pairs = _pairs(areas, valid, reference)
    if pairs is not None and 2 * shapely.equals_identical(*pairs).sum() > len(pairs[0]):
        return  # More than half lie where they lay: so does the median.
    by_code = None if pairs is None else tuple(shapely.get_coordinates(shapely.centroid(side)) for side in pairs)
    outline = None if by_code is not None else _outlines(valid, trusted)

    def displacement_m(read_as: str, meant: str) -> float:
        if by_code is not None:
            ours, theirs = by_code
            moved = _reread(ours, read_as, meant)
            return float(np.linalg.norm(np.median((moved - theirs) * ruler.metres_per_degree, axis=0)))
        ours_outline, theirs_outline = outline if outline is not None else (shapely.Polygon(), shapely.Polygon())
        moved_outline = shapely.transform(ours_outline, lambda points: _reread(points, read_as, meant))
        outside, whole = ruler.metric(
            np.array([shapely.difference(moved_outline, theirs_outline), moved_outline], dtype=object)
        )
        # A shape moved by d sticks out by d times its width, and the mean width is the perimeter over pi.
        return float(outside.area * np.pi / max(whole.length, 1.0))

    declared_m = displacement_m(_PLAIN, _PLAIN)
    if declared_m < _SMALLEST_SHIFT_M:
        return
    remaining = [displacement_m(read_as, meant) for read_as, meant in _HYPOTHESES]
    best = int(np.argmin(remaining))
    if remaining[best] > _EXPLAINED * declared_m:
        return
    read_as, meant = _HYPOTHESES[best]
    cause = None if read_as == _PLAIN else "converted_twice" if meant == _PLAIN else "other_shift"
    middle = shapely.get_coordinates(shapely.centroid(shapely.box(*shapely.total_bounds(valid))))
    shift_m = float(np.linalg.norm((_reread(middle, read_as, meant) - middle) * ruler.metres_per_degree))
    yield Defect(
        DefectKind.SUSPECTED_DATUM,
        areas.levels[0],
        (),
        shapely.box(*shapely.total_bounds(valid)),
        size=shift_m,
        unit="m",
        cause=cause,
        values=(
            ("datum", read_as if meant == _PLAIN else meant),
            ("read_as", read_as),
            ("residual_m", remaining[best]),
        ),
    )


def _reread(points: Floats, read_as: str, meant: str) -> Floats:
    """Return WGS 84 points that were read as one datum as they are when their numbers are meant in another."""
    # Back to the numbers as they stood in the file, then forward by the other datum.
    numbers = from_wgs84(points[:, 0], points[:, 1], read_as)
    return np.column_stack(to_wgs84(*numbers, meant))


def _pairs(areas: AreaSet, valid: Geometries, reference: Reference) -> tuple[Geometries, Geometries] | None:
    """Return the polygons of areas that the reference has too, and the reference's; None without any."""
    if reference.codes is None:
        return None
    usable = ~(shapely.is_missing(reference.geometries) | shapely.is_empty(reference.geometries))
    theirs = dict(zip(reference.codes[usable], reference.geometries[usable], strict=True))
    rows = [index for index, code in enumerate(areas.codes) if code in theirs]
    if not rows:
        return None
    return valid[rows], np.array([theirs[areas.codes[index]] for index in rows], dtype=object)


def _outlines(valid: Geometries, trusted: Geometries) -> tuple[shapely.Geometry, shapely.Geometry]:
    ours, theirs = (
        shapely.union_all(shapely.make_valid(shapely.simplify(shapes, _OUTLINE_DETAIL_DEG)))
        for shapes in (valid, trusted)
    )
    return (
        shapely.multipolygons(list(polygons_of(ours))),
        shapely.multipolygons(list(polygons_of(theirs))),
    )
