"""GCJ-02 and BD-09, the two shifted systems of Chinese map services.

Both are functions of WGS 84 longitude and latitude that nobody can invert in closed form; the inverse here is
found by fixed-point iteration, to far below a centimetre. Both leave coordinates outside the rectangle of the
published algorithm alone.

Source: the formulas as published in eviltransform (googollee) and coordtransform (wandergis), which agree to
the last digits; the constants are those of the Krasovsky 1940 ellipsoid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.datum.crs import CHINA_RECTANGLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Forward = Callable[[Floats, Floats], tuple[Floats, Floats]]

_SEMI_MAJOR_AXIS_M = 6378245.0
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_BD_FREQUENCY = np.pi * 3000.0 / 180.0
# The shift's derivative is below 0.03, so that each step wins more than 1.5 digits: 12 steps are ample.
_STEPS = 12
_STEP_IS_NOTHING_DEG = 1e-13


def in_china_rectangle(lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    """Whether each point (degrees, arrays of one shape) lies in the rectangle where the shifts apply; NaN does not."""
    west, south, east, north = CHINA_RECTANGLE
    return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)


def wgs84_to_gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return GCJ-02 degrees of WGS 84 degrees, float64 arrays of one shape; NaN stays NaN."""
    return _where_in_china(_gcj02, lon, lat)


def wgs84_to_bd09(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return BD-09 degrees of WGS 84 degrees, float64 arrays of one shape; NaN stays NaN."""
    return _where_in_china(_bd09, lon, lat)


def gcj02_to_wgs84(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return WGS 84 degrees of GCJ-02 degrees, float64 arrays of one shape.

    The inverse of :func:`wgs84_to_gcj02` to well below 1 cm; NaN stays NaN.
    """
    return _where_in_china(lambda x, y: _invert(_gcj02, x, y), lon, lat)


def bd09_to_wgs84(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return WGS 84 degrees of BD-09 degrees, float64 arrays of one shape.

    The inverse of :func:`wgs84_to_bd09` to well below 1 cm; NaN stays NaN.
    """
    return _where_in_china(lambda x, y: _invert(_bd09, x, y), lon, lat)


def _where_in_china(convert: Forward, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    inside = in_china_rectangle(lon, lat)
    if inside.all():
        return convert(lon, lat)
    shifted_lon, shifted_lat = lon.copy(), lat.copy()
    shifted_lon[inside], shifted_lat[inside] = convert(lon[inside], lat[inside])
    return shifted_lon, shifted_lat


def _gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    # The published polynomials and ripples, metres east and north, about (105 E, 35 N).
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    ripple = 20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (ripple + 20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (ripple + 20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    phi = np.radians(lat)
    # Radii of curvature, metres: meridian a (1 - e²) / W³, parallel a cos(phi) / W with W² = 1 - e² sin²(phi).
    w2 = 1.0 - _ECCENTRICITY_SQUARED * np.sin(phi) ** 2
    w = np.sqrt(w2)
    meridian_radius = _SEMI_MAJOR_AXIS_M * (1.0 - _ECCENTRICITY_SQUARED) / (w2 * w)
    parallel_radius = _SEMI_MAJOR_AXIS_M / w * np.cos(phi)
    return lon + np.degrees(east / parallel_radius), lat + np.degrees(north / meridian_radius)


def _bd09(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    x, y = _gcj02(lon, lat)
    # GCJ-02 degrees in polar form, with a ripple on radius and angle, then moved by (0.0065, 0.006).
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * _BD_FREQUENCY)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _BD_FREQUENCY)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def _invert(forward: Forward, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    x, y = lon.copy(), lat.copy()
    for _ in range(_STEPS):
        # Fixed point: add what the forward formula misses.
        there_lon, there_lat = forward(x, y)
        step_x, step_y = lon - there_lon, lat - there_lat
        x += step_x
        y += step_y
        if max(np.abs(step_x).max(initial=0.0), np.abs(step_y).max(initial=0.0)) < _STEP_IS_NOTHING_DEG:
            break
    return x, y
