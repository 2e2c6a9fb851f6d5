"""Simplification by zoom that keeps neighbours neighbours: shared borders move together, no gap and no overlap."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

MAX_ZOOM = 22

#: From this zoom on nothing is simplified: half a pixel is then less than 0.6 m.
EXACT_ZOOM = 18

_TILE_PIXELS = 256

ObjectArray = npt.NDArray[np.object_]


def zoom_tolerance_deg(zoom: int) -> float:
    """Half a screen pixel at a web map's zoom, in degrees of longitude; 0 from EXACT_ZOOM on.

    Raises
    ------
    ValueError
        For a zoom outside 0 … MAX_ZOOM.
    """
    if not 0 <= zoom <= MAX_ZOOM:
        msg = f"zoom must lie in 0 … {MAX_ZOOM}, not {zoom}"
        raise ValueError(msg)
    # The world, 360 degrees, is 256 2^zoom pixels wide.
    return 0.0 if zoom >= EXACT_ZOOM else 180.0 / _TILE_PIXELS / 2**zoom


def simplify_level(areas: npt.ArrayLike, tolerance_deg: float, *, is_coverage: bool = True) -> ObjectArray:
    """Simplify all areas of one level together.

    Give the whole level and filter afterwards: a border is shared only with a neighbour that is there.

    Parameters
    ----------
    areas : array_like of shapely.Polygon or shapely.MultiPolygon, shape (n,)
        EPSG:4326.
    tolerance_deg : float
        About the square root of the area of the triangles taken away, degrees; 0 changes nothing.
    is_coverage : bool
        Whether the areas are meant to share borders. If not, each is simplified alone (overlaps stay overlaps).

    Returns
    -------
    ndarray of shapely.MultiPolygon, shape (n,), dtype object
        Valid. An area that would lose its body (become empty or invalid) keeps its own shape. Empty in, empty out.

    Source
    ------
    GEOS CoverageSimplifier (Visvalingam & Whyatt 1993, Cartogr. J. 30(1), 46-51, on the edges of the coverage).
    """
    shapes = np.asarray(areas, dtype=object)
    if not len(shapes) or tolerance_deg <= 0:
        return as_multipolygons(shapes)
    if is_coverage:
        simple = shapely.coverage_simplify(shapes, tolerance_deg)
    else:
        simple = shapely.simplify(shapes, tolerance_deg, preserve_topology=True)
    lost = shapely.is_empty(simple) | ~shapely.is_valid(simple)
    simple[lost] = shapes[lost]
    return as_multipolygons(simple)


def as_multipolygons(areas: ObjectArray) -> ObjectArray:
    """Wrap each polygon, shape (n,), in a multipolygon; multipolygons stay as they are."""
    alone = shapely.get_type_id(areas) == shapely.GeometryType.POLYGON
    result = areas.copy()
    if alone.any():
        result[alone] = shapely.multipolygons(areas[alone], indices=np.arange(np.count_nonzero(alone)))
    return result
