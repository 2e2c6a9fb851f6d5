"""Round polygons to whole steps of a grid so that what was valid stays valid, and neighbours stay neighbours.

Rounding each coordinate by itself makes about six of a thousand real outlines invalid: a neck of some millimetres
closes, a hole becomes a line. Snap rounding (Hobby 1999, doi:10.1016/S0925-7721(99)00021-8) lets the rounded edges meet
in common nodes instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.ops import polygonize

from geo.edit.partition import join, node

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Geometries = NDArray[np.object_]
    Flags = NDArray[np.bool_]

_ON_EDGE = 0.75
"""Steps from an edge within which snap rounding lets the edge run through a node: half a step on each axis."""


def rounded(geometries: Geometries, decimals: int) -> Geometries:
    """Return geometries (n,) with every coordinate rounded by itself (and no negative zero); rings may break."""
    return np.asarray(shapely.transform(geometries, lambda xy: np.round(xy, decimals) + 0.0), dtype=object)


def snap_rounded(geometries: Geometries, decimals: int, broken: Flags) -> Geometries:
    """Return geometries rounded to `decimals`, those of `broken` put together anew from their rounded edges.

    The vertices are where `rounded` puts them, so that borders shared with others stay shared; where an edge runs
    through a new node, the areas beside get that node too.

    Parameters
    ----------
    geometries
        (n,) polygons and multipolygons, valid, not rounded.
    decimals
        Of the unit of the coordinates.
    broken
        (n,) which of them are not valid when each coordinate is rounded by itself.

    Returns
    -------
    (n,) geometries. A part narrower than the grid is gone; where nothing is left, the geometry is empty.
    """
    result = rounded(geometries, decimals)
    step = 10.0**-decimals
    tree = shapely.STRtree(result)
    for index in np.flatnonzero(broken).tolist():
        before = result[index]
        result[index] = _put_together(geometries[index], before, decimals)
        nodes = shapely.get_coordinates(result[index])
        for other in tree.query(before).tolist():
            if other != index:
                noded = node(result[other], nodes, _ON_EDGE * step)
                result[other] = noded if noded.is_valid or not result[other].is_valid else result[other]
    return result


def _put_together(exact: BaseGeometry, moved: BaseGeometry, decimals: int) -> BaseGeometry:
    """Return the faces of the rounded rings, noded on the grid, whose inside is land of the exact geometry."""
    # From GEOS and not from make_valid: nodes have to be points of the grid, or storing would break rings again.
    lines = shapely.union_all(_edges(moved), grid_size=10.0**-decimals)
    lines = shapely.transform(lines, lambda xy: np.round(xy, decimals) + 0.0)
    faces = np.array(list(polygonize(shapely.get_parts(lines))), dtype=object)
    if not faces.size:
        return shapely.MultiPolygon()
    # By area and not by an inner point: that may fall into a hole which rounding has closed.
    land = 2.0 * shapely.area(shapely.intersection(faces, exact)) > shapely.area(faces)
    return join(faces[land].tolist()) if land.any() else shapely.MultiPolygon()


def _edges(geometry: BaseGeometry) -> list[BaseGeometry]:
    """Return the edges of all rings that have a length."""
    rings = shapely.get_rings(shapely.get_parts(geometry))
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    is_edge = (ring[1:] == ring[:-1]) & (coordinates[1:] != coordinates[:-1]).any(axis=1)
    pairs = np.stack([coordinates[:-1][is_edge], coordinates[1:][is_edge]], axis=1)
    return [shapely.LineString(pair) for pair in pairs]
