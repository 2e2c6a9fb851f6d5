"""Open a draft, edit it, undo, withdraw. Every edit is one transaction and one row of history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import shapely
from psycopg.types.json import Jsonb
from sqlalchemy import delete, func, select, text

from core import audit, clock
from grids.boundaries import queries as registry
from grids.change_sets import queries
from grids.change_sets.errors import (
    ChangeSetStaleError,
    ChangeSetStateError,
    EditRefusedError,
    NothingToUndoError,
)
from grids.change_sets.rules.facts import changed_facts
from grids.change_sets.rules.following import followed
from grids.change_sets.rules.verbs import Bench, Deed, carry_out
from grids.change_sets.tables import ChangeSet, ChangeSetEdit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from grids.boundaries.records import AreaRecord
    from grids.boundaries.tables import Layer

REACH = 1e-6
"""Degrees (0.1 m) around an edit's areas in which neighbours may touch them."""


@dataclass(frozen=True, slots=True)
class Edited:
    """What one edit left different: areas as they are now, None for one that ended."""

    change_set: ChangeSet
    number: int
    after: dict[str, AreaRecord | None]


def open_draft(session: Session, *, layer: Layer, title: str, author: str) -> ChangeSet:
    """Open a draft on top of the layer's latest release.

    Raises
    ------
    EditRefusedError
        When the layer has no release yet: the first one comes by import.
    """
    base = registry.latest_release(session, layer)
    if base is None:
        raise EditRefusedError(f"Layer '{layer.code}' has no release to draft on: import its boundaries first.")
    now = clock.now()
    change_set = ChangeSet(
        layer_id=layer.id, base_release_id=base.id, title=title, author=author, created_at=now, updated_at=now
    )
    session.add(change_set)
    session.flush()
    session.refresh(change_set)
    audit.record(session, actor=author, action="change_sets.open", subject=str(change_set.id), title=title)
    return change_set


def edit(
    session: Session, *, change_set_id: int, deed: Deed, actor: str, expected_version: int | None = None
) -> Edited:
    """Carry out one verb of geometry on an open draft; coarser levels follow.

    Raises
    ------
    ChangeSetNotFoundError, ChangeSetStateError, ChangeSetStaleError, EditRefusedError
    """
    change_set = open_change_set(session, change_set_id, expected_version)
    layer = queries.layer_of(session, change_set)
    changed = queries.overlay(session, change_set)
    involved = _involved(session, change_set, deed, changed)
    near = queries.draft_areas_within(session, change_set, _box_around(involved, deed.geometry), changed)
    finest = {code: record for code, record in near.items() if record.level == layer.levels[-1]}
    used = frozenset(queries.codes_ever_used(session, layer))
    after = carry_out(deed, Bench(finest, used, layer.code_rule))
    require_parents(session, change_set, after, changed)
    after |= coarser(session, change_set, layer, finest, after, changed)
    return store(session, change_set, deed.verb, deed.as_json(), actor, after)


def assign_facts(
    session: Session,
    *,
    change_set_id: int,
    code: str,
    facts: Mapping[str, Any],
    actor: str,
    expected_version: int | None = None,
) -> Edited:
    """Change facts of one area of any level: name, code, parent_code, unit_code, unit_name, attributes.

    A new code goes to the children's parent too; a new parent moves the land of both parents.

    Raises
    ------
    ChangeSetNotFoundError, ChangeSetStateError, ChangeSetStaleError, EditRefusedError
    """
    change_set = open_change_set(session, change_set_id, expected_version)
    layer = queries.layer_of(session, change_set)
    changed = queries.overlay(session, change_set)
    family = queries.draft_children(session, change_set, [code], changed)
    old = family.get(code)
    if old is None:
        raise EditRefusedError(f"There is no area {code[:80]} in this draft.", field="code")
    new = changed_facts(old, facts)
    after: dict[str, AreaRecord | None] = {new.code: new}
    if new.code != code:
        if new.code in queries.codes_ever_used(session, layer):
            raise EditRefusedError(f"{new.code[:80]} is or was another area's code.", field="code")
        after[code] = None
        children = [record for record in family.values() if record.parent_code == code]
        after |= {r.code: changed_facts(r, {"parent_code": new.code}) for r in children}
    elif new.parent_code != old.parent_code:
        require_parents(session, change_set, after, changed)
        after |= coarser(session, change_set, layer, {code: old}, after, changed)
    return store(session, change_set, "assign", {"code": code, "facts": dict(facts)}, actor, after)


