"""Operate the feed: how far consumers lag, going on in another cluster, and emptying weeks that all have read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from core import audit

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from core.db import Database

SLOTS: Final = 8
"""Partitions of the feed, a week each; after eight weeks the first is used again."""
ALARM_AFTER: Final = timedelta(minutes=1)
"""A consumer whose next event is older than this lags."""

# By the index of each partition: the oldest event behind a consumer's position, whether or not it may be read yet.
_LAGS = """
SELECT c.name, e.kind, e.at, clock_timestamp() - e.at, c.moved_at
FROM event_consumer c
LEFT JOIN LATERAL (
    SELECT kind, at FROM event
    WHERE (event.epoch, event.xid, event.id) > (c.epoch, c.xid, c.event_id)
    ORDER BY event.epoch, event.xid, event.id LIMIT 1
) e ON true
ORDER BY c.name
"""
# Transaction numbers belong to a cluster, named by its system identifier; a logical restore has another.
_IS_OWN = "SELECT cluster = (SELECT system_identifier FROM pg_control_system()) FROM event_feed"
_REBASE = """
UPDATE event_feed SET epoch = epoch + 1, cluster = (SELECT system_identifier FROM pg_control_system())
WHERE cluster <> (SELECT system_identifier FROM pg_control_system())
RETURNING epoch
"""
# Nothing in the partition is young, and nothing lies beyond the position of any consumer.
_IS_DONE = """
SELECT max(at) < CAST(:before AS timestamptz)
   AND NOT EXISTS (SELECT FROM {partition} e JOIN event_consumer c
                   ON (e.epoch, e.xid, e.id) > (c.epoch, c.xid, c.event_id))
FROM {partition}
"""
_EMPTY = text("SELECT empty_event_week(:slot, :before)")


@dataclass(frozen=True, slots=True)
class Lag:
    """How far a consumer is behind: the kind and instant of its next event, None when there is none."""

    consumer: str
    next_kind: str | None
    next_at: datetime | None
    behind: timedelta
    moved_at: datetime

    @property
    def is_alarming(self) -> bool:
        """Whether somebody should look."""
        return self.behind > ALARM_AFTER


@dataclass(frozen=True, slots=True)
class FeedState:
    """Every consumer's lag; `is_restored` when the database came from another cluster and consumers stand still."""

    lags: tuple[Lag, ...]
    is_restored: bool

    @property
    def alarming(self) -> list[str]:
        """The consumers that lag; all of them when none may read."""
        return [lag.consumer for lag in self.lags if lag.is_alarming or self.is_restored]


def state(session: Session) -> FeedState:
    """Return how far each consumer is behind, by the database's clock."""
    lags = [
        Lag(name, kind, at, max(behind or timedelta(), timedelta()), moved_at)
        for name, kind, at, behind, moved_at in session.execute(text(_LAGS))
    ]
    return FeedState(tuple(lags), is_restored=not session.execute(text(_IS_OWN)).scalar_one())


def rebase(session: Session, *, actor: audit.Acting) -> int | None:
    """Let consumers go on after a restore into another cluster; return the new epoch, None when there is no need.

    The events of the restored database stay in their order. What was written in the new cluster before this already
    bears the new epoch, so that its lower transaction numbers come behind.
    """
    epoch: int | None = session.scalar(text(_REBASE))
    if epoch is not None:
        audit.record(session, actor=actor, action="events.rebase", subject="event_feed", epoch=epoch)
    return epoch


def prune(database: Database, *, before: datetime) -> list[str]:
    """Empty the partitions whose events are all older than `before` and read by every consumer; return their names.

    A partition that is in use at the moment is left for the next time.
    """
    emptied = []
    for slot in range(SLOTS):
        partition = f"event_{slot}"
        is_done = text(_IS_DONE.format(partition=partition))
        with database.transaction() as session:
            if not session.scalar(is_done, {"before": before}):
                continue
        if _empty(database, slot, before):
            emptied.append(partition)
    return emptied


def _empty(database: Database, slot: int, before: datetime) -> bool:
    """Look again under the lock, behind which nobody writes to the partition, and empty it (migration 0031)."""
    with database.transaction() as session:
        session.execute(text("SET LOCAL lock_timeout = '2s'"))
        try:
            with session.begin_nested():
                return bool(session.scalar(_EMPTY, {"slot": slot, "before": before}))
        except OperationalError:
            return False
