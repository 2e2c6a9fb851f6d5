"""Reads of parts: those of a case with their clocks, and a page of those of a reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select, text

from governance.cases.lifecycle import rules
from governance.cases.lifecycle.queries import OF_CASE
from governance.cases.parts.rules import PartNotFoundError
from governance.cases.parts.tables import CasePart
from governance.reports.reach_queries import reach_condition

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from governance.cases.clocks.working_time import WorkingTime
    from governance.cases.lifecycle.rules import Readings
    from governance.cases.lifecycle.tables import CaseStep
    from governance.cases.parts.states import PartState
    from identity.grants import Reach

CLOCKS: Final = "part_clocks"
"""Under which name the detail of a step has what happened to a part's clocks."""
_PAGE: Final = """
SELECT t.id FROM case_part t JOIN case_record c ON c.id = t.case_id JOIN report r ON r.id = c.id
JOIN report_place p ON p.report_id = r.id
"""
_CONDITIONS: Final = {
    "unit": "t.unit_code = :unit",
    "state": "t.state = :state",
    "overdue_at": "t.due_at < :overdue_at",
    "before": "t.id < :before",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PartFilter:
    """Which parts are wanted; what is None does not limit them. `overdue_at`: a deadline lies before this instant."""

    unit: str | None = None
    state: PartState | None = None
    overdue_at: datetime | None = None


def of_case(session: Session, case_id: int) -> Sequence[CasePart]:
    """Return the parts of a case, in their order."""
    return session.scalars(select(CasePart).where(CasePart.case_id == case_id).order_by(CasePart.number)).all()


def part(session: Session, case_id: int, number: int) -> CasePart:
    """Return one part of a case.

    Raises
    ------
    PartNotFoundError
    """
    found = session.scalar(select(CasePart).where(CasePart.case_id == case_id, CasePart.number == number))
    if found is None:
        raise PartNotFoundError("The case has no part {number}.", values={"number": number}, field="part")
    return found


def parts_page(
    session: Session, wanted: PartFilter, *, reach: Reach, limit: int, before: int | None = None
) -> Sequence[CasePart]:
    """Return the parts of the cases of a reach, the latest first; those before an id, and so many at most."""
    conditions, values = reach_condition(session, reach, category=OF_CASE)
    given: dict[str, Any] = {name: getattr(wanted, name) for name in PartFilter.__slots__} | {"before": before}
    given = {name: value for name, value in given.items() if value is not None}
    conditions = [*conditions, *(_CONDITIONS[name] for name in given)]
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    statement = text(f"{_PAGE} {where} ORDER BY t.id DESC LIMIT :limit")
    ids = session.scalars(statement, values | given | {"limit": limit}).all()
    return session.scalars(select(CasePart).where(CasePart.id.in_(ids)).order_by(CasePart.id.desc())).all()


def clocks_of(steps: Sequence[CaseStep], number: int, work: WorkingTime, *, now: datetime) -> Readings:
    """Measure the clocks of a part from the history of its case."""
    changes = ((one.at, one.detail.get(CLOCKS, [])) for one in steps if one.detail.get("part") == number)
    return rules.readings_of(rules.events_of(changes), work, now=now)
