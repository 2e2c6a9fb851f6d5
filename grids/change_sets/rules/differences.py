"""What a delivery makes different, area by area: for the person who decides whether to take it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import shapely

from geo import datum

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grids.boundaries.records import AreaRecord

FACTS = ("name", "parent_code", "unit_code", "unit_name", "level", "attributes")


@dataclass(frozen=True, slots=True)
class Difference:
    """One area of a delivery beside what was there.

    `kind` is added, gone, moved (its land differs) or facts (only these differ); `facts` maps the name of each fact
    that differs to what it was and what it is. Sizes in m².
    """

    code: str
    name: str
    level: str
    kind: str
    gained_m2: float
    lost_m2: float
    facts: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)


def differences(
    before: Mapping[str, AreaRecord], after: Mapping[str, AreaRecord | None], levels: Sequence[str]
) -> list[Difference]:
    """Compare areas by code, those that changed alone; coarsest level first, then by code.

    Parameters
    ----------
    before
        The draft before, at least the areas of `after` that were there.
    after
        The areas that become different; None: gone.
    levels
        Of the layer, coarsest first.
    """
    pairs = [(before.get(code), record) for code, record in after.items()]
    sides = [
        np.array([shapely.MultiPolygon() if r is None else cast("Any", r.geom) for r in side], dtype=object)
        for side in zip(*pairs, strict=True)
    ]
    if not pairs:
        return []
    old, new = (np.asarray(shapely.make_valid(side), dtype=object) for side in sides)
    gained = datum.areas_m2(np.asarray(shapely.difference(new, old), dtype=object))
    lost = datum.areas_m2(np.asarray(shapely.difference(old, new), dtype=object))
    found = []
    for (was, now), more, less in zip(pairs, gained.tolist(), lost.tolist(), strict=True):
        record = now if now is not None else cast("AreaRecord", was)
        facts = {} if was is None or now is None else _facts_apart(was, now)
        same_land = was is not None and now is not None and bool(shapely.equals_identical(was.geom, now.geom))
        kind = "added" if was is None else "gone" if now is None else "facts" if same_land else "moved"
        found.append(Difference(record.code, record.name, record.level, kind, float(more), float(less), facts))
    return sorted(found, key=lambda d: (levels.index(d.level), d.code.encode()))


def _facts_apart(was: AreaRecord, now: AreaRecord) -> dict[str, tuple[Any, Any]]:
    return {
        fact: (getattr(was, fact), getattr(now, fact))
        for fact in FACTS
        if getattr(was, fact) != getattr(now, fact)
        and not (fact == "unit_name" and now.unit_name is None and was.unit_code == now.unit_code)
    }
