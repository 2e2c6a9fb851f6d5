"""Fire reminders and notices of deadlines that are over: the clocks are read again under the lock of the case."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from core import clock
from governance.cases.clocks.measuring import reminder_at
from governance.cases.clocks.working_time import Scale
from governance.cases.lifecycle import queries, rules
from governance.cases.lifecycle.tables import Case
from governance.cases.reminders.states import AlertKind
from governance.cases.reminders.tables import CaseAlert
from governance.policies.queries import policies_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session

    from governance.cases.clocks.working_time import WorkingTime
    from governance.cases.lifecycle.rules import Readings
    from governance.categories.states import Step
    from governance.policies.rules import Policies

BATCH: Final = 200
"""Cases a transaction looks at."""
LOOKED_AHEAD: Final = timedelta(days=15)
"""More than any reminder reaches back (governance/policies/rules.SPANS), over any holiday."""

# A case whose next deadline was told to be over is looked at once an hour, for its other clocks: each in its minute.
_NEXT: Final = """
SELECT c.id FROM case_record c
WHERE c.due_at < :until AND c.id > :after AND (c.id % 60 = :minute OR NOT EXISTS (
    SELECT FROM case_alert a WHERE a.case_id = c.id AND a.step = c.due_step AND a.due_at = c.due_at
    AND a.kind = 'overdue'))
ORDER BY c.id LIMIT :limit
"""


def remind(session: Session, *, after: int = 0, limit: int = BATCH) -> tuple[int, int | None]:
    """Tell of the deadlines of the next cases; return how many alerts were new, and the last case (None: no more).

    A case that somebody changes meanwhile is waited for, and its clocks are measured as they are then: what was
    suspended, extended or handled is not told of. Run again, or by two at once, nothing is told twice.
    """
    now = clock.now()
    values = {"until": now + LOOKED_AHEAD, "after": after, "limit": limit, "minute": now.minute}
    ids = session.scalars(text(_NEXT), values).all()
    work, policies = queries.working_time(session, known_by=now), policies_at(session, now)
    fired = 0
    for case_id in ids:
        case = session.scalars(select(Case).where(Case.id == case_id).with_for_update()).one()
        readings = queries.clocks_of(queries.steps_of(session, case_id), work, now=now)
        # The calendar may have changed since the last step.
        case.due_at, case.due_step = rules.next_due(readings)
        for step, kind, due in due_alerts(readings, work, now, policies):
            fired += tell(session, case_id, step, kind, due, now)
    return fired, ids[-1] if len(ids) == limit else None


def tell(
    session: Session, case_id: int, step: str, kind: str, due: datetime, now: datetime, **about: int | str
) -> bool:
    """Tell of a deadline; `about`: the part, or the whistle and its unit, that it is of. False: that was told."""
    row = {"case_id": case_id, "step": str(step), "kind": str(kind), "due_at": due, "at": now, **about}
    added = insert(CaseAlert).values(row).on_conflict_do_nothing().returning(CaseAlert.id)
    return session.scalar(added) is not None


def due_alerts(
    readings: Readings, work: WorkingTime, now: datetime, policies: Policies
) -> Iterator[tuple[Step, AlertKind, datetime]]:
    """Yield what is to be told now of each clock that runs."""
    for step, reading in readings.items():
        due = reading.next_due
        if due is None:
            continue
        if due < now:
            yield step, AlertKind.OVERDUE, due
            continue
        before = policies.remind_working if reading.scale is Scale.WORKING else policies.remind_continuous
        at = reminder_at(reading, before, work)
        if at is not None and at <= now:
            yield step, AlertKind.DUE_SOON, due
