"""Keys open what their scopes say, for as long as they are in use, as often as their quota allows."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, text

from core import clock
from core.audit import AuditEntry
from core.db import Database
from core.errors import DatabaseUnavailableError
from core.settings import Settings
from identity import quotas
from identity.grants import Scope
from identity.keyring import Keyring
from identity.keys import (
    ApiClient,
    KeyMissingError,
    KeyUnknownError,
    PrincipalExistsError,
    QuotaExceededError,
    ScopeMissingError,
    withdraw_key,
)
from identity.principals import PrincipalNameReservedError
from identity.quotas import PARTS
from tests.factories.identity import issue_key

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

    from tests.fresh import FreshProcesses

SPEND_ALL = """
import os
from pathlib import Path
from core.db import Database
from identity.keyring import Keyring
from identity.keys import QuotaExceededError
from core.settings import Settings
keyring, spent = Keyring(Database(Settings())), 0
principal = keyring.authenticate(os.environ["KEY"])
while True:
    try:
        keyring.spend(principal)
    except QuotaExceededError:
        break
    spent += 1
Path(os.environ["SPENT"]).write_text(str(spent))
"""
"""What one process does that sends until it is refused."""


def _create(database: Database, name: str = "hotline", quota: int = 5) -> str:
    with database.transaction() as session:
        return issue_key(session, name=name, scopes=[Scope.REPORTS_WRITE], channel="12345", quota_per_minute=quota)


def test_a_key_opens_what_its_scopes_say(database: Database) -> None:
    principal = Keyring(database).authenticate(_create(database))
    assert principal.name == "hotline"
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


@pytest.mark.parametrize("name", ["cli", "System", " schedule ", "ｃｌｉ", "reports-import"])
def test_a_key_cannot_bear_a_name_of_the_service_itself(database: Database, name: str) -> None:
    with pytest.raises(PrincipalNameReservedError):
        _create(database, name)


def test_a_known_key_still_opens_while_the_database_is_away(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = _create(database)
    keyring = Keyring(database)
    keyring.authenticate(key)
    monkeypatch.setattr(Keyring, "REMEMBER_S", 0.0)
    monkeypatch.setattr(keyring, "_database", Database(Settings.for_database("postgresql://nobody@127.0.0.1:1/none")))
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


def test_a_minute_later_there_is_a_quota_again(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    keyring = Keyring(database)
    principal = keyring.authenticate(_create(database, quota=5))
    keyring.spend(principal, 5)
    with database.transaction() as session:
        session.execute(text("UPDATE quota_use SET started_at = started_at - interval '61 seconds'"))
    monkeypatch.setattr(quotas, "monotonic", lambda: time.monotonic() + 61)
    keyring.spend(principal, 5)
    with pytest.raises(QuotaExceededError):
        keyring.spend(principal)


@pytest.mark.parametrize("at", ["2062-01-01", "1990-01-01"])
def test_a_quota_is_not_stuck_after_the_clock_jumped(database: Database, at: str) -> None:
    key = _create(database, quota=5)
    keyring = Keyring(database)
    keyring.spend(keyring.authenticate(key), 5)
    with database.transaction() as session:  # as the clock of the database's machine said then
        session.execute(text("UPDATE quota_use SET started_at = CAST(:at AS timestamptz)"), {"at": at})
    another = Keyring(database)
    principal = another.authenticate(key)
    another.spend(principal, 5)
    with pytest.raises(QuotaExceededError) as caught:
        another.spend(principal)
    assert 1 <= caught.value.context["retry_after_s"] <= 60


def test_a_process_whose_clock_jumps_neither_gains_nor_loses(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring = Keyring(database)
    principal = keyring.authenticate(_create(database, quota=5))
    for year in (2026, 2062, 2026, 1990, 2026):
        monkeypatch.setattr(clock, "now", lambda year=year: datetime(year, 1, 1, tzinfo=UTC))
        keyring.spend(principal)
    with pytest.raises(QuotaExceededError):
        keyring.spend(principal)


def test_several_processes_grant_one_quota_together(database: Database) -> None:
    key = _create(database, quota=1000)
    processes = [Keyring(database) for _ in range(2)]
    principals = [keyring.authenticate(key) for keyring in processes]
    spent = []
    with suppress(QuotaExceededError):
        for turn in range(2000):
            processes[turn % 2].spend(principals[turn % 2])
            spent.append(turn)
    # What one process holds may lie unused in it when the other finds nothing left.
    assert 1000 - 1000 // PARTS <= len(spent) <= 1000
    with pytest.raises(QuotaExceededError):
        processes[0].spend(principals[0], 1000 // PARTS + 1)


def test_processes_that_spend_at_once_grant_the_quota_and_no_more(
    database: Database, services: FreshProcesses, tmp_path: Path
) -> None:
    environment = {"DATABASE_URL": database.libpq_url, "KEY": _create(database, quota=300)}
    spent = [tmp_path / str(number) for number in range(3)]
    processes = [services.start(SPEND_ALL, environment | {"SPENT": str(file)}) for file in spent]
    assert [process.wait(120) for process in processes] == [0, 0, 0]
    assert sum(int(file.read_text()) for file in spent) == 300


def test_most_of_a_large_quota_is_spent_without_a_word_of_the_database(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring, asked = Keyring(database), []
    principal = keyring.authenticate(_create(database, quota=60_000))
    bulk = database.bulk
    monkeypatch.setattr(database, "bulk", lambda: asked.append(1) or bulk())
    for _ in range(6_000):
        keyring.spend(principal)
    assert len(asked) <= 6


def test_a_process_counts_for_itself_while_the_database_is_away(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring = Keyring(database)
    principal = keyring.authenticate(_create(database, quota=5))
    monkeypatch.setattr(database, "libpq_url", "postgresql://nobody@127.0.0.1:1/none")
    keyring.spend(principal, 5)
    with pytest.raises(QuotaExceededError):
        keyring.spend(principal)


def test_deeds_are_on_record_and_the_record_cannot_be_changed(database: Database) -> None:
    _create(database)
    with database.transaction() as session:
        assert session.scalar(select(AuditEntry.action)) == "keys.create"
    with pytest.raises(Exception, match="append-only"), database.transaction() as session:
        _forge(session)


def _forge(session: Session) -> None:
    session.execute(text("UPDATE audit_entry SET actor = 'somebody else'"))
