"""The outline of areas put together, kept up with them edge by edge.

Where a coarser area is made of finer ones with matched edges, its outline is the sum of their directed edges: an edge
between two of them runs once each way and falls out. So when some of them change, the outline changes by their edges
before and after, whatever the others are; nothing is computed and no vertex moves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

SAME = 1e-9
"""Share of the land by which the outline's area may differ from what came and went: the rounding of sums."""
_ODD = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5], dtype=np.uint64)


def follow(whole: BaseGeometry, before: Sequence[BaseGeometry], after: Sequence[BaseGeometry]) -> BaseGeometry | None:
    """Return the outline of areas put together after some of them changed.

    Parameters
    ----------
    whole
        Polygon or MultiPolygon: all of them together, as they were.
    before, after
        Those that changed, with matched edges; in the same coordinates. Areas may come and go.

    Returns
    -------
    Polygon or MultiPolygon or None
        Empty where nothing is left. None where the outline is not made of these areas' edges (somebody drew it apart):
        it has to be put together anew from all of them.
    """
    sides = [(edges_of([whole]), 1), (edges_of(before), -1), (edges_of(after), 1)]
    ends = np.concatenate([edges for (edges, _), _ in sides])
    runs = np.concatenate([sign * direction for (_, direction), sign in sides])
    first, of = same_edges(ends)
    times = np.bincount(of, runs, len(first))
    if (np.abs(times) > 1).any():
        return None
    kept = ends[first[times != 0]].reshape(-1, 2, 2)
    if not len(kept):
        return MultiPolygon()
    outline = shapely.build_area(shapely.multilinestrings(list(shapely.linestrings(kept))))
    wanted = whole.area - sum(area.area for area in before) + sum(area.area for area in after)
    if (
        not isinstance(outline, Polygon | MultiPolygon)
        or shapely.get_num_coordinates(outline) - len(shapely.get_rings(shapely.get_parts(outline))) != len(kept)
        or abs(outline.area - wanted) > SAME * max(whole.area, outline.area)
        or not outline.is_valid
    ):
        return None
    return outline


def edges_of(areas: Sequence[shapely.Geometry]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the edges of polygons and how they run.

    Returns
    -------
    ends : (n, 4)
        Both ends of each edge, the lesser first.
    direction : (n,)
        1 where the edge runs from the lesser end to the greater with the land on its left, else -1.
    """
    oriented = shapely.orient_polygons(np.array(areas, dtype=object))
    points, ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(oriented)), return_index=True)
    same = ring[1:] == ring[:-1]
    start, end = points[:-1][same], points[1:][same]
    turned = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    ends = np.where(turned[:, None], np.hstack([end, start]), np.hstack([start, end]))
    return ends, np.where(turned, -1.0, 1.0)


def same_edges(ends: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Group equal rows of `ends` (n, 4): return each group's first row, and the group of every row."""
    bits = np.ascontiguousarray(ends + 0.0).view(np.uint64)
    _, first, of = np.unique((bits * _ODD).sum(axis=1, dtype=np.uint64), return_index=True, return_inverse=True)
    if (ends[first[of]] != ends).any():  # two edges of one hash: sort them as they are, which takes ten times as long
        _, first, of = np.unique(ends, axis=0, return_index=True, return_inverse=True)
    return first, of.reshape(-1)
