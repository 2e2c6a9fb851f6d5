"""Check what an edit touches: the changed areas, their neighbours and parents, and nothing of the rest of the layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import shapely

from geo import coverage
from grids.boundaries.operations import as_area_set, rules_of
from grids.change_sets import neighbourhood_queries as surroundings
from grids.change_sets import queries
from grids.change_sets.operations.repairing import offers_for

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from geo.coverage import CoverageReport
    from grids.boundaries.records import AreaRecord
    from grids.change_sets.operations.drafting import Edited
    from grids.change_sets.operations.repairing import Offer
    from grids.change_sets.queries import Overlay
    from grids.change_sets.tables import ChangeSet

MOST_AREAS = 500
"""An edit that changes more areas (a whole delivery) is checked with the whole layer, not by its surroundings."""
MOST_MENDED = 5
"""Defects whose repairs are told with an edit's answer; those of the others are told page by page."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The affected neighbourhood: defects, offers for the first of them, and the unchanged areas beside.

    `beside` are areas of the finest level. `report` is None where too much changed to be looked at so.
    """

    report: CoverageReport | None
    offers: tuple[Offer, ...]
    beside: dict[str, AreaRecord]


def surroundings_of(session: Session, edited: Edited) -> Surroundings:
    """Check the affected neighbourhood of one edit, done or only tried."""
    return _checked(session, edited.change_set, edited.after.keys(), edited.before, edited.before | edited.after)


def surroundings_of_draft(session: Session, *, change_set_id: int) -> Surroundings:
    """Check the affected neighbourhood of all that a draft has changed.

    Raises
    ------
    ChangeSetNotFoundError
    """
    change_set = queries.get_change_set(session, change_set_id)
    changed = queries.overlay(session, change_set)
    return _checked(session, change_set, changed.keys(), {}, changed)


def _checked(
    session: Session, change_set: ChangeSet, codes: Collection[str], before: Overlay, after: Overlay
) -> Surroundings:
    if not codes or len(codes) > MOST_AREAS:
        return Surroundings(None, (), {})
    layer = queries.layer_of(session, change_set)
    rules = rules_of(session, layer)
    base = queries.draft_named(session, change_set, codes, {})
    states = [{c: r for c in codes if (r := side.get(c, base.get(c))) is not None} for side in (before, after)]
    was, now = (coverage.prepare(as_area_set(list(state.values())), rules) for state in states)
    keys = {(record.level, code) for state in states for code, record in state.items()}
    places = coverage.ground_changed(now, keys, was)
    boxes = {level: [_box(frame) for frame in shapely.bounds(found)] for level, found in places.items()}
    parents = {record.parent_code for state in states for record in state.values() if record.parent_code}
    old_areas, new_areas = surroundings.around(session, change_set, boxes, {*codes, *parents}, (before, after))
    now = coverage.prepare(as_area_set(list(new_areas.values())), rules)
    was = coverage.prepare(as_area_set(list(old_areas.values())), rules, ruler=now.ruler)
    report = coverage.check_neighbourhood(now, keys, before=was)
    drawn = [cast("Any", r.geom) for state in states for r in state.values() if r.level == layer.levels[-1]]
    others = [r for code, r in new_areas.items() if r.level == layer.levels[-1] and code not in codes]
    near = (
        shapely.STRtree([cast("Any", r.geom) for r in others]).query(drawn, predicate="intersects")[1] if drawn else []
    )
    return Surroundings(
        report,
        tuple(offer for defect in report.defects[:MOST_MENDED] for offer in offers_for(now, defect)),
        {others[i].code: others[i] for i in sorted({int(i) for i in near})},
    )


def _box(bounds: Any) -> surroundings.Box:  # noqa: ANN401 (numpy)
    west, south, east, north = (float(value) for value in bounds)
    return west, south, east, north
