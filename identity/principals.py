"""Principals: persons and systems, each with one row and one name, and which of them are one person (docs/adr/0018)."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Integer, Text, func, or_, select, update
from sqlalchemy.dialects.postgresql import Range, insert
from sqlalchemy.orm import Mapped, aliased, mapped_column

from core import audit, clock
from core.db import Base, check_one_of
from core.errors import DomainError, Kind
from identity.actors import COMMAND_LINE, SERVICE_ACTORS, Actor, ActorKind
from identity.seats.tables import Absence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

RESERVED_NAMES: Final = frozenset(actor.name for actor in SERVICE_ACTORS)
"""Names under which the service itself acts: who bore one would pass for it."""


class PrincipalNameReservedError(DomainError):
    """That name is empty or stands for the service itself in the audit. Choose another name."""

    code = "principal-name-reserved"
    kind = Kind.INVALID


class PrincipalNotFoundError(DomainError):
    """There is no person or system of that name. `wangge keys holders` lists those who hold keys."""

    code = "principal-not-found"
    kind = Kind.NOT_FOUND


class PrincipalRecord(Base):
    """A person or a system; its name never changes, its row is never deleted.

    `same_as` names the principal that it was declared to be; that one is declared to be no other.
    """

    __tablename__ = "principal"
    __table_args__ = (
        check_one_of("kind", ActorKind),
        CheckConstraint("same_as <> id", name="same_as"),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(always=True, start=100), primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text, unique=True)
    same_as: Mapped[int | None] = mapped_column(ForeignKey("principal.id"))
    created_at: Mapped[datetime]


def require_free(name: str) -> None:
    """Raise PrincipalNameReservedError where a name is empty or, also in other case or width, one of the service's."""
    if not name.strip():
        raise PrincipalNameReservedError("Give the name of a person or system.", field="name")
    if unicodedata.normalize("NFKC", name).strip().casefold() in RESERVED_NAMES:
        raise PrincipalNameReservedError(
            "'{name}' stands for the service itself; choose another name.", values={"name": name}, field="name"
        )


def named(session: Session, name: str, *, kind: ActorKind = ActorKind.PERSON) -> Actor:
    """Return the principal of a name, made of the given kind where there is none yet.

    A principal that was declared to be another is returned as that other.

    Raises
    ------
    PrincipalNameReservedError
        When the name would have to be made and is like one of the service's.
    """
    name = name.strip()
    found = _by_name(session, name)
    if found is None:
        require_free(name)
        made = {"kind": kind, "name": name, "created_at": clock.now()}
        session.execute(insert(PrincipalRecord).values(made).on_conflict_do_nothing())
        found = _by_name(session, name)
    if found is None:
        raise LookupError(name)
    return found


def existing(session: Session, name: str, *, field: str = "holder") -> Actor:
    """Return the principal of a name; `field` is where the name was asked for.

    Raises
    ------
    PrincipalNotFoundError
    """
    found = _by_name(session, name.strip())
    if found is None:
        raise PrincipalNotFoundError("Nobody is named '{name}'.", values={"name": name}, field=field)
    return found


def numbers_of(session: Session, name: str) -> frozenset[int]:
    """Return the numbers of all principals that are the person or system of a name.

    Raises
    ------
    PrincipalNotFoundError
    """
    person = existing(session, name, field="actor")
    same = or_(PrincipalRecord.id == person.id, PrincipalRecord.same_as == person.id)
    return frozenset(session.scalars(select(PrincipalRecord.id).where(same)))


def local(session: Session, name: str) -> Actor:
    """Return the principal that a command acts as: a person of that name, or the command line itself.

    Raises
    ------
    PrincipalNameReservedError
    """
    if name == COMMAND_LINE.name:
        return COMMAND_LINE
    require_free(name)
    return _with_names(session, named(session, name))


def get(session: Session, principal_id: int) -> Actor:
    """Return a principal by its number; one that was declared to be another is returned as that other.

    A person who stands in for others now acts under their names too.
    """
    record = session.get_one(PrincipalRecord, principal_id)
    if record.same_as is not None:
        record = session.get_one(PrincipalRecord, record.same_as)
    return _with_names(session, actor_of(record))


def actor_of(record: PrincipalRecord) -> Actor:
    """Return the value of a row."""
    return Actor(record.id, ActorKind(record.kind), record.name)


