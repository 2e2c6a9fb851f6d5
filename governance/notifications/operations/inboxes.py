"""Mark entries of a person's inbox as read, and forget what was kept as long as it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import text, update

from core import clock
from governance.notifications.tables import InboxEntry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import CursorResult
    from sqlalchemy.orm import Session

# What is still on its way stays, however old.
_OLD: Final = """
SELECT m.id FROM notification_message m WHERE m.recorded_at < :before AND NOT EXISTS (
    SELECT FROM notification_delivery d WHERE d.message_id = m.id AND d.state = 'waiting')
ORDER BY m.recorded_at LIMIT :limit
"""


def mark_read(
    session: Session, person_id: int, *, entries: Sequence[int] | None = None, up_to: int | None = None
) -> int:
    """Mark entries of a person as read, by their numbers or all up to one; return how many were not yet."""
    statement = update(InboxEntry).where(InboxEntry.person_id == person_id, InboxEntry.read_at.is_(None))
    if entries is not None:
        statement = statement.where(InboxEntry.id.in_(entries))
    if up_to is not None:
        statement = statement.where(InboxEntry.id <= up_to)
    done = cast("CursorResult[Any]", session.execute(statement.values(read_at=clock.now())))
    return done.rowcount


def forget_old(session: Session, *, before: datetime, limit: int = 1_000) -> int:
    """Delete messages from before an instant that wait for nobody, with deliveries and entries; return how many."""
    ids = session.scalars(text(_OLD), {"before": before, "limit": limit}).all()
    for table, column in (
        ("inbox_entry", "message_id"), ("notification_delivery", "message_id"), ("notification_message", "id"),
    ):  # fmt: skip
        session.execute(text(f"DELETE FROM {table} WHERE {column} = ANY (:ids)"), {"ids": ids})
    return len(ids)
