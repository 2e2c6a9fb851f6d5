"""Accounts: who is invited, sets a password by a one-time token, is locked and unlocked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select, update

from core import audit, clock
from core.errors import DomainError, Kind
from identity import principals
from identity.actors import Actor, ActorKind
from identity.keys import ApiClient
from identity.people.tables import Person
from identity.principals import PrincipalRecord
from identity.sign_in.hashing import Hashing, hash_token, new_token
from identity.sign_in.rules import PasswordRules, normalized_login, require_taken
from identity.sign_in.tables import Account, AccountToken, PersonSession, TokenKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from core.settings import Settings


class AccountNotFoundError(DomainError):
    """There is no account of that person. `wangge accounts invite` makes one."""

    code = "account-not-found"
    kind = Kind.NOT_FOUND


class AccountExistsError(DomainError):
    """The person has an account with a password, or another person has that login."""

    code = "account-exists"
    kind = Kind.CONFLICT


class AccountInvalidError(DomainError):
    """Accounts are for persons; a program has a key (wangge keys create)."""

    code = "account-invalid"


class TokenUnusableError(DomainError):
    """The link was used before, has expired, or was replaced by a later one. Ask the administrator for a new one."""

    code = "token-unusable"
    kind = Kind.UNAUTHORIZED


@dataclass(frozen=True, slots=True)
class OneTimeToken:
    """A token by which a person sets a password once, before it expires; shown once, never stored."""

    token: str
    kind: TokenKind
    expires_at: datetime


def invite(
    session: Session, *, person: Actor, login: str | None = None, settings: Settings, actor: Actor
) -> OneTimeToken:
    """Make a person an account, where there is none, and a token for its first password; earlier tokens end.

    `login` is what the person signs in with: the staff number, else the name, where none is given or kept.

    Raises
    ------
    AccountInvalidError, AccountExistsError, LoginInvalidError
    """
    account = session.get(Account, person.id, with_for_update=True)
    if account is None:
        account = _add(session, person, normalized_login(login or _usual_login(session, person)), actor)
    elif account.password_hash is not None:
        raise AccountExistsError(
            "'{name}' has set a password already: wangge accounts reset gives a link for another one.",
            values={"name": person.name},
        )
    elif login is not None:
        account.login = _free(session, normalized_login(login), person)
    return _issue(session, account, TokenKind.INVITATION, settings, actor)


def reset(session: Session, *, person: Actor, settings: Settings, actor: Actor) -> OneTimeToken:
    """Issue a token for a new password; the present one is valid until the token is used. Earlier tokens end.

    Raises
    ------
    AccountNotFoundError
    """
    return _issue(session, account_of(session, person), TokenKind.RESET, settings, actor)


def set_password(session: Session, *, token: str, password: str, settings: Settings) -> Actor:
    """Set the password of a token's account, use the token up, and end the account's sessions; return the person.

    Raises
    ------
    TokenUnusableError, PasswordRefusedError
    """
    found = session.scalar(select(AccountToken).where(AccountToken.token_sha256 == hash_token(token)).with_for_update())
    if found is None or found.used_at is not None or found.expires_at <= clock.now():
        raise TokenUnusableError
    account = session.get_one(Account, found.principal_id)
    if account.locked_at is not None:
        raise TokenUnusableError
    found.used_at = clock.now()
    return store_password(session, account, password, settings, action=f"accounts.{found.kind}-used")


def store_password(
    session: Session, account: Account, password: str, settings: Settings, *, action: str, field: str = "password"
) -> Actor:
    """Set a password as the account's own person, and end all of its sessions; return the person.

    Raises
    ------
    PasswordRefusedError
    """
    person = principals.get(session, account.principal_id)
    require_taken(password, rules_of(settings), own=(person.name, account.login), field=field)
    account.password_hash = Hashing(settings).hash(password)
    account.password_set_at = clock.now()
    end_sessions(session, account.principal_id)
    audit.record(session, actor=person, action=action, subject=person.name)
    session.flush()
    return person


def lock(session: Session, *, person: Actor, actor: Actor) -> bool:
    """Lock an account and end its sessions; False when it was locked before.

    Raises
    ------
    AccountNotFoundError
    """
    account = account_of(session, person)
    if account.locked_at is not None:
        return False
    account.locked_at = clock.now()
    end_sessions(session, account.principal_id)
    audit.record(session, actor=actor, action="accounts.lock", subject=person.name)
    session.flush()
    return True


def unlock(session: Session, *, person: Actor, actor: Actor) -> bool:
    """Unlock an account; False when it was not locked.

    Raises
    ------
    AccountNotFoundError
    """
    account = account_of(session, person)
    if account.locked_at is None:
        return False
    account.locked_at = None
    audit.record(session, actor=actor, action="accounts.unlock", subject=person.name)
    session.flush()
    return True


def end_sessions(session: Session, principal_id: int) -> int:
    """End all sessions of an account; return how many."""
    ended = session.execute(
        update(PersonSession)
        .where(PersonSession.principal_id == principal_id, PersonSession.ended_at.is_(None))
        .values(ended_at=clock.now())
        .returning(PersonSession.id)
    )
    return len(ended.all())


def account_of(session: Session, person: Actor) -> Account:
    """Return the account of a person, under whichever of its names it was made, for a change.

    Raises
    ------
    AccountNotFoundError
    """
    same = select(PrincipalRecord.id).where(or_(PrincipalRecord.id == person.id, PrincipalRecord.same_as == person.id))
    found = session.scalar(
        select(Account).where(Account.principal_id.in_(same)).order_by(Account.principal_id).limit(1).with_for_update()
    )
    if found is None:
        raise AccountNotFoundError(
            "'{name}' has no account: wangge accounts invite makes one.", values={"name": person.name}
        )
    return found


def list_accounts(session: Session, settings: Settings) -> Sequence[tuple[str, Account, int]]:
    """Return name, account and number of open sessions of each person that has one, by name."""
    open_sessions = (
        select(func.count())
        .where(PersonSession.principal_id == Account.principal_id, *is_open(settings))
        .scalar_subquery()
    )
    query = (
        select(PrincipalRecord.name, Account, open_sessions)
        .join(PrincipalRecord, PrincipalRecord.id == Account.principal_id)
        .order_by(PrincipalRecord.name)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def is_open(settings: Settings) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of a session that was neither ended, nor left idle, nor begun too long ago."""
    now = clock.now()
    return (
        PersonSession.ended_at.is_(None),
        PersonSession.created_at > now - timedelta(hours=settings.session_longest_hours),
        PersonSession.last_seen_at > now - timedelta(minutes=settings.session_idle_minutes),
    )


