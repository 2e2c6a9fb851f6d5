"""Pure decisions on lineage: which area's land became whose, and which area stands in a retired one's place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from grids.boundaries.records import AreaRecord

LEAST_SHARE = 1e-6
"""Share of an area below which a common piece is the rounding of a border, not a transfer of land."""


@dataclass(frozen=True, slots=True)
class Descent:
    """How much of one area's land became another's."""

    predecessor: str
    successor: str
    share_of_predecessor: float
    share_of_successor: float


def descents(before: Mapping[str, AreaRecord], after: Mapping[str, AreaRecord], levels: Sequence[str]) -> list[Descent]:
    """Return which areas of each level changed areas got their land from; none for one that keeps all its land."""
    found: list[Descent] = []
    for level in levels:
        old, new = ({c: r for c, r in s.items() if r.level == level} for s in (before, after))
        found += _common_land(_touched(old, new), _touched(new, old))
    return found


def main_successors(steps: Iterable[Descent], alive: Collection[str]) -> dict[str, str]:
    """Return for each predecessor that is not alive any more the area that got most of its land.

    Of equal shares the lowest code gets it.
    """
    best: dict[str, tuple[float, str]] = {}
    for step in steps:
        if step.predecessor in alive or step.successor not in alive:
            continue
        offer = (-step.share_of_predecessor, step.successor)
        if step.predecessor not in best or offer < best[step.predecessor]:
            best[step.predecessor] = offer
    return {code: successor for code, (_, successor) in best.items()}


def _touched(these: Mapping[str, AreaRecord], others: Mapping[str, AreaRecord]) -> dict[str, AreaRecord]:
    """Return the areas whose land the others do not have under the same code."""
    return {
        code: record
        for code, record in these.items()
        if code not in others
        or (others[code] is not record and not shapely.equals_identical(record.geom, others[code].geom))
    }


def _common_land(old: Mapping[str, AreaRecord], new: Mapping[str, AreaRecord]) -> list[Descent]:
    """Return the common land's share of either, leaving out what is only rounding."""
    if not old or not new:
        return []
    old_codes, new_codes = list(old), list(new)
    lands = [np.array([cast("Any", r.geom) for r in s.values()], dtype=object) for s in (old, new)]
    one, two = shapely.STRtree(lands[1]).query(lands[0], predicate="intersects")
    common = shapely.area(shapely.intersection(lands[0][one], lands[1][two]))
    # Common area over either area: shares, so that the unit (square degrees) cancels.
    of_old, of_new = common / shapely.area(lands[0])[one], common / shapely.area(lands[1])[two]
    keep = (of_old > LEAST_SHARE) | (of_new > LEAST_SHARE)
    return [
        Descent(old_codes[i], new_codes[j], min(1.0, float(a)), min(1.0, float(b)))
        for i, j, a, b in zip(one[keep], two[keep], of_old[keep], of_new[keep], strict=True)
    ]
