"""Reads of seats: who sits where at an instant, who is away, and who stands in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from identity.people.tables import Person
from identity.seats.tables import Absence, SeatDuty, SeatState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Occupied:
    """A seat, who sits there by the roster (None: nobody), whether away, and who stands in."""

    seat: SeatState
    person: Person | None
    is_away: bool
    stand_in: Person | None


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
