"""The outline of a set of points: convex hull or alpha shape, never degenerate."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from scipy.spatial import Delaunay, QhullError
from shapely import Polygon

from geo.hotspot.arrays import FloatArray, as_points, require


def outline(points_m: FloatArray, *, alpha_m: float | None = None, buffer_m: float = 1.0) -> Polygon:
    """Draw the outline of points.

    Parameters
    ----------
    points_m : ndarray, shape (n, 2)
        Metres, any metric CRS.
    alpha_m : float or None
        Largest circumradius of a Delaunay triangle that belongs to the shape; ``None`` draws the convex hull. Where
        no triangle is small enough the points themselves, buffered, remain.
    buffer_m : float
        Rounds the outline outwards, so that one point or a line has an area too. Positive.

    Returns
    -------
    shapely.Polygon or shapely.MultiPolygon
        Covers every point. Empty input returns an empty polygon.

    Source
    ------
    Edelsbrunner, Kirkpatrick & Seidel (1983), IEEE Trans. Inf. Theory 29(4), 551-559.
    """
    points = np.unique(as_points(points_m), axis=0)
    require(buffer_m > 0, "buffer_m must be positive")
    require(alpha_m is None or alpha_m > 0, "alpha_m must be positive")
    if len(points) == 0:
        return Polygon()
    scattered: Any = shapely.multipoints(points)
    if alpha_m is None:
        hull: Polygon = scattered.convex_hull.buffer(buffer_m)
        return hull
    triangles = _small_triangles(points, alpha_m)
    drawn: Polygon = shapely.union_all([*triangles, scattered]).buffer(buffer_m)
    return drawn


def _small_triangles(points: FloatArray, alpha_m: float) -> list[Polygon]:
    if len(points) < 3:
        return []
    try:
        corners = points[Delaunay(points - points.mean(axis=0)).simplices]
    except QhullError:  # all on one line
        return []
    # Circumradius of a triangle: product of its sides over four times its area.
    sides = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2)
    one, two = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area = 0.5 * np.abs(one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0])
    with np.errstate(divide="ignore"):
        radius = sides.prod(axis=1) / (4.0 * area)
    return list(shapely.polygons(corners[radius <= alpha_m]))
