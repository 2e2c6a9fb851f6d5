"""Edit a draft: the verbs of geometry on the finest level, and the facts of areas of any level."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import shapely

from core.db.locks import LockSpace, lock
from grids.change_sets import draft_queries, queries
from grids.change_sets.errors import EditRefusedError
from grids.change_sets.operations.drafting import Edited, latest_number, open_change_set, store
from grids.change_sets.operations.naming import require_free_names
from grids.change_sets.rules.facts import changed_facts
from grids.change_sets.rules.following import followed_by_edges, updated_ancestors
from grids.change_sets.rules.verbs import EditCommand, EditContext, apply_edit

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy.orm import Session

    from grids.boundaries.records import AreaRecord
    from grids.change_sets.draft_queries import Box, DraftState
    from identity.actors import Actor

REACH = 1e-6
"""Degrees (0.1 m) around an edit's areas in which neighbours may touch them."""


def edit(
    session: Session,
    *,
    change_set_id: int,
    command: EditCommand,
    actor: Actor,
    expected_version: int | None = None,
    dry_run: bool = False,
) -> Edited:
    """Carry out one verb of geometry on an open draft; coarser levels follow. A dry run stores nothing.

    Raises
    ------
    ChangeSetNotFoundError, ChangeSetStateError, ChangeSetStaleError, EditRefusedError
    """
    change_set = open_change_set(session, change_set_id, expected_version, locked=not dry_run)
    draft = draft_queries.state_of(session, change_set, upto=latest_number(session, change_set))
    layer = draft.layer
    if not dry_run:
        lock(session, LockSpace.NEW_AREA_CODES, layer.id)
    involved = _involved(session, draft, command)
    box = _box_around(involved, command.geometry, command.shapes.values())
    finest = draft_queries.within(session, draft, {layer.levels[-1]: [box]})
    named = {*command.new_codes, *([command.into] if command.into else [])}
    communities = {r.parent_code or r.code for r in involved} | (
        {command.parent_code} if command.parent_code else set()
    )
    used = frozenset(queries.codes_ever_used(session, layer, codes=named, prefixes=communities))
    called = {f"{r.name}-" for r in involved} | ({f"{command.name}-"} if command.name else set())
    names = frozenset(queries.names_ever_used(session, layer, called))
    after = apply_edit(command, EditContext(finest, used, layer.code_rule, names, has_parents=len(layer.levels) > 1))
    require_free_names(session, draft, finest, after)
    require_parents(session, draft, after)
    after |= update_ancestors(session, draft, finest, after)
    number = None if dry_run else store(session, change_set, command.verb, command.as_json(), actor, after)
    return Edited(change_set, number, after, draft)


def assign_facts(
    session: Session,
    *,
    change_set_id: int,
    code: str,
    facts: Mapping[str, Any],
    actor: Actor,
    expected_version: int | None = None,
) -> Edited:
    """Change facts of one area of any level: name, code, parent_code, unit_code, unit_name, attributes.

    A new code goes to the children's parent too; a new parent moves the land of both parents.

    Raises
    ------
    ChangeSetNotFoundError, ChangeSetStateError, ChangeSetStaleError, EditRefusedError
    """
    change_set = open_change_set(session, change_set_id, expected_version)
    draft = draft_queries.state_of(session, change_set, upto=latest_number(session, change_set))
    old = draft_queries.named(session, draft, [code]).get(code)
    if old is None:
        raise EditRefusedError("There is no area {code} in this draft.", values={"code": code[:80]}, field="code")
    new = changed_facts(old, facts)
    after: dict[str, AreaRecord | None] = {new.code: new}
    if new.code != code:
        if queries.codes_ever_used(session, draft.layer, codes=[new.code]):
            raise EditRefusedError(
                "{code} is or was another area's code.", values={"code": new.code[:80]}, field="code"
            )
        after[code] = None
        children = [r for r in draft_queries.family(session, draft, [code]).values() if r.parent_code == code]
        after |= {r.code: changed_facts(r, {"parent_code": new.code}) for r in children}
    require_free_names(session, draft, {new.code: old}, {code: None, new.code: new})
    if new.parent_code != old.parent_code:
        require_parents(session, draft, {new.code: new})
        after |= update_ancestors(session, draft, {code: old}, after)
    detail = {side: {fact: getattr(r, fact) for fact in facts} for side, r in (("before", old), ("after", new))}
    number = store(session, change_set, "assign", {"code": code, "facts": dict(facts)}, actor, after, detail=detail)
    return Edited(change_set, number, after, draft)


def require_parents(session: Session, draft: DraftState, after: Mapping[str, AreaRecord | None]) -> None:
    """Raise EditRefusedError unless each area's parent is in the draft, on the level above the area's."""
    levels = draft.layer.levels
    wanted = [record for record in after.values() if record is not None]
    known = draft_queries.named(session, draft, {record.parent_code for record in wanted if record.parent_code})
    for record in wanted:
        depth = levels.index(record.level)
        if not record.parent_code:
            continue
        if depth == 0:
            raise EditRefusedError(
                "An area of level {level} has no parent.", values={"level": record.level}, field="parent_code"
            )
        parent = known.get(record.parent_code)
        if parent is None:
            raise EditRefusedError(
                "There is no parent {parent_code} in this draft.",
                values={"parent_code": record.parent_code[:80]},
                field="parent_code",
            )
        if parent.level != levels[depth - 1]:
            raise EditRefusedError(
                "The parent of a {level} is a {levels}; {code} is a {parent_level}.",
                values={
                    "level": record.level,
                    "levels": levels[depth - 1],
                    "code": parent.code[:80],
                    "parent_level": parent.level,
                },
                field="parent_code",
            )


def update_ancestors(
    session: Session,
    draft: DraftState,
    near: Mapping[str, AreaRecord],
    after: Mapping[str, AreaRecord | None],
) -> dict[str, AreaRecord | None]:
    """Let every ancestor of what changed follow: by the changed edges alone, or else with all its children at hand."""
    levels = draft.layer.levels
    before = {code: near[code] for code in after if code in near}
    records = [*before.values(), *(r for r in after.values() if r is not None)]
    if all(record.level == levels[-1] for record in records):
        ancestors = draft_queries.ancestors(session, draft, records)
        found = followed_by_edges(ancestors, before, after, levels)
        if found is not None:
            return dict(found)
    for _ in levels[1:]:
        parents = sorted({r.parent_code for r in records if r.parent_code})
        family = draft_queries.family(session, draft, parents)
        before = family | before
        records = [family[code] for code in parents if code in family]
    return dict(updated_ancestors(before, after, levels))


def _involved(session: Session, draft: DraftState, command: EditCommand) -> list[AreaRecord]:
    codes = [*command.codes, *([command.into] if command.into else []), *command.shapes]
    found = draft_queries.named(session, draft, codes)
    return [found[code] for code in codes if code in found]


def _box_around(involved: Sequence[AreaRecord], geometry: Any, drawn: Collection[Any]) -> Box:  # noqa: ANN401 (shapely)
    geometries = [cast("Any", record.geom) for record in involved if record.geom is not None]
    # Lines may run far beyond what they cut: the areas' own extent is enough, except for new ones.
    shapes = [*geometries, *drawn] or ([geometry] if geometry is not None else [])
    if not shapes:
        raise EditRefusedError("Name the areas, or draw the geometry, that the edit is about.", field="codes")
    west, south, east, north = shapely.total_bounds(shapes)
    return float(west - REACH), float(south - REACH), float(east + REACH), float(north + REACH)
