"""A key expires at its instant, and is replaced under its name while the former one still opens for a while."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import select, update
from typer.testing import CliRunner

from cli import app
from core import clock
from core.audit import AuditEntry
from core.db import Database
from core.settings import Settings
from identity.grants import Scope
from identity.keyring import Keyring
from identity.keys import (
    ApiClient,
    ExpiryInvalidError,
    KeyExpiredError,
    KeyNotFoundError,
    KeyUnknownError,
    create_key,
    list_keys,
    withdraw_key,
)
from identity.rotation import RotationUnderWayError, rotate_key
from migrations.run import move_to

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi.testclient import TestClient

START = datetime(2026, 3, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Time:
    """The clock of a test."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    """Let the test say what time it is."""
    made = Time()
    monkeypatch.setattr(clock, "now", made)
    return made


def opens(database: Database, key: str) -> bool:
    try:
        return Keyring(database).authenticate(key).name == "hotline"
    except KeyExpiredError:
        return False


def test_a_key_opens_until_the_instant_it_expires_also_from_memory_and_while_the_database_is_away(
    database: Database, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.transaction() as session:
        key = create_key(session, name="hotline", scopes=[Scope.REPORTS_READ], expires_at=START + HOUR)
        with pytest.raises(ExpiryInvalidError):
            create_key(session, name="late", scopes=[], expires_at=START)
    keyring = Keyring(database)
    time.now = START + HOUR - timedelta(microseconds=1)
    assert keyring.authenticate(key).expires_at == START + HOUR
    time.now = START + HOUR
    assert keyring.remembered(key) is None
    with pytest.raises(KeyExpiredError, match="2026-03-01 09:00"):
        keyring.authenticate(key)
    time.now = START
    assert keyring.authenticate(key)
    monkeypatch.setattr(Keyring, "REMEMBER_S", 0.0)
    monkeypatch.setattr(keyring, "_database", Database(Settings.for_database("postgresql://nobody@127.0.0.1:1/none")))
    assert keyring.authenticate(key)
    time.now = START + HOUR
    with pytest.raises(Exception, match="does not answer"):
        keyring.authenticate(key)


def test_a_rotated_key_and_its_former_one_are_one_client_until_the_overlap_ends(database: Database, time: Time) -> None:
    with database.transaction() as session:
        first = create_key(session, name="hotline", scopes=[Scope.REPORTS_READ], quota_per_minute=5)
        second = rotate_key(session, name="hotline", overlap=DAY)
    keyring = Keyring(database)
    principals = [keyring.authenticate(key) for key in (first, second.key)]
    assert (principals[0].client_id, principals[0].scopes) == (principals[1].client_id, principals[1].scopes)
    assert [p.expires_at for p in principals] == [START + DAY, None] == [second.former_until, second.expires_at]
    with database.transaction() as session, pytest.raises(RotationUnderWayError, match="2026-03-02 08:00"):
        rotate_key(session, name="hotline", overlap=HOUR)
    time.now = START + DAY
    assert [opens(database, key) for key in (first, second.key)] == [False, True]
    with pytest.raises(KeyExpiredError, match="was replaced"):
        Keyring(database).authenticate(first)
    with database.transaction() as session:
        third = rotate_key(session, name="hotline", overlap=DAY)
        fourth = rotate_key(session, name="hotline", overlap=timedelta(0))  # both end at once
        detail = session.scalars(select(AuditEntry.detail).where(AuditEntry.action == "keys.rotate")).all()
    assert [opens(database, key) for key in (third.key, fourth.key)] == [False, True]
    with pytest.raises(KeyUnknownError):
        Keyring(database).authenticate(second.key)
    assert detail[0] == {"former_until": (START + DAY).isoformat()}
    with database.transaction() as session:
        assert withdraw_key(session, name="hotline")
        with pytest.raises(KeyNotFoundError):
            rotate_key(session, name="hotline", overlap=DAY)
    for key in (third.key, fourth.key):
        with pytest.raises(KeyUnknownError):
            Keyring(database).authenticate(key)


def test_a_former_key_never_opens_longer_than_before_and_its_replacement_lives_as_long(
    database: Database, time: Time
) -> None:
    with database.transaction() as session:
        create_key(session, name="a", scopes=[], expires_at=START + 10 * DAY)
        create_key(session, name="b", scopes=[], expires_at=START + 40 * DAY)
        create_key(session, name="c", scopes=[])
    time.now = START + 8 * DAY
    with database.transaction() as session:
        assert [k.name for k in list_keys(session, ending_before=time.now + 3 * DAY)] == ["a"]
        done = rotate_key(session, name="a", overlap=7 * DAY)
        assert (done.former_until, done.expires_at) == (START + 10 * DAY, START + 18 * DAY)
        again = rotate_key(session, name="b", overlap=7 * DAY, expires_at=time.now + DAY)
        assert (again.former_until, again.expires_at) == (time.now + 7 * DAY, time.now + DAY)
        assert [k.name for k in list_keys(session, ending_before=time.now + 100 * DAY)] == ["b", "a"]
        assert [k.name for k in list_keys(session)] == ["a", "b", "c"]


def test_an_expired_key_is_refused_with_a_problem_that_names_it(
    client: TestClient, make_key: Callable[..., dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = make_key("viewer", name="desk", expires_at=clock.now() + HOUR)
    assert client.get("/v1/reports", headers=headers).status_code == 200
    later = clock.now() + 2 * HOUR
    monkeypatch.setattr(clock, "now", lambda: later)
    answer = client.get("/v1/reports", headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:wangge:problem:key-expired")
    assert "Key 'desk' expired" in answer.json()["detail"]


def test_commands_make_list_and_replace_keys_that_expire(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)

    def run(*words: str, code: int = 0) -> str:
        done = CliRunner().invoke(app, list(words), env={"COLUMNS": "220"})
        assert done.exit_code == code, done.output
        return " ".join(done.output.split())

    tomorrow = (clock.now() + DAY).astimezone(clock.LOCAL).date()
    run("keys", "create", "soon", "--role", "viewer", "--expires-at", str(tomorrow))
    run("keys", "create", "ever", "--role", "viewer")
    run("keys", "create", "x", "--role", "viewer", "--expires-at", "in a year", code=2)
    listed = run("keys", "list", "--expiring-days", "30")
    assert f"{tomorrow} 00:00:00+08:00" in listed
    assert "ever" not in listed
    shown = run("keys", "rotate", "ever", "--expires-at", "2099-01-01T00:00:00+08:00", "--actor", "王主任")
    assert "wg_" in shown
    assert "the new one expires 2099-01-01 00:00:00+08:00" in shown
    assert "in use; the former key until" in run("keys", "list")
    assert "keys.rotate" in run("audit", "list", "--actor", "王主任")


def test_the_way_back_withdraws_what_expired_and_is_refused_while_a_key_would_never_expire(
    database: Database, database_url: str
) -> None:
    with database.transaction() as session:
        for name in ("old", "new"):
            create_key(session, name=name, scopes=[], expires_at=clock.now() + DAY)
        session.execute(update(ApiClient).where(ApiClient.name == "old").values(expires_at=clock.now() - DAY))
    with pytest.raises(Exception, match="keys in use expire"):
        move_to(database_url, "0026")
    with database.transaction() as session:
        withdraw_key(session, name="new")
    move_to(database_url, "0026")
    with psycopg.connect(database_url) as connection:
        withdrawn = connection.execute("SELECT name FROM api_client WHERE withdrawn_at IS NOT NULL").fetchall()
    assert {name for (name,) in withdrawn} == {"old", "new"}
    move_to(database_url, "head")
