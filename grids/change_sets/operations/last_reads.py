"""Which state of a draft's features somebody last read: what an edit without If-Match is held to (guides/ogc.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from core import clock
from grids.change_sets.tables import ChangeSetRead

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from grids.change_sets.tables import ChangeSet
    from identity.actors import Actor


def record_read(session: Session, change_set: ChangeSet, reader: Actor, states: Mapping[str, str]) -> None:
    """Keep the states, by code, in which features were given to a reader, in place of what the reader read before."""
    now = clock.now()
    rows = [
        {"change_set_id": change_set.id, "reader_id": reader.id, "code": code, "state": state, "read_at": now}
        for code, state in sorted(states.items())
    ]
    if not rows:
        return
    adding = insert(ChangeSetRead)
    adding = adding.on_conflict_do_update(
        index_elements=["change_set_id", "reader_id", "code"],
        set_={"state": adding.excluded.state, "read_at": adding.excluded.read_at},
    )
    session.execute(adding, rows)


def forget_read(session: Session, change_set: ChangeSet, reader: Actor, code: str) -> None:
    """Drop what a reader read of a feature that is no more."""
    session.execute(
        delete(ChangeSetRead).where(
            ChangeSetRead.change_set_id == change_set.id,
            ChangeSetRead.reader_id == reader.id,
            ChangeSetRead.code == code,
        )
    )


def state_read(session: Session, change_set: ChangeSet, reader: Actor, code: str) -> str | None:
    """Return the state in which a reader last read a feature, None where the reader never did."""
    return session.scalar(
        select(ChangeSetRead.state).where(
            ChangeSetRead.change_set_id == change_set.id,
            ChangeSetRead.reader_id == reader.id,
            ChangeSetRead.code == code,
        )
    )
