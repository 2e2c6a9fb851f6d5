"""Match the vertices of neighbours, so that a program can move one of them in all areas that it belongs to.

Neighbours of a valid coverage may meet on an edge of one where only the other has a vertex (a T-junction), and stored
coordinates may differ by a step of their rounding. Editors find what is shared by equal coordinates: both tear there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.edit.partition import node

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

_REACH = 2.5
"""Steps within which two vertices are one, or a vertex lies on an edge: one step off on each axis, and its rounding."""
_PASSES = 3
"""Times to look: an edge that bends to a new vertex may come within reach of another."""


def match_vertices(coverage: Mapping[str, BaseGeometry], decimals: int) -> dict[str, BaseGeometry]:
    """Return the areas with every vertex of one that lies on another's border as a vertex of both, equal to the bit.

    Parameters
    ----------
    coverage
        Code to Polygon or MultiPolygon, rounded to `decimals` of its unit.
    decimals
        What counts as the same place follows from it: 2.5 steps, 2.8 cm at the seven decimals that are stored.

    Returns
    -------
    dict
        The same codes. An area that matching would break (a ring narrower than the steps) stays as it is, as does one
        that is not valid.
    """
    reach = _REACH * 10.0**-decimals
    sound = {code: area for code, area in coverage.items() if area.is_valid and not area.is_empty}
    if not sound:
        return dict(coverage)
    areas = np.array(list(sound.values()), dtype=object)
    for _ in range(_PASSES):
        before, areas = areas, _noded(_with_one_vertex_a_place(areas, reach), reach)
        if shapely.equals_identical(before, areas).all():
            break
    return dict(coverage) | dict(zip(sound, areas.tolist(), strict=True))


def _noded(areas: NDArray[np.object_], reach: float) -> NDArray[np.object_]:
    """Return areas with the vertices of others that lie within `reach` of their borders."""
    parts, part_of = shapely.get_parts(areas, return_index=True)
    rings, ring_of = shapely.get_rings(parts, return_index=True)
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    points, vertex = np.unique(coordinates, axis=0, return_inverse=True)
    vertex, area = vertex.reshape(-1), part_of[ring_of[ring]]
    edges = np.flatnonzero((ring[1:] == ring[:-1]) & (vertex[1:] != vertex[:-1]))
    segments = np.asarray(shapely.linestrings(np.stack([coordinates[edges], coordinates[edges + 1]], axis=1)))
    near, edge = shapely.STRtree(segments).query(shapely.points(points), predicate="dwithin", distance=reach)
    # An area needs each vertex once: not those that are its own already.
    wanted = np.unique(area[edges][edge] * len(points) + near)
    wanted = wanted[~np.isin(wanted, area * len(points) + vertex)]
    result = areas.copy()
    for index in np.unique(wanted // len(points)).tolist():
        noded = node(areas[index], points[wanted[wanted // len(points) == index] % len(points)], reach)
        result[index] = noded if noded.is_valid else areas[index]
    return result


def _with_one_vertex_a_place(areas: NDArray[np.object_], reach: float) -> NDArray[np.object_]:
    """Return areas whose vertices within `reach` of each other stand in the first of their places, west to east."""
    coordinates, area = shapely.get_coordinates(areas, return_index=True)
    points, vertex = np.unique(coordinates, axis=0, return_inverse=True)
    places = np.asarray(shapely.points(points))
    one, other = shapely.STRtree(places).query(places, predicate="dwithin", distance=reach)
    pairs = coo_array((np.ones(len(one)), (one, other)), shape=(len(points), len(points)))
    group = connected_components(pairs, directed=False)[1]
    first = np.full(len(points), len(points))
    np.minimum.at(first, group, np.arange(len(points)))
    home = first[group][vertex.reshape(-1)]
    result = areas.copy()
    for index in np.unique(area[home != vertex.reshape(-1)]).tolist():
        own = points[home[area == index]]
        moved = shapely.remove_repeated_points(shapely.set_coordinates(shapely.transform(areas[index], np.copy), own))
        result[index] = moved if moved.is_valid else areas[index]
    return result
