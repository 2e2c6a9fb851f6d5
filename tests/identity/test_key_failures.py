"""Refused keys are counted by address, and an address that sends too many is braked while good keys pass."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, func, select, update
from starlette.testclient import TestClient
from typer.testing import CliRunner

from cli import app as commands
from core import clock
from core.db import Database
from core.settings import Settings
from identity import key_failures
from identity.grants import Scope
from identity.key_failures import OTHERS, KeyAttemptsError, KeyFailure, KeyFailures, list_key_failures, network_of
from identity.keyring import Keyring
from identity.keys import KeyUnknownError, create_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI

ATTACKER, OFFICE = "203.0.113.7", "198.51.100.9"


class Ticks:
    """The monotonic clock of a test."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ticks(monkeypatch: pytest.MonkeyPatch) -> Ticks:
    """Let the test say how much time has passed."""
    made = Ticks()
    monkeypatch.setattr(key_failures, "monotonic", made)
    return made


def refused(keyring: Keyring, address: str | None, count: int) -> list[type[Exception]]:
    """Send different unknown keys and give how each is refused."""
    kinds = []
    for number in range(count):
        with pytest.raises((KeyUnknownError, KeyAttemptsError)) as caught:
            keyring.authenticate(f"wg_{address}_{number}", address)
        kinds.append(caught.type)
    return kinds


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", OTHERS), ("", OTHERS), (None, OTHERS), ("testclient", OTHERS),
    ],
)  # fmt: skip
def test_an_address_is_counted_as_itself_or_as_the_network_of_its_subscriber(address: str | None, network: str) -> None:
    assert network_of(address) == network


def test_unknown_keys_past_the_limit_are_refused_unread_and_good_keys_of_the_address_pass(
    database: Database, ticks: Ticks
) -> None:
    with database.transaction() as session:
        keys = [create_key(session, name=f"k{n}", scopes=[Scope.REPORTS_READ]) for n in range(3)]
    keyring, asked = Keyring(database, KeyFailures(database, per_minute=5)), []
    assert keyring.authenticate(keys[0], ATTACKER).name == "k0"
    assert refused(keyring, ATTACKER, 5) == [KeyUnknownError] * 5
    event.listen(database.engine, "before_cursor_execute", lambda *_: asked.append(1))
    assert refused(keyring, ATTACKER, 200) == [KeyAttemptsError] * 200
    assert len(asked) <= 3  # the digests of keys in use, once, whatever comes
    with pytest.raises(KeyAttemptsError) as caught:
        keyring.authenticate("wg_more", ATTACKER)
    assert caught.value.context["retry_after_s"] == 12
    assert [keyring.authenticate(key, ATTACKER).name for key in keys] == ["k0", "k1", "k2"]
    assert refused(keyring, OFFICE, 1) == [KeyUnknownError]
    ticks.now += 12
    assert refused(keyring, ATTACKER, 2) == [KeyUnknownError, KeyAttemptsError]
    ticks.now += 3600
    assert refused(keyring, ATTACKER, 6) == [KeyUnknownError] * 5 + [KeyAttemptsError]


def test_a_key_made_during_the_brake_opens_as_soon_as_the_keys_in_use_are_read_again(
    database: Database, ticks: Ticks, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring = Keyring(database, KeyFailures(database, per_minute=1))
    refused(keyring, ATTACKER, 3)
    with database.transaction() as session:
        key = create_key(session, name="new", scopes=[])
    monkeypatch.setattr(Keyring, "REMEMBER_S", 0.0)
    assert ticks.now == 1000.0
    assert keyring.authenticate(key, ATTACKER).name == "new"


def test_many_addresses_together_are_braked_and_memory_and_rows_stay_bounded(
    database: Database, ticks: Ticks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_failures, "_MOST_BRAKED", 50)
    monkeypatch.setattr(key_failures, "_MOST_APART", 10)
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 3, 1, 9, 30, tzinfo=UTC))
    failures = KeyFailures(database, per_minute=5)
    for number in range(300):
        failures.add(f"10.0.{number // 256}.{number % 256}")
    assert failures.brake_s("192.0.2.1") > 0  # everybody: 20 times 5 in a minute
    assert (len(failures._buckets), len(failures._counts)) == (50, 11)  # noqa: SLF001
    failures.flush()
    with database.transaction() as session:
        rows = {row.address: row.failures for row in session.scalars(select(KeyFailure))}
    assert (len(rows), rows[OTHERS], sum(rows.values())) == (11, 290, 300)
    assert ticks.now == 1000.0


