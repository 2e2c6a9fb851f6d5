"""Faces: the ground around a place cut along every border, to be dealt out anew.

All borders of some neighbouring areas are noded together and made into faces; each face knows which areas own it
(none in a gap, two in an overlap). A repair deals the faces of its place out to other owners, and every area is put
together again from its faces. Neighbours made of the same faces have the same vertices: a repair cannot tear.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.coverage.measure import REACH_DEG, polygons_of, together

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.coverage.model import Geometries


@dataclass(frozen=True, slots=True)
class Tiles:
    """Faces of ground and who owns them.

    `rows` are the areas' indices, shape (n,); `faces` polygons in WGS 84, shape (m,); `owned` marks which area owns
    which face, shape (n, m); `inside` which faces lie in the place to be repaired.
    """

    rows: NDArray[np.int64]
    faces: Geometries
    owned: NDArray[np.bool_]
    inside: NDArray[np.bool_]

    def dealt(self, owned: NDArray[np.bool_]) -> Tiles:
        """Return the same faces with other owners."""
        return replace(self, owned=owned)

    def areas(self) -> dict[int, shapely.Geometry]:
        """Return each area put together from its faces, empty where it has none left."""
        return {
            row: _polygonal(shapely.coverage_union_all(self.faces[mine])) if mine.any() else shapely.Polygon()
            for row, mine in zip(self.rows.tolist(), self.owned, strict=True)
        }

    def longest_neighbour(
        self, face: int, candidates: NDArray[np.bool_], among: NDArray[np.bool_] | None = None
    ) -> int | None:
        """Return which candidate (a position in `rows`) shares the longest border with a face, None if none does.

        The border is that with the faces `among`: by default those outside the place, which stay.
        """
        border = shapely.boundary(self.faces[face])
        others = np.flatnonzero(~self.inside if among is None else among)
        reach = shapely.buffer(border, REACH_DEG)  # two drawings of one border may leave crumbs between
        touching = others[shapely.STRtree(self.faces[others]).query(reach, predicate="intersects")]
        lengths = shapely.length(shapely.intersection(shapely.boundary(self.faces[touching]), reach))
        # Length of the common border with each area: the sum over the faces that it owns.
        shared = np.where(candidates, (self.owned[:, touching] * lengths).sum(axis=1), 0.0)
        best = int(np.argmax(shared)) if len(shared) else 0
        return best if len(shared) and shared[best] > 0.0 else None

    def settled(self, crumbs: NDArray[np.bool_]) -> Tiles:
        """Assign each crumb (a face below notice) to the one area with which it shares the longest border."""
        owned = self.owned.copy()
        for face in np.flatnonzero(crumbs).tolist():
            to = self.longest_neighbour(face, np.ones(len(self.rows), dtype=bool), ~crumbs)
            if to is not None:
                owned[:, face] = False
                owned[to, face] = True
        return self.dealt(owned)


def tiles_around(valid: Geometries, place: shapely.Geometry, cuts: Geometries | None = None) -> Tiles:
    """Cut the areas that touch a place into faces.

    Parameters
    ----------
    valid : ndarray of polygons
        The valid polygons of a level, WGS 84.
    place : Geometry
        Where the repair is to be; the areas that touch it take part.
    cuts : ndarray of Geometry, optional
        More lines to cut along (a parent's border, a spike's base).

    Returns
    -------
    Tiles
        No faces if no area touches the place.
    """
    reach = shapely.buffer(place, REACH_DEG)
    rows = np.sort(shapely.STRtree(valid).query(reach, predicate="intersects"))
    lines = [shapely.boundary(valid[rows]), np.empty(0, dtype=object) if cuts is None else cuts]
    noded = shapely.get_parts(shapely.union_all(np.concatenate(lines)))
    faces = shapely.get_parts(shapely.polygonize(noded)) if len(noded) else np.empty(0, dtype=object)
    faces = np.asarray(faces, dtype=object)
    points = shapely.point_on_surface(faces)
    shapely.prepare(valid[rows])
    # An inner point decides for a face: no border runs through it.
    owned = np.array([shapely.contains(area, points) for area in valid[rows]], dtype=bool).reshape(
        len(rows), len(faces)
    )
    shapely.prepare(reach)
    return Tiles(rows, faces, owned, np.asarray(shapely.contains(reach, points), dtype=bool))


def _polygonal(geometry: shapely.Geometry) -> shapely.Geometry:
    return together(polygons_of(geometry))
