"""Where a file's numbers land on earth, before anything is checked: inside the area their system is made for.

A projection's inverse brings any number somewhere. Northing written before easting, a zone's number left out or put in
front, metres of another zone: what comes out is a place, and the wrong one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from core.errors import Detail
from geo import datum
from grids.boundaries.errors import CrsUnknownError, FileRefusedError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from grids.boundaries.records import AreaRecord

_EARTH = (180, 90, 180, 90)
_EXACT_M = 0.5
"""Conversions better than this are not worth a remark."""


def conversion_remarks(geometries: NDArray[np.object_], crs: datum.Crs) -> list[str]:
    """Return remarks on the conversion to WGS 84: its accuracy, where that matters.

    Raises
    ------
    CrsUnknownError
        When no transformation from the system's datum is known at that place, so that PROJ would go without one.
    """
    bounds = shapely.total_bounds(geometries)
    if not np.isfinite(bounds).all():
        return []
    middle = (bounds[:2] + bounds[2:]) / 2
    found = datum.conversion_of(crs, float(middle[0]), float(middle[1]))
    name = crs.name.partition("[")[0][:40] if "[" in crs.name else crs.name[:40]
    if found.is_ballpark:
        raise CrsUnknownError(
            (
                "From the datum of {name} to WGS 84 no transformation is known here; read without one, "
                "everything would lie some 50 to 150 m away. Have the file converted to CGCS2000 by who knows "
                "the local parameters."
            ),
            values={"name": name},
            field="crs",
        )
    if found.accuracy_m is None and crs.shift == "none":
        return [f"converted from {name} with an unknown accuracy ({found.operation[:120]})"]
    if found.accuracy_m is not None and found.accuracy_m > _EXACT_M:
        return [f"converted from {name} with an accuracy of {found.accuracy_m:g} m ({found.operation[:120]})"]
    return []


def require_inside(areas: list[AreaRecord], landed: NDArray[np.object_], crs: datum.Crs, stem: str) -> None:
    """Refuse areas that lie outside the area their system is used in; what lies nowhere on earth the check reports.

    `areas` have the file's own numbers, `landed` are the same in WGS 84.

    Raises
    ------
    FileRefusedError
    """
    x, y = _middles(landed)
    on_earth = (np.abs(shapely.bounds(landed).reshape(-1, 4)) <= _EARTH).all(axis=1)  # False for NaN
    outside = on_earth & datum.outside_area_of_use(x, y, crs)
    if not outside.any():
        return
    first = int(np.flatnonzero(outside)[0])
    west, south, east, north = datum.area_of_use(crs)
    raise FileRefusedError(
        (
            "'{stem}': {outside} of {count} areas lie outside the area of {name} ({west:g} to {east:g} E, "
            "{south:g} to {north:g} N): {code} would lie at {x:.4f} E, {y:.4f} N. {advice}"
        ),
        values={
            "stem": stem[:60],
            "outside": int(outside.sum()),
            "count": len(areas),
            "name": crs.name[:40],
            "west": west,
            "east": east,
            "south": south,
            "north": north,
            "code": areas[first].code[:60],
            "x": x[first],
            "y": y[first],
            "advice": _advice(areas, outside, crs),
        },
        field="crs",
        codes=[areas[i].code for i in np.flatnonzero(outside).tolist()][:100],
    )


def _advice(areas: list[AreaRecord], outside: NDArray[np.bool_], crs: datum.Crs) -> Detail:
    """Return what to do: exchange the axes where that brings every area inside, else look at the zone."""
    given = np.array([area.geom for area in areas], dtype=object)[outside]
    swapped = shapely.transform(given, lambda xy: xy[:, ::-1])
    x, y = _middles(np.asarray(datum.transform_geometry(swapped, crs), dtype=object))
    if not datum.outside_area_of_use(x, y, crs).any():
        return Detail(
            "Its axes are exchanged: X is the northing there, as surveyors write it. Write east before north."
        )
    return Detail(
        "Name the system that the numbers are in: another zone, or eastings with or without the zone's number?"
    )


def _middles(geometries: NDArray[np.object_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    bounds = shapely.bounds(geometries).reshape(-1, 4)
    return (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2
