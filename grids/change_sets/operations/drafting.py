"""Open a draft, write its edits down, undo, withdraw. Every edit is one transaction and one row of history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import shapely
from psycopg.types.json import Jsonb
from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert

from core import audit, clock
from core.errors import Detail
from grids.boundaries import queries as registry
from grids.change_sets import queries
from grids.change_sets.errors import (
    ChangeSetStaleError,
    ChangeSetStateError,
    NothingToUndoError,
)
from grids.change_sets.states import CHANGE_SET, Action, ChangeSetState, EditLocking
from grids.change_sets.tables import ChangeSet, ChangeSetEdit, ChangeSetHand

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from grids.boundaries.records import AreaRecord
    from grids.boundaries.tables import Layer
    from grids.change_sets.draft_queries import DraftState
    from identity.actors import Actor


@dataclass(frozen=True, slots=True)
class Edited:
    """What one edit left different: areas as they are now, None for one that ended.

    `before` is the draft as it was until then; `number` is None for an edit that was only tried.
    """

    change_set: ChangeSet
    number: int | None
    after: dict[str, AreaRecord | None]
    before: DraftState


def open_draft(
    session: Session,
    *,
    layer: Layer,
    title: str,
    author: Actor,
    locking: EditLocking = EditLocking.IF_MATCH,
) -> ChangeSet:
    """Open a draft on top of the layer's latest release; on nothing, where it has none.

    The first areas then come from a file (`take_delivery`). `locking` is how edits over OGC API are kept apart.
    """
    base = registry.latest_release(session, layer)
    now = clock.now()
    change_set = ChangeSet(
        layer_id=layer.id,
        base_release_id=None if base is None else base.id,
        title=title,
        author=author.name,
        locking=locking,
        created_at=now,
        updated_at=now,
    )
    session.add(change_set)
    session.flush()
    session.refresh(change_set)
    record_hand(session, change_set, author)
    audit.record(session, actor=author, action="change_sets.open", subject=str(change_set.id), title=title)
    return change_set


def undo(session: Session, *, change_set_id: int, actor: Actor, expected_version: int | None = None) -> ChangeSet:
    """Take back the latest edit.

    Raises
    ------
    ChangeSetNotFoundError, ChangeSetStateError, ChangeSetStaleError, NothingToUndoError
    """
    change_set = open_change_set(session, change_set_id, expected_version)
    number = latest_number(session, change_set)
    if number == 0:
        raise NothingToUndoError
    last = session.get_one(ChangeSetEdit, (change_set.id, number))
    if last.verb == "settle":
        codes = {last.arguments["code"], *last.arguments.get("codes", ())}
        change_set.settled = {code: at for code, at in change_set.settled.items() if code not in codes}
    session.execute(
        delete(ChangeSetEdit).where(ChangeSetEdit.change_set_id == change_set.id, ChangeSetEdit.number == number)
    )
    session.expunge(last)
    touch(change_set)
    record_hand(session, change_set, actor)
    audit.record(session, actor=actor, action="change_sets.undo", subject=str(change_set.id), edit=number)
    session.flush()
    return change_set


def withdraw(session: Session, *, change_set_id: int, actor: Actor) -> ChangeSet:
    """Give a draft up; it stays on record.

    Raises
    ------
    ChangeSetNotFoundError, ChangeSetStateError
    """
    change_set = queries.get_change_set(session, change_set_id, for_update=True)
    apply(change_set, Action.WITHDRAW)
    audit.record(session, actor=actor, action="change_sets.withdraw", subject=str(change_set.id))
    session.flush()
    return change_set


def open_change_set(
    session: Session, change_set_id: int, expected_version: int | None, *, locked: bool = True
) -> ChangeSet:
    """Return an open change set at the version the caller saw; `locked`, others wait to change it.

    Raises
    ------
    ChangeSetNotFoundError, ChangeSetStateError, ChangeSetStaleError
    """
    change_set = queries.get_change_set(session, change_set_id, for_update=locked)
    if change_set.state != ChangeSetState.OPEN:
        raise ChangeSetStateError(
            "Change set {id} is {state}: only an open one can be edited.",
            values={"id": change_set.id, "state": Detail(change_set.state)},
        )
    if expected_version is not None and expected_version != change_set.version:
        raise ChangeSetStaleError(
            "Change set {id} is at version {version}, not {expected_version}.",
            values={"id": change_set.id, "version": change_set.version, "expected_version": expected_version},
            version=change_set.version,
        )
    return change_set


def change_locking(session: Session, *, change_set_id: int, locking: EditLocking, actor: Actor) -> ChangeSet:
    """Change how edits of an open draft over OGC API are kept apart; the draft's content stays as it is.

    Raises
    ------
    ChangeSetNotFoundError, ChangeSetStateError
    """
    change_set = open_change_set(session, change_set_id, None)
    if change_set.locking != locking:
        audit.record(
            session, actor=actor, action="change_sets.locking", subject=str(change_set.id),
            before=change_set.locking, after=str(locking),
        )  # fmt: skip
        change_set.locking = locking
        touch(change_set)
        session.flush()
    return change_set


def record_hand(session: Session, change_set: ChangeSet, actor: Actor) -> None:
    """Note for good that somebody worked on a draft: whoever did cannot approve it (docs/adr/0008)."""
    hand = {"change_set_id": change_set.id, "actor_id": actor.id, "actor": actor.name, "first_at": clock.now()}
    session.execute(insert(ChangeSetHand).values(hand).on_conflict_do_nothing())


def require_allowed(change_set: ChangeSet, action: Action) -> None:
    """Raise ChangeSetStateError unless the table of transitions has this action for the change set's state."""
    if not CHANGE_SET.allows(change_set, action):
        raise ChangeSetStateError(
            "Change set {id} is {state}: {action} is not possible.",
            values={"id": change_set.id, "state": Detail(change_set.state), "action": Detail(action)},
        )


