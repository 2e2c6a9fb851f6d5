"""Tell of deadlines of what runs beside cases: of parts, and of units that whistles call. An overdue arrival escalates.

As with the clocks of cases, all of it is read again under the lock of the case, and told once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import text

from core import clock
from governance.cases.lifecycle import rules
from governance.cases.lifecycle.counting import IN_HAND
from governance.cases.lifecycle.operations.holding import bring_up, hold_as_service, raise_to_supervision
from governance.cases.parts import queries as parts
from governance.cases.reminders.operations import BATCH, LOOKED_AHEAD, due_alerts, tell
from governance.cases.reminders.states import AlertKind, WhistleStep
from governance.policies.queries import policies_at

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

# As for cases: what was told to be over is looked at once an hour, for its other clock.
_PARTS: Final = """
SELECT DISTINCT t.case_id FROM case_part t
WHERE t.due_at < :until AND t.case_id > :after AND (t.case_id % 60 = :minute OR NOT EXISTS (
    SELECT FROM case_alert a WHERE a.case_id = t.case_id AND a.part = t.number AND a.step = t.due_step
    AND a.due_at = t.due_at AND a.kind = 'overdue'))
ORDER BY 1 LIMIT :limit
"""
# What a called unit owes and was not told of: each of its three deadlines that is over, and its arrival an hour before.
_OWED: Final = """
FROM whistle w JOIN whistle_answer n ON n.whistle_id = w.id CROSS JOIN LATERAL (VALUES
    ('sign', 'overdue', n.sign_due_at, n.sign_due_at, n.signed_at),
    ('contact', 'overdue', n.contact_due_at, n.contact_due_at, n.contacted_at),
    ('arrive', 'overdue', n.arrive_due_at, n.arrive_due_at, n.arrived_at),
    ('arrive', 'due_soon', n.arrive_due_at, n.remind_at, n.arrived_at)
) AS d (step, kind, due_at, tell_at, done_at)
WHERE w.state = 'called' AND d.done_at IS NULL AND d.tell_at < :now AND (d.kind = 'overdue' OR d.due_at >= :now)
AND NOT EXISTS (
    SELECT FROM case_alert a WHERE a.case_id = w.case_id AND a.whistle = w.number AND a.unit_code = n.unit_code
    AND a.step = d.step AND a.kind = d.kind AND a.due_at = d.due_at)
"""
_WHISTLES: Final = f"SELECT DISTINCT w.case_id {_OWED} AND w.case_id > :after ORDER BY 1 LIMIT :limit"
_OF_CASE: Final = f"""
SELECT w.number, n.unit_code, d.step, d.kind, d.due_at {_OWED} AND w.case_id = :id ORDER BY d.due_at, n.unit_code
"""


def remind_of_parts(session: Session, *, after: int = 0, limit: int = BATCH) -> tuple[int, int | None]:
    """Tell of the deadlines of parts of the next cases; return how many alerts were new, and the last (None: no more).

    Run again, or by two at once, nothing is told twice.
    """
    now = clock.now()
    values = {"until": now + LOOKED_AHEAD, "after": after, "limit": limit, "minute": now.minute}
    ids = session.scalars(text(_PARTS), values).all()
    fired = 0
    policies = policies_at(session, now)
    for case_id in ids:
        held = hold_as_service(session, case_id)
        for one in parts.of_case(session, case_id):
            readings = parts.clocks_of(held.steps, one.number, held.work, now=now)
            one.due_at, one.due_step = rules.next_due(readings)
            about: dict[str, int | str] = {"part": one.number, "unit_code": one.unit_code}
            for step, kind, due in due_alerts(readings, held.work, now, policies):
                fired += tell(session, case_id, step, kind, due, now, **about)
    return fired, ids[-1] if len(ids) == limit else None


def remind_of_whistles(session: Session, *, after: int = 0, limit: int = BATCH) -> tuple[int, int | None]:
    """Tell of what called units owe; return how many alerts were new, and the last case (None: no more).

    A unit that has not arrived in its time raises the case to supervision, with the whistle and the unit as its cause.
    """
    now = clock.now()
    ids = session.scalars(text(_WHISTLES), {"now": now, "after": after, "limit": limit}).all()
    fired = 0
    for case_id in ids:
        held = hold_as_service(session, case_id)
        missing: list[dict[str, Any]] = []
        for number, unit, step, kind, due in session.execute(text(_OF_CASE), {"now": now, "id": case_id}).all():
            fired += tell(session, case_id, step, kind, due, now, whistle=number, unit_code=unit)
            if step == WhistleStep.ARRIVE and kind == AlertKind.OVERDUE:
                missing.append({"whistle": number, "unit": unit})
        if missing and held.case.state in IN_HAND and not held.case.supervised:
            detail = {"cause": "arrivals", "missing": missing}
            bring_up(session, held, [raise_to_supervision(session, held, detail)])
    return fired, ids[-1] if len(ids) == limit else None
