"""Signing in at an OpenID provider: a browser is sent there, comes back once, and is its person who has an account."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import ForeignKey, Integer, LargeBinary, Text, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from core import audit, clock
from core.db import Base
from core.errors import DomainError, Kind
from identity import principals
from identity.people.tables import Person
from identity.sign_in import sessions
from identity.sign_in.hashing import hash_token, new_token
from identity.sign_in.provider import OpenIdRefusedError, Provider, Question
from identity.sign_in.rules import LoginInvalidError, normalized_login
from identity.sign_in.tables import Account, SignInMethod

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.db import Database
    from core.settings import Settings
    from identity.sign_in.sessions import NewSession, Origin

LONGEST: Final = timedelta(minutes=10)
"""How long a person may take at the provider."""


class OpenIdUnknownError(DomainError):
    """The provider knows you, and no account here belongs to that. Ask the administrator (wangge accounts invite)."""

    code = "openid-unknown"
    kind = Kind.FORBIDDEN


class OpenIdAttempt(Base):
    """A browser that was sent to the provider; its row goes when it comes back."""

    __tablename__ = "openid_attempt"

    state_sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    browser_sha256: Mapped[bytes] = mapped_column(LargeBinary)
    nonce: Mapped[str] = mapped_column(Text)
    verifier: Mapped[str] = mapped_column(Text)
    redirect_uri: Mapped[str] = mapped_column(Text)
    next_path: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


class OpenIdSubject(Base):
    """Which account a subject of a provider is, from its first sign-in on."""

    __tablename__ = "openid_subject"

    issuer: Mapped[str] = mapped_column(Text, primary_key=True)
    subject: Mapped[str] = mapped_column(Text, primary_key=True)
    principal_id: Mapped[int] = mapped_column(Integer, ForeignKey("account.principal_id"))
    created_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Departure:
    """Where a browser is sent, and the cookie by which it is known when it comes back."""

    address: str
    browser: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a browser brings back from the provider, and the cookie that it left with."""

    state: str
    browser: str | None
    code: str | None
    issuer: str | None
    error: str | None


def depart(database: Database, settings: Settings, *, redirect_uri: str, next_path: str) -> Departure:
    """Send a browser to the provider; it is to come back to `redirect_uri`, and then go on to `next_path`.

    Raises
    ------
    OpenIdOffError, OpenIdUnavailableError
    """
    provider = Provider.read(settings)
    question = Question(new_token(), new_token(), secrets.token_urlsafe(48), redirect_uri)
    browser, now = new_token(), clock.now()
    with database.transaction() as session:
        session.execute(delete(OpenIdAttempt).where(OpenIdAttempt.created_at < now - LONGEST))
        session.add(
            OpenIdAttempt(
                state_sha256=hash_token(question.state), browser_sha256=hash_token(browser), nonce=question.nonce,
                verifier=question.verifier, redirect_uri=redirect_uri, next_path=next_path, created_at=now,
            )
        )  # fmt: skip
    return Departure(provider.address_for(question, settings.openid_scopes), browser)


def come_back(database: Database, settings: Settings, *, answer: Answer, origin: Origin) -> tuple[NewSession, str]:
    """Begin a session for a browser that comes back from the provider; return it and the path to go on to.

    Raises
    ------
    OpenIdOffError, OpenIdRefusedError, OpenIdUnavailableError, OpenIdUnknownError, AccountLockedError
    """
    with database.transaction() as session:  # its end is committed before anything is judged: an answer counts once
        gone = session.execute(
            delete(OpenIdAttempt)
            .where(
                OpenIdAttempt.state_sha256 == hash_token(answer.state),
                OpenIdAttempt.browser_sha256 == hash_token(answer.browser or ""),
                OpenIdAttempt.created_at > clock.now() - LONGEST,
            )
            .returning(OpenIdAttempt.nonce, OpenIdAttempt.verifier, OpenIdAttempt.redirect_uri, OpenIdAttempt.next_path)
        ).one_or_none()
    if gone is None:
        raise OpenIdRefusedError("This browser was not sent to the provider from here, came back before, or too late.")
    provider = Provider.read(settings)
    provider.require_own_answer(answer.issuer)
    if answer.code is None:
        raise OpenIdRefusedError
    question = Question(answer.state, gone.nonce, gone.verifier, gone.redirect_uri)
    claims = provider.claims(answer.code, question)
    with database.transaction() as session:
        account = _account_of(session, settings, claims)
        return sessions.begin(session, account, settings, method=SignInMethod.OPENID, origin=origin), gone.next_path


def _account_of(session: Session, settings: Settings, claims: dict[str, Any]) -> Account:
    """Return the account of a subject: the one that it was before, else the one that the stated claim names."""
    issuer, subject = str(claims["iss"]), str(claims["sub"])
    known = session.get(OpenIdSubject, (issuer, subject))
    if known is not None:
        return session.get_one(Account, known.principal_id)
    name = settings.openid_claim
    named = claims.get(name)
    if not isinstance(named, str) or not named or (name == "email" and claims.get("email_verified") is not True):
        raise OpenIdUnknownError(
            "The provider states no {name} by which you could be known here.", values={"name": name}
        )
    account = _named(session, named)
    if account is None:
        raise OpenIdUnknownError
    now = clock.now()
    session.add(OpenIdSubject(issuer=issuer, subject=subject, principal_id=account.principal_id, created_at=now))
    person = principals.get(session, account.principal_id)
    audit.record(session, actor=person, action="accounts.openid-linked", subject=person.name, issuer=issuer)
    session.flush()
    return account


def _named(session: Session, named: str) -> Account | None:
    """Return the account of a login, or of a staff number."""
    try:
        found = session.scalar(select(Account).where(Account.login == normalized_login(named)))
    except LoginInvalidError:
        return None
    if found is not None:
        return found
    query = select(Account).join(Person, Person.id == Account.principal_id).where(Person.staff_number == named.strip())
    return session.scalar(query)
