"""Reads of quick notes: a page, one, the policy of a day, and what a worker did on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select, text

from core.clock import LOCAL
from governance.quick_notes import rules
from governance.quick_notes.tables import QuickNotePolicy
from governance.reports.numbers import report_number
from governance.reports.reach_queries import reach_condition
from identity.people.rules import PersonNotFoundError
from identity.principals import PrincipalRecord

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from identity.grants import Reach

_FROM: Final = """
SELECT n.report_id, n.source, n.author_id, n.author, n.noted_at, n.written_at, n.in_own_area, r.category,
       r.description, p.area_path, ST_X(p.geom) AS lon, ST_Y(p.geom) AS lat, p.accuracy_m,
       EXISTS (SELECT FROM case_record c WHERE c.id = n.report_id) AS is_case
FROM quick_note n JOIN report r ON r.id = n.report_id JOIN report_place p ON p.report_id = r.id
"""
_CONDITIONS: Final = {
    "author": "n.author_id = :author",
    "noted_from": "n.noted_at >= :noted_from",
    "noted_before": "n.noted_at < :noted_before",
    "source": "n.source = :source",
    "before": "n.report_id < :before",
}
_STEPS: Final = """
SELECT s.case_id, s.number, s.at, s.verb, s.led_to, r.category, p.area_path
FROM case_step s JOIN report r ON r.id = s.case_id JOIN report_place p ON p.report_id = r.id
WHERE s.actor_id = :person AND s.at >= :start AND s.at < :behind ORDER BY s.at, s.case_id, s.number LIMIT :limit
"""
MOST_OF_A_DAY: Final = 2_000


@dataclass(frozen=True, slots=True)
class NoteView:
    """A quick note with what its report says; `is_case`: it became a case."""

    report_id: int
    source: str
    author_id: int
    author: str
    noted_at: datetime
    written_at: datetime
    in_own_area: bool | None
    category: str
    description: str
    area_path: list[str]
    lon: float | None
    lat: float | None
    accuracy_m: float | None
    is_case: bool

    @property
    def number(self) -> str:
        """The number of its report, and so of its case."""
        return report_number(self.report_id)

    @property
    def is_back_filled(self) -> bool:
        """Whether it was written down on a later day."""
        return self.written_at.astimezone(LOCAL).date() > self.noted_at.astimezone(LOCAL).date()


@dataclass(frozen=True, slots=True)
class StepView:
    """Something that a worker did to a case."""

    case: str
    at: datetime
    verb: str
    led_to: str
    category: str
    area_path: list[str]


@dataclass(frozen=True, slots=True)
class DailyLog:
    """What a worker did on a day (每日工作情况), in order."""

    person: str
    day: date
    notes: Sequence[NoteView]
    steps: Sequence[StepView]


def notes_page(session: Session, *, reach: Reach, limit: int, **wanted: Any) -> list[NoteView]:  # noqa: ANN401
    """Return the quick notes of a reach, the latest first; `wanted` names conditions (None: any)."""
    conditions, values = reach_condition(session, reach)
    given = {name: value for name, value in wanted.items() if value is not None}
    conditions = [*conditions, *(_CONDITIONS[name] for name in given)]
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    statement = f"{_FROM} {where} ORDER BY n.report_id DESC LIMIT :limit"
    rows = session.execute(text(statement), values | given | {"limit": limit}).mappings()
    return [_view(dict(row)) for row in rows]


def note(session: Session, report_id: int, *, reach: Reach) -> NoteView:
    """Return one quick note of a reach.

    Raises
    ------
    QuickNoteNotFoundError
    """
    conditions, values = reach_condition(session, reach)
    statement = _FROM + "WHERE " + " AND ".join(["n.report_id = :id", *conditions])
    row = session.execute(text(statement), values | {"id": report_id}).mappings().one_or_none()
    if row is None:
        raise rules.QuickNoteNotFoundError(
            "There is no quick note {number}, or none that you may see.", values={"number": report_number(report_id)}
        )
    return _view(dict(row))


def back_fill_days(session: Session, day: date) -> int:
    """Return for how many days back notes may be written down on a day."""
    rows = select(QuickNotePolicy.back_fill_days).where(QuickNotePolicy.valid_from <= day)
    found = session.scalar(rows.order_by(QuickNotePolicy.valid_from.desc()).limit(1))
    return rules.BACK_FILL_DAYS if found is None else found


def span_of(day: date) -> tuple[datetime, datetime]:
    """Return the half-open span of a day of local time."""
    start = datetime.combine(day, time(), LOCAL)
    return start, start + timedelta(days=1)


def name_of(session: Session, person_id: int) -> str:
    """Return the name of a person or system.

    Raises
    ------
    PersonNotFoundError
    """
    found = session.get(PrincipalRecord, person_id)
    if found is None:
        raise PersonNotFoundError
    return found.name


def daily_log(session: Session, person_id: int, person: str, day: date, *, reach: Reach) -> DailyLog:
    """Return what a person did on a day of local time: quick notes of that day, and steps of cases."""
    start, behind = span_of(day)
    notes = notes_page(
        session, reach=reach, limit=MOST_OF_A_DAY, author=person_id, noted_from=start, noted_before=behind
    )
    values = {"person": person_id, "start": start, "behind": behind, "limit": MOST_OF_A_DAY}
    steps = [
        StepView(report_number(row.case_id), row.at, row.verb, row.led_to, row.category, row.area_path or [])
        for row in session.execute(text(_STEPS), values)
    ]
    return DailyLog(person, day, sorted(notes, key=lambda one: one.noted_at), steps)


def _view(row: dict[str, Any]) -> NoteView:
    return NoteView(**row | {"area_path": row["area_path"] or []})
