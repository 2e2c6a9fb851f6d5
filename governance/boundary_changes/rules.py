"""Pure decisions: which matters count as open, what a change moves, who gains and loses what."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import shapely

from geo import datum

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from grids.boundaries.records import AreaRecord

OPEN_FOR = timedelta(days=90)
"""Until cases are followed to their end, every report of the last 90 days counts as open. This is the one place."""
LOOKED_BACK = timedelta(days=365)
NOTICED_M2 = 1.0
"""Land below this is the rounding of stored coordinates (1 cm), not a change."""


def is_open(reported_at: datetime, now: datetime) -> bool:
    """Tell whether a report counts as an open matter."""
    return now - OPEN_FOR <= reported_at <= now


@dataclass(frozen=True, slots=True)
class AreaChange:
    """What happens to one area: `kind` is changed, created, retired or renamed; sizes in m²."""

    code: str
    name: str
    level: str
    kind: str
    before_m2: float
    after_m2: float
    gained_m2: float
    lost_m2: float
    unit_before: str | None
    unit_after: str | None


@dataclass(slots=True)
class UnitChange:
    """What a responsible unit gains and loses."""

    open_gained: int = 0
    open_lost: int = 0
    year_gained: int = 0
    year_lost: int = 0


@dataclass(frozen=True, slots=True)
class Impact:
    """What publishing a draft would do.

    `moved` counts matters by (area before, area after); `units` what each responsible unit gains and loses.
    """

    areas: tuple[AreaChange, ...]
    examined: int
    open_moved: int
    year_moved: int
    moved: tuple[tuple[str | None, str | None, int, int], ...]
    units: Mapping[str, UnitChange] = field(default_factory=dict)


def area_changes(before: Mapping[str, AreaRecord], after: Mapping[str, AreaRecord]) -> tuple[AreaChange, ...]:
    """Compare areas before and after by code, leaving out what only gained a node on a straight border."""
    changes = []
    for code in sorted({*before, *after}):
        old, new = before.get(code), after.get(code)
        one, two = (cast("Any", r.geom) if r is not None else shapely.MultiPolygon() for r in (old, new))
        sizes = datum.areas_m2(np.array([one, two, two.difference(one), one.difference(two)], dtype=object))
        known = new if new is not None else cast("AreaRecord", old)
        facts = [None if r is None else (r.name, r.parent_code, r.unit_code) for r in (old, new)]
        if old is not None and new is not None:
            moved = max(sizes[2], sizes[3]) >= NOTICED_M2
            if not moved and facts[0] == facts[1]:
                continue
            kind = "changed" if moved else "renamed"
        else:
            kind = "retired" if new is None else "created"
        before_m2, after_m2, gained_m2, lost_m2 = (float(size) for size in sizes)
        units = tuple(None if r is None else r.unit_code for r in (old, new))
        changes.append(AreaChange(code, known.name, known.level, kind, before_m2, after_m2, gained_m2, lost_m2, *units))
    return tuple(changes)


def responsible(points: NDArray[np.object_], areas: Sequence[AreaRecord]) -> list[AreaRecord | None]:
    """Return the area of each point: the lowest code that covers it (docs/adr/0002-tie-break.md), None for none."""
    ordered = sorted(areas, key=lambda record: record.code.encode())
    found = np.full(len(points), len(ordered), dtype=np.int64)
    if ordered and len(points):
        tree = shapely.STRtree([cast("Any", record.geom) for record in ordered])
        point, area = tree.query(points, predicate="covered_by")
        np.minimum.at(found, point, area)
    choices: list[AreaRecord | None] = [*ordered, None]
    return [choices[i] for i in found]


def impact(
    changes: tuple[AreaChange, ...],
    before: Sequence[AreaRecord | None],
    after: Sequence[AreaRecord | None],
    is_open_now: NDArray[np.bool_],
) -> Impact:
    """Add up what changes hands; the sequences hold each report's finest area before and after."""
    moved: Counter[tuple[str | None, str | None]] = Counter()
    moved_open: Counter[tuple[str | None, str | None]] = Counter()
    units: defaultdict[str, UnitChange] = defaultdict(UnitChange)
    for old, new, still_open in zip(before, after, is_open_now.tolist(), strict=True):
        pair = (None if old is None else old.code, None if new is None else new.code)
        if pair[0] == pair[1]:
            continue
        moved[pair] += 1
        moved_open[pair] += still_open
        loser, winner = (None if r is None else r.unit_code for r in (old, new))
        if loser != winner:
            if loser is not None:
                units[loser].year_lost += 1
                units[loser].open_lost += still_open
            if winner is not None:
                units[winner].year_gained += 1
                units[winner].open_gained += still_open
    return Impact(
        areas=changes,
        examined=len(before),
        open_moved=sum(moved_open.values()),
        year_moved=sum(moved.values()),
        moved=tuple((*pair, count, moved_open[pair]) for pair, count in moved.most_common()),
        units=dict(sorted(units.items())),
    )