def apply(change_set: ChangeSet, action: Action) -> None:
    """Move a change set on by the table of transitions, and count its version up; the one place that does.

    Raises
    ------
    ChangeSetStateError
    """
    require_allowed(change_set, action)
    CHANGE_SET.move(change_set, action)
    touch(change_set)


def touch(change_set: ChangeSet) -> None:
    """Make the change set's version the next one."""
    change_set.version += 1
    change_set.updated_at = clock.now()


def store(
    session: Session,
    change_set: ChangeSet,
    verb: str,
    arguments: Mapping[str, Any],
    actor: Actor,
    after: dict[str, AreaRecord | None],
    *,
    detail: Mapping[str, Any] | None = None,
) -> int:
    """Write one edit down, what was asked for and the areas as it leaves them; return its number.

    `detail` is added to its audit entry.
    """
    number = latest_number(session, change_set) + 1
    session.add(
        ChangeSetEdit(
            change_set_id=change_set.id, number=number, verb=verb, arguments=dict(arguments), actor=actor.name,
            made_at=clock.now(),
        )
    )  # fmt: skip
    touch(change_set)
    record_hand(session, change_set, actor)
    session.flush()
    levels = _levels_of_retired(session, change_set, [code for code, record in after.items() if record is None])
    rows = [_row(change_set.id, number, code, record, levels.get(code, "")) for code, record in after.items()]
    driver = cast("Any", session.connection().connection.driver_connection)
    with driver.cursor() as cursor:
        cursor.executemany(_INSERT, rows)
    audit.record(
        session, actor=actor, action=f"change_sets.{verb}", subject=str(change_set.id), edit=number,
        codes=sorted(after)[:100], **(detail or {}),
    )  # fmt: skip
    session.flush()
    return number


def rewrite(session: Session, change_set: ChangeSet, number: int, after: Mapping[str, AreaRecord]) -> None:
    """Write areas of one edit anew, as it leaves them on another release."""
    session.execute(
        text(
            "DELETE FROM change_set_area WHERE change_set_id = :id AND edit_number = :number"
            " AND code = ANY(CAST(:codes AS text[]))"
        ),
        {"id": change_set.id, "number": number, "codes": list(after)},
    )
    driver = cast("Any", session.connection().connection.driver_connection)
    with driver.cursor() as cursor:
        cursor.executemany(_INSERT, [_row(change_set.id, number, code, record, "") for code, record in after.items()])


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
