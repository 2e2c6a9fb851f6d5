"""Persons who sign in: with grants, invited, with a password, with a session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from identity import principals
from identity.actors import COMMAND_LINE
from identity.granting import add_grant
from identity.sign_in import accounts, sessions
from identity.sign_in.sessions import Origin
from identity.sign_in.tables import SignInMethod

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fastapi.testclient import TestClient
    from sqlalchemy.orm import Session

    from core.settings import Settings
    from identity.actors import Actor
    from identity.grants import Grant

PASSWORD: Final = "violet anvil pamphlet"
CHEAP: Final = {"argon2_memory_kib": 8, "argon2_passes": 1}
"""Settings under which a password's hash costs nothing; what it costs is not what tests ask."""


def make_person(session: Session, name: str, grants: Iterable[Grant] = ()) -> Actor:
    """Make a person with grants."""
    person = principals.named(session, name)
    for grant in grants:
        add_grant(session, principal=person, grant=grant, actor=COMMAND_LINE)
    return person


def make_account(
    session: Session, settings: Settings, name: str, grants: Iterable[Grant] = (), *, login: str | None = None
) -> Actor:
    """Make a person with grants who has set PASSWORD by an invitation."""
    person = make_person(session, name, grants)
    made = accounts.invite(session, person=person, login=login, settings=settings, actor=COMMAND_LINE)
    return accounts.set_password(session, token=made.token, password=PASSWORD, settings=settings)


def open_session(session: Session, settings: Settings, name: str, grants: Iterable[Grant] = ()) -> str:
    """Make a person with grants who is signed in; return the session's token."""
    person = make_person(session, name, grants)
    accounts.invite(session, person=person, settings=settings, actor=COMMAND_LINE)
    account = accounts.account_of(session, person)
    return sessions.begin(
        session, account, settings, method=SignInMethod.PASSWORD, origin=Origin("192.0.2.1", "tests")
    ).token


def by_session(token: str) -> dict[str, str]:
    """Send a session's cookie as a program does that is none of another site's pages."""
    return {"Cookie": f"wangge-session={token}", "X-Requested-With": "tests"}


def sign_in(
    client: TestClient, login: str, password: str = PASSWORD, *, address: str = "192.0.2.9", **more: str
) -> Any:
    """Sign in by HTTP from an address; `more` are further headers."""
    headers = {"X-Forwarded-For": address, **more}
    return client.post("/v1/sessions", json={"login": login, "password": password}, headers=headers)
