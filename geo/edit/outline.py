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


def follow_outline(
    whole: BaseGeometry, before: Sequence[BaseGeometry], after: Sequence[BaseGeometry]
) -> BaseGeometry | None:
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
    (own, own_runs), (old, old_runs), (new, new_runs) = (edges_of(side) for side in ([whole], before, after))
    met = _among(own, np.concatenate([old, new]))
    ends = np.concatenate([own[met], old, new])
    first, of = same_edges(ends)
    # Outline plus new minus old edges, signed by direction: a shared border cancels to 0, an outer one is +1 or -1.
    times = np.bincount(of, np.concatenate([own_runs[met], -old_runs, new_runs]), len(first))
    if (np.abs(times) > 1).any():
        return None
    # Own edges stay where something of them is left; the others come where they are no own edge.
    left = times != 0
    stays = ~met
    stays[met] = left[of[: int(met.sum())]]
    fresh = ends[first[left & (first >= int(met.sum()))]]
    edges = int(stays.sum()) + len(fresh)
    if edges == 0:
        return MultiPolygon()
    outline = whole if stays.all() and not len(fresh) else _enclosed(_chains(whole, stays, fresh))
    # What the outline must be: as many edges as counted, the land's area by sums, valid.
    wanted = whole.area - sum(area.area for area in before) + sum(area.area for area in after)
    if (
        not isinstance(outline, Polygon | MultiPolygon)
        or shapely.get_num_coordinates(outline) - len(shapely.get_rings(shapely.get_parts(outline))) != edges
        or abs(outline.area - wanted) > SAME * max(whole.area, outline.area)
        or not (outline is whole or outline.is_valid)
    ):
        return None
    return outline


def _enclosed(lines: NDArray[np.object_]) -> BaseGeometry:
    land: BaseGeometry = shapely.build_area(shapely.multilinestrings(list(lines)))
    return land


def _chains(whole: BaseGeometry, stays: NDArray[np.bool_], fresh: NDArray[np.float64]) -> NDArray[np.object_]:
    """Return the lines of an outline: what stays of the whole's rings, each run of edges as one, and the fresh edges.

    A line ends where more than two edges meet; a long one costs the search for rings no more than a single edge.

    Parameters
    ----------
    whole
        The outline as it was.
    stays : (n,)
        Which of its edges stay, in the order of :func:`edges_of`.
    fresh : (m, 4)
        Edges that come.
    """
    start, end, ring = _runs([whole])
    start, end, ring = start[stays], end[stays], ring[stays]
    points = _hashes(np.concatenate([start, end, fresh[:, :2], fresh[:, 2:]]))  # two of one hash: one line more
    _, at, edges_at = np.unique(points, return_inverse=True, return_counts=True)
    goes_on = (ring[1:] == ring[:-1]) & (end[:-1] == start[1:]).all(axis=1)
    goes_on &= edges_at[at[: len(start)][1:]] == 2
    begins = np.concatenate([[True], ~goes_on])[: len(start)]
    chain = np.cumsum(begins) - 1
    vertices = np.insert(end, np.flatnonzero(begins), start[begins], axis=0)
    of = np.insert(chain, np.flatnonzero(begins), chain[begins])
    lines = shapely.linestrings(vertices, indices=of) if len(start) else np.empty(0, dtype=object)
    return np.concatenate([lines, shapely.linestrings(fresh.reshape(-1, 2, 2))])


def edges_of(areas: Sequence[shapely.Geometry]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the edges of polygons and how they run.

    Returns
    -------
    ends : (n, 4)
        Both ends of each edge, the lesser first.
    direction : (n,)
        1 where the edge runs from the lesser end to the greater with the land on its left, else -1.
    """
    start, end, _ = _runs(areas)
    # An edge is known by its ends in ascending order, x before y.
    turned = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    ends = np.where(turned[:, None], np.hstack([end, start]), np.hstack([start, end]))
    return ends, np.where(turned, -1.0, 1.0)


def _runs(
    areas: Sequence[shapely.Geometry],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Return start (n, 2) and end (n, 2) of each edge with the land on its left, and its ring (n,), ring by ring."""
    oriented = shapely.orient_polygons(np.array(areas, dtype=object))
    points, ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(oriented)), return_index=True)
    same = ring[1:] == ring[:-1]
    return points[:-1][same], points[1:][same], ring[1:][same]


def edges_apart(one: shapely.Geometry, other: shapely.Geometry) -> NDArray[np.float64]:
    """Return the edges (n, 4) that only one of two polygons or multipolygons has."""
    sides = [edges_of([side])[0] for side in (one, other)]
    # Outlines that differ in one place are the same before it and after it.
    for _ in range(2):
        shorter = min(map(len, sides))
        differ = np.flatnonzero((sides[0][:shorter] != sides[1][:shorter]).any(axis=1))
        same = int(differ[0]) if len(differ) else shorter
        sides = [side[same:][::-1] for side in sides]
    ends = np.concatenate(sides)
    first, of = same_edges(ends)
    return np.asarray(ends[first[np.bincount(of, minlength=len(first)) == 1]])


def same_edges(ends: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Group equal rows of `ends` (n, 4): return each group's first row, and the group of every row."""
    _, first, of = np.unique(_hashes(ends), return_index=True, return_inverse=True)
    if (ends[first[of]] != ends).any():  # two edges of one hash: sort them as they are, which takes ten times as long
        _, first, of = np.unique(ends, axis=0, return_index=True, return_inverse=True)
    return first, of.reshape(-1)


def _among(ends: NDArray[np.float64], few: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which rows may be one of a few others: all that are, and what has the hash of one."""
    known = np.sort(_hashes(few))
    hashes = _hashes(ends)
    if not len(known):
        return np.zeros(len(ends), dtype=bool)
    return np.asarray(known[np.minimum(np.searchsorted(known, hashes), len(known) - 1)] == hashes)


def _hashes(rows: NDArray[np.float64]) -> NDArray[np.uint64]:
    # -0.0 + 0.0 is 0.0: equal coordinates have equal bits. Products and their sum wrap modulo 2**64.
    bits = np.ascontiguousarray(rows + 0.0).view(np.uint64)
    return np.asarray((bits * _ODD[: rows.shape[1]]).sum(axis=1, dtype=np.uint64))
