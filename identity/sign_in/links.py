"""One-time links as who manages people gives them over HTTP, and the state of a person's account.

On the server itself the commands of `wangge accounts` do it, without the limit that stands here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import DomainError, Kind
from identity import principals
from identity.granting import grants_of
from identity.grants import SEPARATED_ROLES
from identity.people.rules import PersonEndedError
from identity.sign_in import accounts, second_factors, sessions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from core.settings import Settings
    from identity.actors import Actor
    from identity.people.tables import Person
    from identity.sign_in.accounts import OneTimeToken
    from identity.sign_in.tables import PersonSession


class LinkSeparatedError(DomainError):
    """Links for administrators, security administrators and auditors are made on the server (wangge accounts)."""

    code = "link-separated"
    kind = Kind.FORBIDDEN


@dataclass(frozen=True, slots=True)
class AccountState:
    """How a person signs in: the login, what was set when, and the open sessions, the latest seen first."""

    login: str
    created_at: datetime
    password_set_at: datetime | None
    locked_at: datetime | None
    has_second_factor: bool
    sessions: Sequence[PersonSession]


def account_state(session: Session, person: Person, settings: Settings) -> AccountState:
    """Return the state of a person's account.

    Raises
    ------
    AccountNotFoundError
    """
    actor = principals.get(session, person.id)
    account = accounts.account_of(session, actor)
    return AccountState(
        account.login, account.created_at, account.password_set_at, account.locked_at,
        second_factors.has_one(session, account), sessions.list_sessions(session, actor, settings),
    )  # fmt: skip


def make_link(session: Session, person: Person, *, login: str | None, settings: Settings, actor: Actor) -> OneTimeToken:
    """Make a token by which a person sets the first password, or another one where one is set; earlier tokens end.

    Raises
    ------
    LinkSeparatedError
        When the person holds one of SEPARATED_ROLES: who lets people in could sign in as who checks it.
    PersonEndedError, AccountExistsError, LoginInvalidError
    """
    if person.ended_at is not None:
        raise PersonEndedError("Person {id} has ended: no link opens.", values={"id": person.id}, field="person")
    owner = principals.get(session, person.id)
    require_not_separated(session, owner)
    try:
        has_password = accounts.account_of(session, owner).password_hash is not None
    except accounts.AccountNotFoundError:
        has_password = False
    if has_password:
        return accounts.reset(session, person=owner, settings=settings, actor=actor)
    return accounts.invite(session, person=owner, login=login, settings=settings, actor=actor)


def take_second_factor(session: Session, person: Person, *, actor: Actor) -> bool:
    """Take a person's second factor away, whose phone was lost; False where there was none.

    Raises
    ------
    LinkSeparatedError, AccountNotFoundError
    """
    owner = principals.get(session, person.id)
    require_not_separated(session, owner)
    return second_factors.remove(session, accounts.account_of(session, owner), actor=actor)


def require_not_separated(session: Session, owner: Actor) -> None:
    """Make sure that a person holds none of SEPARATED_ROLES.

    Raises
    ------
    LinkSeparatedError
    """
    held = next((grant.role for grant in grants_of(session, owner) or () if grant.role in SEPARATED_ROLES), None)
    if held is not None:
        raise LinkSeparatedError("'{name}' is {role}.", values={"name": owner.name, "role": held}, field="person")
