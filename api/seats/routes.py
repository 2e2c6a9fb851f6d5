"""Seats: who sits where and when, who is away, and who stands in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

from fastapi import Path, Query

from api.http.access import PeopleViewer, SecurityAdministrator, UnitsEditor
from api.http.dependencies import SessionDep, SnapshotDep
from api.http.instants import InstantQuery
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.texts import CODE_PATTERN
from api.seats.schemas import (
    AbsenceIn,
    AbsenceListOut,
    AbsenceOut,
    RosterAbsenceOut,
    RosterEntryOut,
    RosterOut,
    SeatDutyIn,
    SeatedOut,
    SeatEndIn,
    SeatListOut,
    SeatOut,
    SeatStateIn,
)
from core import clock
from identity.people import queries as people
from identity.seats import operations, queries

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from identity.people.tables import Person

router = feature_router(prefix="/v1/seats", tags=["seats"])
At = Annotated[InstantQuery | None, Query(description="Instant, with a time zone. Now if left out.")]
Code = Annotated[str, Path(pattern=CODE_PATTERN, description="The seat's code.", examples=["D-01"])]
READ = responses(400, 401, 403, 503)
WRITE = responses(400, 401, 403, 404, 409, 422, 503)


@router.get("", responses=READ)
def list_seats(session: SnapshotDep, _: PeopleViewer, at: At = None) -> SeatListOut:
    """List all seats at an instant with who sits there, by zone and code."""
    return _seats(session, at or clock.now())


@router.get("/absences", responses=READ)
def list_absences(session: SnapshotDep, _: PeopleViewer, at: At = None) -> AbsenceListOut:
    """List who is away at an instant or later, and who stands in; why is not kept."""
    return _absences(session, at or clock.now())


@router.get("/roster", responses=READ)
def read_roster(
    session: SnapshotDep,
    _: PeopleViewer,
    start: Annotated[InstantQuery | None, Query(description="First instant of the span. Now if left out.")] = None,
    until: Annotated[
        InstantQuery | None, Query(description="First instant behind it; a week later if left out.")
    ] = None,
) -> RosterOut:
    """Read who sits where in a span of time, by seat and time, and who is away meanwhile."""
    start = start or clock.now()
    until = until or start + timedelta(days=7)
    items = [
        RosterEntryOut(
            code=one.duty.seat_code, person=SeatedOut(id=one.person.id, name=one.person.name),
            valid_from=one.duty.start, valid_to=one.duty.until,
            away=[
                RosterAbsenceOut(stand_in=_person(who), valid_from=absence.start, valid_to=absence.until)
                for absence, who in one.away
            ],
        )
        for one in queries.roster(session, start, until)
    ]  # fmt: skip
    return RosterOut(start=start, until=until, items=items)


@router.post("/absences", responses=WRITE)
def state_absence(session: SessionDep, security: SecurityAdministrator, body: AbsenceIn) -> AbsenceListOut:
    """State that a person is away for a time, or is not, and who stands in.

    Who stands in has the roles of the one who is away and acts under both names; the two are never two hands.
    """
    start = body.start or clock.now()
    operations.state_absence(
        session,
        people.get(session, body.person, locked=True),
        stand_in=None if body.stand_in is None else people.get(session, body.stand_in),
        is_away=body.is_away,
        start=start,
        until=body.until,
        actor=security.actor,
    )
    return _absences(session, start)


@router.put("/{code}", responses=WRITE)
def state_seat(session: SessionDep, editor: UnitsEditor, code: Code, body: SeatStateIn) -> SeatListOut:
    """State what a seat is from an instant on. Said again, nothing changes."""
    start = body.start or clock.now()
    seat = operations.SeatIn(code, body.name, body.zone, body.unit_code, start, body.until)
    operations.state_seats(session, [seat], actor=editor.actor)
    return _seats(session, start)


@router.post("/{code}/end", responses=WRITE)
def end_seat(session: SessionDep, editor: UnitsEditor, code: Code, body: SeatEndIn) -> SeatListOut:
    """End a seat, and the duties in it."""
    at = body.at or clock.now()
    operations.end_seat(session, code, at=at, actor=editor.actor)
    return _seats(session, at)


@router.put("/{code}/duty", responses=WRITE)
def state_seat_duty(session: SessionDep, editor: UnitsEditor, code: Code, body: SeatDutyIn) -> SeatListOut:
    """State who sits in a seat for a time, in place of any other then."""
    start = body.start or clock.now()
    if body.person is not None:
        people.get(session, body.person)
    operations.state_duties(session, [operations.Duty(code, body.person, start, body.until)], actor=editor.actor)
    return _seats(session, start)


def _seats(session: Session, at: datetime) -> SeatListOut:
    return SeatListOut(
        at=at,
        items=[
            SeatOut(
                code=one.seat.seat_code, name=one.seat.name, zone=one.seat.zone, unit_code=one.seat.unit_code,
                person=_person(one.person), is_away=one.is_away, stand_in=_person(one.stand_in),
            )
            for one in queries.seats_at(session, at)
        ],
    )  # fmt: skip


def _absences(session: Session, at: datetime) -> AbsenceListOut:
    rows = queries.absences_from(session, at)
    return AbsenceListOut(
        at=at,
        items=[
            AbsenceOut(person=row.person_id, stand_in=row.stand_in_id, valid_from=row.start, valid_to=row.until)
            for row in rows
        ],
    )


def _person(person: Person | None) -> SeatedOut | None:
    return None if person is None else SeatedOut(id=person.id, name=person.name)
