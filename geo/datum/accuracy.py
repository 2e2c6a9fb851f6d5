"""How well a system's numbers are brought to WGS 84: by which operation of PROJ, and how exact it is.

Where PROJ knows no transformation between two data it goes on without one ("ballpark"): for Beijing 54 and Xian 80 that
is wrong by 50 to 150 m, without a warning. Such a conversion is marked here, so that readers of files can refuse it.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyproj
from pyproj.exceptions import ProjError

from geo.datum.crs import CGCS2000, WGS84, Crs

_CGCS2000_M = 0.1
"""CGCS2000 and WGS 84 agree within a decimetre: taking one for the other, as PROJ does, is no guess."""
_UNKNOWN = 0.0


@dataclass(frozen=True, slots=True)
class Conversion:
    """One conversion to WGS 84: `accuracy_m` is None where nobody states it, `is_ballpark` where no shift is known."""

    operation: str
    accuracy_m: float | None
    is_ballpark: bool


def conversion_of(crs: Crs, x: float, y: float) -> Conversion:
    """Return how PROJ brings numbers to WGS 84 at one place.

    Parameters
    ----------
    crs : Crs
        The system of the numbers.
    x, y : float
        East and north in it: PROJ chooses its operation by the place.

    Returns
    -------
    Conversion
        For GCJ-02 and BD-09, whose algorithm is inverted to a centimetre, without a stated accuracy.
    """
    if crs.shift != "none":
        return Conversion(f"inverse of {crs.name}", None, is_ballpark=False)
    if crs == WGS84:
        return Conversion("none", 0.0, is_ballpark=False)
    if _is_cgcs2000(crs):
        return Conversion("CGCS2000 taken for WGS 84", _CGCS2000_M, is_ballpark=False)
    transformer = pyproj.Transformer.from_crs(crs.definition, WGS84.definition, always_xy=True)
    transformer.transform(x, y)
    try:
        used = transformer.get_last_used_operation()
    except ProjError:  # there was but one, and it is the transformer itself
        used = transformer
    # A projection alone is exact; PROJ states that up to 9.5 and leaves it open since.
    known = used.accuracy if used.accuracy >= _UNKNOWN else 0.0 if _is_on_wgs84(crs) else None
    accuracy = None if known is None else float(known)
    return Conversion(used.description, accuracy, is_ballpark="ballpark" in used.description.casefold())


def _is_on_wgs84(crs: Crs) -> bool:
    return pyproj.CRS.from_user_input(crs.definition).geodetic_crs == pyproj.CRS.from_user_input(WGS84.definition)


def _is_cgcs2000(crs: Crs) -> bool:
    geodetic = pyproj.CRS.from_user_input(crs.definition).geodetic_crs
    if geodetic is None:
        return False
    return geodetic.to_epsg() == CGCS2000.epsg or "china" in str(geodetic.datum).casefold().replace("_", " ")
