"""Hexagons of one size over an extent: units that are alike everywhere, where administrative areas are not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from geo.hotspot.arrays import FloatArray, IntArray, as_points, require

MOST_HEXAGONS = 200_000
_SQRT3 = float(np.sqrt(3.0))


@dataclass(frozen=True, slots=True, eq=False)
class Hexagons:
    """Hexagons with a corner to the north, in a lattice that begins at the origin of the coordinates.

    Two extents in one coordinate system share their hexagons, so runs of different areas can be compared.

    Attributes
    ----------
    edge_m : float
        Length of an edge, metres.
    cells : ndarray, shape (n, 2), int64
        Axial coordinates (q eastwards, r northwards and half a step east), ascending.
    shapes_m : ndarray, shape (n,), object
        What of each hexagon lies in the extent, polygons in metres.
    """

    edge_m: float
    cells: IntArray
    shapes_m: npt.NDArray[np.object_]

    def __len__(self) -> int:
        """Return the number of hexagons."""
        return len(self.cells)

    def positions_of(self, points_m: npt.ArrayLike) -> IntArray:
        """Return the position of each point's hexagon, shape (k,); -1 where there is none."""
        wanted = axial(as_points(points_m), self.edge_m)
        position = {(q, r): number for number, (q, r) in enumerate(self.cells.tolist())}
        return np.array([position.get((q, r), -1) for q, r in wanted.tolist()], dtype=np.int64)


def hexagons_over(extent_m: shapely.Geometry, edge_m: float) -> Hexagons:
    """Cover an extent with hexagons.

    Parameters
    ----------
    extent_m : Polygon or MultiPolygon
        Metres, any metric CRS.
    edge_m : float
        Positive.

    Returns
    -------
    Hexagons
        Those that share some area with the extent, cut at its border. An empty extent has none.

    Raises
    ------
    HotspotInputError
        For an edge that is not positive, or so small that there would be more than 200,000 hexagons.
    """
    require(edge_m > 0, "edge_m must be positive")
    if shapely.is_empty(extent_m):
        return Hexagons(edge_m, np.empty((0, 2), dtype=np.int64), np.empty(0, dtype=object))
    west, south, east, north = shapely.bounds(extent_m).tolist()
    # A hexagon has an area of 3 sqrt(3) / 2 edge².
    expected = (east - west + 2 * edge_m) * (north - south + 2 * edge_m) / (1.5 * _SQRT3 * edge_m**2)
    require(expected <= MOST_HEXAGONS, f"an edge of {edge_m:g} m makes about {expected:,.0f} hexagons, too many")
    # Rows lie 1.5 edges apart, columns sqrt(3) edges, and row r begins r / 2 columns to the east.
    rows = np.arange(np.floor(south / (1.5 * edge_m)) - 1, np.ceil(north / (1.5 * edge_m)) + 2)
    columns = np.arange(np.floor(west / (_SQRT3 * edge_m)) - 1, np.ceil(east / (_SQRT3 * edge_m)) + 2)
    r, shift = np.meshgrid(rows, columns, indexing="ij")
    q = shift - np.floor(r / 2.0)
    cells = np.column_stack([q.ravel(), r.ravel()]).astype(np.int64)
    cells = cells[np.lexsort((cells[:, 1], cells[:, 0]))]
    shapes = np.asarray(shapely.polygons(_corners(cells, edge_m)), dtype=object)
    shapely.prepare(extent_m)
    near = shapely.intersects(extent_m, shapes)
    cells, shapes = cells[near], shapes[near]
    inside = shapely.contains_properly(extent_m, shapes)
    cut = np.where(inside, shapes, shapely.intersection(shapes, extent_m))
    kept = shapely.area(cut) > 0
    return Hexagons(edge_m, cells[kept], np.asarray(cut[kept], dtype=object))


def axial(points_m: FloatArray, edge_m: float) -> IntArray:
    """Return the axial coordinates of the hexagon that holds each point, shape (n, 2)."""
    r = points_m[:, 1] / (1.5 * edge_m)
    q = points_m[:, 0] / (_SQRT3 * edge_m) - r / 2.0
    s = -q - r
    # Cube coordinates, q + r + s = 0: round all three; the one rounded farthest follows from the other two.
    whole = np.round(np.column_stack([q, r, s]))
    off = np.abs(whole - np.column_stack([q, r, s]))
    worst = off.argmax(axis=1)
    q_whole = np.where(worst == 0, -whole[:, 1] - whole[:, 2], whole[:, 0])
    r_whole = np.where(worst == 1, -whole[:, 0] - whole[:, 2], whole[:, 1])
    return np.column_stack([q_whole, r_whole]).astype(np.int64)


def _corners(cells: IntArray, edge_m: float) -> FloatArray:
    x = _SQRT3 * edge_m * (cells[:, 0] + cells[:, 1] / 2.0)
    y = 1.5 * edge_m * cells[:, 1]
    angle = np.radians(30.0 + 60.0 * np.arange(6))
    # Corners from whole halves of the lattice, so that neighbours share theirs exactly.
    across = np.round(np.cos(angle) / (_SQRT3 / 2)) * (_SQRT3 / 2) * edge_m
    up = np.round(np.sin(angle) * 2) / 2 * edge_m
    corners = np.stack([x[:, None] + across, y[:, None] + up], axis=2)
    return np.asarray(np.round(corners, 6), dtype=np.float64)
