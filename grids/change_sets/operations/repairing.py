"""Repairs of a draft's defects: proposed with the ground they move, page by page, and taken only when asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import shapely

from geo.coverage import check_layer, mend, propose, severity_order, take_repair
from grids.change_sets import draft_queries, queries
from grids.change_sets.errors import EditRefusedError
from grids.change_sets.operations.checking import checked
from grids.change_sets.operations.drafting import open_change_set
from grids.change_sets.operations.replacing import replace_areas
from grids.change_sets.rules.cursors import cursor_of, position_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from geo.coverage import Defect, PreparedLayer, Repair
    from grids.change_sets.operations.checking import CheckMemory
    from grids.change_sets.operations.drafting import Edited
    from identity.actors import Actor


@dataclass(frozen=True, slots=True)
class Offer:
    """One way to mend one defect. `key` names it for taking; the first offer of a defect is the one to be preferred."""

    key: str
    defect: Defect
    repair: Repair


@dataclass(frozen=True, slots=True)
class Page:
    """The offers for some defects, gravest first.

    `unmendable` are those among them that only a person can mend; `defects` counts all that were asked for; `next` is
    where the next page begins, None on the last.
    """

    offers: tuple[Offer, ...]
    unmendable: tuple[Defect, ...]
    defects: int
    next: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which defects are asked for; None asks for all."""

    kinds: Collection[str] | None = None
    area: str | None = None
    bbox: tuple[float, float, float, float] | None = None

    def admits(self, defect: Defect) -> bool:
        """Whether a defect is asked for."""
        if self.kinds is not None and defect.kind not in self.kinds:
            return False
        if self.area is not None and self.area not in defect.codes:
            return False
        if self.bbox is None:
            return True
        west, south, east, north = self.bbox
        halves = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
        boxes = [shapely.box(left, south, right, north) for left, right in halves]
        return defect.geometry is not None and bool(shapely.intersects(boxes, defect.geometry).any())


@dataclass(frozen=True, slots=True)
class Repaired:
    """What came of taking repairs: the edit, how many were taken, and the defects that are left of those asked for."""

    edited: Edited
    taken: int
    left: tuple[Defect, ...]


ALL = Wanted()
A_PAGE = 5
"""Defects a page by default: to find repairs of one and prove them takes some hundredths of a second."""


def offers_for(layer: PreparedLayer, defect: Defect) -> list[Offer]:
    """Return the proposals for one defect, the preferred one first."""
    return [
        Offer(f"{defect.key}/{number}", defect, repair) for number, repair in enumerate(propose(layer, defect), start=1)
    ]


def offers(
    session: Session,
    *,
    change_set_id: int,
    wanted: Wanted = ALL,
    limit: int = A_PAGE,
    after: str | None = None,
    memory: CheckMemory | None = None,
) -> Page:
    """Return proposals for up to `limit` defects of the draft, those that follow `after` (a page's `next`).

    Raises
    ------
    ChangeSetNotFoundError, EditRefusedError
    """
    change_set = queries.get_change_set(session, change_set_id)
    found = checked(session, change_set, memory)
    rules = found.layer.rules
    start = None if after is None else position_of(after)
    all_wanted = [defect for defect in found.report.defects if wanted.admits(defect)]
    following = [d for d in all_wanted if start is None or severity_order(d, rules) > start]
    page = following[:limit]
    by_defect = [(defect, offers_for(found.layer, defect)) for defect in page]
    return Page(
        offers=tuple(offer for _, offered in by_defect for offer in offered),
        unmendable=tuple(defect for defect, offered in by_defect if not offered),
        defects=len(all_wanted),
        next=cursor_of(severity_order(page[-1], rules)) if len(following) > limit else None,
    )


def repair(
    session: Session,
    *,
    change_set_id: int,
    keys: Collection[str] | None,
    actor: Actor,
    wanted: Wanted = ALL,
    expected_version: int | None = None,
    memory: CheckMemory | None = None,
) -> Repaired:
    """Take proposals into the draft as one edit: those named, or (None) the preferred one of every defect wanted.

    Each is looked up anew after the one before it, so that they never work against each other. All are taken again and
    again until nothing more can be mended; what is left is reported.

    Raises
    ------
    ChangeSetNotFoundError, ChangeSetStateError, ChangeSetStaleError, EditRefusedError
    """
    change_set = open_change_set(session, change_set_id, expected_version)
    found = checked(session, change_set, memory)
    if keys is None:
        defects = None if wanted == ALL else [d for d in found.report.defects if wanted.admits(d)]
        layer, repairs = mend(found.layer, defects, accepts=_leaves_land)
    else:
        layer, repairs = _taken(found.layer, found.report.defects, list(dict.fromkeys(keys)))
    touched = {key for repair_ in repairs for key in repair_.geometries}
    now = zip(layer.areas.levels, layer.areas.codes, layer.areas.geometries, strict=True)
    geometries = {(level, code): geometry for level, code, geometry in now if (level, code) in touched}
    if not geometries:
        raise EditRefusedError("There is nothing to repair.", field="keys")
    areas = draft_queries.named(session, draft_queries.state_of(session, change_set), {code for _, code in touched})
    edited = replace_areas(
        session,
        change_set_id=change_set_id,
        areas=[replace(areas[code], geom=geometry) for (_, code), geometry in geometries.items()],
        actor=actor,
        verb="repair",
        source="repair proposals",
    )
    left = tuple(defect for defect in check_layer(layer).defects if keys is not None or wanted.admits(defect))
    return Repaired(edited, len(repairs), left)


def _taken(
    layer: PreparedLayer, defects: Collection[Defect], keys: list[str]
) -> tuple[PreparedLayer, tuple[Repair, ...]]:
    """Take the proposals named, each made on the layer as it is after those before it."""
    repairs: list[Repair] = []
    of_defect = {key.rpartition("/")[0] for key in keys}
    for defect in [d for d in defects if d.key in of_defect]:
        proposals = {f"{defect.key}/{n}": found for n, found in enumerate(propose(layer, defect), start=1)}
        key = next((k for k in proposals if k in keys), None)
        if key is None:
            continue
        if not _leaves_land(proposals[key]):
            raise EditRefusedError("That repair leaves an area without land: retire the area instead.", field="keys")
        layer = take_repair(layer, proposals[key])
        repairs.append(proposals[key])
        keys.remove(key)
    if keys:
        raise EditRefusedError("There is no proposal {keys} (any more).", values={"keys": keys[0][:80]}, field="keys")
    return layer, tuple(repairs)


def _leaves_land(repair_: Repair) -> bool:
    return not any(shapely.is_empty(geometry) for geometry in repair_.geometries.values())
