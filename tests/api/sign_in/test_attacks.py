"""Sign-in under attack: guesses, lock-outs, planted sessions, requests that other sites make, what time tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import event, text

from identity.grants import Grant
from identity.sign_in.attempts import ADDRESS, LOGIN, PLACE
from tests.factories.sign_in import PASSWORD, by_session, make_account, open_session, sign_in

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from core.db import Database
    from core.settings import Settings

OFFICE, STRANGE = "198.51.100.7", "203.0.113.66"


def account(database: Database, settings: Settings, name: str) -> None:
    with database.transaction() as session:
        make_account(session, settings, name)


def statuses(client: TestClient, tries: list[tuple[str, str, str]]) -> list[int]:
    found = []
    for login, password, address in tries:
        client.cookies.clear()
        found.append(sign_in(client, login, password, address=address).status_code)
    return found


def as_if_tried(database: Database, place: str, failures: int) -> None:
    """Let the wider count of a place stand at so many."""
    with database.transaction() as session:
        query = "UPDATE sign_in_attempt SET failures = :n WHERE place = :place AND (login_sha256 = '' OR place = '*')"
        session.execute(text(query), {"n": failures, "place": place})


def let_time_pass(database: Database) -> None:
    """Let the waits that are told now be over; what was counted stays."""
    with database.transaction() as session:
        session.execute(text("UPDATE sign_in_attempt SET wait_until = now()"))


def test_guesses_at_one_login_soon_wait_and_are_told_for_how_long(
    client: TestClient, database: Database, settings: Settings
) -> None:
    account(database, settings, "guessed")
    assert statuses(client, [("guessed", f"wrong {n}", STRANGE) for n in range(PLACE.free)]) == [401] * PLACE.free
    answer = sign_in(client, "guessed", address=STRANGE)
    assert (answer.status_code, answer.json()["type"]) == (429, "urn:wangge:problem:sign-in-attempts")
    assert int(answer.headers["retry-after"]) == 1
    waits = []
    for _ in range(12):
        let_time_pass(database)
        assert sign_in(client, "guessed", "wrong", address=STRANGE).status_code == 401
        waits.append(int(sign_in(client, "guessed", address=STRANGE).headers["retry-after"]))
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]


def test_the_right_password_makes_errors_of_before_forgotten(
    client: TestClient, database: Database, settings: Settings
) -> None:
    account(database, settings, "clumsy")
    clumsy = [("clumsy", "wrong", OFFICE)] * (PLACE.free - 1) + [("clumsy", PASSWORD, OFFICE)]
    assert statuses(client, clumsy * 3) == [*[401] * (PLACE.free - 1), 201] * 3


def test_a_login_that_nobody_has_is_braked_as_others_are(client: TestClient) -> None:
    tries = [("nobody at all", "wrong", "203.0.113.5")] * (PLACE.free + 1)
    assert statuses(client, tries) == [*[401] * PLACE.free, 429]


def test_strangers_cannot_lock_a_person_out(client: TestClient, database: Database, settings: Settings) -> None:
    """Many addresses guess until the login waits for everybody; its person comes in from where it was before."""
    account(database, settings, "wanted")
    browser = sign_in(client, "wanted", address=OFFICE)
    device = browser.cookies["wangge-device"]
    strangers = [("wanted", "wrong", f"203.0.113.{n}") for n in range(100, 104)]
    assert set(statuses(client, strangers[:3])) == {401}
    as_if_tried(database, "*", LOGIN.free - 1)
    assert statuses(client, strangers[3:]) == [401]
    assert statuses(client, [("wanted", PASSWORD, "203.0.113.200")]) == [429]
    assert statuses(client, [("wanted", PASSWORD, OFFICE)]) == [201]
    # From an address of the attacker's, even: the browser is known by its cookie.
    assert statuses(client, [("wanted", "wrong", "203.0.113.1")] * PLACE.free)[-1] == 429
    cookie = {"Cookie": f"wangge-device={device}"}
    assert sign_in(client, "wanted", address="203.0.113.1", **cookie).status_code == 201
    # The cookie of one person's browser is worth nothing for another login, and it has a brake of its own.
    account(database, settings, "other")
    assert statuses(client, [("other", "wrong", "203.0.113.1")] * PLACE.free) == [401] * PLACE.free
    assert sign_in(client, "other", address="203.0.113.1", **cookie).status_code == 429
    tries = [sign_in(client, "wanted", "wrong", address=OFFICE, **cookie).status_code for _ in range(PLACE.free + 1)]
    assert tries == [*[401] * PLACE.free, 429]


def test_a_list_of_stolen_passwords_is_braked_by_its_address(
    client: TestClient, database: Database, settings: Settings
) -> None:
    account(database, settings, "listed")
    known = sign_in(client, "listed", address="192.0.2.77").cookies["wangge-device"]
    stuffing = [(f"stolen {n}", "wrong", "192.0.2.77") for n in range(4)]
    assert set(statuses(client, stuffing[:3])) == {401}
    as_if_tried(database, "192.0.2.77", ADDRESS.free - 1)
    assert statuses(client, stuffing[3:]) == [401]
    assert statuses(client, [("stolen x", "wrong", "192.0.2.77"), ("stolen x", "wrong", "192.0.2.78")]) == [429, 401]
    answer = sign_in(client, "listed", address="192.0.2.77", Cookie=f"wangge-device={known}")
    assert answer.status_code == 201


def test_a_session_that_was_planted_is_never_the_one_that_begins(
    client: TestClient, database: Database, settings: Settings
) -> None:
    with database.transaction() as session:
        planted = open_session(session, settings, "mallory")
        make_account(session, settings, "victim")
    answer = sign_in(client, "victim", Cookie=f"wangge-session={planted}")
    token = answer.cookies["wangge-session"]
    assert token not in {planted, ""}
    assert client.get("/v1/me", headers=by_session(token)).json()["name"] == "victim"
    client.cookies.clear()
    assert client.get("/v1/me", headers=by_session(planted)).status_code == 401
    made_up = sign_in(client, "victim", Cookie="wangge-session=chosen-by-another").cookies["wangge-session"]
    assert made_up != "chosen-by-another"


@pytest.mark.parametrize(
    ("headers", "let_in"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"}, True),
        ({"Origin": "http://testserver"}, True),
        ({"X-Requested-With": "curl"}, True),
        ({}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"}, False),
        ({"Sec-Fetch-Site": "cross-site", "X-Requested-With": "curl"}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "https://evil.example", "X-Requested-With": "curl"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "http://testserver.evil.example"}, False),
    ],
)
def test_another_site_cannot_make_a_session_change_anything(
    client: TestClient, database: Database, settings: Settings, headers: dict[str, str], *, let_in: bool
) -> None:
    with database.transaction() as session:
        token = open_session(session, settings, f"editor {headers}", [Grant("gis-editor")])
    cookie = {"Cookie": f"wangge-session={token}"}
    body = {"code": f"layer-{abs(hash(str(headers)))}", "name": "层", "levels": ["grid"]}
    answer = client.post("/v1/layers", json=body, headers=cookie | headers)
    assert (answer.status_code, answer.json().get("type")) == (
        (201, None) if let_in else (401, "urn:wangge:problem:foreign-site")
    )
    assert client.get("/v1/me", headers=cookie | headers).status_code == 200  # other sites cannot read the answer
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
def test_another_site_cannot_sign_a_browser_in_as_somebody_else(
    client: TestClient, database: Database, settings: Settings, headers: dict[str, str]
) -> None:
    account(database, settings, f"mallory {headers}")
    answer = sign_in(client, f"mallory {headers}", **headers)
    assert (answer.status_code, answer.headers.get("set-cookie")) == (401, None)


def test_a_login_that_nobody_has_costs_what_a_wrong_password_costs(
    client: TestClient, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same hashing with the same parameters, and the same statements: there is nothing for a clock to tell."""
    account(database, settings, "known")
    hashed: list[str] = []
    verify = PasswordHasher.verify

    def watched(hasher: PasswordHasher, stored: str, password: str) -> Any:
        hashed.append(stored.rpartition("p=1$")[0])
        return verify(hasher, stored, password)

    monkeypatch.setattr(PasswordHasher, "verify", watched)
    statements: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    sign_in(client, "warm up", "wrong", address="192.0.2.30")
    costs = []
    for login, address in (("known", "192.0.2.31"), ("unknown", "192.0.2.32")):
        hashed.clear()
        statements.clear()
        assert sign_in(client, login, "wrong", address=address).status_code == 401
        costs.append((list(hashed), list(statements)))
    (hashed_known, asked_known), (hashed_unknown, asked_unknown) = costs
    assert hashed_known == hashed_unknown
    assert len(hashed_known) == 1
    assert asked_known == asked_unknown
