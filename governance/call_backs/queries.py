"""Reads of call-backs: those of a case, whom to call, what a supervisor has to look at, and the three rates (三率)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from governance.call_backs.rules import CallBackCase, CallBackMade, CallBackRates, Way
from governance.cases.lifecycle.queries import OF_CASE
from governance.cases.lifecycle.states import Verb
from governance.reports.reach_queries import reach_condition

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from governance.cases.lifecycle.tables import CaseStep
    from identity.grants import Reach

# The last closing of each case, and what was found since; a case that was changed before `since` was not closed since.
_CLOSED: Final = """
FROM case_record c JOIN report r ON r.id = c.id JOIN report_place p ON p.report_id = r.id
JOIN LATERAL (SELECT s.number, s.at, s.unit_code FROM case_step s WHERE s.case_id = c.id AND s.verb = 'close'
              ORDER BY s.number DESC LIMIT 1) closing ON true
JOIN LATERAL (
    SELECT count(*) AS tries, bool_or((s.detail -> 'call_back' ->> 'contacted')::boolean) AS contacted,
           bool_or((s.detail -> 'call_back' ->> 'solved')::boolean) AS solved,
           bool_or((s.detail -> 'call_back' ->> 'satisfied')::boolean) AS satisfied, max(s.number) AS last
    FROM case_step s WHERE s.case_id = c.id AND s.number > closing.number AND s.verb = 'call_back') found ON true
WHERE c.changed_at >= :since AND closing.at >= :since
"""
_DUE: Final = f"""
SELECT c.id, closing.unit_code, closing.at, found.tries {_CLOSED}
  AND c.state IN ('closed', 'rated') AND found.contacted IS NOT TRUE
"""
# Explained, and neither reopened nor looked at since.
_UNSOLVED: Final = f"""
SELECT c.id, closing.unit_code, closing.at, found.tries {_CLOSED}
  AND c.state IN ('closed', 'rated') AND found.contacted AND NOT found.solved AND NOT EXISTS (
      SELECT FROM case_step s WHERE s.case_id = c.id AND s.number > found.last AND s.verb = 'back_check')
"""
_PAGE: Final = " AND c.id < :before {reach} ORDER BY c.id DESC LIMIT :limit"
_RATES: Final = f"""
SELECT closing.unit_code, count(*), count(*) FILTER (WHERE found.tries > 0), count(*) FILTER (WHERE found.contacted),
       count(*) FILTER (WHERE found.solved), count(*) FILTER (WHERE found.satisfied)
{_CLOSED} AND closing.at < :until {{reach}}
GROUP BY 1 ORDER BY 2 DESC, 1 NULLS LAST
"""
LOOKED_BACK: Final = timedelta(days=30)
_FARTHEST: Final = 2**62


def since_or_month(since: datetime | None, now: datetime) -> datetime:
    """Return an instant, or where there is none the one 30 days before now."""
    return since or now - LOOKED_BACK


def made_of(steps: Sequence[CaseStep]) -> list[CallBackMade]:
    """Return the call-backs of a case, in order."""
    return [
        CallBackMade(
            one.number, one.at, one.actor, Way(one.detail["call_back"]["way"]),
            one.detail["call_back"]["contacted"], one.detail["call_back"]["solved"],
            one.detail["call_back"]["satisfied"],
        )
        for one in steps
        if Verb(one.verb) is Verb.CALL_BACK
    ]  # fmt: skip


def is_reached_since_closing(steps: Sequence[CaseStep]) -> bool:
    """Tell whether the caller was reached since a case was last closed."""
    closing = max((one.number for one in steps if Verb(one.verb) is Verb.CLOSE), default=0)
    return any(one.contacted and one.step > closing for one in made_of(steps))


def to_call(
    session: Session, *, reach: Reach, since: datetime, limit: int, before: int | None = None
) -> list[CallBackCase]:
    """Return cases closed since an instant whose callers were not reached yet, the latest first."""
    return _cases(session, _DUE, reach, since, limit, before)


def not_solved(
    session: Session, *, reach: Reach, since: datetime, limit: int, before: int | None = None
) -> list[CallBackCase]:
    """Return cases that callers call not solved and nobody reopened or back-checked since."""
    return _cases(session, _UNSOLVED, reach, since, limit, before)


def rates(session: Session, *, reach: Reach, since: datetime, until: datetime) -> list[CallBackRates]:
    """Return what callers said of the cases of each unit whose last closing lies in a span, the most first."""
    conditions, values = reach_condition(session, reach, category=OF_CASE)
    statement = _RATES.format(reach="".join(f" AND {one}" for one in conditions))
    return [CallBackRates(*row) for row in session.execute(text(statement), values | {"since": since, "until": until})]


def _cases(
    session: Session, query: str, reach: Reach, since: datetime, limit: int, before: int | None
) -> list[CallBackCase]:
    conditions, values = reach_condition(session, reach, category=OF_CASE)
    statement = query + _PAGE.format(reach="".join(f" AND {one}" for one in conditions))
    given = {"since": since, "limit": limit, "before": before or _FARTHEST}
    return [CallBackCase(*row) for row in session.execute(text(statement), values | given)]
