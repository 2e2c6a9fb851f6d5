"""The two frames of the generator: street plan (u, v) and local metres (x, y), and the way out to WGS 84.

Local metres are EPSG:4547 less `ORIGIN`. The street plan is a straight-lined drawing of the town; `warp` bends it,
so that roads which are straight on the plan curve gently on the ground.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, cast

import numpy as np
import shapely
from pyproj import Transformer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

ORIGIN = (434_750.0, 3_852_640.0)  # EPSG:4547, near 113.287 E, 34.80 N
PLAN_CENTRE = (-120.0, 140.0)
PLAN_TURN_DEG = -3.5
GRID_M = 0.01  # everything is noded on a grid of one centimetre
STEP_M = 60.0
DECIMALS = 7


@cache
def _transformer(source: int, target: int) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)


def warp(plan: NDArray[np.float64]) -> NDArray[np.float64]:
    """Take street-plan coordinates, shape (n, 2), to local metres."""
    u, v = plan[:, 0], plan[:, 1]
    turn = np.radians(PLAN_TURN_DEG)
    x = u * np.cos(turn) - v * np.sin(turn)
    y = u * np.sin(turn) + v * np.cos(turn)
    x = x + 70 * np.sin(v / 520 + 0.7) + 30 * np.sin((u + v) / 330 + 2.0)
    y = y + 60 * np.sin(u / 560 + 1.3) + 26 * np.sin((u - 0.6 * v) / 360)
    return np.column_stack([x + PLAN_CENTRE[0], y + PLAN_CENTRE[1]])


def curve(path: Sequence[tuple[float, float]]) -> shapely.LineString:
    """Draw a street-plan path on the ground, with a vertex every `STEP_M`."""
    dense = shapely.segmentize(shapely.LineString(path), STEP_M)
    return cast("shapely.LineString", snap(shapely.LineString(warp(shapely.get_coordinates(dense)))))


def snap(geometry: BaseGeometry) -> BaseGeometry:
    """Put every vertex on the noding grid."""
    return shapely.set_precision(geometry, GRID_M, mode="pointwise")


def polygon(geometry: BaseGeometry) -> shapely.Polygon:
    """Hold on to a polygon; anything else is a mistake of the generator."""
    if not isinstance(geometry, shapely.Polygon):
        raise TypeError(f"a polygon was meant, not {geometry.geom_type}")
    return geometry


def from_wgs84(geometry: BaseGeometry) -> BaseGeometry:
    """Take longitude and latitude to local metres."""

    def move(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(_transformer(4326, 4547).transform(points[:, 0], points[:, 1])) - ORIGIN

    return shapely.transform(geometry, move)


def to_wgs84(geometry: BaseGeometry) -> BaseGeometry:
    """Take local metres to longitude and latitude, rounded alike for every geometry that shares a vertex."""

    def move(points: NDArray[np.float64]) -> NDArray[np.float64]:
        east_north = points + ORIGIN
        lon_lat = _transformer(4547, 4326).transform(east_north[:, 0], east_north[:, 1])
        return np.round(np.column_stack(lon_lat), DECIMALS)

    return shapely.transform(geometry, move)
