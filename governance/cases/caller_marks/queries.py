"""Reads of marks on callers; each of them is written into the audit, for a mark says something of a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select, text

from core import audit, clock
from governance.cases.caller_marks.rules import CallerMarkNotFoundError
from governance.cases.caller_marks.tables import CallerMark
from governance.cases.lifecycle import queries as cases
from governance.cases.protection import confidentiality
from governance.reports.numbers import report_number

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from governance.cases.caller_marks.states import CallerMarkState
    from identity.actors import Actor
    from identity.grants import Reach

# Marks in force of whoever sent a report, found by the digest of the telephone number.
_OF_CALLER: Final = """
SELECT m.id FROM reporter own
JOIN caller_mark m ON m.state = 'in_force' AND m.last_day >= CAST(:today AS date)
JOIN reporter q ON q.report_id = m.report_id AND q.caller_hash = own.caller_hash
WHERE own.report_id = :report ORDER BY m.id
"""
_CALLER: Final = "SELECT caller_hash FROM reporter WHERE report_id = ANY(:ids)"


def today() -> date:
    """Return the day that it is here."""
    return clock.now().astimezone(clock.LOCAL).date()


def callers_of(session: Session, report_ids: Sequence[int]) -> set[bytes]:
    """Return the digests of who sent these reports; those that came without a telephone number have none."""
    found = session.scalars(text(_CALLER), {"ids": list(report_ids)})
    return {bytes(one) for one in found if one is not None}


def marks_on_caller(session: Session, case_id: int, *, reach: Reach, actor: Actor) -> Sequence[CallerMark]:
    """Return the marks in force on who reported a case, and keep in the audit that they were read.

    None where a confidential reporter is kept from the viewer.

    Raises
    ------
    CaseNotFoundError
    """
    view = cases.case(session, case_id, reach=reach)
    if confidentiality.kept_from(session, [case_id], reach.viewer).get(case_id, False):
        return []
    numbers = session.scalars(text(_OF_CALLER), {"report": case_id, "today": today()}).all()
    if not numbers:
        return []
    audit.record(session, actor=actor, action="caller_marks.read", subject=view.number, marks=list(numbers))
    return session.scalars(select(CallerMark).where(CallerMark.id.in_(numbers)).order_by(CallerMark.id)).all()


def marks_page(
    session: Session,
    *,
    reach: Reach,
    actor: Actor,
    state: CallerMarkState | None = None,
    current: bool = False,
    before: int | None = None,
    limit: int,
) -> tuple[list[CallerMark], int | None]:
    """Return marks that were stated on reports of a reach, the latest first, and behind which the next page begins.

    `current`: those alone that count today or wait for a second person. A page may have fewer than `limit`, as those
    out of reach are left out of it. That they were read is kept in the audit.
    """
    query = select(CallerMark).order_by(CallerMark.id.desc()).limit(limit + 1)
    if state is not None:
        query = query.where(CallerMark.state == state)
    if current:
        query = query.where(CallerMark.state.in_(("proposed", "in_force")), CallerMark.last_day >= today())
    if before is not None:
        query = query.where(CallerMark.id < before)
    rows = session.scalars(query).all()
    following = rows[limit - 1].id if len(rows) > limit else None
    shown = _shown(session, rows[:limit], reach)
    if shown:
        audit.record(
            session, actor=actor, action="caller_marks.read", subject="caller-marks", marks=[one.id for one in shown]
        )
    return shown, following


def held_mark(session: Session, number: int, *, reach: Reach) -> CallerMark:
    """Return a mark of a reach, locked.

    Raises
    ------
    CallerMarkNotFoundError
    """
    found = session.get(CallerMark, number, with_for_update=True, populate_existing=True)
    if found is None or not _shown(session, [found], reach):
        raise CallerMarkNotFoundError(field="mark")
    return found


def number_of(mark: CallerMark) -> str:
    """Return the number of the report on which a mark was stated."""
    return report_number(mark.report_id)


def _shown(session: Session, marks: Sequence[CallerMark], reach: Reach) -> list[CallerMark]:
    ids = sorted({one.report_id for one in marks})
    seen = cases.cases_of(session, ids, reach=reach)
    kept = confidentiality.kept_from(session, ids, reach.viewer)
    return [one for one in marks if one.report_id in seen and not kept.get(one.report_id, False)]
