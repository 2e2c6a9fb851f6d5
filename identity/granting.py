"""Grants as rows: grant a principal a role in an area and on a category, revoke it, read a principal's grants."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, ForeignKey, Identity, Text, func, select
from sqlalchemy.orm import Mapped, mapped_column

from core import audit, clock
from core.db import Base
from core.errors import DomainError, Kind
from identity.actors import SERVICE_ACTORS
from identity.grants import ROLES, SEPARATED_ROLES, Grant
from identity.keys import ApiClient
from identity.principals import PrincipalRecord, stood_in_for
from identity.sign_in.tables import AccountToken

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

    from identity.actors import Actor
    from identity.grants import Scope


class RoleUnknownError(DomainError):
    """There is no such role."""

    code = "role-unknown"


class SelfGrantError(DomainError):
    """Nobody grants a role to oneself. Ask another security administrator."""

    code = "self-grant"
    kind = Kind.FORBIDDEN


class RolesSeparatedError(DomainError):
    """Administrator, security administrator and auditor are three persons."""

    code = "roles-separated"
    kind = Kind.CONFLICT


class GrantNotFoundError(DomainError):
    """There is no grant of that number in force. `wangge grants list` shows those there are."""

    code = "grant-not-found"
    kind = Kind.NOT_FOUND


class PrincipalGrant(Base):
    """A role of a principal in an area and on a category; taken back, it keeps its row."""

    __tablename__ = "principal_grant"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    principal_id: Mapped[int] = mapped_column(ForeignKey("principal.id"))
    role: Mapped[str] = mapped_column(Text)
    area: Mapped[str | None] = mapped_column(Text)
    category: Mapped[str | None] = mapped_column(Text)
    granted_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


def add_grant(session: Session, *, principal: Actor, grant: Grant, actor: Actor) -> PrincipalGrant:
    """Grant a principal a role. From now on it reaches what its grants name, and no longer all that its scopes open.

    Raises
    ------
    RoleUnknownError, SelfGrantError, RolesSeparatedError
    """
    return add_grants(session, [(principal.id, grant)], actor=actor)[0]


def add_grants(session: Session, given: Sequence[tuple[int, Grant]], *, actor: Actor) -> list[PrincipalGrant]:
    """Give principals, by number, roles; what one has already stays as it is. Many cost as many statements as one.

    Raises
    ------
    RoleUnknownError
    SelfGrantError
        When the actor would get one that it has not: nobody widens the own rights.
    RolesSeparatedError
        When a person would hold two of SEPARATED_ROLES, or get one from who made the latest link to the account: the
        two would be one hand.
    """
    _require_known(grant.role for _, grant in given)
    person = func.coalesce(PrincipalRecord.same_as, PrincipalRecord.id)
    ids = {number for number, _ in given}
    persons = {
        row[0]: row[1]
        for row in session.execute(select(PrincipalRecord.id, person).where(PrincipalRecord.id.in_({*ids, actor.id})))
    }
    own = persons.get(actor.id, actor.id)
    held: dict[int, list[PrincipalGrant]] = {}
    for found in session.execute(
        select(person, PrincipalGrant)
        .join(PrincipalGrant, PrincipalGrant.principal_id == PrincipalRecord.id)
        .where(person.in_({persons[number] for number in ids}), PrincipalGrant.revoked_at.is_(None))
    ):
        held.setdefault(found[0], []).append(found[1])
    rows: list[PrincipalGrant] = []
    now = clock.now()
    for number, grant in given:
        before = held.setdefault(persons[number], [])
        key = (number, grant.role, grant.area, grant.category)
        row = next((one for one in before if (one.principal_id, one.role, one.area, one.category) == key), None)
        if row is None:
            if persons[number] == own:
                raise SelfGrantError(
                    "'{name}' would grant a role to the own person.", values={"name": actor.name}, field="role"
                )
            _require_separate((one.role for one in before), grant.role)
            if grant.role in SEPARATED_ROLES and actor not in SERVICE_ACTORS:
                _require_link_of_another(session, number, own)
            row = PrincipalGrant(
                principal_id=number, role=grant.role, area=grant.area, category=grant.category, granted_at=now
            )
            session.add(row)
            before.append(row)
        rows.append(row)
    named = select(PrincipalRecord.id, PrincipalRecord.name).where(PrincipalRecord.id.in_(ids))
    names = {one[0]: one[1] for one in session.execute(named.execution_options(autoflush=False))}
    for row in rows:
        if row.granted_at == now:
            audit.record(
                session, actor=actor, action="grants.add", subject=names[row.principal_id],
                role=row.role, area=row.area, category=row.category,
            )  # fmt: skip
    session.flush()
    return rows


def _require_link_of_another(session: Session, number: int, own: int) -> None:
    maker = (
        select(func.coalesce(PrincipalRecord.same_as, PrincipalRecord.id))
        .join(AccountToken, AccountToken.created_by_id == PrincipalRecord.id)
        .where(AccountToken.principal_id == number)
        .order_by(AccountToken.id.desc())
        .limit(1)
    )
    if session.scalar(maker) == own:
        raise RolesSeparatedError(
            "Who made the link to an account gives it no role of administrator, security administrator or auditor: "
            "another person grants it, or the server (wangge accounts).",
            field="role",
        )


def scopes_for_key(session: Session, roles: Sequence[str], *, holder: Actor | None) -> list[Scope]:
    """Return the scopes of a key of these roles, after the rule that grants keep: of SEPARATED_ROLES one a person.

    Counted are the roles themselves and, of a holder, the grants and the other keys in use of the same person.

    Raises
    ------
    RoleUnknownError, RolesSeparatedError
    """
    _require_known(roles)
    held = list(roles)
    if holder is not None:
        person = func.coalesce(PrincipalRecord.same_as, PrincipalRecord.id)
        own = select(person).where(PrincipalRecord.id == holder.id).scalar_subquery()
        same = select(PrincipalRecord.id).where(person == own)
        grants = select(PrincipalGrant.role).where(
            PrincipalGrant.principal_id.in_(same), PrincipalGrant.revoked_at.is_(None)
        )
        keys = select(ApiClient.scopes).where(ApiClient.holder_id.in_(same), ApiClient.withdrawn_at.is_(None))
        held += session.scalars(grants)
        for scopes in session.scalars(keys.where(ApiClient.has_key)):
            held += [role for role in sorted(SEPARATED_ROLES) if set(ROLES[role]) <= set(scopes)]
    for role in roles:
        _require_separate(held, role)
    return list(dict.fromkeys(scope for role in roles for scope in ROLES[role]))


def _require_known(roles: Iterable[str]) -> None:
    unknown = sorted({role[:80] for role in roles if role not in ROLES})
    if unknown:
        raise RoleUnknownError(
            "There is no role '{unknown}'; there are {roles}.",
            values={"unknown": unknown[0], "roles": [*ROLES]},
            field="role",
        )


def _require_separate(held: Iterable[str], role: str) -> None:
    other = next((one for one in held if one != role and {one, role} <= SEPARATED_ROLES), None)
    if other is not None:
        raise RolesSeparatedError(
            "Who is {other} cannot be {role} too: choose another person.",
            values={"other": other, "role": role},
            field="role",
        )


def revoke_grant(session: Session, number: int, *, actor: Actor) -> PrincipalGrant:
    """Take a grant back. A principal whose last grant is taken back has no right left by its grants, so none at all.

    Raises
    ------
    GrantNotFoundError
    """
    row = session.get(PrincipalGrant, number, with_for_update=True)
    if row is None or row.revoked_at is not None:
        raise GrantNotFoundError("There is no grant {number} in force.", values={"number": number})
    row.revoked_at = clock.now()
    audit.record(
        session, actor=actor, action="grants.revoke", subject=session.get_one(PrincipalRecord, row.principal_id).name,
        grant=number,
    )  # fmt: skip
    session.flush()
    return row


def grants_of(session: Session, principal: Actor) -> tuple[Grant, ...] | None:
    """Return the grants in force of a person or system, under whichever of its names they were given.

    Who stands in for somebody has that person's too, but for SEPARATED_ROLES. None when there never was one: then the
    scopes of a key are not limited.
    """
    now = clock.now()
    absent = stood_in_for(session, [principal.id], since=now, until=now).get(principal.id, set())
    person = func.coalesce(PrincipalRecord.same_as, PrincipalRecord.id)
    rows = session.execute(
        select(person, PrincipalGrant)
        .join(PrincipalGrant, PrincipalGrant.principal_id == PrincipalRecord.id)
        .where(person.in_({principal.id, *absent}))
        .order_by(PrincipalGrant.id)
    ).all()
    if not rows:
        return None
    return tuple(
        Grant(row.role, row.area, row.category)
        for owner, row in rows
        if row.revoked_at is None and (owner == principal.id or row.role not in SEPARATED_ROLES)
    )


def list_grants(session: Session, name: str | None = None) -> Sequence[tuple[str, PrincipalGrant]]:
    """Return the grants in force with the names of those who have them, of one person or system or of all."""
    own = func.coalesce(PrincipalRecord.same_as, PrincipalRecord.id)
    query = (
        select(PrincipalRecord.name, PrincipalGrant)
        .join(PrincipalRecord, PrincipalRecord.id == PrincipalGrant.principal_id)
        .where(PrincipalGrant.revoked_at.is_(None))
        .order_by(PrincipalRecord.name, PrincipalGrant.id)
    )
    if name is not None:
        query = query.where(own.in_(select(own).where(PrincipalRecord.name == name)))
    return [(row[0], row[1]) for row in session.execute(query)]
