"""Seats: one person a seat, one seat a person; stand-ins act under both names and are never the second person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from core import audit, clock
from governance.appointments.operations import OpenThingsError, end_appointment
from identity import principals
from identity.granting import add_grant, grants_of
from identity.grants import Grant
from identity.people import operations as people
from identity.people.operations import PersonIn
from identity.seats import operations, queries, rules
from identity.seats.operations import Duty, SeatIn
from migrations.run import move_to
from tests.factories.identity import who

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.db import Database
    from identity.people.tables import Person

BOSS = who("security")
DAY = timedelta(days=1)
T = [datetime(2026, 7, day, tzinfo=UTC) for day in range(1, 11)]


def staff(session: Session, *names: str) -> list[Person]:
    return people.add_people(session, [PersonIn(name, f"N-{name}") for name in names], actor=BOSS)


def seats(session: Session, *codes: str) -> None:
    made = [SeatIn(code, f"席位{code}", "调度指挥区", None, T[0]) for code in codes]
    operations.state_seats(session, made, actor=BOSS)


def seated(session: Session, at: datetime) -> dict[str, str | None]:
    return {one.seat.seat_code: one.person.name if one.person else None for one in queries.seats_at(session, at)}


def test_people_change_places_in_one_statement_and_sit_in_one_seat_at_a_time(session: Session) -> None:
    one, other = staff(session, "甲", "乙")
    seats(session, "1", "2", "3")
    operations.state_duties(session, [Duty("1", one.id, T[0]), Duty("2", other.id, T[0])], actor=BOSS)
    swap = [Duty("1", other.id, T[3], T[5]), Duty("2", one.id, T[3], T[5])]
    assert operations.state_duties(session, swap, actor=BOSS) == 2
    assert operations.state_duties(session, swap, actor=BOSS) == 0
    names = [(seated(session, at)["1"], seated(session, at)["2"]) for at in (T[0], T[3], T[5])]
    assert names == [("甲", "乙"), ("乙", "甲"), ("甲", "乙")]
    with pytest.raises(rules.SeatTakenError), session.begin_nested():
        operations.state_duties(session, [Duty("3", one.id, T[4])], actor=BOSS)
    with pytest.raises(rules.SeatNotFoundError):
        operations.state_duties(session, [Duty("9", one.id, T[4])], actor=BOSS)
    operations.end_seat(session, "2", at=T[6], actor=BOSS)
    assert seated(session, T[6]) == {"1": "甲", "3": None}
    for at in T:
        moment = {one.duty.seat_code: one.person.name for one in queries.roster(session, at, at + timedelta(seconds=1))}
        assert moment == {seat: name for seat, name in seated(session, at).items() if name}
    whole = [(one.duty.seat_code, one.person.name, one.duty.start) for one in queries.roster(session, T[0], T[9])]
    assert [one for one in whole if one[0] == "1"] == [("1", "甲", T[0]), ("1", "乙", T[3]), ("1", "甲", T[5])]
    assert not operations.end_seat(session, "2", at=T[6], actor=BOSS)


def test_who_stands_in_has_the_roles_acts_under_both_names_and_is_one_hand_with_who_is_away(session: Session) -> None:
    away, stand_in, second, third = staff(session, "甲", "乙", "丙", "丁")
    actors = {one.name: principals.get(session, one.id) for one in (away, stand_in, second, third)}
    for role in ("gis-approver", "auditor"):
        add_grant(session, principal=actors["甲"], grant=Grant(role, "admin/S"), actor=BOSS)
    add_grant(session, principal=actors["乙"], grant=Grant("gis-editor"), actor=BOSS)
    begun = clock.now()
    operations.state_absence(session, away, stand_in=stand_in, start=begun, until=begun + DAY, actor=BOSS)
    assert grants_of(session, actors["乙"]) == (Grant("gis-approver", "admin/S"), Grant("gis-editor"))

    acting = principals.get(session, stand_in.id)
    assert (acting.name, acting.stands_in_for) == ("乙", ("甲",))
    audit.record(session, actor=acting, action="a", subject="s")
    assert audit.list_entries(session, audit.AuditFilter(action="a"), limit=1)[0][0].detail == {"stands_in_for": ["甲"]}

    def one_hand(name: str, *others: str, since: datetime | None = None) -> bool:
        return principals.is_among(session, actors[name], [actors[other].id for other in others], since=since)

    assert one_hand("乙", "甲")
    assert one_hand("甲", "丙", "乙")
    assert not one_hand("丙", "甲", "乙")
    alias = principals.named(session, "乙的密钥")
    principals.declare_same(session, actors["乙"], alias, actor=BOSS)
    assert principals.is_among(session, alias, [actors["甲"].id])
    # The stand-in is changed: both who stood in for one are one hand since.
    operations.state_absence(session, away, stand_in=third, start=clock.now(), until=begun + DAY, actor=BOSS)
    assert one_hand("丁", "乙", since=begun)
    assert grants_of(session, actors["乙"]) == (Grant("gis-editor"),)
    # Back at work: what begins from now on has two hands again, what began before has not.
    operations.state_absence(session, away, stand_in=None, is_away=False, start=clock.now(), actor=BOSS)
    assert one_hand("甲", "丁", since=begun)
    assert not one_hand("甲", "丁", since=clock.now())
    assert principals.get(session, third.id).stands_in_for == ()


def test_nobody_stands_in_for_oneself_or_after_the_end_or_by_the_own_word(session: Session) -> None:
    away, other, gone = staff(session, "甲", "乙", "丙")
    people.end(session, gone, actor=BOSS)
    for stand_in, actor in ((away, BOSS), (gone, BOSS), (other, principals.get(session, other.id))):
        with pytest.raises(rules.StandInInvalidError):
            operations.state_absence(session, away, stand_in=stand_in, actor=actor)


def test_an_end_hands_over_the_seat_and_ends_standing_in(session: Session) -> None:
    leaving, heir, away = staff(session, "甲", "乙", "丙")
    seats(session, "1")
    now = clock.now()
    operations.state_duties(session, [Duty("1", leaving.id, T[0])], actor=BOSS)
    operations.state_absence(session, away, stand_in=leaving, start=now - DAY, actor=BOSS)
    with pytest.raises(OpenThingsError, match="1 seat duties"):
        end_appointment(session, leaving, heir=None, actor=BOSS)
    assert end_appointment(session, leaving, heir=heir, actor=BOSS) == {"seat duties": 1}
    assert seated(session, clock.now()) == {"1": "乙"}
    assert [row.stand_in_id for row in queries.absences_from(session, clock.now())] == [None]


def test_the_way_back_drops_seats(database: Database, database_url: str) -> None:
    with database.transaction() as session:
        seats(session, "1")
    database.close()
    move_to(database_url, "0038")
    move_to(database_url, "head")
    with database.transaction() as session:
        assert queries.seats_at(session, T[1]) == []
