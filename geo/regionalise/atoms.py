"""The pieces a redesign groups: land cut along roads and today's borders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.ops import polygonize

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

LEAST_AREA_SHARE = 0.002
"""Pieces below this share of the land join the neighbour with the longest common border: road noding leaves crumbs."""
ROAD_WIDTH_M = 12.0
"""How far from a road's centre line a border may run and still follow the road."""


@dataclass(frozen=True)
class Atoms:
    """Pieces of land and who touches whom.

    Attributes
    ----------
    geometries
        (n,) polygons in the land's coordinates; together they are the land, edge by edge.
    pairs
        (m, 2) indices of pieces with a common border.
    border_m
        (m,) length of that border, metres.
    road_share
        (m,) share of that border which runs along a road, 0 to 1.
    """

    geometries: NDArray[np.object_]
    pairs: NDArray[np.int64]
    border_m: NDArray[np.float64]
    road_share: NDArray[np.float64]


def cut_atoms(
    land: BaseGeometry,
    borders: Sequence[BaseGeometry],
    roads: Sequence[BaseGeometry],
    *,
    metric: Callable[[Any], Any] = lambda geometries: geometries,
) -> Atoms:
    """Cut `land` along today's borders and the roads that cross it.

    Parameters
    ----------
    land
        Polygon or MultiPolygon.
    borders
        Lines or polygons of today's areas.
    roads
        Centre lines; what lies outside the land does not matter.
    metric
        Brings arrays of geometries to metres for measuring; the pieces keep the land's own coordinates, so that they
        tile it to the bit.

    Raises
    ------
    ValueError
        For empty land.
    """
    if land.is_empty:
        raise ValueError("there is no land to cut")
    shapely.prepare(land)
    crossing = [road for road in roads if land.intersects(road)]
    lines = [line.boundary if "Polygon" in line.geom_type else line for line in borders]
    faces = [
        f
        for f in polygonize(shapely.union_all([land.boundary, *lines, *crossing]))
        if land.covers(f.representative_point())
    ]
    pieces = _without_crumbs(faces, land.area * LEAST_AREA_SHARE)
    measured = metric(pieces)
    pairs, border_m = _touching(measured)
    return Atoms(pieces, pairs, border_m, _road_share(measured, pairs, border_m, [metric(road) for road in crossing]))


def _without_crumbs(faces: list[shapely.Polygon], least: float) -> NDArray[np.object_]:
    pieces = np.array(sorted(faces, key=lambda f: (f.centroid.x, f.centroid.y)), dtype=object)
    while len(pieces) > 1:
        smallest = int(np.argmin(shapely.area(pieces)))
        if pieces[smallest].area >= least:
            break
        shared = shapely.length(shapely.intersection(pieces[smallest].boundary, shapely.boundary(pieces)))
        shared[smallest] = -1.0
        heir = int(np.argmax(shared))
        pieces[heir] = shapely.coverage_union(pieces[heir], pieces[smallest])
        if pieces[heir].geom_type != "Polygon":
            pieces[heir] = max(shapely.get_parts(pieces[heir]), key=lambda p: p.area)
        pieces = np.delete(pieces, smallest)
    return pieces


def _touching(pieces: NDArray[np.object_]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    left, right = shapely.STRtree(pieces).query(pieces, predicate="intersects")
    pairs = np.stack([left, right], axis=1)[left < right]
    border = shapely.length(
        shapely.intersection(shapely.boundary(pieces)[pairs[:, 0]], shapely.boundary(pieces)[pairs[:, 1]])
    )
    return pairs[border > 0], border[border > 0]


def _road_share(
    pieces: NDArray[np.object_], pairs: NDArray[np.int64], border_m: NDArray[np.float64], roads: Sequence[BaseGeometry]
) -> NDArray[np.float64]:
    if not roads or len(pairs) == 0:
        return np.zeros(len(pairs))
    corridor = shapely.union_all([shapely.buffer(road, ROAD_WIDTH_M) for road in roads])
    shapely.prepare(corridor)
    rims = shapely.boundary(pieces)
    common = shapely.intersection(rims[pairs[:, 0]], rims[pairs[:, 1]])
    share: NDArray[np.float64] = shapely.length(shapely.intersection(common, corridor)) / border_m
    return np.clip(share, 0.0, 1.0)
