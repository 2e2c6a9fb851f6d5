"""A second factor: set up once, asked for from then on, never twice the same code, required where the operator says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyotp
import pytest
from pydantic import SecretStr, ValidationError
from sqlalchemy import text

from core import clock
from core.settings import Settings
from identity.grants import Grant
from identity.sign_in import second_factors
from identity.sign_in.attempts import PLACE
from tests.factories.sign_in import PASSWORD, make_account, sign_in

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from core.db import Database

PROGRAM = {"X-Requested-With": "tests"}


@pytest.fixture(autouse=True)
def within_half_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test see the half minute end whose code it is about to send."""
    now = clock.now()
    middle = now.replace(second=now.second // 30 * 30 + 15)
    monkeypatch.setattr(clock, "now", lambda: middle)


def code_of(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(clock.now().timestamp()) + 30 * steps)


def sent(client: TestClient, method: str, path: str, **content: str) -> Any:
    return client.request(method, f"/v1/me/{path}", json=content, headers=PROGRAM)


def enrolled(client: TestClient, database: Database, settings: Settings, name: str) -> tuple[str, list[str]]:
    """A person who is signed in and has a second factor: its secret and the recovery codes."""
    with database.transaction() as session:
        make_account(session, settings, name)
    assert sign_in(client, name).status_code == 201
    made = sent(client, "POST", "second-factor", password=PASSWORD).json()
    assert pyotp.parse_uri(made["uri"]).secret == made["secret"]
    confirmed = sent(client, "PUT", "second-factor", code=code_of(made["secret"], -1))
    assert confirmed.status_code == 200, confirmed.text
    return made["secret"], confirmed.json()["recovery_codes"]


def problem(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


def enter(client: TestClient, login: str, code: str | None = None, password: str = PASSWORD, n: int = 0) -> Any:
    """Sign in from a browser that is not known, at an address of its own."""
    client.cookies.clear()
    content = {"login": login, "password": password} | ({} if code is None else {"code": code})
    return client.post("/v1/sessions", json=content, headers={"X-Forwarded-For": f"203.0.113.{n}"})


def test_the_code_is_asked_for_after_the_password_and_opens_once(
    client: TestClient, database: Database, settings: Settings
) -> None:
    secret, _ = enrolled(client, database, settings, "app")
    assert problem(enter(client, "app")) == (401, "second-factor-needed")
    assert problem(enter(client, "app", code_of(secret), password="wrong")) == (401, "sign-in-refused")
    assert enter(client, "app", code_of(secret)).status_code == 201
    assert problem(enter(client, "app", code_of(secret))) == (401, "second-factor-refused"), "replayed"
    assert enter(client, "app", code_of(secret, 1)).status_code == 201
    for steps in (1, 0, -1, 5):
        assert problem(enter(client, "app", code_of(secret, steps), n=1)) == (401, "second-factor-refused")


def test_a_recovery_code_opens_once(client: TestClient, database: Database, settings: Settings) -> None:
    _, codes = enrolled(client, database, settings, "lost")
    assert len(set(codes)) == 10
    assert enter(client, "lost", codes[3].upper().replace("-", " ")).status_code == 201
    assert problem(enter(client, "lost", codes[3])) == (401, "second-factor-refused")
    with database.transaction() as session:
        stored = session.execute(text("SELECT to_jsonb(r)::text FROM recovery_code r")).scalars().all()
    assert not any(code in row for code in codes for row in stored)


def test_who_has_the_password_cannot_try_all_codes(client: TestClient, database: Database, settings: Settings) -> None:
    """Also not by asking in between without a code, which is no guess."""
    enrolled(client, database, settings, "codes")
    found = []
    for _ in range(PLACE.free):
        assert problem(enter(client, "codes", n=2)) == (401, "second-factor-needed")
        found.append(problem(enter(client, "codes", "000000", n=2))[1])
    assert found == ["second-factor-refused"] * PLACE.free
    assert problem(enter(client, "codes", "000000", n=2)) == (429, "sign-in-attempts")


def test_setting_it_up_takes_the_password_and_removing_it_a_code_too(
    client: TestClient, database: Database, settings: Settings
) -> None:
    secret, _ = enrolled(client, database, settings, "own")
    assert problem(sent(client, "POST", "second-factor", password="wrong")) == (401, "sign-in-refused")
    # A session that was stolen changes nothing, even with the password.
    assert problem(sent(client, "POST", "second-factor/removal", password=PASSWORD)) == (401, "second-factor-needed")
    again = sent(client, "POST", "second-factor", password=PASSWORD, code=code_of(secret))
    assert problem(again) == (409, "second-factor-exists")
    removed = sent(client, "POST", "second-factor/removal", password=PASSWORD, code=code_of(secret, 1))
    assert removed.status_code == 204
    assert enter(client, "own").status_code == 201
    assert problem(sent(client, "PUT", "second-factor", code="000000")) == (404, "second-factor-not-found")


def test_a_wrong_code_sets_nothing_up(client: TestClient, database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        make_account(session, settings, "typo")
    assert sign_in(client, "typo").status_code == 201
    sent(client, "POST", "second-factor", password=PASSWORD)
    assert problem(sent(client, "PUT", "second-factor", code="000000")) == (401, "second-factor-refused")
    assert enter(client, "typo").status_code == 201


def test_a_person_changes_the_password_by_the_present_one(
    client: TestClient, database: Database, settings: Settings
) -> None:
    with database.transaction() as session:
        make_account(session, settings, "changing")
    assert sign_in(client, "changing").status_code == 201
    wrong = sent(client, "PUT", "password", password="wrong", new_password=PASSWORD + "s")
    assert problem(wrong) == (401, "sign-in-refused")
    weak = sent(client, "PUT", "password", password=PASSWORD, new_password="password123")
    assert (*problem(weak), weak.json()["field"]) == (400, "password-refused", "new_password")
    assert sent(client, "PUT", "password", password=PASSWORD, new_password=PASSWORD + "s").status_code == 204
    assert client.get("/v1/me").status_code == 401
    assert [enter(client, "changing", password=p, n=3).status_code for p in (PASSWORD, PASSWORD + "s")] == [401, 201]


@pytest.mark.parametrize(
    ("wanted", "role", "lacks"),
    [
        ("administrators", "administrator", True),
        ("administrators", "security-administrator", True),
        ("administrators", "auditor", True),
        ("administrators", "viewer", False),
        ("everybody", "viewer", True),
        ("nobody", "administrator", False),
    ],
)
def test_who_has_to_have_one_can_do_nothing_before(
    client: TestClient, database: Database, settings: Settings, wanted: str, role: str, *, lacks: bool
) -> None:
    name = f"{wanted} {role}"
    with database.transaction() as session:
        make_account(session, settings, name, [Grant(role)])
    sessions = client.app.state.services.sessions  # type: ignore[attr-defined]
    sessions._settings = settings.model_copy(update={"second_factor_for": wanted})  # noqa: SLF001
    try:
        assert sign_in(client, name).status_code == 201
        assert client.get("/v1/me").json()["lacks_second_factor"] == lacks
        path = {"security-administrator": "/v1/people", "auditor": "/v1/audit"}.get(role, "/v1/reports")
        answer = client.get(path)
        if not lacks:
            assert answer.status_code == 200
            return
        for open_to_all in (path, "/v1/units", "/v1/categories", "/v1/cases/transitions", "/v1/reverse?lon=113&lat=34"):
            assert problem(client.get(open_to_all)) == (403, "second-factor-missing"), open_to_all
        secret = sent(client, "POST", "second-factor", password=PASSWORD).json()["secret"]
        assert client.get(path).status_code == 403
        assert sent(client, "PUT", "second-factor", code=code_of(secret)).status_code == 200
        assert client.get(path).status_code == 200
    finally:
        sessions._settings = settings  # noqa: SLF001


def stored_of(database: Database, login: str) -> str:
    with database.transaction() as session:
        found = "SELECT secret FROM second_factor JOIN account USING (principal_id) WHERE login = :login"
        return str(session.scalar(text(found), {"login": login}))


def store(database: Database, login: str, secret: str) -> None:
    with database.transaction() as session:
        changed = "UPDATE second_factor f SET secret = :secret, last_step = 0 FROM account a"
        named = " WHERE a.principal_id = f.principal_id AND a.login = :login"
        session.execute(text(changed + named), {"login": login, "secret": secret})


def test_secrets_are_encrypted_for_their_person_and_keys_can_be_replaced(
    client: TestClient, database: Database, settings: Settings
) -> None:
    secret, codes = enrolled(client, database, settings, "sealed")
    other, _ = enrolled(client, database, settings, "thief")
    assert secret not in stored_of(database, "sealed")
    store(database, "sealed", stored_of(database, "thief"))
    assert problem(enter(client, "sealed", code_of(other), n=1)) == (401, "second-factor-refused"), "another's secret"
    store(database, "sealed", secret)
    assert enter(client, "sealed", code_of(secret), n=2).status_code == 201, "one from before there were keys opens"
    assert secret not in stored_of(database, "sealed"), "and is encrypted then"

    new, old = "n" * 32, "k" * 32
    replaced = settings.model_copy(update={"secret_keys": Settings(secret_keys=SecretStr(f"{new},{old}")).secret_keys})
    with database.transaction() as session:
        changed, unreadable = second_factors.encrypt_all(session, replaced)
        assert (changed >= 2, unreadable) == (True, 0)
        assert second_factors.encrypt_all(session, replaced)[0] == 0
    assert problem(enter(client, "sealed", code_of(secret, 1), n=3)) == (401, "second-factor-refused"), (
        "the key is gone"
    )
    assert enter(client, "sealed", codes[0], n=4).status_code == 201, "a recovery code opens without it"
    with database.transaction() as session:
        assert second_factors.encrypt_all(session, settings)[0] == 0
        assert second_factors.encrypt_all(session, Settings(secret_keys=SecretStr(f"{old},{new}")))[0] == changed
    assert enter(client, "sealed", code_of(secret, 1), n=5).status_code == 201


def test_without_a_key_no_second_factor_is_set_up(
    client: TestClient, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.transaction() as session:
        make_account(session, settings, "keyless")
    assert sign_in(client, "keyless").status_code == 201
    monkeypatch.setattr(Settings, "secret_keys_list", [])
    refused = sent(client, "POST", "second-factor", password=PASSWORD)
    assert problem(refused) == (409, "second-factor-key-missing")
    with pytest.raises(ValidationError, match="openssl rand"):
        Settings(secret_keys=SecretStr("k" * 32 + ",short"))
