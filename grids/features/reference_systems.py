"""Reference systems of OGC API – Features Part 2: which are offered, and the order of their axes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geo.datum import latitude_first, parse_crs, transform_geometry
from grids.boundaries.errors import ParameterInvalidError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
OFFERED = (CRS84, *(f"http://www.opengis.net/def/crs/EPSG/0/{code}" for code in (4326, 4490, 4547, 3857)))
"""The stored system first; coordinates are in the order the URI's authority says."""

_PARTS = 32  # of a projected box's longer side: its straight sides are curves in degrees
_METRIC_DECIMALS = 4


def offered(uri: str | None, field: str) -> str:
    """Return the URI of an offered system, CRS84 when none is named.

    Raises
    ------
    ParameterInvalidError
        When the system is not offered.
    """
    if uri is None:
        return CRS84
    plain = uri.strip().removeprefix("<").removesuffix(">").replace("https://", "http://")
    if plain not in OFFERED:
        raise ParameterInvalidError(
            "'{uri}' is not offered; there are {offered}.", values={"uri": uri[:80], "offered": [*OFFERED]}, field=field
        )
    return plain


def outgoing(geometries: NDArray[np.object_], uri: str) -> NDArray[np.object_]:
    """Bring stored geometries (n,), WGS 84, into a system, in its axis order."""
    if uri == CRS84 or not len(geometries):
        return geometries
    system = parse_crs(uri)
    moved: Any = transform_geometry(geometries, "WGS84", system)
    if not system.is_geographic:
        moved = shapely.transform(moved, lambda xy: np.round(xy, _METRIC_DECIMALS))
    return np.asarray(_swapped(moved) if latitude_first(uri) else moved, dtype=object)


def incoming(geometry: Any, uri: str, field: str) -> Any:  # noqa: ANN401 (shapely)
    """Bring a client's geometry from a system into WGS 84, longitude first.

    Raises
    ------
    ParameterInvalidError
        When coordinates are not finite or lie outside the system.
    """
    if not np.isfinite(shapely.get_coordinates(geometry)).all():
        raise ParameterInvalidError("Coordinates must be finite.", field=field)
    moved: Any = _swapped(geometry) if latitude_first(uri) else geometry
    moved = shapely.force_2d(moved) if uri == CRS84 else transform_geometry(moved, parse_crs(uri))
    west, south, east, north = shapely.bounds(moved)
    if not (-180.0001 <= west <= east <= 180.0001 and -90.0001 <= south <= north <= 90.0001):
        raise ParameterInvalidError("The coordinates lie outside the system they are stated in.", field=field)
    return moved


def box_from_text(text: str, uri: str, field: str = "bbox") -> Any:  # noqa: ANN401 (shapely)
    """Read a bbox parameter of four or six numbers in a system, as :func:`box`.

    Raises
    ------
    ParameterInvalidError
        As :func:`box`, and for what is no number.
    """
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise ParameterInvalidError("A bbox is four or six numbers, separated by commas.", field=field) from error
    return box(numbers, uri, field)


def box(numbers: Sequence[float], uri: str, field: str) -> Any:  # noqa: ANN401 (shapely)
    """Make the WGS 84 geometry of a box; in degrees a west beyond the east crosses the antimeridian.

    Raises
    ------
    ParameterInvalidError
        For other than four or six finite numbers, corners in the wrong order, or degrees out of range.
    """
    if len(numbers) not in {4, 6} or not all(math.isfinite(n) for n in numbers):
        raise ParameterInvalidError("A bbox is four or six finite numbers.", field=field)
    # Six numbers have heights in third and sixth place, which are not looked at.
    half = len(numbers) // 2
    low, high = list(numbers[:2]), list(numbers[half : half + 2])
    if latitude_first(uri):
        low.reverse()
        high.reverse()
    (west, south), (east, north) = low, high
    if south > north:
        raise ParameterInvalidError("A bbox begins with its lower corner.", field=field)
    if not parse_crs(uri).is_geographic:
        return _projected_box(west, south, east, north, uri, field)
    if not (-180 <= min(west, east) <= max(west, east) <= 180 and -90 <= south <= north <= 90):
        raise ParameterInvalidError("A bbox in degrees lies within ±180 and ±90.", field=field)
    if west <= east:
        return _rectangle(west, south, east, north)
    # Across the antimeridian: the part up to 180 and the part from -180 on.
    return shapely.union(_rectangle(west, south, 180.0, north), _rectangle(-180.0, south, east, north))


def _projected_box(west: float, south: float, east: float, north: float, uri: str, field: str) -> Any:  # noqa: ANN401 (shapely)
    if west > east:
        raise ParameterInvalidError("A projected bbox begins with its lower corner.", field=field)
    plain = _rectangle(west, south, east, north)
    step = max(east - west, north - south) / _PARTS
    moved: Any = transform_geometry(shapely.segmentize(plain, step) if step else plain, parse_crs(uri))
    if not np.isfinite(shapely.get_coordinates(moved)).all() or not shapely.is_valid(moved):
        raise ParameterInvalidError("The bbox lies outside the area of its system.", field=field)
    return moved


def _rectangle(west: float, south: float, east: float, north: float) -> Any:  # noqa: ANN401 (shapely)
    if west == east and south == north:
        return shapely.Point(west, south)
    if west == east or south == north:
        return shapely.LineString([(west, south), (east, north)])
    return shapely.box(west, south, east, north)


def _swapped(geometries: Any) -> Any:  # noqa: ANN401 (shapely)
    return shapely.transform(geometries, lambda xy: xy[:, ::-1])
