"""Writes of people: add, correct, put into units, end, reactivate, erase; many people cost the statements of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from core import audit, clock
from core.db.dated import Statement, state_all
from core.db.locks import LockSpace, lock_name
from identity import principals
from identity.actors import Actor, ActorKind
from identity.granting import PrincipalGrant
from identity.keys import ApiClient
from identity.people import queries, rules
from identity.people.tables import Person, PersonUnit
from identity.principals import PrincipalRecord
from identity.sign_in.accounts import end_sessions
from identity.sign_in.tables import Account
from identity.units.rules import UnitNotFoundError
from identity.units.tables import Unit

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class PersonIn:
    """A person to be added: name, and where known staff number, phone, external id, and the name to act under."""

    name: str
    staff_number: str | None = None
    phone: str | None = None
    external_id: str | None = None
    acts_as: str | None = None


def add_people(session: Session, people: Sequence[PersonIn], *, actor: Actor) -> list[Person]:
    """Add people, each a principal of its own; return them in the order given.

    Each acts under its name; where that is taken, with its staff number behind it. A principal of kind person that
    bears the name in `acts_as` and is no person yet becomes that person.

    Raises
    ------
    PersonInvalidError, PersonExistsError, PrincipalNameReservedError
    """
    found = [
        PersonIn(
            rules.checked_name(one.name), rules.checked_staff_number(one.staff_number), rules.checked_phone(one.phone),
            one.external_id, one.acts_as,
        )
        for one in people
    ]  # fmt: skip
    if not found:
        return []
    lock_name(session, LockSpace.DATED_ROWS, Person.__tablename__)
    _require_new(session, found)
    ids = _principals_for(session, found)
    now = clock.now()
    rows = [
        {
            "id": number, "name": one.name, "staff_number": one.staff_number, "phone": one.phone,
            "external_id": one.external_id, "created_at": now, "changed_at": now,
        }
        for number, one in zip(ids, found, strict=True)
    ]  # fmt: skip
    session.execute(insert(Person), rows)
    subject = str(ids[0]) if len(ids) == 1 else f"{len(ids)} people"
    audit.record(session, actor=actor, action="people.add", subject=subject, people=ids[:100])
    added = {row.id: row for row in session.scalars(select(Person).where(Person.id.in_(ids)))}
    return [added[number] for number in ids]


def correct(
    session: Session,
    person: Person,
    *,
    name: str | None = None,
    staff_number: str | None = None,
    phone: str | None = None,
    external_id: str | None = None,
    actor: Actor,
) -> list[str]:
    """Correct what is known of a person; return the fields that changed. None leaves as it is, "" takes away.

    Raises
    ------
    PersonInvalidError, PersonExistsError, PersonEndedError
    """
    if person.erased_at is not None:
        raise rules.PersonEndedError("The data of person {id} were erased.", values={"id": person.id})
    wanted: dict[str, str | None] = {}
    if name is not None:
        wanted["name"] = rules.checked_name(name)
    if staff_number is not None:
        wanted["staff_number"] = rules.checked_staff_number(staff_number)
    if phone is not None:
        wanted["phone"] = rules.checked_phone(phone)
    if external_id is not None:
        wanted["external_id"] = external_id or None
    changed = [field for field, value in wanted.items() if getattr(person, field) != value]
    if not changed:
        return []
    for field in ("staff_number", "external_id"):
        if field in changed and wanted[field] is not None:
            _require_free(session, field, {str(wanted[field])})
    for field in changed:
        setattr(person, field, wanted[field])
    _touch(person)
    audit.record(session, actor=actor, action="people.correct", subject=str(person.id), fields=changed)
    session.flush()
    return changed


def state_units(
    session: Session,
    memberships: Sequence[tuple[int, str]],
    *,
    belongs: bool = True,
    start: datetime | None = None,
    until: datetime | None = None,
    actor: Actor,
) -> int:
    """State that people, by number, belong to units for a time, or no longer; return how many changed.

    Raises
    ------
    UnitNotFoundError, SpanEmptyError
    """
    codes = {code for _, code in memberships}
    unknown = sorted(codes - set(session.scalars(select(Unit.code).where(Unit.code.in_(codes)))))
    if unknown:
        raise UnitNotFoundError("There is no unit '{unknown}'.", values={"unknown": unknown[0][:80]}, field="unit_code")
    at = start or clock.now()
    statements = [
        Statement({"person_id": number, "unit_code": code}, {} if belongs else None, at, until)
        for number, code in memberships
    ]
    changed = state_all(session, PersonUnit, statements, actor=actor)
    if changed:
        action = "people.join_unit" if belongs else "people.leave_unit"
        people = sorted({number for number, _ in memberships})
        subject = str(people[0]) if len(people) == 1 else f"{len(people)} people"
        audit.record(session, actor=actor, action=action, subject=subject, units=sorted(codes)[:100])
        session.execute(
            update(Person).where(Person.id.in_(people)).values(version=Person.version + 1, changed_at=clock.now())
        )
    session.flush()
    return changed


def end(session: Session, person: Person, *, actor: Actor) -> bool:
    """End a person's appointment now: grants, keys, units and sessions end with it; False when it had ended.

    What is open in the person's hands is handed over before (governance/appointments).
    """
    if person.ended_at is not None:
        return False
    now = clock.now()
    person.ended_at = now
    _touch(person)
    session.execute(
        update(PrincipalGrant)
        .where(PrincipalGrant.principal_id == person.id, PrincipalGrant.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    session.execute(
        update(ApiClient)
        .where(ApiClient.holder_id == person.id, ApiClient.withdrawn_at.is_(None), ApiClient.key_sha256.is_not(None))
        .values(withdrawn_at=now)
    )
    account = session.get(Account, person.id, with_for_update=True)
    if account is not None and account.locked_at is None:
        account.locked_at = now
    end_sessions(session, person.id)
    memberships = [(row.person_id, row.unit_code) for row in queries.units_between(session, person.id)]
    if memberships:
        state_units(session, sorted(set(memberships)), belongs=False, start=now, actor=actor)
    audit.record(session, actor=actor, action="people.end", subject=str(person.id))
    session.flush()
    return True


def reactivate(session: Session, person: Person, *, actor: Actor) -> bool:
    """Let an ended person work again, without the grants, keys and units of before; False when none had ended.

    Raises
    ------
    PersonEndedError
        When the data were erased.
    """
    if person.erased_at is not None:
        raise rules.PersonEndedError("The data of person {id} were erased.", values={"id": person.id})
    if person.ended_at is None:
        return False
    person.ended_at = None
    _touch(person)
    account = session.get(Account, person.id, with_for_update=True)
    if account is not None:
        account.locked_at = None
    audit.record(session, actor=actor, action="people.reactivate", subject=str(person.id))
    session.flush()
    return True


def erase(session: Session, person: Person, *, actor: Actor, note: str) -> bool:
    """Erase phone, staff number and name of an ended person; False when that was done.

    The name under which the person acted stays in what it signed: those records are kept by law.

    Raises
    ------
    PersonEndedError
        When the person's appointment has not ended.
    """
    if person.ended_at is None:
        raise rules.PersonEndedError("Person {id} is at work: end the appointment first.", values={"id": person.id})
    if person.erased_at is not None:
        return False
    person.phone = person.staff_number = person.external_id = None
    person.name, person.erased_at = rules.ERASED_NAME, clock.now()
    _touch(person)
    audit.record(session, actor=actor, action="people.erase", subject=str(person.id), note=note)
    session.flush()
    return True


def read_phone(session: Session, person: Person, *, actor: Actor) -> str | None:
    """Return a person's telephone number in clear; that it was read is written down."""
    audit.record(session, actor=actor, action="people.read_phone", subject=str(person.id))
    return person.phone