def undo(session: Session, *, change_set_id: int, actor: str, expected_version: int | None = None) -> ChangeSet:
    """Take back the latest edit.

    Raises
    ------
    ChangeSetNotFoundError, ChangeSetStateError, ChangeSetStaleError, NothingToUndoError
    """
    change_set = open_change_set(session, change_set_id, expected_version)
    number = latest_number(session, change_set)
    if number == 0:
        raise NothingToUndoError
    session.execute(
        delete(ChangeSetEdit).where(ChangeSetEdit.change_set_id == change_set.id, ChangeSetEdit.number == number)
    )
    touch(change_set)
    audit.record(session, actor=actor, action="change_sets.undo", subject=str(change_set.id), edit=number)
    session.flush()
    return change_set


def withdraw(session: Session, *, change_set_id: int, actor: str) -> ChangeSet:
    """Give a draft up; it stays on record.

    Raises
    ------
    ChangeSetNotFoundError, ChangeSetStateError
    """
    change_set = queries.get_change_set(session, change_set_id, for_update=True)
    if change_set.state in {"published", "withdrawn"}:
        raise ChangeSetStateError(f"Change set {change_set.id} is {change_set.state} already.")
    change_set.state = "withdrawn"
    touch(change_set)
    audit.record(session, actor=actor, action="change_sets.withdraw", subject=str(change_set.id))
    session.flush()
    return change_set


def open_change_set(session: Session, change_set_id: int, expected_version: int | None) -> ChangeSet:
    """Return an open change set, locked, at the version the caller saw.

    Raises
    ------
    ChangeSetNotFoundError, ChangeSetStateError, ChangeSetStaleError
    """
    change_set = queries.get_change_set(session, change_set_id, for_update=True)
    if change_set.state != "open":
        raise ChangeSetStateError(f"Change set {change_set.id} is {change_set.state}: only an open one can be edited.")
    if expected_version is not None and expected_version != change_set.version:
        raise ChangeSetStaleError(
            f"Change set {change_set.id} is at version {change_set.version}, not {expected_version}.",
            version=change_set.version,
        )
    return change_set


def touch(change_set: ChangeSet) -> None:
    """Make the change set's version the next one."""
    change_set.version += 1
    change_set.updated_at = clock.now()


def _involved(session: Session, change_set: ChangeSet, deed: Deed, changed: queries.Overlay) -> list[AreaRecord]:
    codes = [*deed.codes, *([deed.into] if deed.into else [])]
    found = queries.draft_children(session, change_set, codes, changed) if codes else {}
    return [found[code] for code in codes if code in found]


def _box_around(involved: Sequence[AreaRecord], geometry: Any) -> tuple[float, float, float, float]:  # noqa: ANN401 (shapely)
    geometries = [cast("Any", record.geom) for record in involved if record.geom is not None]
    # Lines may run far beyond what they cut: the areas' own extent is enough, except for new ones.
    shapes = geometries or ([geometry] if geometry is not None else [])
    if not shapes:
        raise EditRefusedError("Name the areas, or draw the geometry, that the edit is about.", field="codes")
    west, south, east, north = shapely.total_bounds(shapes)
    return float(west - REACH), float(south - REACH), float(east + REACH), float(north + REACH)


