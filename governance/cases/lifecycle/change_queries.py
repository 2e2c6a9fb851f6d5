"""Reads of what changed: the cases of the feed's events behind a place, each once a page and as it stands now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from core.events import reading
from core.events.kinds import EventKind
from core.events.reading import Place
from governance.cases.lifecycle.queries import COLUMNS, FROM, OF_CASE, view_of
from governance.reports.reach_queries import reach_condition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from core.events.feed import StoredEvent
    from governance.cases.lifecycle.queries import CaseView
    from identity.grants import Reach

EVENTS: Final = 500
"""Events that a page looks at."""
KINDS: Final = (EventKind.CASE_OPENED, EventKind.CASE_MOVED, EventKind.REPORT_REASSIGNED, EventKind.REPORT_ERASED)
"""What changes a case as it is listed; its report's place and words are part of it."""
_ALL: Final = 2**63 - 1

_CHANGED: Final = (
    COLUMNS
    + ", s.event"
    + FROM.format(place="report_place")
    + """
JOIN unnest(CAST(:events AS integer[]), CAST(:first AS bigint[]), CAST(:behind AS bigint[])) AS s (event, first, behind)
    ON c.id >= s.first AND c.id < s.behind
"""
)


@dataclass(frozen=True, slots=True)
class ChangesPlace:
    """How far changes were read: an event of the feed, and the last case of it that was returned."""

    place: Place
    case_id: int = _ALL


@dataclass(frozen=True, slots=True)
class Changes:
    """Cases that changed, in the order in which they did; `more`: there are more behind `next` now."""

    cases: list[CaseView]
    next: ChangesPlace
    more: bool


def changes_after(session: Session, after: ChangesPlace | None, *, reach: Reach, limit: int) -> Changes:
    """Return what changed in a reach behind a place; None: nothing, and the place behind all that happened so far.

    Needs a session on one snapshot. Nothing is passed over: what is committed later lies behind every place given
    before.

    Raises
    ------
    PlaceLostError, FeedNotRebasedError
    """
    end = reading.end(session)
    if after is None:
        return Changes([], ChangesPlace(end), more=False)
    events = reading.events_from(session, after.place, kinds=KINDS, limit=EVENTS)
    rows = _cases(session, events, after, reach=reach, limit=limit)
    if len(rows) == limit:
        event, last = events[rows[-1][0]], rows[-1][1]
        reached = ChangesPlace(_place(event), last.id)
    elif len(events) == EVENTS:
        reached = ChangesPlace(_place(events[-1]))
    else:
        reached = ChangesPlace(end)
    views = {view.id: view for _, view in rows}
    return Changes(list(views.values()), reached, more=reached.place != end)


def _place(event: StoredEvent) -> Place:
    return Place(*event.position, seen=event.position[2])


def _cases(
    session: Session, events: Sequence[StoredEvent], after: ChangesPlace, *, reach: Reach, limit: int
) -> list[tuple[int, CaseView]]:
    """Return the first cases of events behind a place, with the index of each one's event."""
    spans = [
        (index, max(span.start, first), span.stop)
        for index, event in enumerate(events)
        for first in [after.case_id + 1 if event.position == after.place[:3] else 0]
        for span in event.ids
        if span.stop > first
    ]
    if not spans:
        return []
    conditions, values = reach_condition(session, reach, category=OF_CASE)
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    given = {
        "events": [one[0] for one in spans],
        "first": [one[1] for one in spans],
        "behind": [one[2] for one in spans],
    }
    statement = f"{_CHANGED} {where} ORDER BY s.event, c.id LIMIT :limit"
    rows = session.execute(text(statement), values | given | {"limit": limit}).mappings()
    return [(row["event"], view_of({name: row[name] for name in row if name != "event"})) for row in rows]
