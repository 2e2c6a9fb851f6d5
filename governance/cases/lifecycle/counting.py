"""Counts of cases: how many each unit has in hand, and at which level what was closed was solved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from governance.cases.lifecycle.queries import OF_CASE
from governance.cases.lifecycle.states import CaseState, Verb, verbs_from
from governance.reports.reach_queries import reach_condition

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from identity.grants import Reach

IN_HAND: Final = tuple(str(state) for state in CaseState if Verb.VOID in verbs_from(state))
"""The states of cases that are not at their end."""

_LOAD: Final = """
SELECT c.unit_code, count(*), count(*) FILTER (WHERE c.state = 'dispatched'),
       count(*) FILTER (WHERE c.due_at < :now), count(*) FILTER (WHERE c.supervised)
FROM case_record c JOIN report r ON r.id = c.id JOIN report_place p ON p.report_id = r.id
WHERE c.state = ANY (:states) {reach}
GROUP BY c.unit_code ORDER BY count(*) DESC, c.unit_code COLLATE "C" NULLS LAST
"""
# The unit with which the case was when it was handled for good; who solved it on the spot needed none.
_LEVELS: Final = """
SELECT CASE WHEN h.verb = 'handle_on_the_spot' THEN h.verb ELSE coalesce(s.kind, 'unknown') END AS level, count(*),
       count(*) FILTER (WHERE h.hops > 0)
FROM case_record c JOIN report r ON r.id = c.id JOIN report_place p ON p.report_id = r.id
JOIN LATERAL (
    SELECT t.verb, t.unit_code, t.at,
        (SELECT count(*) FROM case_step u WHERE u.case_id = c.id AND u.verb = 'report_up') AS hops
    FROM case_step t WHERE t.case_id = c.id AND t.verb IN ('handle', 'handle_on_the_spot')
    ORDER BY t.number DESC LIMIT 1) h ON true
LEFT JOIN unit_state s ON s.unit_code = h.unit_code AND s.superseded_at IS NULL AND s.valid_during @> h.at
WHERE c.state IN ('closed', 'rated') AND c.opened_at >= :since AND c.opened_at < :until {reach}
GROUP BY 1 ORDER BY 2 DESC, 1
"""


@dataclass(frozen=True, slots=True)
class UnitLoad:
    """What a unit has in hand (None: what is with nobody): all, not acknowledged yet, overdue, supervised."""

    unit_code: str | None
    in_hand: int
    unacknowledged: int
    overdue: int
    supervised: int


@dataclass(frozen=True, slots=True)
class LevelShare:
    """Cases solved by units of a kind, or on the spot; `reported_up` of them came there from below."""

    level: str
    solved: int
    share: float
    reported_up: int


def load_by_unit(session: Session, *, reach: Reach, now: datetime) -> list[UnitLoad]:
    """Return what each unit has in hand of a reach, the most first."""
    conditions, values = reach_condition(session, reach, category=OF_CASE)
    statement = text(_LOAD.format(reach=_and(conditions)))
    return [UnitLoad(*row) for row in session.execute(statement, values | {"now": now, "states": list(IN_HAND)})]


def solved_by_level(session: Session, *, reach: Reach, since: datetime, until: datetime) -> list[LevelShare]:
    """Return at which level the closed cases were solved, of those of a reach that were opened in a span."""
    conditions, values = reach_condition(session, reach, category=OF_CASE)
    statement = text(_LEVELS.format(reach=_and(conditions)))
    rows = session.execute(statement, values | {"since": since, "until": until}).all()
    total = sum(row[1] for row in rows)
    return [LevelShare(level, solved, solved / total, up) for level, solved, up in rows]


def _and(conditions: list[str]) -> str:
    return "".join(f" AND {one}" for one in conditions)
