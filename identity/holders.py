"""Whose keys are whose: list holders, declare that two keys are of one person, take such a declaration back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from identity import principals
from identity.keys import ApiClient, KeyNotFoundError
from identity.principals import PrincipalRecord

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from identity.actors import Actor


@dataclass(frozen=True, slots=True)
class Holder:
    """A person or system, the names of all its keys, and the names under which it also acted."""

    holder: Actor
    keys: tuple[str, ...]
    also: tuple[str, ...]


def list_holders(session: Session) -> list[Holder]:
    """Return every principal that holds a key, by name; withdrawn keys count too."""
    person = func.coalesce(PrincipalRecord.same_as, PrincipalRecord.id)
    held: dict[int, list[str]] = {}
    for holder_id, name in session.execute(
        select(person, ApiClient.name)
        .join(PrincipalRecord, PrincipalRecord.id == ApiClient.holder_id)
        .where(ApiClient.has_key)
        .order_by(ApiClient.name)
    ):
        held.setdefault(holder_id, []).append(name)
    also: dict[int, list[str]] = {}
    for record in session.scalars(select(PrincipalRecord).where(PrincipalRecord.same_as.in_(held))):
        also.setdefault(record.same_as or 0, []).append(record.name)
    found = session.scalars(select(PrincipalRecord).where(PrincipalRecord.id.in_(held)).order_by(PrincipalRecord.name))
    return [Holder(principals.actor_of(r), tuple(held[r.id]), tuple(sorted(also.get(r.id, [])))) for r in found]


def join_keys(session: Session, one: str, other: str, *, actor: Actor, person: str | None = None) -> Actor:
    """Declare that two keys are of one person: `person` where a name is given, else the holder of the first key.

    It counts from now on, also for what was done with the keys before.

    Raises
    ------
    KeyNotFoundError, PrincipalNameReservedError
    """
    holders = [principals.get(session, _holder_id(session, name)) for name in (one, other)]
    if person is not None:
        holders.insert(0, principals.named(session, person))
    for holder in holders[1:]:
        principals.declare_same(session, holders[0], holder, actor=actor)
    return principals.get(session, holders[0].id)


def separate_key(session: Session, name: str, *, actor: Actor) -> bool:
    """Take back that a key's holder is the same person as another; False when that was never declared.

    Raises
    ------
    KeyNotFoundError
    """
    record = session.get_one(PrincipalRecord, _holder_id(session, name))
    return principals.declare_separate(session, record, actor=actor)


def _holder_id(session: Session, key_name: str) -> int:
    found = session.scalar(select(ApiClient.holder_id).where(ApiClient.name == key_name))
    if found is None:
        raise KeyNotFoundError("There is no key named '{key_name}'.", values={"key_name": key_name}, field="name")
    return found