def _touch(person: Person) -> None:
    person.version += 1
    person.changed_at = clock.now()


def _require_new(session: Session, people: Sequence[PersonIn]) -> None:
    for field in ("staff_number", "external_id"):
        given = [getattr(one, field) for one in people if getattr(one, field) is not None]
        twice = (
            next((value for value in given if given.count(value) > 1), None) if len(set(given)) < len(given) else None
        )
        if twice is not None:
            raise rules.PersonExistsError("'{twice}' is given to two people.", values={"twice": twice}, field=field)
        _require_free(session, field, set(given))


def _require_free(session: Session, field: str, values: Collection[str]) -> None:
    column = getattr(Person, field)
    taken = session.scalar(select(column).where(column.in_(values)).limit(1))
    if taken is not None:
        raise rules.PersonExistsError("Another person has '{taken}'.", values={"taken": taken}, field=field)


def _principals_for(session: Session, people: Sequence[PersonIn]) -> list[int]:
    """Return the numbers of the principals of people, made where there are none; each person gets one of its own."""
    wanted = [one.acts_as or one.name for one in people]
    for name in wanted:
        principals.require_free(name)
    named = {row.name: row for row in session.scalars(select(PrincipalRecord).where(PrincipalRecord.name.in_(wanted)))}
    persons = set(session.scalars(select(Person.id).where(Person.id.in_([row.id for row in named.values()]))))
    taken = set(named)
    names: list[str] = []
    for position, (name, one) in enumerate(zip(wanted, people, strict=True)):
        record = named.get(name)
        is_usable = (
            one.acts_as is not None
            and record is not None
            and record.kind == ActorKind.PERSON
            and record.id not in persons
            and name not in names
        )
        if name in taken and not is_usable:
            name = rules.principal_name(one.name, one.staff_number, position)  # noqa: PLW2901 (the free form of it)
            name = _free_name(session, name, taken)  # noqa: PLW2901
        taken.add(name)
        names.append(name)
    made = [{"kind": ActorKind.PERSON, "name": name, "created_at": clock.now()} for name in names if name not in named]
    numbers = {name: row.id for name, row in named.items()}
    if made:
        rows = session.execute(insert(PrincipalRecord).returning(PrincipalRecord.id, PrincipalRecord.name), made)
        numbers |= {row.name: row.id for row in rows}
    return [numbers[name] for name in names]


def _free_name(session: Session, name: str, taken: Collection[str]) -> str:
    number, tried = 1, name
    while tried in taken or session.scalar(select(PrincipalRecord.id).where(PrincipalRecord.name == tried)) is not None:
        number += 1
        tried = f"{name}{number}"
    return tried