def test_failures_are_added_up_over_processes_by_hour_and_old_rows_go(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = datetime(2026, 3, 1, 9, 59, tzinfo=UTC)
    one, two = KeyFailures(database), KeyFailures(database)
    for minute, failures in enumerate((one, two, one)):
        monkeypatch.setattr(clock, "now", lambda minute=minute: start + timedelta(minutes=minute))
        failures.add(ATTACKER)
    one.flush()
    two.flush()
    two.flush()
    with database.transaction() as session:
        found, following = list_key_failures(session, address=ATTACKER, limit=1)
        assert following == found[0].id
        found += list_key_failures(session, address=ATTACKER, limit=1, after=following)[0]
        assert sorted((row.hour.hour, row.failures) for row in found) == [(9, 1), (10, 2)]
        assert {row.first_at for row in found} == {start, start + timedelta(minutes=1)}
        session.execute(update(KeyFailure).values(hour=KeyFailure.hour - timedelta(days=184)))
    one.add(OFFICE)
    one.flush()
    with database.transaction() as session:
        assert session.scalars(select(KeyFailure.address)).all() == [OFFICE]


def test_what_is_counted_while_the_database_is_away_is_written_later(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = KeyFailures(database)
    failures.add(ATTACKER)
    monkeypatch.setattr(failures, "database", Database(Settings.for_database("postgresql://nobody@127.0.0.1:1/none")))
    failures.flush()
    failures.add(ATTACKER)
    monkeypatch.setattr(failures, "database", database)
    failures.flush()
    with database.transaction() as session:
        assert session.scalar(select(func.sum(KeyFailure.failures))) == 2


def test_over_http_the_brake_answers_429_by_the_address_that_the_proxy_names_and_auditors_see_it(
    app: FastAPI, client: TestClient, make_key: Callable[..., dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    services: Any = app.state.services
    monkeypatch.setattr(services.keyring, "_failures", KeyFailures(services.database, per_minute=3))
    auditor = make_key("auditor")
    behind = TestClient(client.app, client=("127.0.0.1", 50_000))

    def ask(path: str, key: str, address: str) -> Any:
        return behind.get(path, headers={"X-API-Key": key, "Forwarded": f'for="{address}:4711"'})

    paths = ["/v1/reports", "/ogc/collections"]  # behind the gate, and where a key is optional
    answers = [ask(paths[n % 2], f"wg_{n}", ATTACKER) for n in range(8)]
    assert [answer.status_code for answer in answers] == [401] * 3 + [429] * 5
    assert answers[-1].json()["type"] == "urn:wangge:problem:key-attempts"
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 20
    assert ask("/v1/audit", auditor["X-API-Key"], ATTACKER).status_code == 200
    assert ask("/v1/reports", "wg_x", OFFICE).status_code == 401
    services.keyring._failures.flush()  # noqa: SLF001
    found = ask(f"/v1/audit/key-failures?address={ATTACKER}", auditor["X-API-Key"], OFFICE).json()
    assert [(row["address"], row["failures"]) for row in found["items"]] == [(ATTACKER, 8)]
    shown = CliRunner().invoke(commands, ["audit", "failures"], env={"DATABASE_URL": str(services.database.libpq_url)})
    assert ATTACKER in shown.output
