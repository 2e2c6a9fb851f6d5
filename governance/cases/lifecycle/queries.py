"""Reads of cases: one, a page of those in a reach, a history, and the clocks measured from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select, text

from governance.calendar.workdays import entered, is_workday
from governance.cases.clocks.working_time import WorkingTime
from governance.cases.lifecycle import rules
from governance.cases.lifecycle.rules import CaseNotFoundError, Past
from governance.cases.lifecycle.states import CaseState, Verb
from governance.cases.lifecycle.tables import CaseStep, CaseWords
from governance.reports.numbers import report_number
from governance.reports.reach_queries import reach_condition

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from governance.cases.clocks.measuring import Reading
    from governance.categories.states import Step
    from identity.grants import Reach

OF_CASE: Final = "(g.category = r.category OR g.category = ANY (c.category_path))"
"""A grant's category is that of a case: its code or one above it, or the word that the channel sent."""

_FROM = """
FROM case_record c JOIN report r ON r.id = c.id JOIN {place} p ON p.report_id = r.id
LEFT JOIN layer l ON l.id = p.layer_id
"""
_COLUMNS = """
SELECT c.id, c.state, c.version, c.category_path, c.urgency, c.unit_code, c.opened_at, c.changed_at, c.due_at,
       c.due_step, c.supervised, c.rating, r.channel, r.external_id, r.category AS word, r.reported_at,
       l.code AS layer, p.layer_id, p.area_path, ST_X(p.geom) AS lon, ST_Y(p.geom) AS lat
"""
_PAGE = _COLUMNS + _FROM.format(place="report_place")
_ONE = _COLUMNS + _FROM.format(place="report_place_of(:id)") + "WHERE c.id = :id"
_CONDITIONS: Final = {
    "state": "c.state = :state",
    "unit": "c.unit_code = :unit",
    "category": "c.category_path @> ARRAY[CAST(:category AS text)]",
    "area": "(r.area_path @> ARRAY[CAST(:area AS text)] OR r.id IN (SELECT report_id FROM report_reassignment"
    " WHERE area_path @> ARRAY[CAST(:area AS text)])) AND p.area_path @> ARRAY[CAST(:area AS text)]",
    "supervised": "c.supervised = :supervised",
    "overdue_at": "c.due_at < :overdue_at",
    "changed_from": "c.changed_at >= :changed_from",
    "before": "c.id < :before",
}
_MEMBERS = """
WITH RECURSIVE above (code, step) AS (
    SELECT unit_code, 0 FROM person_unit
    WHERE person_id = :person AND superseded_at IS NULL AND valid_during @> CAST(:at AS timestamptz)
    UNION
    SELECT s.parent_code, a.step + 1 FROM above a JOIN unit_state s ON s.unit_code = a.code
        AND s.superseded_at IS NULL AND s.valid_during @> CAST(:at AS timestamptz)
    WHERE s.parent_code IS NOT NULL AND a.step < 20
)
SELECT EXISTS (SELECT FROM above WHERE code = :unit)
"""


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as it stands, with what its report says of where it came from and where it lies."""

    id: int
    state: CaseState
    version: int
    category_path: list[str]
    urgency: str
    unit_code: str | None
    opened_at: datetime
    changed_at: datetime
    due_at: datetime | None
    due_step: str | None
    supervised: bool
    rating: int | None
    channel: str
    external_id: str | None
    word: str
    reported_at: datetime
    layer: str | None
    layer_id: int | None
    area_path: list[str]
    lon: float | None
    lat: float | None

    @property
    def number(self) -> str:
        """The number of the report that opened it, and so the case's."""
        return report_number(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """Which cases are wanted; what is None does not limit them. `overdue_at`: a deadline lies before this instant."""

    state: CaseState | None = None
    unit: str | None = None
    category: str | None = None
    area: str | None = None
    supervised: bool | None = None
    overdue_at: datetime | None = None
    changed_from: datetime | None = None


def cases_page(
    session: Session, wanted: CaseFilter, *, reach: Reach, limit: int, before: int | None = None
) -> list[CaseView]:
    """Return the cases of a reach, the latest first; those before an id, and so many at most."""
    conditions, values = reach_condition(session, reach, category=OF_CASE)
    given = {name: getattr(wanted, name) for name in CaseFilter.__slots__} | {"before": before}
    given = {name: value for name, value in given.items() if value is not None}
    conditions = [*conditions, *(_CONDITIONS[name] for name in given)]
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    statement = f"{_PAGE} {where} ORDER BY c.id DESC LIMIT :limit"
    rows = session.execute(text(statement), values | given | {"limit": limit}).mappings()
    return [_view(dict(row)) for row in rows]


def case(session: Session, case_id: int, *, reach: Reach) -> CaseView:
    """Return one case of a reach.

    Raises
    ------
    CaseNotFoundError
    """
    conditions, values = reach_condition(session, reach, category=OF_CASE)
    statement = " AND ".join([_ONE, *conditions])
    row = session.execute(text(statement), values | {"id": case_id}).mappings().one_or_none()
    if row is None:
        raise CaseNotFoundError(
            "There is no case {case_id}, or none that you may see.",
            values={"case_id": report_number(case_id)},
            field="number",
        )
    return _view(dict(row))


def is_reached(session: Session, case_id: int, *, reach: Reach) -> bool:
    """Tell whether a case is in a reach."""
    if reach.is_everything:
        return True
    try:
        case(session, case_id, reach=reach)
    except CaseNotFoundError:
        return False
    return True


def is_member(session: Session, person_id: int, unit_code: str | None, at: datetime) -> bool:
    """Tell whether a person belongs to a unit, or to one below it, at an instant."""
    values = {"person": person_id, "unit": unit_code, "at": at}
    return bool(session.scalar(text(_MEMBERS), values))


def steps_of(session: Session, case_id: int, *, after: int = 0, limit: int | None = None) -> Sequence[CaseStep]:
    """Return the history of a case in order; what came after a step, and so many at most."""
    query = select(CaseStep).where(CaseStep.case_id == case_id, CaseStep.number > after).order_by(CaseStep.number)
    return session.scalars(query.limit(limit)).all()


def words_of(session: Session, case_id: int) -> dict[int, CaseWords]:
    """Return the words that people wrote to the steps of a case, by the steps' numbers."""
    rows = session.scalars(select(CaseWords).where(CaseWords.case_id == case_id))
    return {row.number: row for row in rows}


def clocks_of(steps: Sequence[CaseStep], work: WorkingTime, *, now: datetime) -> dict[Step, Reading]:
    """Measure the clocks of a case from its whole history."""
    return rules.readings_of(rules.events_of((one.at, one.detail.get("clocks", [])) for one in steps), work, now=now)


def past_of(steps: Sequence[CaseStep]) -> Past:
    """Return what of a history bounds what may still be done."""
    verbs = [Verb(one.verb) for one in steps]
    dispatches = [one.at for one in steps if Verb(one.verb) in {Verb.DISPATCH, Verb.REDISPATCH}]
    return Past(
        suspensions=verbs.count(Verb.SUSPEND),
        hand_overs=verbs.count(Verb.RETURN) + verbs.count(Verb.REDISPATCH),
        reworks=verbs.count(Verb.REWORK),
        returned_by=frozenset(one.detail["returned_by"] for one in steps if Verb(one.verb) is Verb.RETURN),
        dispatched_at=dispatches[-1] if dispatches else None,
    )


def categorised_at(steps: Sequence[CaseStep]) -> datetime:
    """Return when a case got the category that it has."""
    return max(one.at for one in steps if Verb(one.verb) in {Verb.OPEN, Verb.RECLASSIFY})


def working_time(session: Session, *, known_by: datetime) -> WorkingTime:
    """Return when offices work, as the calendar was known at an instant."""
    own = entered(session, known_by=known_by)
    return WorkingTime(lambda day: is_workday(day, own))


def _view(row: dict[str, Any]) -> CaseView:
    row["area_path"] = row["area_path"] or []
    return CaseView(**row | {"state": CaseState(row["state"])})
