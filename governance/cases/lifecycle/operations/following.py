"""Let cases follow the places of their reports: a step each that tells where from, where to, and whom the rules name.

Nobody is given the case by it: where another unit than the present one answers, the step says so, and a dispatcher
decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import text

from core.events import feed
from core.events.kinds import Consumer, EventKind
from governance.cases.dispatch.answering import CasePlace
from governance.cases.lifecycle import queries
from governance.cases.lifecycle.operations.effects import rules_run_again
from governance.cases.lifecycle.operations.holding import add_step, bring_up, hold_as_service
from governance.cases.lifecycle.rules import Act
from governance.cases.lifecycle.states import LIFECYCLE, OPEN, Verb
from governance.categories import queries as categories
from governance.categories.rules import CategoryNotFoundError
from identity.actors import SERVICE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from governance.cases.lifecycle.operations.holding import Held
    from governance.cases.lifecycle.tables import CaseStep
    from governance.categories.queries import CategoryInForce

CASES: Final = 200
"""Cases that one transaction looks at, and events that it takes: a second's work or less."""
_MOVED = text("""
SELECT c.id, p.layer_id, p.area_path, a.cause, a.release_number, r.channel, r.category AS word, was.area_path AS before
FROM unnest(CAST(:first AS bigint[]), CAST(:behind AS bigint[])) AS span (first, behind)
JOIN case_record c ON c.id >= span.first AND c.id < span.behind AND c.state = ANY (:open)
JOIN report r ON r.id = c.id
CROSS JOIN LATERAL report_place_as_of(r, r.id) p
JOIN report_reassignment a ON a.report_id = c.id AND a.id = p.decision
CROSS JOIN LATERAL report_place_as_of(r, r.id, 0) was
WHERE c.id > :after
ORDER BY c.id LIMIT :limit
""")


@dataclass(frozen=True, slots=True)
class Followed:
    """How many cases got a step, and whether the feed may name more."""

    cases: int
    more: bool


def follow_places(session: Session, *, limit: int = CASES) -> Followed:
    """Add a step to each open case whose report was given another area since the last time.

    A consumer of events: what was decided while this did not run is followed later, the latest decision alone.

    Raises
    ------
    core.events.feed.FeedNotRebasedError
    """
    batch = feed.read_batch(session, Consumer.FOLLOW_PLACES, limit=limit)
    spans = batch.ids(EventKind.REPORT_REASSIGNED)
    done, after = 0, 0
    while spans:
        values = {
            "first": [span.start for span in spans], "behind": [span.stop for span in spans], "after": after,
            "open": [str(state) for state in OPEN], "limit": limit,
        }  # fmt: skip
        rows = session.execute(_MOVED, values).all()
        done += sum(_follow(session, row) for row in rows)
        if len(rows) < limit:
            break
        after = rows[-1].id
    feed.advance(session, batch)
    return Followed(done, batch.is_full)


def _follow(session: Session, row: Any) -> bool:  # noqa: ANN401 (a row of _MOVED)
    held = hold_as_service(session, row.id)
    known = _last_place(held.steps)
    before = list(row.before or []) if known is None else known
    if before == list(row.area_path) or not LIFECYCLE.allows(held.case, Verb.RELOCATE):
        return False
    detail: dict[str, Any] = {
        "place": {"from": before, "to": list(row.area_path), "cause": row.cause, "release": row.release_number},
        "clocks": [],
    }
    category = _category(session, held)
    if category is not None:
        place = CasePlace(row.layer_id, row.area_path)
        detail |= rules_run_again(session, held, place, category, row.word)
    step = add_step(session, held, Act(verb=Verb.RELOCATE), SERVICE, detail)
    bring_up(session, held, [step])
    return True


def _last_place(steps: Sequence[CaseStep]) -> list[str] | None:
    """Return the path that the history knows last; None before the first step of the kind."""
    return next((list(one.detail["place"]["to"]) for one in reversed(steps) if one.verb == Verb.RELOCATE), None)


def _category(session: Session, held: Held) -> CategoryInForce | None:
    """Return the category of a case as it was when the case got it; None without one, or where it is gone."""
    if not held.case.category_path:
        return None
    try:
        return categories.in_force(session, held.case.category_path[0], queries.categorised_at(held.steps))
    except CategoryNotFoundError:
        return None
