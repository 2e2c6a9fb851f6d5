"""Reads of people: by unit, role and words, at an instant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from identity.granting import PrincipalGrant
from identity.people.rules import PersonNotFoundError
from identity.people.tables import Person, PersonUnit
from identity.principals import PrincipalRecord

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleFilter:
    """Which people are wanted; what is None does not limit them.

    `words` stand in the name or begin the staff number; `ended` people are left out unless they are asked for.
    """

    unit_code: str | None = None
    role: str | None = None
    words: str | None = None
    ids: Collection[int] | None = None
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """A person with the units and grants in force."""

    person: Person
    acts_as: str
    units: tuple[str, ...]
    grants: tuple[PrincipalGrant, ...]


def profiles(
    session: Session, at: datetime, wanted: PeopleFilter | None = None, *, after: int = 0, limit: int | None = None
) -> list[Profile]:
    """Return people by number, those behind a number and so many at most, in three statements however many they are."""
    wanted = wanted or PeopleFilter()
    query = (
        select(Person, PrincipalRecord.name)
        .join(PrincipalRecord, PrincipalRecord.id == Person.id)
        .where(Person.id > after)
        .order_by(Person.id)
        .limit(limit)
    )
    if not wanted.ended:
        query = query.where(Person.ended_at.is_(None))
    if wanted.ids is not None:
        query = query.where(Person.id.in_(wanted.ids))
    if wanted.words is not None:
        named = Person.name.contains(wanted.words, autoescape=True)
        query = query.where(or_(named, Person.staff_number.startswith(wanted.words, autoescape=True)))
    if wanted.unit_code is not None:
        members = select(PersonUnit.person_id).where(PersonUnit.holds(at), PersonUnit.unit_code == wanted.unit_code)
        query = query.where(Person.id.in_(members))
    if wanted.role is not None:
        holders = select(PrincipalGrant.principal_id).where(
            PrincipalGrant.role == wanted.role, PrincipalGrant.revoked_at.is_(None)
        )
        query = query.where(Person.id.in_(holders))
    found = [(row[0], row[1]) for row in session.execute(query)]
    ids = [person.id for person, _ in found]
    units: dict[int, list[str]] = {}
    for row in session.execute(
        select(PersonUnit.person_id, PersonUnit.unit_code)
        .where(PersonUnit.holds(at), PersonUnit.person_id.in_(ids))
        .order_by(PersonUnit.unit_code)
    ):
        units.setdefault(row[0], []).append(row[1])
    grants: dict[int, list[PrincipalGrant]] = {}
    for grant in session.scalars(
        select(PrincipalGrant)
        .where(PrincipalGrant.principal_id.in_(ids), PrincipalGrant.revoked_at.is_(None))
        .order_by(PrincipalGrant.id)
    ):
        grants.setdefault(grant.principal_id, []).append(grant)
    return [
        Profile(person, name, tuple(units.get(person.id, ())), tuple(grants.get(person.id, ())))
        for person, name in found
    ]


def get(session: Session, person_id: int, *, locked: bool = False) -> Person:
    """Return a person.

    Raises
    ------
    PersonNotFoundError
    """
    found = session.get(Person, person_id, with_for_update=locked or None)
    if found is None:
        raise PersonNotFoundError("There is no person {person_id}.", values={"person_id": person_id}, field="person")
    return found


def profile(session: Session, person_id: int, at: datetime) -> Profile:
    """Return a person with the units and grants in force.

    Raises
    ------
    PersonNotFoundError
    """
    get(session, person_id)
    return profiles(session, at, PeopleFilter(ids=[person_id], ended=True))[0]


def by_words(session: Session, words: str) -> Person:
    """Return the person of a staff number, of a name that only one person acts under, or of a number.

    Raises
    ------
    PersonNotFoundError
    """
    found = session.scalar(select(Person).where(Person.staff_number == words))
    if found is None:
        found = session.scalar(
            select(Person).join(PrincipalRecord, PrincipalRecord.id == Person.id).where(PrincipalRecord.name == words)
        )
    if found is None and words.isdecimal() and len(words) < 10:
        found = session.get(Person, int(words))
    if found is None:
        raise PersonNotFoundError(
            "Nobody has the staff number or name '{words}'.", values={"words": words[:80]}, field="person"
        )
    return found


def of_staff_numbers(session: Session, numbers: Collection[str]) -> dict[str, Person]:
    """Return the people of these staff numbers."""
    rows = session.scalars(select(Person).where(Person.staff_number.in_(numbers)))
    return {row.staff_number: row for row in rows if row.staff_number is not None}


def units_between(session: Session, person_id: int) -> Sequence[PersonUnit]:
    """Return when the person belonged to which unit, by time, as is known now."""
    return session.scalars(
        select(PersonUnit)
        .where(PersonUnit.person_id == person_id, PersonUnit.superseded_at.is_(None))
        .order_by(PersonUnit.valid_during, PersonUnit.unit_code)
    ).all()
