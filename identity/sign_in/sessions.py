"""Sessions: a person signs in, is shown where else, and is signed out, here or everywhere."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import or_, select, update

from core import audit, clock
from core.errors import DomainError, Kind
from identity import principals
from identity.actors import SERVICE
from identity.key_failures import network_of
from identity.people.tables import Person
from identity.principals import PrincipalRecord
from identity.sign_in import attempts, second_factors
from identity.sign_in.accounts import is_open
from identity.sign_in.hashing import Hashing, hash_token, new_token
from identity.sign_in.rules import normalized_login
from identity.sign_in.second_factors import SecondFactorNeededError, SecondFactorRefusedError
from identity.sign_in.tables import Account, PersonSession, SignInMethod

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from core.db import Database
    from core.settings import Settings
    from identity.actors import Actor
    from identity.sign_in.attempts import Attempt


class SignInRefusedError(DomainError):
    """Login or password is wrong, or the account has no password yet."""

    code = "sign-in-refused"
    kind = Kind.UNAUTHORIZED


class AccountLockedError(DomainError):
    """The account is locked, or the appointment has ended. Ask the administrator (wangge accounts unlock)."""

    code = "account-locked"
    kind = Kind.FORBIDDEN


class SessionNotFoundError(DomainError):
    """There is no open session of that number that you may end. GET /v1/sessions lists yours."""

    code = "session-not-found"
    kind = Kind.NOT_FOUND


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a person sends to show who it is: login, password, and the code of a second factor where there is one."""

    login: str
    password: str
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a sign-in comes from: the address, what the program calls itself, and its cookie as a known browser."""

    address: str | None
    program: str = ""
    device: str | None = None


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session that has begun: its token, which is shown once and not stored, and until when it lives at most."""

    id: int
    token: str
    person: Actor
    expires_at: datetime
    device: str | None = None
    """The cookie by which this browser is known from now on, where it was not before."""


def sign_in(
    database: Database, settings: Settings, *, given: Credentials, origin: Origin, replaced: str | None = None
) -> NewSession:
    """Begin a session for who knows the password of a login, and end the one whose token is `replaced`.

    It takes as long for a login that nobody has. Each attempt is counted before it is looked at.

    Raises
    ------
    SignInAttemptsError, SignInRefusedError, AccountLockedError, SecondFactorNeededError, SecondFactorRefusedError
    """
    with proven(database, settings, given=given, origin=origin) as (session, account, attempt):
        if replaced is not None:
            _end_replaced(session, replaced)
        made = begin(session, account, settings, method=SignInMethod.PASSWORD, origin=origin)
        device = attempts.remember_device(session, account, network_of(origin.address), attempt.device)
        return replace(made, device=device)


@contextmanager
def proven(
    database: Database, settings: Settings, *, given: Credentials, origin: Origin
) -> Iterator[tuple[Session, Account, Attempt]]:
    """Yield a transaction for what the person of an account does who has shown who it is.

    Raises
    ------
    SignInAttemptsError, SignInRefusedError, SecondFactorNeededError, SecondFactorRefusedError
    """
    hashing, network, login = Hashing(settings), network_of(origin.address), _login(given.login)
    with database.transaction() as session:
        account = session.scalar(select(Account).where(Account.login == login))
        attempt = attempts.count(session, login=login, account=account, network=network, device=origin.device)
        stored = None if account is None else account.password_hash
    if not hashing.is_right(stored, given.password) or account is None or stored is None:
        with database.transaction() as session:
            _audit_refusal(session, None if account is None else account.principal_id, network)
        raise SignInRefusedError
    owner = account.principal_id
    anew = hashing.hash(given.password) if hashing.is_outdated(stored) else None
    try:
        with database.transaction() as session:
            account = session.get_one(Account, owner, with_for_update=True)
            if account.password_hash != stored:  # another was set while this one was looked at
                raise SignInRefusedError
            account.password_hash = anew or stored
            second_factors.check(session, account, given.code, settings)
            attempts.take_back(session, attempt)
            yield session, account, attempt
    except SecondFactorNeededError:
        # The first of two steps is no guess. Guesses of codes stay counted: who has the password could try them all.
        with database.transaction() as session:
            attempts.take_back(session, attempt, begins_anew=False)
        raise
    except SecondFactorRefusedError:
        with database.transaction() as session:
            _audit_refusal(session, owner, network)
        raise


