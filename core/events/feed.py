"""Read the feed: the next events of a consumer, in an order in which nothing can appear before what was read.

Events are ordered by (epoch, transaction, id). A consumer reads only those whose transaction began before every
transaction that is still writing: whatever is committed later has a higher number. The position moves in the
transaction that stores the effect, so that an event takes effect exactly once, also when the consumer is killed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from core.db.locks import LockSpace, lock_name
from core.errors import DomainError, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from core.events.kinds import EventKind

Position = tuple[int, int, int]
"""Epoch, transaction (xid8) and id of an event."""

# A position and the epoch of the feed; false at the end: this is another cluster than the one whose numbers it holds.
_CONSUMER = """
SELECT c.epoch, CAST(CAST(c.xid AS text) AS bigint), c.event_id, f.epoch,
       f.cluster = (SELECT system_identifier FROM pg_control_system())
FROM event_consumer c CROSS JOIN event_feed f WHERE c.name = :name
"""
# One statement: the snapshot whose oldest writer bounds the reading is the snapshot that reads.
_NEXT = """
SELECT epoch, CAST(CAST(xid AS text) AS bigint), id, at, kind, subject, ids, actor, payload
FROM event
WHERE (epoch, xid, id) > (:epoch, CAST(CAST(:xid AS text) AS xid8), :id)
  AND (epoch < :current OR xid < pg_snapshot_xmin(pg_current_snapshot()))
ORDER BY epoch, xid, id
LIMIT :limit
"""
# xid8 has no cast from bigint: both ways go by text.
_MOVE = """
UPDATE event_consumer SET epoch = :epoch, xid = CAST(CAST(:xid AS text) AS xid8), event_id = :id,
    moved_at = clock_timestamp()
WHERE name = :name
"""


class FeedNotRebasedError(DomainError):
    """The database was restored into another cluster; `wangge events rebase` lets consumers of events go on."""

    code = "events-not-rebased"
    kind = Kind.UNAVAILABLE


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """One event: what happened to which rows of a subject, when, and by whom as far as the rows hold it.

    `ids` are half-open ranges of the rows' ids in ascending order. `payload` is small and holds no personal data.
    """

    position: Position
    at: datetime
    kind: str
    subject: str
    ids: tuple[range, ...]
    actor: str | None
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Batch:
    """The next events of a consumer, in order; `is_full` when there may be more."""

    consumer: str
    events: Sequence[StoredEvent]
    is_full: bool

    def ids(self, *kinds: EventKind) -> list[range]:
        """Return the ids of the events of some kinds: half-open ranges, ascending, none overlapping another."""
        return merged(span for event in self.events if event.kind in kinds for span in event.ids)


def read_batch(session: Session, consumer: str, *, limit: int) -> Batch:
    """Return the next events of a consumer, whose only reader this transaction is until it ends.

    A consumer that is not known yet begins with the oldest event that is kept.

    Raises
    ------
    FeedNotRebasedError
        When transactions are numbered by another cluster than the feed knows.
    """
    lock_name(session, LockSpace.EVENT_CONSUMER, consumer)
    session.execute(
        text("INSERT INTO event_consumer (name) VALUES (:name) ON CONFLICT DO NOTHING"), {"name": str(consumer)}
    )
    epoch, xid, event_id, current, is_own = session.execute(text(_CONSUMER), {"name": str(consumer)}).one()
    if not is_own:
        raise FeedNotRebasedError
    values = {"epoch": epoch, "xid": xid, "id": event_id, "current": current, "limit": limit}
    events = [stored_event(row) for row in session.execute(text(_NEXT), values)]
    return Batch(str(consumer), events, is_full=len(events) == limit)


def advance(session: Session, batch: Batch) -> None:
    """Move the consumer behind the batch; call it in the transaction that stores what the events led to."""
    if batch.events:
        epoch, xid, event_id = batch.events[-1].position
        session.execute(text(_MOVE), {"name": batch.consumer, "epoch": epoch, "xid": xid, "id": event_id})


def merged(spans: Iterable[range]) -> list[range]:
    """Return half-open ranges that cover the same numbers: ascending, with a gap between each two."""
    found: list[range] = []
    for span in sorted(spans, key=lambda s: (s.start, s.stop)):
        if found and span.start <= found[-1].stop:
            found[-1] = range(found[-1].start, max(found[-1].stop, span.stop))
        elif span:
            found.append(span)
    return found


def stored_event(row: Sequence[Any]) -> StoredEvent:
    """Return an event of a row: epoch, transaction, id, instant, kind, subject, ids, actor, payload."""
    epoch, xid, event_id, at, kind, subject, ids, actor, payload = row
    spans = tuple(range(span.lower, span.upper) for span in ids)
    return StoredEvent((epoch, xid, event_id), at, kind, subject, spans, actor, payload)
