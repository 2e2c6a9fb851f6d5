"""Suspicion of a wrong datum: the layer fits its reference only after a GCJ-02 or BD-09 shift.

Where codes match (a previous release), the median displacement of the areas' centroids is compared; for a
bare outline, how far the layer sticks out of it. A displacement that one of the known shifts explains to
three quarters is told; borders that really moved are not, because they do not all move the same way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.coverage.measure import polygons_of
from geo.coverage.messages import length_in_words
from geo.coverage.model import Defect, DefectKind
from geo.datum import from_wgs84, to_wgs84

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from geo.coverage.measure import Ruler
    from geo.coverage.model import AreaSet, Geometries, Reference

    Floats = NDArray[np.float64]

_SMALLEST_SHIFT_M = 50.0  # GCJ-02 moves points by 100 to 700 m; less is another matter
_EXPLAINED = 0.25  # what remains after the shift, as a share of the displacement without it
_OUTLINE_DETAIL_DEG = 5e-5
# (name, cause): read as this datum, or converted from it once too often.
_HYPOTHESES = (
    ("GCJ-02", None),
    ("BD-09", None),
    ("GCJ-02", "converted_twice"),
    ("BD-09", "converted_twice"),
)


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

    def displacement_m(name: str | None, cause: str | None) -> float:
        if by_code is not None:
            ours, theirs = by_code
            moved = _reread(ours, name, cause)
            return float(np.linalg.norm(np.median((moved - theirs) * ruler.metres_per_degree, axis=0)))
        ours_outline, theirs_outline = outline if outline is not None else (shapely.Polygon(), shapely.Polygon())
        moved_outline = shapely.transform(ours_outline, lambda points: _reread(points, name, cause))
        outside, whole = ruler.metric(
            np.array([shapely.difference(moved_outline, theirs_outline), moved_outline], dtype=object)
        )
        # A shape moved by d sticks out by d times its width, and the mean width is the perimeter over pi.
        return float(outside.area * np.pi / max(whole.length, 1.0))

    declared_m = displacement_m(None, None)
    if declared_m < _SMALLEST_SHIFT_M:
        return
    remaining = [displacement_m(name, cause) for name, cause in _HYPOTHESES]
    best = int(np.argmin(remaining))
    if remaining[best] > _EXPLAINED * declared_m:
        return
    name, cause = _HYPOTHESES[best]
    middle = shapely.get_coordinates(shapely.centroid(shapely.box(*shapely.total_bounds(valid))))
    shift_m = float(np.linalg.norm((_reread(middle, name, cause) - middle) * ruler.metres_per_degree))
    yield Defect(
        DefectKind.SUSPECTED_DATUM,
        areas.levels[0],
        (),
        shapely.box(*shapely.total_bounds(valid)),
        size=shift_m,
        unit="m",
        cause=cause,
        details=(
            ("datum", name),
            ("shift", length_in_words(shift_m)),
            ("residual", length_in_words(remaining[best])),
        ),
    )


def _reread(points: Floats, name: str | None, cause: str | None) -> Floats:
    if name is None:
        return points
    convert = to_wgs84 if cause is None else from_wgs84
    return np.column_stack(convert(points[:, 0], points[:, 1], name))


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
