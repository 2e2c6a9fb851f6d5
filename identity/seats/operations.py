"""Writes of seats: state and end them, put people into them, record absences and stand-ins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from core import audit, clock
from core.db.dated import Statement, state, state_all
from identity import principals
from identity.seats import queries, rules
from identity.seats.tables import Absence, Seat, SeatDuty, SeatState
from identity.units.rules import UnitNotFoundError
from identity.units.tables import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from identity.actors import Actor
    from identity.people.tables import Person


@dataclass(frozen=True, slots=True)
class SeatIn:
    """What a seat is from an instant until another (None: open)."""

    code: str
    name: str
    zone: str
    unit_code: str | None
    start: datetime
    until: datetime | None = None


def state_seats(session: Session, seats: Sequence[SeatIn], *, actor: Actor) -> int:
    """State what seats are for a time; return how many changed.

    Raises
    ------
    SeatInvalidError, UnitNotFoundError, SpanEmptyError
    """
    codes = {one.unit_code for one in seats if one.unit_code is not None}
    unknown = sorted(codes - set(session.scalars(select(Unit.code).where(Unit.code.in_(codes)))))
    if unknown:
        raise UnitNotFoundError("There is no unit '{unknown}'.", values={"unknown": unknown[0][:80]}, field="unit_code")
    statements = [
        Statement(
            {"seat_code": rules.checked_code(one.code)},
            {
                "name": rules.checked_line(one.name, "name"),
                "zone": rules.checked_line(one.zone, "zone"),
                "unit_code": one.unit_code,
            },
            one.start,
            one.until,
        )
        for one in seats
    ]
    if not statements:
        return 0
    rows = [{"code": code, "created_at": clock.now()} for code in sorted({one.key["seat_code"] for one in statements})]
    session.execute(insert(Seat).values(rows).on_conflict_do_nothing())
    changed = state_all(session, SeatState, statements, actor=actor)
    if changed:
        named = [row["code"] for row in rows]
        subject = str(named[0]) if len(named) == 1 else f"{len(named)} seats"
        audit.record(session, actor=actor, action="seats.state", subject=subject, seats=named[:100])
    session.flush()
    return changed


def end_seat(session: Session, code: str, *, at: datetime | None = None, actor: Actor) -> bool:
    """End a seat, and the duties in it; False when it had ended.

    Raises
    ------
    SeatNotFoundError
    """
    _require_seat(session, code)
    instant = at or clock.now()
    done = state(session, SeatState, Statement({"seat_code": code}, None, instant), actor=actor)
    state(session, SeatDuty, Statement({"seat_code": code}, None, instant), actor=actor)
    if done:
        audit.record(session, actor=actor, action="seats.end", subject=code, at=instant.isoformat())
    session.flush()
    return done


@dataclass(frozen=True, slots=True)
class Duty:
    """A person (by number; None: nobody) sits in a seat from an instant until another (None: open)."""

    seat_code: str
    person_id: int | None
    start: datetime
    until: datetime | None = None


def state_duties(session: Session, duties: Sequence[Duty], *, actor: Actor) -> int:
    """State who sits in seats, together, so that people may change places; return in how many seats that changed.

    Raises
    ------
    SeatNotFoundError, SpanEmptyError
    SeatTakenError
        When a person would sit in two seats at once.
    """
    for code in sorted({duty.seat_code for duty in duties}):
        _require_seat(session, code)
    statements = [
        Statement(
            {"seat_code": one.seat_code},
            None if one.person_id is None else {"person_id": one.person_id},
            one.start,
            one.until,
        )
        for one in duties
    ]
    try:
        with session.begin_nested():
            changed = state_all(session, SeatDuty, statements, actor=actor)
    except IntegrityError as error:
        if not isinstance(error.orig, psycopg.errors.ExclusionViolation):
            raise
        raise rules.SeatTakenError(field="person") from error
    if changed:
        named = sorted({duty.seat_code for duty in duties})
        subject = named[0] if len(named) == 1 else f"{len(named)} seats"
        people = sorted({duty.person_id for duty in duties if duty.person_id is not None})
        audit.record(session, actor=actor, action="seats.duty", subject=subject, people=people[:100])
    session.flush()
    return changed


def state_absence(
    session: Session,
    person: Person,
    *,
    stand_in: Person | None,
    is_away: bool = True,
    start: datetime | None = None,
    until: datetime | None = None,
    actor: Actor,
) -> bool:
    """State that a person is away for a time, or is not, and who stands in; False: that was so already.

    Who stands in has the roles of the one who is away, but those that are kept apart, and acts under both names;
    the two are one hand wherever a second person is asked for (principals.is_among).

    Raises
    ------
    StandInInvalidError, SpanEmptyError
    """
    if stand_in is not None:
        if (
            stand_in.ended_at is not None
            or principals.get(session, stand_in.id).id == principals.get(session, person.id).id
        ):
            raise rules.StandInInvalidError(
                "Person {id} cannot stand in for {person_id}.",
                values={"id": stand_in.id, "person_id": person.id},
                field="stand_in",
            )
        if actor.id == stand_in.id:
            raise rules.StandInInvalidError("Nobody makes oneself a stand-in.", field="stand_in")
    values = {"stand_in_id": None if stand_in is None else stand_in.id} if is_away else None
    done = state(
        session, Absence, Statement({"person_id": person.id}, values, start or clock.now(), until), actor=actor
    )
    if done:
        audit.record(
            session, actor=actor, action="people.absence", subject=str(person.id), is_away=is_away,
            stand_in=None if stand_in is None else stand_in.id,
        )  # fmt: skip
    session.flush()
    return done


def hand_over_duties(session: Session, person: Person, heir: Person | None, *, at: datetime, actor: Actor) -> int:
    """Let another person, or nobody, take over the seats of a person from an instant on; return how many duties."""
    held = queries.duties_from(session, person.id, at)
    to = None if heir is None else heir.id
    state_duties(session, [Duty(row.seat_code, to, max(row.start, at), row.until) for row in held], actor=actor)
    return len(held)


def stand_in_no_longer(session: Session, person: Person, *, at: datetime, actor: Actor) -> None:
    """End the absences of a person from an instant on, and let the person stand in for nobody then."""
    for row in queries.absences_from(session, at):
        key, start = {"person_id": row.person_id}, max(row.start, at)
        if row.person_id == person.id:
            state(session, Absence, Statement(key, None, start, row.until), actor=actor)
        elif row.stand_in_id == person.id:
            state(session, Absence, Statement(key, {"stand_in_id": None}, start, row.until), actor=actor)


def _require_seat(session: Session, code: str) -> None:
    if session.get(Seat, code) is None:
        raise rules.SeatNotFoundError("There is no seat '{code}'.", values={"code": code[:80]}, field="code")
