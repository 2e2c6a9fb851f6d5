"""Metres: which projected system to measure an extent in, and areas and lengths in it.

Degrees are never measured. Inside China the local system is CGCS2000 in the 3-degree Gauss-Krüger zone of the
extent's middle (EPSG:4547 around Zhengzhou); elsewhere UTM; for extents too wide for a zone, or polar, an
azimuthal equal-area projection centred on the extent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geo.datum.convert import transform_geometry
from geo.datum.crs import WGS84, Crs, parse_crs

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

# EPSG's stated area for CGCS2000, on land and at sea; its zones by central meridian run from 75 E (4534) to
# 135 E.
_CGCS2000_BOX = (73.62, 16.7, 134.77, 53.56)
_FIRST_MERIDIAN, _LAST_MERIDIAN, _ZONE_WIDTH = 75, 135, 3
_FIRST_ZONE_EPSG = 4534
# Beyond this distance from the central meridian areas are off by more than 0.2 % at mid latitudes.
_WIDEST_ZONE_USE_DEG = 3.0
_UTM_SOUTH, _UTM_NORTH = -80.0, 84.0


def metric_crs_for(bounds: tuple[float, float, float, float]) -> Crs:
    """Return the projected system in metres that suits an extent.

    Parameters
    ----------
    bounds : (west, south, east, north)
        Degrees of WGS 84.

    Returns
    -------
    Crs
        CGCS2000 / 3-degree Gauss-Krüger by central meridian in China, UTM elsewhere, a local Lambert
        azimuthal equal-area for wide or polar extents. Areas in it are true to 0.2 % (exact in the last).

    Raises
    ------
    ValueError
        If the bounds are not finite degrees.
    """
    west, south, east, north = bounds
    if not (np.isfinite(bounds).all() and abs(south) <= 90.0 and abs(north) <= 90.0):
        message = f"not bounds in degrees: {bounds}"
        raise ValueError(message)
    lon, lat = (west + east) / 2.0, (south + north) / 2.0
    chinese_west, chinese_south, chinese_east, chinese_north = _CGCS2000_BOX
    if chinese_west <= west and east <= chinese_east and chinese_south <= south and north <= chinese_north:
        # Central meridian: the multiple of 3 degrees nearest to the middle; EPSG numbers the zones eastwards.
        meridian = round(lon / _ZONE_WIDTH) * _ZONE_WIDTH
        meridian = min(max(meridian, _FIRST_MERIDIAN), _LAST_MERIDIAN)
        if max(east - meridian, meridian - west) <= _WIDEST_ZONE_USE_DEG:
            return parse_crs(f"EPSG:{_FIRST_ZONE_EPSG + (meridian - _FIRST_MERIDIAN) // _ZONE_WIDTH}")
    elif south >= _UTM_SOUTH and north <= _UTM_NORTH:
        # UTM zone 1 begins at 180 W, each is 6 degrees wide; EPSG 326zz in the north, 327zz in the south.
        zone = min(max(int((lon + 180.0) // 6.0) + 1, 1), 60)
        meridian = zone * 6 - 183
        if max(east - meridian, meridian - west) <= _WIDEST_ZONE_USE_DEG + 1.0:
            return parse_crs(f"EPSG:{(32600 if lat >= 0 else 32700) + zone}")
    name = f"+proj=laea +lat_0={lat:.3f} +lon_0={lon:.3f} +datum=WGS84 +units=m +no_defs"
    return Crs(name, None, "none", name)


def to_metric(geometries: Any, crs: Crs | None = None) -> Any:  # noqa: ANN401  shapely's own
    """Convert WGS 84 geometries to metres, in `crs` or in the system that suits their extent.

    None and empty geometries pass; an input without any coordinate is returned as it is.
    """
    if crs is None:
        if shapely.get_num_coordinates(geometries).sum() == 0:
            return geometries
        west, south, east, north = shapely.total_bounds(geometries).tolist()
        crs = metric_crs_for((west, south, east, north))
    return transform_geometry(geometries, WGS84, crs)


def areas_m2(geometries: ArrayLike | shapely.Geometry, crs: Crs | None = None) -> Floats:
    """Return the areas in m² of WGS 84 geometries, measured in `crs` or the system that suits their extent.

    float64, the shape of the input; 0 for empty geometries, points and lines, NaN for None.
    """
    return np.asarray(shapely.area(to_metric(geometries, crs)), dtype=np.float64)


def lengths_m(geometries: ArrayLike | shapely.Geometry, crs: Crs | None = None) -> Floats:
    """Return the lengths in m of WGS 84 geometries (of a polygon, of its rings): float64, the shape of the input.

    Measured, and with the same empty cases, as :func:`areas_m2`.
    """
    return np.asarray(shapely.length(to_metric(geometries, crs)), dtype=np.float64)
