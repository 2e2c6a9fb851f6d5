"""How large and how wide a piece of ground is, and the labels of the areas around it.

Degrees are never measured: pieces are converted to the layer's metric system first. A piece is as wide as the
widest circle in it; it is noise, a sliver or wide by that measure, not by its area, so that a long seam of a
millimetre is never mistaken for a hectare.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.datum import Crs, metric_crs_for, to_metric

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geo.coverage.model import AreaSet, Geometries, LayerRules, Tolerances

NOISE, SLIVER, WIDE = 0, 1, 2
REACH_DEG = 1e-9  # a tenth of a millimetre: enough to touch a neighbour across rounding
_FALLBACK_BOUNDS = (113.0, 34.0, 114.0, 35.0)


class Ruler:
    """The metric system of one layer, and the tolerances it is measured with."""

    def __init__(self, geometries: Geometries, tolerances: Tolerances) -> None:
        """Choose the metric system by the extent of the geometries (WGS 84)."""
        bounds = _FALLBACK_BOUNDS
        if shapely.get_num_coordinates(geometries).sum() > 0:
            west, south, east, north = shapely.total_bounds(geometries).tolist()
            bounds = (west, south, east, north)
        self.crs: Crs = metric_crs_for(bounds)
        self.tolerances = tolerances
        middle = np.radians((bounds[1] + bounds[3]) / 2.0)
        # Rough, for comparing within the layer; areas and widths are measured in `crs`.
        self.metres_per_degree = (111_320.0 * float(np.cos(middle)), 110_950.0)

    @property
    def noise_width_deg(self) -> float:
        """The width below notice in degrees, the smaller of the two directions'."""
        return self.tolerances.noise_width_m / max(self.metres_per_degree)

    @property
    def sliver_width(self) -> tuple[str, float]:
        """The value of a defect that holds the width of a sliver, in metres."""
        return ("width_m", self.tolerances.sliver_width_m)

    def metric(self, geometries: Geometries) -> Geometries:
        """Return WGS 84 geometries, shape (n,), in metres of `crs`."""
        return np.asarray(to_metric(geometries, self.crs), dtype=object)

    def areas_m2(self, geometries: Geometries) -> NDArray[np.float64]:
        """Return the areas in m², shape (n,), of WGS 84 geometries; 0 for empty ones, points and lines."""
        return np.asarray(shapely.area(self.metric(geometries)), dtype=np.float64)

    def widths(self, pieces: Geometries) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
        """Class each polygon as NOISE, SLIVER or WIDE, and return the areas in m² beside the classes.

        `pieces` are WGS 84 polygons, shape (n,); classes are int8 and areas float64, shape (n,). Empty in, empty out.
        """
        metric = self.metric(pieces)
        area = shapely.area(metric)
        length = shapely.length(metric)
        # The mean width 2A/P never exceeds the widest circle's diameter: wide by the mean is wide for
        # certain.
        mean_width = np.divide(2.0 * area, length, out=np.zeros_like(area), where=length > 0)
        classes = np.full(len(pieces), WIDE, dtype=np.int8)
        limits = self.tolerances
        undecided = mean_width <= limits.sliver_width_m
        classes[undecided] = np.where(_narrower(metric[undecided], limits.sliver_width_m), SLIVER, WIDE)
        undecided = (classes == SLIVER) & (mean_width <= limits.noise_width_m)
        classes[undecided] = np.where(_narrower(metric[undecided], limits.noise_width_m), NOISE, SLIVER)
        return classes, area


def _narrower(metric: Geometries, width_m: float) -> NDArray[np.bool_]:
    """Whether no circle of the width fits into each polygon."""
    # Drawn in by half the width, a polygon vanishes where no circle of that diameter fits.
    return np.asarray(shapely.is_empty(shapely.buffer(metric, -width_m / 2.0, quad_segs=2)))


@dataclass(frozen=True, slots=True)
class Level:
    """The areas of one level with a polygon, and what their checks share.

    `valid` holds the valid polygons, `suspects` marks areas with an edge that does not match their neighbours'.
    """

    areas: AreaSet
    valid: Geometries
    suspects: NDArray[np.bool_]
    ruler: Ruler
    rules: LayerRules


def polygons_of(geometry: shapely.Geometry | None) -> Geometries:
    """Return the polygons of a geometry of any kind, an object array; lines and points are dropped."""
    if geometry is None:
        return np.empty(0, dtype=object)
    parts = shapely.get_parts(shapely.get_parts(geometry))
    found = parts[(shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(parts)]
    return np.asarray(found, dtype=object)


def parts_of(geometries: Geometries) -> tuple[Geometries, NDArray[np.int64]]:
    """Return the polygons of many geometries, and whose each is: its index, in order; lines and points are dropped."""
    parts, of = shapely.get_parts(geometries, return_index=True)
    parts, among = shapely.get_parts(parts, return_index=True)
    kept = (shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(parts)
    return np.asarray(parts[kept], dtype=object), np.asarray(of[among][kept], dtype=np.int64)


def polygonal(geometries: Geometries) -> Geometries:
    """Return only the polygonal part of each geometry: polygon, multipolygon or empty polygon."""
    kinds = shapely.get_type_id(geometries)
    clean = geometries.copy()
    mixed = ~np.isin(kinds, (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON))
    for index in np.flatnonzero(mixed):
        clean[index] = together(polygons_of(geometries[index]))
    return clean


def together(polygons: Geometries) -> shapely.Geometry:
    """Return polygons as one geometry: the polygon itself, a multipolygon, or an empty polygon."""
    if len(polygons) == 0:
        return shapely.Polygon()
    several: shapely.Geometry = polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons.tolist())
    return several


def dissolved(pieces: Geometries) -> shapely.Geometry:
    """Return the ground that polygons cover, each piece once: a polygon, a multipolygon, or an empty polygon."""
    return together(polygons_of(shapely.union_all(pieces)))


def named(areas: AreaSet, indices: Sequence[int] | NDArray[np.integer]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the value that names one to three areas of a defect, code and name; more are named by their codes."""
    if not 1 <= len(indices) <= 3:
        return ()
    return (("areas", tuple(f"{areas.codes[index] or '?'} {areas.names[index]}".strip() for index in indices)),)