def is_among(session: Session, actor: Actor, ids: Iterable[int], *, since: datetime | None = None) -> bool:
    """Return whether an actor is the same person as any of these principals: the test of every four-eyes rule.

    The same person or system under another name is. So are a person who is away and whoever stands in, and two who
    stand in for one: at any time since `since`, when the action in question began (None: ever).
    Declarations that principals are one person count from when they are made, also for what was done before.
    """
    others = set(ids)
    found = session.execute(
        select(PrincipalRecord.id, func.coalesce(PrincipalRecord.same_as, PrincipalRecord.id)).where(
            PrincipalRecord.id.in_({actor.id, *others})
        )
    )
    persons = {row[0]: row[1] for row in found}
    own, theirs = persons.get(actor.id, actor.id), {persons[other] for other in others}
    if own in theirs:
        return True
    stood_in = stood_in_for(session, {own, *theirs}, since=since, until=clock.now())
    hands = {own, *stood_in.get(own, ())}
    return any(hands & {other, *stood_in.get(other, ())} for other in theirs)


def stood_in_for(
    session: Session, persons: Iterable[int], *, since: datetime | None, until: datetime
) -> dict[int, set[int]]:
    """Return for whom each of these persons stood in at any time between two instants, the last included."""
    away, stand_in = aliased(PrincipalRecord), aliased(PrincipalRecord)
    person, other = func.coalesce(stand_in.same_as, stand_in.id), func.coalesce(away.same_as, away.id)
    rows = session.execute(
        select(person, other)
        .select_from(Absence)
        .join(stand_in, stand_in.id == Absence.stand_in_id)
        .join(away, away.id == Absence.person_id)
        .where(
            person.in_(set(persons)),
            Absence.superseded_at.is_(None),
            Absence.valid_during.overlaps(Range(since, until, bounds="[]")),
        )
    )
    found: dict[int, set[int]] = {}
    for one, absent in rows:
        found.setdefault(one, set()).add(absent)
    return found


def _with_names(session: Session, actor: Actor) -> Actor:
    """Return a person with the names of those for whom it stands in now."""
    if actor.kind is not ActorKind.PERSON:
        return actor
    now = clock.now()
    absent = stood_in_for(session, [actor.id], since=now, until=now).get(actor.id)
    if not absent:
        return actor
    names = session.scalars(
        select(PrincipalRecord.name).where(PrincipalRecord.id.in_(absent)).order_by(PrincipalRecord.name)
    )
    return replace(actor, stands_in_for=tuple(names))


def declare_same(session: Session, one: Actor, other: Actor, *, actor: Actor) -> Actor:
    """Declare that two principals are one person, `one`; return that person.

    Raises
    ------
    PrincipalNameReservedError
        When one of them is the service itself.
    """
    for principal in (one, other):
        require_free(principal.name)
    ids = sorted({one.id, other.id})
    session.execute(select(PrincipalRecord.id).where(PrincipalRecord.id.in_(ids)).order_by("id").with_for_update())
    one, other = get(session, one.id), get(session, other.id)
    person = Actor(one.id, ActorKind.PERSON, one.name)
    session.execute(update(PrincipalRecord).where(PrincipalRecord.id == one.id).values(kind=person.kind))
    if one.id != other.id:
        # Together with those that were declared to be the other, so that nobody points at one that points on.
        below = or_(PrincipalRecord.same_as == other.id, PrincipalRecord.id == other.id)
        session.execute(update(PrincipalRecord).where(below).values(same_as=one.id))
        audit.record(session, actor=actor, action="principals.join", subject=one.name, other=other.name)
    session.expire_all()
    return person


def declare_separate(session: Session, record: PrincipalRecord, *, actor: Actor) -> bool:
    """Take a declaration back: the principal is itself again; False when it was declared to be no other."""
    if record.same_as is None:
        return False
    person = session.get_one(PrincipalRecord, record.same_as)
    record.same_as = None
    audit.record(session, actor=actor, action="principals.separate", subject=record.name, other=person.name)
    session.flush()
    return True


def _by_name(session: Session, name: str) -> Actor | None:
    record = session.scalar(select(PrincipalRecord).where(PrincipalRecord.name == name))
    if record is None:
        return None
    return actor_of(record if record.same_as is None else session.get_one(PrincipalRecord, record.same_as))