def require_parents(
    session: Session, change_set: ChangeSet, after: Mapping[str, AreaRecord | None], changed: queries.Overlay
) -> None:
    """Raise EditRefusedError unless the draft has every parent that the areas name."""
    layer = queries.layer_of(session, change_set)
    parents = {r.parent_code for r in after.values() if r is not None and r.parent_code and r.level != layer.levels[0]}
    known = queries.draft_children(session, change_set, sorted(parents), changed)
    missing = sorted(parents - set(known))
    if missing:
        raise EditRefusedError(f"There is no parent {missing[0][:80]} in this draft.", field="parent_code")


def coarser(
    session: Session,
    change_set: ChangeSet,
    layer: Layer,
    near: Mapping[str, AreaRecord],
    after: Mapping[str, AreaRecord | None],
    changed: queries.Overlay,
) -> dict[str, AreaRecord | None]:
    """Let every ancestor of what changed follow, with all its children at hand."""
    before = {code: near[code] for code in after if code in near}
    records = [*before.values(), *(r for r in after.values() if r is not None)]
    for _ in layer.levels[1:]:
        parents = sorted({r.parent_code for r in records if r.parent_code})
        family = queries.draft_children(session, change_set, parents, changed) if parents else {}
        before = family | before
        records = [family[code] for code in parents if code in family]
    return dict(followed(before, after, layer.levels))


def store(
    session: Session,
    change_set: ChangeSet,
    verb: str,
    arguments: Mapping[str, Any],
    actor: str,
    after: dict[str, AreaRecord | None],
) -> Edited:
    """Write one edit down: what was asked for, and the areas as it leaves them."""
    number = latest_number(session, change_set) + 1
    session.add(
        ChangeSetEdit(
            change_set_id=change_set.id, number=number, verb=verb, arguments=dict(arguments), actor=actor,
            made_at=clock.now(),
        )
    )  # fmt: skip
    touch(change_set)
    session.flush()
    levels = _levels_of_retired(session, change_set, [code for code, record in after.items() if record is None])
    rows = [_row(change_set.id, number, code, record, levels.get(code, "")) for code, record in after.items()]
    driver = cast("Any", session.connection().connection.driver_connection)
    with driver.cursor() as cursor:
        cursor.executemany(_INSERT, rows)
    audit.record(
        session, actor=actor, action=f"change_sets.{verb}", subject=str(change_set.id), edit=number,
        codes=sorted(after)[:100],
    )  # fmt: skip
    session.flush()
    return Edited(change_set, number, after)


_INSERT = (
    "INSERT INTO change_set_area (change_set_id, edit_number, code, level, name, parent_code, unit_code, unit_name,"
    " attributes, is_retired, geom)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, ST_GeomFromWKB(%s, 4326))"
)


def _row(change_set_id: int, number: int, code: str, record: AreaRecord | None, level: str) -> tuple[Any, ...]:
    if record is None:
        return (change_set_id, number, code, level, "", None, None, None, Jsonb({}), True, None)
    return (
        change_set_id, number, code, record.level, record.name, record.parent_code, record.unit_code,
        record.unit_name, Jsonb(record.attributes), False, shapely.to_wkb(cast("Any", record.geom)),
    )  # fmt: skip


def _levels_of_retired(session: Session, change_set: ChangeSet, codes: Sequence[str]) -> dict[str, str]:
    if not codes:
        return {}
    rows = session.execute(
        text(
            "SELECT code, level FROM area WHERE layer_id = :layer AND code = ANY(CAST(:codes AS text[])) UNION"
            " SELECT code, level FROM change_set_area WHERE change_set_id = :id"
            " AND code = ANY(CAST(:codes AS text[])) AND NOT is_retired"
        ),
        {"layer": change_set.layer_id, "id": change_set.id, "codes": list(codes)},
    )
    return {row[0]: row[1] for row in rows}


def latest_number(session: Session, change_set: ChangeSet) -> int:
    """Return the number of the latest edit, 0 before the first."""
    query = select(func.coalesce(func.max(ChangeSetEdit.number), 0))
    return int(session.scalar(query.where(ChangeSetEdit.change_set_id == change_set.id)) or 0)
