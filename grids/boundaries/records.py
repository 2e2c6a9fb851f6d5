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

from grids.boundaries.errors import AreaCollapsedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

DECIMALS = 7
_BEYOND = 1e9
_FEWEST_EDGES = 3


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


def with_unit_code(area: AreaRecord) -> AreaRecord:
    """Return the record with its unit's name as the unit's code where it names a unit without a code.

    Units are kept by code; without one the responsible unit of an area would be lost.
    """
    return replace(area, unit_code=area.unit_name) if area.unit_name and not area.unit_code else area


def canonical(geometries: NDArray[np.object_]) -> NDArray[np.object_]:
    """Bring WGS 84 geometries to the stored form; what is no polygon, or not finite, is left as it is.

    A polygon of which a ring collapses is rounded alone: nothing is taken away without a report.
    """
    return _stored(geometries)[0]


def _stored(geometries: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Return geometries in the stored form, and of which a ring collapsed."""
    rounded = shapely.force_2d(geometries)
    usable = _usable(rounded)
    # + 0.0 makes -0.0 a 0.0: equal content has equal bytes.
    rounded[usable] = shapely.transform(rounded[usable], lambda xy: np.round(xy, DECIMALS) + 0.0)
    types = shapely.get_type_id(rounded)
    polygonal = (types == shapely.GeometryType.POLYGON) | (types == shapely.GeometryType.MULTIPOLYGON)
    nothing = _collapsed(rounded)
    polygonal &= ~shapely.is_empty(rounded) & ~nothing & usable
    result = rounded.copy()
    if polygonal.any():
        cleaned = np.asarray(shapely.remove_repeated_points(rounded[polygonal], 0.0), dtype=object)
        result[polygonal] = [_multi(g) for g in shapely.orient_polygons(shapely.normalize(cleaned))]
    return result, nothing


def _usable(geometries: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Whether each geometry's numbers are such as to be rounded: finite, and far from where floats end."""
    points, owner = shapely.get_coordinates(geometries, return_index=True)
    found = np.ones(len(geometries), dtype=bool)
    found[owner[~(np.abs(points) <= _BEYOND).all(axis=1)]] = False
    return found


def _collapsed(geometries: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Whether a ring of each geometry has fewer than three edges: no database stores it, and it holds no land."""
    parts, owner = shapely.get_parts(geometries, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    is_edge = (ring[1:] == ring[:-1]) & (points[1:] != points[:-1]).any(axis=1)
    # Edges of some length by ring.
    edges = np.bincount(ring[1:][is_edge], minlength=len(rings))
    found = np.zeros(len(geometries), dtype=bool)
    found[owner[part[edges < _FEWEST_EDGES]]] = True
    return found


def with_canonical_geometries(areas: Sequence[AreaRecord]) -> list[AreaRecord]:
    """Return the records with every geometry in the stored form.

    Raises
    ------
    AreaCollapsedError
        When a ring of an area is nothing at the decimals that are stored.
    """
    geometries = np.empty(len(areas), dtype=object)
    geometries[:] = [area.geom for area in areas]
    stored, nothing = _stored(geometries)
    if nothing.any():
        codes = [areas[i].code for i in np.flatnonzero(nothing).tolist()]
        raise AreaCollapsedError(
            (
                "Area {codes}: a ring of its outline is nothing at the {decimals} decimals of a degree (1 cm) "
                "that are stored. Take that part or hole away, or draw it wider."
            ),
            values={"codes": codes[0][:80], "decimals": DECIMALS},
            field="geometry",
            codes=codes[:100],
        )
    return [replace(area, geom=geom) for area, geom in zip(areas, stored, strict=True)]


def _multi(geometry: shapely.Geometry) -> shapely.Geometry:
    return shapely.MultiPolygon([geometry]) if isinstance(geometry, shapely.Polygon) else geometry
