"""Publish an approved draft as a release, and write down what became of whose land."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
import shapely
from sqlalchemy import text

from core import audit
from grids.boundaries import operations as registry_operations
from grids.boundaries import queries as registry
from grids.change_sets import queries
from grids.change_sets.errors import ChangeSetStateError
from grids.change_sets.operations.drafting import touch
from grids.change_sets.operations.reviewing import require_clean, require_current

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from grids.boundaries.operations import Published
    from grids.boundaries.records import AreaRecord
    from grids.boundaries.tables import Layer, Release

LEAST_SHARE = 1e-6
"""Share of an area below which a common piece is the rounding of a border, not a transfer of land."""


def publish_change_set(session: Session, *, change_set_id: int, actor: str, lead_s: float) -> Published:
    """Publish an approved draft; the release takes effect at the instant that was approved.

    Raises
    ------
    ChangeSetNotFoundError, ChangeSetStateError, ChangeSetConflictError, ChangeSetBlockedError, EffectiveInstantError
    """
    change_set = queries.get_change_set(session, change_set_id, for_update=True)
    if change_set.state != "approved":
        raise ChangeSetStateError(
            f"Change set {change_set.id} is {change_set.state}: only an approved one is published."
        )
    require_current(session, change_set)
    require_clean(session, change_set)
    layer, base = queries.layer_of(session, change_set), queries.base_of(session, change_set)
    areas = queries.draft_areas(session, change_set)
    before = {a.record.code: a.record for a in registry.areas_of_release(session, layer, base)}
    published = registry_operations.publish(
        session,
        layer=layer,
        areas=list(areas.values()),
        author=change_set.author,
        lead_s=lead_s,
        note=change_set.title,
        effective_at=change_set.effective_at,
        expected_latest=base.number,
        source={"change_set": change_set.id, "approved_by": change_set.approved_by},
    )
    if published.is_new:
        record_lineage(session, layer, published.release, before, areas)
    change_set.state = "published"
    change_set.published_release_id = published.release.id
    touch(change_set)
    audit.record(
        session, actor=actor, action="change_sets.publish", subject=str(change_set.id), release=published.release.number
    )
    session.flush()
    return published


def record_lineage(
    session: Session,
    layer: Layer,
    release: Release,
    before: Mapping[str, AreaRecord],
    after: Mapping[str, AreaRecord],
) -> int:
    """Store which areas of each level the land of changed areas came from; return how many steps were stored.

    An area that keeps all its land has no step.
    """
    steps: list[dict[str, Any]] = []
    for level in layer.levels:
        old, new = ({c: r for c, r in s.items() if r.level == level} for s in (before, after))
        for predecessor, successor, from_share, to_share in _common_land(_touched(old, new), _touched(new, old)):
            steps.append(
                {
                    "layer": layer.id, "release": release.id, "predecessor": predecessor, "successor": successor,
                    "of_predecessor": from_share, "of_successor": to_share,
                }
            )  # fmt: skip
    if steps:
        session.execute(
            text(
                "INSERT INTO area_lineage (layer_id, release_id, predecessor, successor, share_of_predecessor,"
                " share_of_successor)"
                " VALUES (:layer, :release, :predecessor, :successor, :of_predecessor, :of_successor)"
            ),
            steps,
        )
    return len(steps)


def _touched(these: Mapping[str, AreaRecord], others: Mapping[str, AreaRecord]) -> dict[str, AreaRecord]:
    """Return the areas whose land the others do not have under the same code."""
    return {
        code: record
        for code, record in these.items()
        if code not in others or not shapely.equals_identical(record.geom, others[code].geom)
    }


def _common_land(old: Mapping[str, AreaRecord], new: Mapping[str, AreaRecord]) -> list[tuple[str, str, float, float]]:
    """Return (predecessor, successor, common land's share of either), leaving out what is only rounding."""
    if not old or not new:
        return []
    old_codes, new_codes = list(old), list(new)
    lands = [np.array([cast("Any", r.geom) for r in s.values()], dtype=object) for s in (old, new)]
    one, two = shapely.STRtree(lands[1]).query(lands[0], predicate="intersects")
    common = shapely.area(shapely.intersection(lands[0][one], lands[1][two]))
    of_old, of_new = common / shapely.area(lands[0])[one], common / shapely.area(lands[1])[two]
    keep = (of_old > LEAST_SHARE) | (of_new > LEAST_SHARE)
    return [
        (old_codes[i], new_codes[j], min(1.0, float(a)), min(1.0, float(b)))
        for i, j, a, b in zip(one[keep], two[keep], of_old[keep], of_new[keep], strict=True)
    ]
