"""Read the feed from a place on without being a consumer: for those outside who keep their place themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import text

from core.errors import DomainError, Kind
from core.events.feed import FeedNotRebasedError, stored_event

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from core.events.feed import StoredEvent
    from core.events.kinds import EventKind

# What is still being written comes behind the oldest transaction that writes.
_END: Final = """
SELECT f.epoch, CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint), 0,
       coalesce((SELECT max(id) FROM event), 0),
       f.cluster = (SELECT system_identifier FROM pg_control_system())
FROM event_feed f
"""
_FROM: Final = """
SELECT epoch, CAST(CAST(xid AS text) AS bigint), id, at, kind, subject, ids, actor, payload
FROM event
WHERE (epoch, xid, id) >= (:epoch, CAST(CAST(:xid AS text) AS xid8), :id)
  AND (epoch < :current OR xid < pg_snapshot_xmin(pg_current_snapshot())) AND kind = ANY (:kinds)
ORDER BY epoch, xid, id
LIMIT :limit
"""
# Weeks that were emptied name the ids that they had.
_LOST: Final = """
SELECT EXISTS (SELECT FROM seal_removal WHERE source = 'event' AND what = 'rows' AND upper(ids) - 1 > :seen)
"""


class PlaceLostError(DomainError):
    """What happened since then is kept no longer. Read everything once more, then go on from a new place."""

    code = "changes-lost"
    kind = Kind.CONFLICT


class Place(NamedTuple):
    """A place in the feed: epoch, transaction and id of an event, and the highest id there was when it was given."""

    epoch: int
    xid: int
    event_id: int
    seen: int


def end(session: Session) -> Place:
    """Return the place behind everything that happened so far.

    Raises
    ------
    FeedNotRebasedError
    """
    epoch, xid, event_id, seen, is_own = session.execute(text(_END)).one()
    if not is_own:
        raise FeedNotRebasedError
    return Place(epoch, xid, event_id, seen)


def events_from(session: Session, place: Place, *, kinds: Sequence[EventKind], limit: int) -> Sequence[StoredEvent]:
    """Return the first events of some kinds at a place and behind it, in the order of the feed.

    Raises
    ------
    FeedNotRebasedError
    PlaceLostError
        When events behind the place were removed, or it is none of this feed.
    """
    latest = end(session)
    if place[:2] > latest[:2] or session.scalar(text(_LOST), {"seen": place.seen}):
        raise PlaceLostError
    values = {
        "epoch": place.epoch, "xid": place.xid, "id": place.event_id, "current": latest.epoch, "limit": limit,
        "kinds": [str(kind) for kind in kinds],
    }  # fmt: skip
    return [stored_event(row) for row in session.execute(text(_FROM), values)]
