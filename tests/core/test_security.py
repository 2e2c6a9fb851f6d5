"""Keys open what their scopes say, for as long as they are in use, as often as their quota allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, text

from core.audit import AuditEntry
from core.db import Database
from core.errors import DatabaseUnavailableError
from core.roles import Scope
from core.security import (
    ApiClient,
    KeyMissingError,
    Keyring,
    KeyUnknownError,
    PrincipalExistsError,
    QuotaExceededError,
    ScopeMissingError,
    create_key,
    withdraw_key,
)
from core.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def _create(database: Database, name: str = "hotline", quota: int = 5) -> str:
    with database.transaction() as session:
        return create_key(session, name=name, scopes=[Scope.REPORTS_WRITE], channel="12345", quota_per_minute=quota)


def test_a_key_opens_what_its_scopes_say(database: Database) -> None:
    principal = Keyring(database).authenticate(_create(database))
    assert (principal.name, principal.channel) == ("hotline", "12345")
    principal.require(Scope.REPORTS_WRITE)
    with pytest.raises(ScopeMissingError):
        principal.require(Scope.ADMIN)


def test_the_clear_key_is_not_stored(database: Database) -> None:
    key = _create(database)
    with database.transaction() as session:
        row = session.execute(text("SELECT to_jsonb(c)::text FROM api_client c")).scalar_one()
    assert key not in row


def test_no_key_and_a_wrong_key_are_told_apart(database: Database) -> None:
    with pytest.raises(KeyMissingError):
        Keyring(database).authenticate(None)
    with pytest.raises(KeyUnknownError):
        Keyring(database).authenticate("wg_wrong")


def test_a_withdrawn_key_is_unknown_and_its_row_stays(database: Database) -> None:
    key = _create(database)
    with database.transaction() as session:
        assert withdraw_key(session, name="hotline")
        assert not withdraw_key(session, name="hotline")
    with pytest.raises(KeyUnknownError):
        Keyring(database).authenticate(key)
    with database.transaction() as session:
        assert session.scalar(select(ApiClient.name)) == "hotline"


def test_a_name_is_taken_once(database: Database) -> None:
    _create(database)
    with pytest.raises(PrincipalExistsError):
        _create(database)


def test_a_known_key_still_opens_while_the_database_is_away(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = _create(database)
    keyring = Keyring(database)
    keyring.authenticate(key)
    monkeypatch.setattr(Keyring, "REMEMBER_S", 0.0)
    monkeypatch.setattr(keyring, "_database", Database(Settings.at("postgresql://nobody@127.0.0.1:1/none")))
    assert keyring.authenticate(key).name == "hotline"
    with pytest.raises(DatabaseUnavailableError):
        keyring.authenticate("wg_never_seen")


def test_the_quota_of_a_minute_ends(database: Database) -> None:
    keyring = Keyring(database)
    principal = keyring.authenticate(_create(database, quota=5))
    keyring.spend(principal, 5)
    with pytest.raises(QuotaExceededError) as caught:
        keyring.spend(principal)
    assert 1 <= caught.value.context["retry_after_s"] <= 60


def test_deeds_are_on_record_and_the_record_cannot_be_changed(database: Database) -> None:
    _create(database)
    with database.transaction() as session:
        assert session.scalar(select(AuditEntry.action)) == "keys.create"
    with pytest.raises(Exception, match="append-only"), database.transaction() as session:
        _forge(session)


def _forge(session: Session) -> None:
    session.execute(text("UPDATE audit_entry SET actor = 'somebody else'"))
