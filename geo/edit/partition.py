"""Cut land by lines without tearing the coverage around it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import LinearRing, LineString, MultiPolygon, Polygon
from shapely.ops import polygonize

from geo.refusals import SentenceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

type_of_area = (Polygon, MultiPolygon)
NODE_TOLERANCE = 1e-9
"""How far from a border a computed node may lie to belong to it: 0.1 mm in degrees, far below any survey; in metres a
nanometre, above the rounding of coordinates below 1e7 m (2e-9) only just, so callers work in degrees."""


class EditError(SentenceError):
    """The edit cannot be done as it was asked for; the message says why and how to mend it."""


@dataclass(frozen=True)
class Outcome:
    """What a verb makes of a coverage.

    Attributes
    ----------
    changed
        Code to new geometry, for areas that exist before and after, those included that only gained a node.
    created
        Code to geometry of new areas.
    retired
        Codes that end.
    """

    changed: dict[str, BaseGeometry] = field(default_factory=dict)
    created: dict[str, BaseGeometry] = field(default_factory=dict)
    retired: tuple[str, ...] = ()

    def apply(self, coverage: Mapping[str, BaseGeometry]) -> dict[str, BaseGeometry]:
        """Return the coverage as it is afterwards."""
        kept = {code: area for code, area in coverage.items() if code not in self.retired}
        return kept | self.changed | self.created


def faces_of(land: BaseGeometry, lines: Sequence[BaseGeometry]) -> list[Polygon]:
    """Cut `land` along `lines`; return the faces inside it.

    Parameters
    ----------
    land
        Polygon or MultiPolygon, valid.
    lines
        LineStrings; what of them lies outside the land does not matter, an end inside it cuts nothing.

    Returns
    -------
    list of Polygon
        In no particular order; their union is the land. Empty for empty land.
    """
    linework = shapely.union_all([land.boundary, *lines])
    shapely.prepare(land)
    return [face for face in polygonize(linework) if land.covers(face.representative_point())]


def node(area: BaseGeometry, nodes: npt.NDArray[np.float64], reach: float = NODE_TOLERANCE) -> BaseGeometry:
    """Insert those `nodes` (n, 2) into the rings of `area` that lie on them (within `reach`) and are no vertices yet.

    Returns the very same object when none does.
    """
    if len(nodes) == 0:
        return area
    own = {tuple(p) for p in shapely.get_coordinates(area)}
    missing = np.array([p for p in nodes if tuple(p) not in own]).reshape(-1, 2)
    if len(missing) == 0:
        return area
    near = shapely.distance(area.boundary, shapely.points(missing)) <= reach
    if not near.any():
        return area
    parts = [
        Polygon(
            _noded_ring(part.exterior, missing[near], reach),
            [_noded_ring(r, missing[near], reach) for r in part.interiors],
        )
        for part in shapely.get_parts(area)
    ]
    return parts[0] if isinstance(area, Polygon) else MultiPolygon(parts)


def _noded_ring(ring: LinearRing, nodes: npt.NDArray[np.float64], reach: float) -> npt.NDArray[np.float64]:
    coordinates = shapely.get_coordinates(ring)
    segments = np.asarray(shapely.linestrings(np.stack([coordinates[:-1], coordinates[1:]], axis=1)))
    found, nearest = shapely.STRtree(segments).query_nearest(shapely.points(nodes), max_distance=reach)
    order = np.lexsort((nearest, found))
    hit, first = np.unique(found[order], return_index=True)  # of segments equally near, the first
    where = nearest[order][first]
    along = np.hypot(*(nodes[hit] - coordinates[where]).T)
    # Nodes of one segment are inserted in their order along it.
    order = np.lexsort((along, where))
    return np.insert(coordinates, where[order] + 1, nodes[hit][order], axis=0)


def new_nodes(faces: Iterable[BaseGeometry], before: Iterable[BaseGeometry]) -> npt.NDArray[np.float64]:
    """Return the vertices (n, 2) of `faces` that `before` did not have."""
    old = {tuple(p) for p in shapely.get_coordinates(list(before))}
    fresh = {tuple(p) for p in shapely.get_coordinates(list(faces))} - old
    return np.array(sorted(fresh), dtype=np.float64).reshape(-1, 2)


def node_bystanders(
    coverage: Mapping[str, BaseGeometry], touched: Iterable[str], nodes: npt.NDArray[np.float64]
) -> dict[str, BaseGeometry]:
    """Give every area but the `touched` those `nodes` that lie on its border; return the ones that changed."""
    if len(nodes) == 0:
        return {}
    outside = set(coverage) - set(touched)
    reach = shapely.box(*nodes.min(axis=0), *nodes.max(axis=0)).buffer(NODE_TOLERANCE)
    noded = {code: node(coverage[code], nodes) for code in outside if coverage[code].intersects(reach)}
    return {code: area for code, area in noded.items() if area is not coverage[code]}


def join(areas: Sequence[BaseGeometry]) -> BaseGeometry:
    """Dissolve areas with matched edges into one Polygon or MultiPolygon, without moving a vertex."""
    joined = shapely.coverage_union_all(list(areas))
    parts = [p for p in shapely.get_parts(joined) if isinstance(p, Polygon)]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def as_lines(geometry: BaseGeometry) -> list[LineString]:
    """Return the lines of a LineString, MultiLineString or the rings of a polygon."""
    source = geometry.boundary if isinstance(geometry, type_of_area) else geometry
    lines = [part for part in shapely.get_parts(source) if isinstance(part, LineString)]
    if not lines or any(line.is_empty for line in lines):
        raise EditError("a line with at least two points is needed")
    return lines
