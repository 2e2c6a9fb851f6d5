"""How much road lies in each area: what reports found along roads are compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.hotspot.arrays import FloatArray


def road_length_m(
    areas_m: Sequence[shapely.Geometry],
    lines_m: Sequence[shapely.Geometry],
    *,
    border_m: float = 5.0,
    step_m: float = 5.0,
) -> FloatArray:
    """Measure the road of each area.

    Borders of grids follow roads, so a road on a border serves both sides: a piece of road is divided equally among all
    areas within ``border_m`` of its middle. Road drawn twice counts once; two carriageways drawn as two lines count
    twice.

    Parameters
    ----------
    areas_m : sequence of Polygon or MultiPolygon, length n
        Metres, any metric CRS.
    lines_m : sequence of LineString or MultiLineString
        The same CRS.
    border_m : float
        A piece no farther from an area than this belongs to it (too).
    step_m : float
        Roads are cut into pieces no longer than this; where a road crosses the edge of ``border_m`` the length is
        uncertain by one piece.

    Returns
    -------
    ndarray, shape (n,), float64
        Metres; 0 where no road is. They sum to the road that any area has. Empty input returns an empty array.
    """
    areas = np.asarray(areas_m, dtype=object)
    network = shapely.unary_union(np.asarray(lines_m, dtype=object))
    points, line = shapely.get_coordinates(shapely.segmentize(shapely.get_parts(network), step_m), return_index=True)
    joined = line[1:] == line[:-1]
    length = np.hypot(*(points[1:] - points[:-1]).T)[joined]
    middle = shapely.points(((points[1:] + points[:-1]) / 2)[joined])
    piece, area = shapely.STRtree(areas).query(middle, predicate="dwithin", distance=border_m)
    # Each piece is divided equally among the areas near its middle.
    shares = length / np.maximum(np.bincount(piece, minlength=len(length)), 1)
    return np.bincount(area, shares[piece], minlength=len(areas)).astype(np.float64)
