"""Conversion of coordinate arrays and geometries between reference systems.

Everything goes through WGS 84 longitude and latitude. Each vertex is converted on its own from its own
numbers, so that a vertex shared by two areas stays shared: a coverage stays a coverage.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
import shapely

from geo.datum import shifted
from geo.datum.crs import WGS84, Crs, area_of_use, parse_crs

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

_TO_WGS84: dict[str, Callable[[Floats, Floats], tuple[Floats, Floats]]] = {
    "gcj02": shifted.gcj02_to_wgs84,
    "bd09": shifted.bd09_to_wgs84,
}
_FROM_WGS84: dict[str, Callable[[Floats, Floats], tuple[Floats, Floats]]] = {
    "gcj02": shifted.wgs84_to_gcj02,
    "bd09": shifted.wgs84_to_bd09,
}
_ZERO_SHIFT_EPSG = (
    4326,
    4490,
)  # CGCS2000 to WGS 84 is a zero shift in PROJ, exact within a decimetre in nature.


def to_wgs84(x: ArrayLike, y: ArrayLike, crs: Crs | str) -> tuple[Floats, Floats]:
    """Convert coordinates to WGS 84 longitude and latitude.

    Parameters
    ----------
    x, y : array_like of float64, one shape
        East and north (longitude and latitude) in `crs`: degrees, or the unit of a projected system.
    crs : Crs or str
        The system of `x` and `y`.

    Returns
    -------
    lon, lat : ndarray of float64, the shape of the input (0-d for scalars)
        Degrees. What cannot be converted is inf; NaN stays NaN; empty input returns empty. The input is never
        changed.

    Raises
    ------
    UnknownCrsError
        If `crs` is a name that is not known.
    ValueError
        If `x` and `y` differ in shape.
    """
    source = parse_crs(crs) if isinstance(crs, str) else crs
    x, y = _pair(x, y)
    if source.shift != "none":
        return _reshaped(_TO_WGS84[source.shift], x, y)
    if source.epsg in _ZERO_SHIFT_EPSG:
        return x.copy(), y.copy()
    return _projected(source, WGS84, x, y)


def from_wgs84(lon: ArrayLike, lat: ArrayLike, crs: Crs | str) -> tuple[Floats, Floats]:
    """Convert WGS 84 longitude and latitude to another system; the inverse of :func:`to_wgs84`.

    Parameters
    ----------
    lon, lat : array_like of float64, one shape
        Degrees.
    crs : Crs or str
        The system wanted.

    Returns
    -------
    x, y : ndarray of float64, the shape of the input
        East and north in `crs`. What cannot be converted is inf; NaN stays NaN; empty input returns empty arrays.

    Raises
    ------
    UnknownCrsError
        If `crs` is a name that is not known.
    ValueError
        If `lon` and `lat` differ in shape.
    """
    target = parse_crs(crs) if isinstance(crs, str) else crs
    lon, lat = _pair(lon, lat)
    if target.shift != "none":
        return _reshaped(_FROM_WGS84[target.shift], lon, lat)
    if target.epsg in _ZERO_SHIFT_EPSG:
        return lon.copy(), lat.copy()
    return _projected(WGS84, target, lon, lat)


def transform_geometry(geometries: Any, source: Crs | str, target: Crs | str = WGS84) -> Any:  # noqa: ANN401  shapely's own
    """Convert geometries from one system to another.

    Parameters
    ----------
    geometries : Geometry or array_like of Geometry
        In `source`; None and empty geometries pass unchanged. A z coordinate is dropped.
    source, target : Crs or str
        Where from and where to; WGS 84 longitude/latitude by default.

    Returns
    -------
    Geometry or ndarray of Geometry
        Equal vertices stay equal: a valid coverage has the same shared vertices afterwards.

    Raises
    ------
    UnknownCrsError
        If a name is not known.
    """
    start = parse_crs(source) if isinstance(source, str) else source
    end = parse_crs(target) if isinstance(target, str) else target
    if start == end or {start.epsg, end.epsg} <= set(_ZERO_SHIFT_EPSG):
        return shapely.force_2d(geometries)

    def convert(coordinates: Floats) -> Floats:
        lon, lat = to_wgs84(coordinates[:, 0], coordinates[:, 1], start)
        return np.column_stack(from_wgs84(lon, lat, end))

    return shapely.transform(geometries, convert)


def outside_area_of_use(
    lon: ArrayLike, lat: ArrayLike, crs: Crs | str, *, margin_deg: float = 0.5
) -> NDArray[np.bool_]:
    """Return which points lie outside the area in which a system is meant to be used.

    Parameters
    ----------
    lon, lat : array_like of float64, one shape
        The points in WGS 84 degrees (after :func:`to_wgs84`).
    crs : Crs or str
        The system the points were declared in.
    margin_deg : float
        How far beyond the stated box is still taken as inside: the registry's boxes are rounded, and a zone
        is used a little past its edge by everybody.

    Returns
    -------
    ndarray of bool, the shape of the input
        True outside, and for anything not finite; empty input returns an empty array.
    """
    system = parse_crs(crs) if isinstance(crs, str) else crs
    lon, lat = _pair(lon, lat)
    west, south, east, north = area_of_use(system)
    in_lat = (lat >= max(south - margin_deg, -90.0)) & (lat <= min(north + margin_deg, 90.0))
    if west <= east:
        in_lon = (lon >= max(west - margin_deg, -180.0)) & (lon <= min(east + margin_deg, 180.0))
    else:
        # The box crosses the antimeridian.
        in_lon = (lon >= west - margin_deg) | (lon <= east + margin_deg)
    return ~(in_lat & in_lon & np.isfinite(lon) & np.isfinite(lat))


def _pair(x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if x.shape != y.shape:
        message = f"x and y differ in shape: {x.shape} and {y.shape}"
        raise ValueError(message)
    return x, y


def _reshaped(
    convert: Callable[[Floats, Floats], tuple[Floats, Floats]], x: Floats, y: Floats
) -> tuple[Floats, Floats]:
    out_x, out_y = convert(np.atleast_1d(x).ravel(), np.atleast_1d(y).ravel())
    return out_x.reshape(x.shape), out_y.reshape(y.shape)


def _projected(source: Crs, target: Crs, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    out_x, out_y = transformer(source.definition, target.definition).transform(x.ravel(), y.ravel())
    return np.asarray(out_x, dtype=np.float64).reshape(x.shape), np.asarray(out_y, dtype=np.float64).reshape(y.shape)


@functools.lru_cache(maxsize=128)
def transformer(source: str, target: str) -> pyproj.Transformer:
    """Return the cached PROJ transformer between two definitions, x before y on both sides."""
    return pyproj.Transformer.from_crs(source, target, always_xy=True)
