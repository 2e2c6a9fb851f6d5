"""Reads of seats: who sits where at an instant, who is away, and who stands in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import aliased

from core.db.dated import SpanEmptyError
from identity.people.tables import Person
from identity.seats.tables import Absence, SeatDuty, SeatState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from core.db.dated import DatedBase


@dataclass(frozen=True, slots=True)
class Occupied:
    """A seat, who sits there by the roster (None: nobody), whether away, and who stands in."""

    seat: SeatState
    person: Person | None
    is_away: bool
    stand_in: Person | None


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """That a person sits in a seat for a time, and when the person is away meanwhile, each with who stands in."""

    duty: SeatDuty
    person: Person
    away: tuple[tuple[Absence, Person | None], ...]


def roster(session: Session, start: datetime, until: datetime) -> list[RosterEntry]:
    """Return who sits where in a half-open span of time, by seat and time, in two statements.

    Raises
    ------
    SpanEmptyError
    """
    if until <= start:
        raise SpanEmptyError(
            "The roster would end at {until}, before it begins.", values={"until": until.isoformat()}, field="until"
        )
    span = Range(start, until)
    duties = session.execute(
        select(SeatDuty, Person)
        .join(Person, Person.id == SeatDuty.person_id)
        .where(SeatDuty.superseded_at.is_(None), SeatDuty.valid_during.overlaps(span))
        .order_by(SeatDuty.seat_code.collate("C"), SeatDuty.valid_during)
    ).all()
    absences = session.execute(
        select(Absence, Person)
        .outerjoin(Person, Person.id == Absence.stand_in_id)
        .where(
            Absence.superseded_at.is_(None),
            Absence.valid_during.overlaps(span),
            Absence.person_id.in_({person.id for _, person in duties}),
        )
        .order_by(Absence.valid_during)
    ).all()
    return [
        RosterEntry(
            duty,
            person,
            tuple(
                (absence, stand_in)
                for absence, stand_in in absences
                if absence.person_id == person.id and _overlap(absence, duty)
            ),
        )
        for duty, person in duties
    ]


def _overlap(one: DatedBase, other: DatedBase) -> bool:
    return (one.until is None or other.start < one.until) and (other.until is None or one.start < other.until)


def seats_at(session: Session, at: datetime) -> list[Occupied]:
    """Return all seats at an instant with who sits there, by zone and code."""
    stand_in = aliased(Person)
    rows = session.execute(
        select(SeatState, Person, Absence, stand_in)
        .outerjoin(SeatDuty, (SeatDuty.seat_code == SeatState.seat_code) & SeatDuty.holds(at))
        .outerjoin(Person, Person.id == SeatDuty.person_id)
        .outerjoin(Absence, (Absence.person_id == Person.id) & Absence.holds(at))
        .outerjoin(stand_in, stand_in.id == Absence.stand_in_id)
        .where(SeatState.holds(at))
        .order_by(SeatState.zone, SeatState.seat_code.collate("C"))
    )
    return [Occupied(row[0], row[1], row[2] is not None, row[3]) for row in rows]


def absences_from(session: Session, at: datetime) -> Sequence[Absence]:
    """Return the absences that hold at an instant or later, by time."""
    lasts = or_(func.upper_inf(Absence.valid_during), func.upper(Absence.valid_during) > at)
    query = select(Absence).where(Absence.superseded_at.is_(None), lasts)
    return session.scalars(query.order_by(Absence.valid_during, Absence.person_id)).all()


def duties_from(session: Session, person_id: int, at: datetime) -> Sequence[SeatDuty]:
    """Return the duties of a person that hold at an instant or later, by time."""
    lasts = or_(func.upper_inf(SeatDuty.valid_during), func.upper(SeatDuty.valid_during) > at)
    query = select(SeatDuty).where(SeatDuty.superseded_at.is_(None), SeatDuty.person_id == person_id, lasts)
    return session.scalars(query.order_by(SeatDuty.valid_during)).all()
