"""What a draft and the releases published since its base decided differently, as pieces of land that belong together.

A split, a merge or a transfer changes several areas at once. To keep one side of a conflict, all areas that its side
drew over the same land have to come along: code by code, the pieces of both would lie over each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grids.boundaries.records import AreaRecord

    Side = Mapping[str, AreaRecord | None]

_ROUNDING_DEG = 2e-7
"""Mean width (2 cm) up to which a shared strip is the rounding of stored coordinates, and no land."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Areas of one level whose land both sides drew differently.

    `codes` are those that the draft changed and a person is asked about, `mine` and `theirs` all that each side changed
    there; each in byte order.
    """

    codes: tuple[str, ...]
    mine: tuple[str, ...]
    theirs: tuple[str, ...]


def conflicts(base: Mapping[str, AreaRecord], mine: Side, theirs: Side) -> list[Conflict]:
    """Return what both sides decided, in byte order of the codes; each change belongs to one conflict at most.

    Parameters
    ----------
    base
        The changed areas as they were before both, those that were there.
    mine, theirs
        The areas of one level that each side left different, None for ended ones.
    """
    codes = sorted({*mine, *theirs}, key=str.encode)
    if not mine or not theirs:
        return []
    place = {code: number for number, code in enumerate(codes)}
    sides = [{c: r for c, r in side.items() if r is not None} for side in (base, mine, theirs)]
    before, drafted, published = ({c: r for c, r in side.items() if c in place} for side in sides)
    links = [
        *_shared(before, drafted, place),
        *_shared(before, published, place),
        *_shared(drafted, published, place),
    ]
    rows, columns = np.array(links, dtype=np.int64).reshape(-1, 2).T
    matrix = coo_array((np.ones(len(rows)), (rows, columns)), shape=(len(codes), len(codes)))
    _, group_of = connected_components(matrix, directed=False)
    groups: dict[int, list[str]] = {}
    for code, group in zip(codes, group_of.tolist(), strict=True):
        groups.setdefault(group, []).append(code)
    found = []
    for members in groups.values():
        own, other = (tuple(c for c in members if c in side) for side in (mine, theirs))
        if own and other:
            both = tuple(c for c in own if c in other)
            found.append(Conflict(both or own, own, other))
    return sorted(found, key=lambda conflict: conflict.codes[0].encode())


def _shared(
    one: Mapping[str, AreaRecord], other: Mapping[str, AreaRecord], place: Mapping[str, int]
) -> list[tuple[int, int]]:
    """Return the pairs of different areas, one of each side, that lie over the same land."""
    if not one or not other:
        return []
    left, right = (np.array([r.geom for r in side.values()], dtype=object) for side in (one, other))
    left, right = (np.where(shapely.is_valid(lands), lands, shapely.make_valid(lands)) for lands in (left, right))
    numbers = [np.array([place[code] for code in side]) for side in (one, other)]
    i, j = shapely.STRtree(right).query(left, predicate="intersects")
    apart = numbers[0][i] != numbers[1][j]
    i, j = i[apart], j[apart]
    land = np.asarray(shapely.intersection(left[i], right[j]), dtype=object)
    # Twice the area by the perimeter is the mean width of a strip; touching borders have no area.
    wide = 2.0 * shapely.area(land) > _ROUNDING_DEG * shapely.length(land)
    return list(zip(numbers[0][i[wide]].tolist(), numbers[1][j[wide]].tolist(), strict=True))
