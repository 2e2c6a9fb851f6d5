"""How long it is kept who signed in from where: sessions that are over, and links that can be used no more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy.orm import Session

# What of a session's time lies in a span that is kept, keeps it. A session without an end was seen last when it ended.
_HELD = """
(principal_id = ANY(:persons) OR EXISTS (
    SELECT FROM unnest(CAST(:starts AS timestamptz[]), CAST(:ends AS timestamptz[])) AS s (start, ending)
    WHERE s.start <= coalesce(ended_at, last_seen_at) AND created_at < coalesce(s.ending, 'infinity')))
"""
_OLD = "coalesce(ended_at, last_seen_at) < :before"
_COUNT = f"""
SELECT count(*) FILTER (WHERE NOT {_HELD}), count(*) FILTER (WHERE {_HELD}) FROM person_session WHERE {_OLD}
"""
_FORGET = f"""
DELETE FROM person_session WHERE id IN (
    SELECT id FROM person_session WHERE {_OLD} AND NOT {_HELD} ORDER BY id LIMIT :limit FOR UPDATE SKIP LOCKED)
"""
_LINKS = """
DELETE FROM account_token
WHERE coalesce(used_at, expires_at) < :before AND expires_at < now() AND NOT principal_id = ANY(:persons)
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """What stays however old it is: the sessions of these persons, and those of these spans (None: without an end)."""

    persons: Collection[int] = ()
    spans: Collection[tuple[datetime, datetime | None]] = ()

    def values(self) -> dict[str, Any]:
        """Return the values of the statements."""
        spans = list(self.spans)
        starts, ends = [start for start, _ in spans], [until for _, until in spans]
        return {"persons": list(self.persons), "starts": starts, "ends": ends}


def count_old(session: Session, before: datetime, kept: Kept) -> tuple[int, int]:
    """Count the sessions that ended before an instant: those that go, and those that stay."""
    going, staying = session.execute(text(_COUNT), {"before": before} | kept.values()).one()
    return int(going), int(staying)


def forget_old(session: Session, before: datetime, kept: Kept, *, limit: int) -> int:
    """Delete some sessions that ended before an instant, and all links over by then; return how many sessions."""
    values = {"before": before, "limit": limit} | kept.values()
    session.execute(text(_LINKS), values)
    return int(session.execute(text(_FORGET), values).rowcount)  # type: ignore[attr-defined]
