"""Distances from a centre: planar in metres, or along a great circle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from geo.hotspot.arrays import FloatArray

#: Radius of the sphere for great circle distances: 6367 km, as SaTScan takes it.
EARTH_RADIUS_M = 6_367_000.0


def planar_m(points_m: FloatArray, centre: FloatArray) -> FloatArray:
    """Return Euclidean distances in metres, shape (n,), from ``centre`` (2,) to ``points_m`` (n, 2)."""
    return np.asarray(np.hypot(points_m[:, 0] - centre[0], points_m[:, 1] - centre[1]), dtype=np.float64)


def great_circle_m(lonlat: FloatArray, centre: FloatArray) -> FloatArray:
    """Return great circle distances in metres, shape (n,), on a sphere of :data:`EARTH_RADIUS_M`.

    Parameters
    ----------
    lonlat : ndarray, shape (n, 2)
        Degrees, longitude first.
    centre : ndarray, shape (2,)

    Source
    ------
    Haversine formula.
    """
    longitude, latitude = np.radians(lonlat[:, 0]), np.radians(lonlat[:, 1])
    at_longitude, at_latitude = np.radians(centre)
    # hav(d / R) = sin²((phi - phi0) / 2) + cos(phi) cos(phi0) sin²((lambda - lambda0) / 2)
    half = (
        np.sin((latitude - at_latitude) / 2) ** 2
        + np.cos(latitude) * np.cos(at_latitude) * np.sin((longitude - at_longitude) / 2) ** 2
    )
    # d = 2 R asin(sqrt(hav)); rounding may lift hav above 1 at antipodes.
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(half, 1.0))), dtype=np.float64)
