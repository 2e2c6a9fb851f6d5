"""Check what an edit touches: the changed areas, their neighbours and parents, and nothing of the rest of the layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import shapely

from geo import coverage
from grids.boundaries.operations import as_area_set, rules_of
from grids.change_sets import draft_queries, queries
from grids.change_sets.neighbourhood_queries import around
from grids.change_sets.operations.repairing import A_PAGE, offers_for

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.coverage import CoverageReport
    from grids.boundaries.records import AreaRecord
    from grids.change_sets.draft_queries import DraftState
    from grids.change_sets.operations.drafting import Edited
    from grids.change_sets.operations.repairing import Offer
    from grids.change_sets.queries import Overlay

MOST_AREAS = 500
"""An edit that changes more areas (a whole delivery) is checked with the whole layer, not by its surroundings."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The affected neighbourhood: defects, offers for the first of them (a page), and the unchanged areas beside.

    `beside` are areas of the finest level. `report` is None where too much changed to be looked at so.
    """

    report: CoverageReport | None
    offers: tuple[Offer, ...]
    beside: dict[str, AreaRecord]


def surroundings_of(session: Session, edited: Edited) -> Surroundings:
    """Check the affected neighbourhood of one edit, done or only tried."""
    return _checked(session, edited.before, edited.after)


def surroundings_of_draft(session: Session, *, change_set_id: int) -> Surroundings:
    """Check the affected neighbourhood of all that a draft has changed.

    Raises
    ------
    ChangeSetNotFoundError
    """
    change_set = queries.get_change_set(session, change_set_id)
    untouched = draft_queries.state_of(session, change_set, upto=0)
    return _checked(session, untouched, queries.overlay(session, change_set))


def _checked(session: Session, before: DraftState, after: Overlay) -> Surroundings:
    """Check what areas as they are `after` make of a draft as it was `before`."""
    if not after or len(after) > MOST_AREAS:
        return Surroundings(None, (), {})
    levels, rules = before.layer.levels, rules_of(before.layer, queries.rules_of_draft(session, before.change_set))
    sides = (draft_queries.named(session, before, after), {c: r for c, r in after.items() if r is not None})
    was, now = (coverage.prepare(as_area_set(list(side.values())), rules) for side in sides)
    keys = {(record.level, code) for side in sides for code, record in side.items()}
    places = coverage.ground_changed(now, keys, was)
    boxes = {level: [draft_queries.box_of(frame) for frame in shapely.bounds(found)] for level, found in places.items()}
    known = around(session, before, boxes, sides)
    unchanged = [record for code, record in known.items() if code not in after]
    layer = coverage.prepare(as_area_set(unchanged), rules).joined(now)
    report = coverage.check_neighbourhood(layer, keys, places=places)
    drawn = [cast("Any", r.geom) for side in sides for r in side.values() if r.level == levels[-1]]
    others = [record for record in unchanged if record.level == levels[-1]]
    tree = shapely.STRtree([cast("Any", r.geom) for r in others])
    near = tree.query(drawn, predicate="intersects")[1] if drawn else []
    return Surroundings(
        report,
        tuple(offer for defect in report.defects[:A_PAGE] for offer in offers_for(layer, defect)),
        {others[i].code: others[i] for i in sorted({int(i) for i in near})},
    )
