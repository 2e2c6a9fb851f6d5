"""Overlaps within one level.

GEOS's coverage validation marks the edges that do not match; only areas with such edges can overlap, so that
only their pairs are intersected. One defect reports one pair of areas, with all pieces that are wide; what is
narrow about the same pair is one sliver.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.coverage.measure import NOISE, SLIVER, WIDE, named, parts_of, polygons_of, together
from geo.coverage.model import Defect, DefectKind
from geo.datum import parse_crs, transform_geometry

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from geo.coverage.measure import Level
    from geo.coverage.model import Geometries, LayerRules

# In the system a file was drawn in, there and back through degrees leaves some nanometres: this is 100 times
# more.
_DRAWN_NOISE_WIDTH_M = 1e-6
_PAIRS_AT_ONCE = 4096


def unmatched(valid: Geometries, gap_width_deg: float) -> NDArray[np.bool_]:
    """Return which areas of one level have an edge that does not match their neighbours', by overlap or narrow gap."""
    if len(valid) < 2:
        return np.zeros(len(valid), dtype=bool)
    edges = shapely.coverage_invalid_edges(valid, gap_width=gap_width_deg)
    return np.asarray(~shapely.is_empty(edges), dtype=bool)


def overlap_defects(
    level: Level, pairs: NDArray[np.int64], watch: Callable[[int, int], None] = lambda *_: None
) -> tuple[list[Defect], int]:
    """Return the overlaps and overlapping slivers among pairs of areas of one level.

    Parameters
    ----------
    level : Level
        The level.
    pairs : ndarray of int64, shape (m, 2)
        Pairs of indices that may overlap.
    watch : callable
        Called with how many of how many pairs are done.

    Returns
    -------
    defects : list of Defect
        One or two a pair: what is wide, what is narrow.
    noise : int
        The number of pairs that overlap by less than is worth reporting.
    """
    defects: list[Defect] = []
    noise = 0
    for number, some in enumerate(np.array_split(pairs, max(1, -(-len(pairs) // _PAIRS_AT_ONCE)))):
        watch(number * _PAIRS_AT_ONCE, len(pairs))
        common = shapely.intersection(level.valid[some[:, 0]], level.valid[some[:, 1]])
        rows = np.flatnonzero(shapely.area(common) > 0.0)
        # Measured all at once: one by one, thousands of pairs cost more in calls than in geometry.
        found, owner = parts_of(common[rows])
        all_classes, all_sizes = level.ruler.widths(found)
        ends = np.searchsorted(owner, np.arange(len(rows) + 1)).tolist()
        for row, first, last in zip(rows.tolist(), ends, ends[1:], strict=False):
            pieces, classes, sizes = found[first:last], all_classes[first:last], all_sizes[first:last]
            if (classes == NOISE).all() and not _was_drawn(level.valid[some[row]], level.rules):
                noise += 1
                continue
            pair = sorted(some[row].tolist(), key=lambda index: str(level.areas.codes[index]))
            wide = classes == WIDE
            if wide.any():
                defects.append(_defect(level, pair, DefectKind.OVERLAP, pieces[wide], sizes[wide]))
            if (classes == SLIVER).any() or not wide.any():
                defects.append(_defect(level, pair, DefectKind.SLIVER, pieces[~wide], sizes[~wide]))
    return defects, noise


def _defect(level: Level, pair: list[int], kind: DefectKind, pieces: Geometries, sizes: NDArray[np.float64]) -> Defect:
    return Defect(
        kind,
        level.areas.levels[pair[0]],
        tuple(level.areas.codes[pair]),
        together(pieces),
        size=float(sizes.sum()),
        unit="m2",
        cause="overlap" if kind is DefectKind.SLIVER else None,
        values=(level.ruler.sliver_width, *named(level.areas, pair)),
    )


def touching_pairs(valid: Geometries, suspects: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the pairs of areas that meet and of which at least one is suspect, each once, shape (m, 2)."""
    tree = shapely.STRtree(valid)
    indices = np.flatnonzero(suspects)
    found = tree.query(valid[indices], predicate="intersects")
    # Found from either side where both are suspect: ordered, equal pairs fall together.
    one, other = indices[found[0]], found[1]
    pairs = np.column_stack([np.minimum(one, other), np.maximum(one, other)])
    return np.asarray(np.unique(pairs[one != other], axis=0), dtype=np.int64)


def _was_drawn(pair: Geometries, rules: LayerRules) -> bool:
    """Whether an overlap below notice is there in the system the file was drawn in, and so not from conversion."""
    if rules.source_crs is None:
        return False
    source = parse_crs(rules.source_crs)
    if source.is_geographic:
        return False
    one, other = transform_geometry(pair, "WGS84", source)
    pieces = polygons_of(shapely.intersection(shapely.make_valid(one), shapely.make_valid(other)))
    area, length = shapely.area(pieces), shapely.length(pieces)
    # Mean width 2 A / P of a piece, without the division.
    return bool((2.0 * area > _DRAWN_NOISE_WIDTH_M * length).any())
