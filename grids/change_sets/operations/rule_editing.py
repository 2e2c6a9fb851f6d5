"""Change what a draft's release will answer by: tolerance and declared gaps, approved with it (docs/adr/0015)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from grids.boundaries.release_rules import require_uncovered
from grids.change_sets import draft_queries, queries
from grids.change_sets.errors import EditRefusedError
from grids.change_sets.operations.drafting import open_change_set, store

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from grids.boundaries.release_rules import RulesChange
    from grids.change_sets.tables import ChangeSet
    from identity.actors import Actor


def change_rules(
    session: Session, *, change_set_id: int, change: RulesChange, actor: Actor, expected_version: int | None = None
) -> ChangeSet:
    """Change tolerance and declared gaps in a draft, as one edit.

    Raises
    ------
    ChangeSetNotFoundError, ChangeSetStateError, ChangeSetStaleError, EditRefusedError, LayerInvalidError,
    GapInvalidError, GapCoveredError
    """
    change_set = open_change_set(session, change_set_id, expected_version)
    draft = draft_queries.state_of(session, change_set)
    before = queries.rules_of_draft(session, change_set)
    after = change.applied(before)
    if after.key == before.key:
        raise EditRefusedError("Tolerance and gaps are that already: nothing to change.")
    finest = draft.layer.levels[-1]
    boxes = [draft_queries.box_of(shapely.bounds(gap.geom)) for gap in change.declare]
    near = draft_queries.within(session, draft, {finest: boxes}) if boxes else {}
    require_uncovered(list(change.declare), near.values(), finest)
    detail = {"before": before.described, "after": after.described}
    store(session, change_set, queries.RULES, change.as_json(), actor, {}, detail=detail)
    return change_set