def begin(
    session: Session, account: Account, settings: Settings, *, method: SignInMethod, origin: Origin
) -> NewSession:
    """Begin a session of an account whose person has shown who it is.

    Raises
    ------
    AccountLockedError
    """
    appointment = session.get(Person, account.principal_id)
    has_left = appointment is not None and appointment.ended_at is not None and appointment.ended_at <= clock.now()
    if account.locked_at is not None or has_left:
        raise AccountLockedError
    person, now, token = principals.get(session, account.principal_id), clock.now(), new_token()
    row = PersonSession(
        principal_id=account.principal_id, token_sha256=hash_token(token), method=method,
        address=network_of(origin.address), program=origin.program[:200], created_at=now, last_seen_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(session, actor=person, action="sessions.begin", subject=person.name, number=row.id, method=method)
    return NewSession(row.id, token, person, now + timedelta(hours=settings.session_longest_hours))


def list_sessions(session: Session, person: Actor, settings: Settings) -> Sequence[PersonSession]:
    """Return a person's open sessions, the latest seen first."""
    return session.scalars(
        select(PersonSession)
        .where(PersonSession.principal_id.in_(_same(person)), *is_open(settings))
        .order_by(PersonSession.last_seen_at.desc(), PersonSession.id.desc())
    ).all()


def end(session: Session, number: int, *, actor: Actor, of_anybody: bool = False) -> PersonSession:
    """End a session: one's own, or with `of_anybody` any. Every process refuses it from the commit on.

    Raises
    ------
    SessionNotFoundError
    """
    query = select(PersonSession).where(PersonSession.id == number, PersonSession.ended_at.is_(None))
    if not of_anybody:
        query = query.where(PersonSession.principal_id.in_(_same(actor)))
    row = session.scalar(query.with_for_update())
    if row is None:
        raise SessionNotFoundError
    row.ended_at = clock.now()
    person = principals.get(session, row.principal_id)
    audit.record(session, actor=actor, action="sessions.end", subject=person.name, number=row.id)
    session.flush()
    return row


def end_all(session: Session, person: Actor, *, actor: Actor, number: int | None = None) -> int:
    """End all sessions of a person, or the one of a number; return how many ended."""
    query = select(PersonSession).where(PersonSession.principal_id.in_(_same(person)), PersonSession.ended_at.is_(None))
    if number is not None:
        query = query.where(PersonSession.id == number)
    rows = session.scalars(query.with_for_update()).all()
    for row in rows:
        row.ended_at = clock.now()
        audit.record(session, actor=actor, action="sessions.end", subject=person.name, number=row.id)
    session.flush()
    return len(rows)


def _same(person: Actor) -> ColumnElement[int]:
    same = or_(PrincipalRecord.id == person.id, PrincipalRecord.same_as == person.id)
    return select(PrincipalRecord.id).where(same).scalar_subquery()


def _audit_refusal(session: Session, principal_id: int | None, network: str) -> None:
    """Write down that a wrong password was sent; what was sent as the login of nobody is not kept."""
    whose = session.get_one(PrincipalRecord, SERVICE.id if principal_id is None else principal_id)
    name = "nobody" if principal_id is None else whose.name
    audit.record(session, actor=SERVICE, action="sessions.refuse", subject=name, address=network)


def _end_replaced(session: Session, token: str) -> None:
    same = PersonSession.token_sha256 == hash_token(token)
    session.execute(update(PersonSession).where(same, PersonSession.ended_at.is_(None)).values(ended_at=clock.now()))


def _login(login: str) -> str:
    try:
        return normalized_login(login)
    except DomainError:
        return ""  # nobody's
