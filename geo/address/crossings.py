"""Where named roads cross: computed from centre lines, one point a crossing.

Dual carriageways and small roundabouts make several intersections of the same two roads within a few metres: they are
one crossing. Roads drawn a little short of each other still cross.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

# Drawing tolerance: half the carriageway of a main road, so that a line ending at its kerb still meets it.
MEETING_TOLERANCE_M: Final = 12.0
# Intersections of the same two roads closer than this are one crossing (a dual carriageway with its median).
SAME_CROSSING_M: Final = 60.0


@dataclass(frozen=True, slots=True)
class Crossings:
    """Crossings of ``n`` pairs of roads: numbers ``first < second``, ``x`` and ``y`` metres, float64, shape (n,)."""

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]


def compute_crossings(
    lines: Sequence[BaseGeometry],
    roads: Sequence[int],
    *,
    meeting_tolerance_m: float = MEETING_TOLERANCE_M,
    same_crossing_m: float = SAME_CROSSING_M,
) -> Crossings:
    """Compute the crossings between different roads.

    Parameters
    ----------
    lines
        ``n`` centre lines (LineString or MultiLineString) in a metric CRS; several may belong to one road.
    roads
        ``n`` road numbers.
    meeting_tolerance_m
        Roads that come within this distance of each other meet.
    same_crossing_m
        Intersections of one pair of roads within this distance of each other are one crossing (their mean).

    Returns
    -------
    Crossings
        Sorted by the two road numbers; empty for fewer than two lines.

    Raises
    ------
    ValueError
        When ``lines`` and ``roads`` differ in length.
    """
    if len(lines) != len(roads):
        message = f"{len(lines)} lines, {len(roads)} road numbers"
        raise ValueError(message)
    empty = np.empty(0)
    if len(lines) < 2:
        return Crossings(empty.astype(np.int64), empty.astype(np.int64), empty, empty)
    parts, part_of = shapely.get_parts(np.asarray(lines, dtype=object), return_index=True)
    owner = np.asarray(roads, dtype=np.int64)[part_of]
    tree = shapely.STRtree(parts)
    left, right = tree.query(parts, predicate="dwithin", distance=meeting_tolerance_m)
    # Each pair once, and none of a road with itself.
    keep = owner[left] < owner[right]
    left, right = left[keep], right[keep]
    meets = shapely.intersection(parts[left], parts[right])
    apart = shapely.is_empty(meets)
    if apart.any():
        # Roads that end short of each other meet in the middle of the shortest line between them.
        meets[apart] = shapely.centroid(shapely.shortest_line(parts[left[apart]], parts[right[apart]]))
    pieces, pair = shapely.get_parts(meets, return_index=True)
    points = shapely.centroid(pieces)
    x, y = shapely.get_x(points), shapely.get_y(points)
    first, second = owner[left][pair], owner[right][pair]
    return _merge_close(first, second, x, y, same_crossing_m)


def _merge_close(
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    same_crossing_m: float,
) -> Crossings:
    """Join the intersections of each pair that lie within reach of each other, and take their mean."""
    if x.size == 0:
        return Crossings(first, second, x, y)
    near = cKDTree(np.column_stack([x, y])).query_pairs(same_crossing_m, output_type="ndarray")
    same_pair = (first[near[:, 0]] == first[near[:, 1]]) & (second[near[:, 0]] == second[near[:, 1]])
    near = near[same_pair]
    # Chains of near points of one pair of roads are one crossing: their mean.
    graph = coo_array((np.ones(len(near)), (near[:, 0], near[:, 1])), shape=(x.size, x.size))
    count, label = connected_components(graph, directed=False)
    size = np.bincount(label, minlength=count)
    merged_x = np.bincount(label, weights=x, minlength=count) / size
    merged_y = np.bincount(label, weights=y, minlength=count) / size
    _, one = np.unique(label, return_index=True)
    order = np.lexsort((merged_x, second[one], first[one]))
    return Crossings(first[one][order], second[one][order], merged_x[order], merged_y[order])
