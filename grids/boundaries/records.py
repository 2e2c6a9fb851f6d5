"""What a layer holds, as plain values: one record an area, whatever file or release it comes from.

The stored form of a geometry is canonical, so that the same content is the same bytes in every format and datum:
a MultiPolygon in WGS 84, seven decimals (1 cm, RFC 7946 §11.2), no repeated vertices, normal order, exterior rings
counter-clockwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

DECIMALS = 7


@dataclass(frozen=True, slots=True, eq=False)
class AreaRecord:
    """One area of one level. `geom` is WGS 84; `attributes` are the file's other fields, JSON scalars."""

    level: str
    code: str
    name: str
    geom: shapely.Geometry | None
    parent_code: str | None = None
    unit_code: str | None = None
    unit_name: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)


def canonical(geometries: NDArray[np.object_]) -> NDArray[np.object_]:
    """Bring WGS 84 geometries to the stored form; what is no polygon, or not finite, is left as it is."""
    rounded = shapely.transform(shapely.force_2d(geometries), lambda xy: np.round(xy, DECIMALS) + 0.0)
    types = shapely.get_type_id(rounded)
    polygonal = (types == shapely.GeometryType.POLYGON) | (types == shapely.GeometryType.MULTIPOLYGON)
    polygonal &= ~shapely.is_empty(rounded)
    result = rounded.copy()
    if polygonal.any():
        cleaned = np.asarray(shapely.remove_repeated_points(rounded[polygonal], 0.0), dtype=object)
        result[polygonal] = [_multi(g) for g in shapely.orient_polygons(shapely.normalize(cleaned))]
    return result


def with_canonical_geometries(areas: Sequence[AreaRecord]) -> list[AreaRecord]:
    """Return the records with every geometry in the stored form."""
    geometries = np.empty(len(areas), dtype=object)
    geometries[:] = [area.geom for area in areas]
    return [replace(area, geom=geom) for area, geom in zip(areas, canonical(geometries), strict=True)]


def _multi(geometry: shapely.Geometry) -> shapely.Geometry:
    return shapely.MultiPolygon([geometry]) if isinstance(geometry, shapely.Polygon) else geometry
