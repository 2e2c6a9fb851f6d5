"""Coordinate reference systems: what a source's numbers mean, and what they are in WGS 84.

A source declares its system by name; :func:`parse_crs` understands the name, :func:`to_wgs84` and
:func:`from_wgs84` convert arrays, :func:`transform_geometry` whole layers, :func:`metric_crs_for` picks the
system in which metres are metres, and :func:`detect_datum` weighs evidence on whether a declaration is true.
"""

from __future__ import annotations

from geo.datum.accuracy import Conversion, conversion_of
from geo.datum.convert import (
    from_wgs84,
    outside_area_of_use,
    to_wgs84,
    transform_geometry,
)
from geo.datum.crs import (
    BD09,
    CGCS2000,
    GCJ02,
    WGS84,
    Crs,
    UnknownCrsError,
    area_of_use,
    latitude_first,
    parse_crs,
)
from geo.datum.detect import DatumEvidence, detect_datum
from geo.datum.metric import (
    areas_m2,
    lengths_m,
    metric_crs_for,
    to_metric,
)

__all__ = [
    "BD09",
    "CGCS2000",
    "GCJ02",
    "WGS84",
    "Conversion",
    "Crs",
    "DatumEvidence",
    "UnknownCrsError",
    "area_of_use",
    "areas_m2",
    "conversion_of",
    "detect_datum",
    "from_wgs84",
    "latitude_first",
    "lengths_m",
    "metric_crs_for",
    "outside_area_of_use",
    "parse_crs",
    "to_metric",
    "to_wgs84",
    "transform_geometry",
]
