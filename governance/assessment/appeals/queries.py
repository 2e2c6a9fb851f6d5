"""Reads of appeals: a page, one, what is exempt by granted ones, and the values that one would change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from governance.assessment.appeals.rules import AppealNotFoundError
from governance.assessment.appeals.states import OPEN, AppealState
from governance.assessment.appeals.tables import Appeal
from governance.assessment.states import Counted
from governance.assessment.tables import AssessmentRun
from governance.cases.lifecycle.queries import units_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session


def _seen_by(session: Session, person: int, now: datetime) -> ColumnElement[bool]:
    own = Appeal.person_id == person
    return own | (Appeal.filed_by_id == person) | Appeal.unit_code.in_(units_of(session, person, now))


def appeals(
    session: Session, *, person: int | None, now: datetime, run_id: int | None = None,
    state: AppealState | None = None, before: int | None = None, limit: int,
) -> Sequence[Appeal]:  # fmt: skip
    """Return appeals, the latest first; of a `person` those of that person and of the own units."""
    query = select(Appeal).order_by(Appeal.id.desc()).limit(limit)
    if person is not None:
        query = query.where(_seen_by(session, person, now))
    if run_id is not None:
        query = query.where(Appeal.run_id == run_id)
    if state is not None:
        query = query.where(Appeal.state == state)
    return session.scalars(query if before is None else query.where(Appeal.id < before)).all()


def appeal(
    session: Session, number: int, *, person: int | None, now: datetime, lock: bool = False
) -> Appeal:  # fmt: skip
    """Return an appeal that may be seen.

    Raises
    ------
    AppealNotFoundError
    """
    query = select(Appeal).where(Appeal.id == number)
    if person is not None:
        query = query.where(_seen_by(session, person, now))
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise AppealNotFoundError("There is no appeal {number}.", values={"number": number}, field="appeal")
    return found


def exempt_at(
    session: Session, first_day: date, until_day: date, at: datetime
) -> frozenset[tuple[Counted, int, int]]:  # fmt: skip
    """Return what granted appeals took out of the results of a period by an instant: what, case and step."""
    rows = session.execute(
        select(Appeal.counted, Appeal.case_id, Appeal.step)
        .join(AssessmentRun, AssessmentRun.id == Appeal.run_id)
        .where(AssessmentRun.first_day == first_day, AssessmentRun.until_day == until_day)
        .where(Appeal.state == AppealState.GRANTED, Appeal.decided_at <= at)
    )
    return frozenset((Counted(counted), case, step) for counted, case, step in rows)


def unsettled(session: Session, run: AssessmentRun) -> list[int]:
    """Return the appeals against results of the same days that are open, or were granted after they were computed."""
    query = (
        select(Appeal.id)
        .join(AssessmentRun, AssessmentRun.id == Appeal.run_id)
        .where(AssessmentRun.first_day == run.first_day, AssessmentRun.until_day == run.until_day)
        .where(Appeal.state.in_(OPEN) | ((Appeal.state == AppealState.GRANTED) & (Appeal.decided_at > run.cut_at)))
        .order_by(Appeal.id)
    )
    return list(session.scalars(query))
