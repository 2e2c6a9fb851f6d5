"""Convert numbers as sent to points of WGS 84, or raise the error that names what is wrong and the mend."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from core.errors import Detail, detail_of
from geo import datum
from grids.assignment.errors import (
    AccuracyInvalidError,
    PointNotFiniteError,
    PointOutOfRangeError,
    PointOutsideCrsError,
    PointSwappedError,
)
from grids.assignment.rules import LARGEST_ACCURACY_M
from grids.boundaries.errors import CrsUnknownError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.errors import DomainError

    Floats = NDArray[np.float64]
    Box = tuple[float, float, float, float]

OK: Final = 0
PROBLEMS: Final[dict[int, type[DomainError]]] = {
    1: PointNotFiniteError,
    2: PointOutOfRangeError,
    3: PointSwappedError,
    4: PointOutsideCrsError,
}
"""What the numbers of `check_many` stand for; the first that applies to a point counts."""
_NOT_FINITE, _OUT_OF_RANGE, _SWAPPED, _OUTSIDE_CRS = PROBLEMS
_NEAR_DEG = 1.0


def named_crs(name: str | None) -> datum.Crs:
    """Return the reference system of a name; none named is WGS 84.

    Raises
    ------
    CrsUnknownError
        When the name is not known; the detail offers the nearest that are.
    """
    if not name:
        return datum.WGS84
    try:
        return datum.parse_crs(name)
    except datum.UnknownCrsError as error:
        raise CrsUnknownError("{error}.", values={"error": detail_of(error)}, field="crs") from error


def check_accuracy(accuracy_m: float | None) -> float | None:
    """Return a usable accuracy, or raise AccuracyInvalidError; 0 is as good as none."""
    if accuracy_m is None:
        return None
    if not 0.0 <= accuracy_m <= LARGEST_ACCURACY_M:
        raise AccuracyInvalidError(field="accuracy_m")
    return accuracy_m or None


def check_one(x: float, y: float, crs: datum.Crs, extent: Box | None = None) -> tuple[float, float]:
    """Return the point in WGS 84; `extent` is the layer's box, to recognise swapped coordinates.

    Raises
    ------
    PointNotFiniteError, PointOutOfRangeError, PointSwappedError, PointOutsideCrsError
    """
    if crs is datum.WGS84 and -180.0 <= x <= 180.0 and -90.0 <= y <= 90.0:
        if extent is not None and _looks_swapped(x, y, extent):
            raise _error(_SWAPPED, x, y, crs)
        return x, y
    lon, lat, problems = check_many(np.array([x]), np.array([y]), crs, extent)
    if problems[0] != OK:
        raise _error(int(problems[0]), x, y, crs)
    return float(lon[0]), float(lat[0])


def check_many(
    x: Floats, y: Floats, crs: datum.Crs, extent: Box | None = None
) -> tuple[Floats, Floats, NDArray[np.uint8]]:
    """Return longitude, latitude and problem (0: none, see PROBLEMS) of each point; wrong ones are NaN."""
    finite = np.isfinite(x) & np.isfinite(y)
    if finite.all() and crs in (datum.WGS84, datum.CGCS2000):
        lon, lat = x, y
    else:
        kept_x, kept_y = np.where(finite, x, 0.0), np.where(finite, y, 0.0)
        if crs.is_geographic:
            # What is no degree is reported below; a projection could not make anything of it.
            degrees = (np.abs(kept_x) <= 180.0) & (np.abs(kept_y) <= 90.0)
            lon, lat = datum.to_wgs84(np.where(degrees, kept_x, 0.0), np.where(degrees, kept_y, 0.0), crs)
        else:
            lon, lat = datum.to_wgs84(kept_x, kept_y, crs)
    problems = np.zeros(x.size, np.uint8)
    if crs not in (datum.WGS84, datum.CGCS2000):
        problems[datum.outside_area_of_use(lon, lat, crs)] = _OUTSIDE_CRS
    if crs.is_geographic:
        if extent is not None:
            problems[_looks_swapped_many(lon, lat, extent)] = _SWAPPED
        problems[(np.abs(x) > 180.0) | (np.abs(y) > 90.0)] = _OUT_OF_RANGE
        problems[(np.abs(x) <= 90.0) & (np.abs(y) > 90.0) & (np.abs(y) <= 180.0)] = _SWAPPED
    problems[~finite] = _NOT_FINITE
    if problems.any():
        wrong = problems != OK
        lon, lat = np.where(wrong, np.nan, lon), np.where(wrong, np.nan, lat)
    return lon, lat, problems


def _looks_swapped(lon: float, lat: float, extent: Box) -> bool:
    """Whether the point lies far from the layer, and would lie in it the other way round."""
    west, south, east, north = extent
    far = not (west - _NEAR_DEG <= lon <= east + _NEAR_DEG and south - _NEAR_DEG <= lat <= north + _NEAR_DEG)
    return far and west <= lat <= east and south <= lon <= north


def _looks_swapped_many(lon: Floats, lat: Floats, extent: Box) -> NDArray[np.bool_]:
    west, south, east, north = extent
    turned = (lat >= west) & (lat <= east) & (lon >= south) & (lon <= north)
    if not turned.any():
        return turned
    near = (lon >= west - _NEAR_DEG) & (lon <= east + _NEAR_DEG)
    near &= (lat >= south - _NEAR_DEG) & (lat <= north + _NEAR_DEG)
    return turned & ~near


def _error(problem: int, x: float, y: float, crs: datum.Crs) -> DomainError:
    names = ("lon", "lat") if crs.is_geographic else ("x", "y")
    wrong = names[0]
    if problem == _NOT_FINITE:
        wrong = names[0] if not math.isfinite(x) else names[1]
    elif problem == _OUT_OF_RANGE:
        wrong = names[0] if abs(x) > 180.0 else names[1]
    kind = PROBLEMS[problem]
    return kind(
        "{x_name} {x:g}, {y_name} {y:g} ({crs}): {title}",
        values={
            "x_name": names[0],
            "x": x,
            "y_name": names[1],
            "y": y,
            "crs": crs.name[:60],
            "title": Detail((kind.__doc__ or "").splitlines()[0]),
        },
        field=wrong,
    )


def explain(problem: int, x: float, y: float, crs: datum.Crs) -> DomainError:
    """Return the error that a problem of `check_many` stands for, about these numbers."""
    return _error(problem, x, y, crs)