def rules_of(settings: Settings) -> PasswordRules:
    """Return the operator's rules for passwords."""
    return PasswordRules(settings.password_shortest, settings.password_strength)


def _add(session: Session, person: Actor, login: str, actor: Actor) -> Account:
    """Make an account, and the client without a key as which its person sends."""
    if person.kind is not ActorKind.PERSON:
        raise AccountInvalidError("'{name}' is a system; accounts are for persons.", values={"name": person.name})
    now, client = clock.now(), _client_for(session, person, _free(session, login, person))
    account = Account(principal_id=person.id, client_id=client.id, login=login, created_at=now)
    session.add(account)
    audit.record(session, actor=actor, action="accounts.create", subject=person.name)
    session.flush()
    return account


def _client_for(session: Session, person: Actor, login: str) -> ApiClient:
    """Return the client without a key of a new account: a new one, or the person's own that an account had before.

    Where the schema went back behind accounts and forth again, clients are left, withdrawn: reports hang on them.
    """
    name = f"account {login}"
    left = session.scalar(select(ApiClient).where(ApiClient.name == name))
    if left is not None and left.holder_id == person.id:
        left.key_sha256 = left.withdrawn_at = None
        session.flush()
        return left
    client = ApiClient(
        name=name if left is None else f"{name} {person.id}", holder_id=person.id, key_sha256=None, scopes=[],
        quota_per_minute=60_000, created_at=clock.now(),
    )  # fmt: skip
    session.add(client)
    session.flush()
    return client


def _usual_login(session: Session, person: Actor) -> str:
    appointment = session.get(Person, person.id)
    return (appointment.staff_number if appointment is not None else None) or person.name


def _free(session: Session, login: str, person: Actor) -> str:
    other = session.scalar(
        select(Account.principal_id).where(Account.login == login, Account.principal_id != person.id)
    )
    if other is not None:
        raise AccountExistsError(
            "Another person signs in as '{login}'; choose another login.", values={"login": login}, field="login"
        )
    return login


def _issue(session: Session, account: Account, kind: TokenKind, settings: Settings, actor: Actor) -> OneTimeToken:
    now, token = clock.now(), new_token()
    expires_at = now + timedelta(hours=settings.invitation_hours)
    session.execute(
        update(AccountToken)
        .where(AccountToken.principal_id == account.principal_id, AccountToken.used_at.is_(None))
        .values(used_at=now)
    )
    session.add(
        AccountToken(
            principal_id=account.principal_id, kind=kind, token_sha256=hash_token(token), created_at=now,
            created_by_id=actor.id, expires_at=expires_at,
        )
    )  # fmt: skip
    name = principals.get(session, account.principal_id).name
    action = "accounts.invite" if kind is TokenKind.INVITATION else "accounts.reset"
    audit.record(session, actor=actor, action=action, subject=name, expires_at=expires_at.isoformat())
    session.flush()
    return OneTimeToken(token, kind, expires_at)
