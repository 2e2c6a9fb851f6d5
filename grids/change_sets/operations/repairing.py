"""Repairs of a draft's defects: proposed with the ground they move, taken only when asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import shapely

from geo.coverage import check_layer, prepare
from geo.coverage.repair import propose, take
from grids.boundaries.operations import as_area_set, rules_of
from grids.change_sets import queries
from grids.change_sets.errors import EditRefusedError
from grids.change_sets.operations.replacing import replace_areas

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from geo.coverage import Defect
    from geo.coverage.proposal import Repair
    from grids.boundaries.records import AreaRecord
    from grids.change_sets.operations.drafting import Edited


@dataclass(frozen=True, slots=True)
class Offer:
    """One way to mend one defect. `key` names it for taking; the first offer of a defect is the one to be preferred."""

    key: str
    defect: Defect
    repair: Repair


def offers(session: Session, *, change_set_id: int) -> list[Offer]:
    """Return every proposal for every defect of the draft.

    Raises
    ------
    ChangeSetNotFoundError
    """
    change_set = queries.get_change_set(session, change_set_id)
    layer = queries.layer_of(session, change_set)
    areas = queries.draft_areas(session, change_set)
    prepared = prepare(as_area_set(list(areas.values())), rules_of(session, layer))
    return [
        Offer(f"{defect.key}/{number}", defect, repair)
        for defect in check_layer(prepared).defects
        for number, repair in enumerate(propose(prepared, defect), start=1)
    ]


def repair(
    session: Session,
    *,
    change_set_id: int,
    keys: Collection[str] | None,
    actor: str,
    expected_version: int | None = None,
) -> Edited:
    """Take proposals into the draft as one edit: those named, or the preferred one of every defect (None).

    Each is looked up anew after the one before it, so that they never work against each other.

    Raises
    ------
    ChangeSetNotFoundError, ChangeSetStateError, ChangeSetStaleError, EditRefusedError
    """
    change_set = queries.get_change_set(session, change_set_id)
    layer = queries.layer_of(session, change_set)
    areas = queries.draft_areas(session, change_set)
    changed: dict[str, AreaRecord] = {}
    wanted = None if keys is None else list(dict.fromkeys(keys))
    prepared = prepare(as_area_set(list(areas.values())), rules_of(session, layer))
    for defect in check_layer(prepared).defects:
        proposals = {f"{defect.key}/{n}": found for n, found in enumerate(propose(prepared, defect), start=1)}
        key = next((k for k in proposals if wanted is None or k in wanted), None)
        if key is None:
            continue
        for (_, code), geometry in proposals[key].geometries.items():
            if shapely.is_empty(geometry):
                raise EditRefusedError(f"That repair leaves {code} without land: retire it instead.", field="keys")
            areas[code] = changed[code] = replace(areas[code], geom=geometry)
        prepared = take(prepared, proposals[key])
        if wanted is not None:
            wanted.remove(key)
    if wanted:
        raise EditRefusedError(f"There is no proposal {wanted[0][:80]} (any more).", field="keys")
    if not changed:
        raise EditRefusedError("There is nothing to repair.", field="keys")
    return replace_areas(
        session,
        change_set_id=change_set_id,
        areas=list(changed.values()),
        actor=actor,
        verb="repair",
        source="repair proposals",
        expected_version=expected_version,
    )
