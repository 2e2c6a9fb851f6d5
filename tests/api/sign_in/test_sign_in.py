"""A person is invited, sets a password once, signs in, is known by the session's cookie, and signs out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, text, update

from core import clock
from identity import principals
from identity.actors import COMMAND_LINE
from identity.granting import add_grant, list_grants, revoke_grant
from identity.grants import ROLES, Grant, Scope
from identity.keys import create_key
from identity.sign_in import accounts
from identity.sign_in.hashing import hash_token
from identity.sign_in.tables import Account, AccountToken, PersonSession
from tests.factories.sign_in import PASSWORD, by_session, make_account, make_person, open_session, sign_in

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from core.db import Database
    from core.settings import Settings

PROGRAM = {"X-Requested-With": "tests"}


def test_from_the_invitation_to_signing_out(client: TestClient, database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        person = make_person(session, "刘洋", [Grant("dispatcher", "admin/410106003")])
        made = accounts.invite(session, person=person, login="Liu.Yang", settings=settings, actor=COMMAND_LINE)
    link = {"token": made.token, "password": PASSWORD}
    assert client.post("/v1/passwords", json=link).json() == {"name": "刘洋", "login": "liu.yang"}
    again = client.post("/v1/passwords", json=link)
    assert (again.status_code, again.json()["type"]) == (401, "urn:wangge:problem:token-unusable")

    assert client.get("/v1/me").status_code == 401
    answer = sign_in(client, "ＬＩＵ.yang ")
    assert (answer.status_code, answer.json()["name"], answer.headers["cache-control"]) == (201, "刘洋", "no-store")
    cookie, device = answer.headers.get_list("set-cookie")
    assert device.startswith("wangge-device=")
    assert {part.strip() for part in cookie.split(";")[1:]} == {
        "Max-Age=43200", "Path=/", "HttpOnly", "SameSite=Lax",
    }  # fmt: skip

    me = client.get("/v1/me").json()
    assert me | {"session": None, "expires_at": None} == {
        "name": "刘洋",
        "number": person.id,
        "stands_in_for": [],
        "kind": "person",
        "key": None,
        "session": None,
        "lacks_second_factor": False,
        "scopes": sorted(ROLES["dispatcher"]),
        "grants": [{"role": "dispatcher", "area": "admin/410106003", "category": None}],
        "expires_at": None,
        "training": False,
    }
    (shown,) = client.get("/v1/sessions").json()["items"]
    assert (shown["id"], shown["is_current"], shown["method"]) == (me["session"], True, "password")

    out = client.delete("/v1/sessions/current", headers=PROGRAM)
    assert (out.status_code, "Max-Age=0" in out.headers["set-cookie"]) == (204, True)
    kept = cookie.partition("=")[2].partition(";")[0]
    assert client.get("/v1/me", headers=by_session(kept)).status_code == 401
    with database.transaction() as session:
        stored = session.execute(text("SELECT to_jsonb(p)::text FROM person_session p")).scalars().all()
        assert kept not in "".join(stored)
        account = session.scalars(select(Account).where(Account.login == "liu.yang")).one()
        assert account.password_hash is not None
        assert account.password_hash.startswith("$argon2id$v=19$m=8,t=1,p=1$")


@pytest.mark.parametrize("way", ["expired", "replaced", "locked", "made up"])
def test_a_link_that_is_over_sets_no_password(
    client: TestClient, database: Database, settings: Settings, way: str
) -> None:
    with database.transaction() as session:
        person = make_person(session, f"link {way}")
        made = accounts.invite(session, person=person, settings=settings, actor=COMMAND_LINE)
        if way == "expired":
            session.execute(update(AccountToken).values(expires_at=clock.now()))
        if way == "replaced":
            accounts.reset(session, person=person, settings=settings, actor=COMMAND_LINE)
        if way == "locked":
            accounts.lock(session, person=person, actor=COMMAND_LINE)
    token = "made up" if way == "made up" else made.token
    answer = client.post("/v1/passwords", json={"token": token, "password": PASSWORD})
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:wangge:problem:token-unusable")


@pytest.mark.parametrize(
    "password",
    ["short one", "password123", "zhangsan2026", "ZhangSan@1990", "1234567890", "qwertyuiop", "zs19900307"],
)
def test_easy_passwords_are_refused_and_the_link_stays(
    client: TestClient, database: Database, settings: Settings, password: str
) -> None:
    with database.transaction() as session:
        person = make_person(session, "张三")
        made = accounts.invite(session, person=person, settings=settings, actor=COMMAND_LINE)
    answer = client.post("/v1/passwords", json={"token": made.token, "password": password})
    assert (answer.status_code, answer.json()["field"]) == (400, "password")
    assert answer.json()["type"] == "urn:wangge:problem:password-refused"
    with database.transaction() as session:
        kept = session.scalars(select(AccountToken).where(AccountToken.token_sha256 == hash_token(made.token))).one()
        assert kept.used_at is None


def test_who_does_not_know_the_password_is_refused_in_the_same_words(
    client: TestClient, database: Database, settings: Settings
) -> None:
    with database.transaction() as session:
        make_account(session, settings, "王芳")
        accounts.invite(session, person=make_person(session, "invited"), settings=settings, actor=COMMAND_LINE)
    answers = [sign_in(client, *pair) for pair in (("王芳", "wrong"), ("nobody", PASSWORD), ("invited", PASSWORD))]
    told = [{**answer.json(), "request_id": None} for answer in answers]
    assert [answer.status_code for answer in answers] == [401, 401, 401]
    assert told[0] == told[1] == told[2]
    assert told[0]["type"] == "urn:wangge:problem:sign-in-refused"


def test_a_locked_account_signs_nobody_in_and_says_so_to_its_person_alone(
    client: TestClient, database: Database, settings: Settings
) -> None:
    with database.transaction() as session:
        person = make_account(session, settings, "locked")
        accounts.lock(session, person=person, actor=COMMAND_LINE)
    answers = [sign_in(client, "locked", password) for password in (PASSWORD, "wrong")]
    assert [(a.status_code, a.json()["type"].rpartition(":")[2]) for a in answers] == [
        (403, "account-locked"),
        (401, "sign-in-refused"),
    ]
    with database.transaction() as session:
        accounts.unlock(session, person=person, actor=COMMAND_LINE)
    assert sign_in(client, "locked").status_code == 201


def test_a_hash_of_other_parameters_is_made_anew_at_the_next_sign_in(
    client: TestClient, database: Database, settings: Settings
) -> None:
    with database.transaction() as session:
        make_account(session, settings.model_copy(update={"argon2_passes": 3}), "rehash")
    assert sign_in(client, "rehash").status_code == 201
    with database.transaction() as session:
        stored = session.scalars(select(Account.password_hash).where(Account.login == "rehash")).one()
    assert "t=1" in (stored or "")
    assert sign_in(client, "rehash").status_code == 201


@pytest.mark.parametrize(("column", "setting", "unit"), [
    ("last_seen_at", "session_idle_minutes", "minutes"),
    ("created_at", "session_longest_hours", "hours"),
])  # fmt: skip
def test_a_session_ends_when_it_is_idle_or_old(
    client: TestClient, database: Database, settings: Settings, column: str, setting: str, unit: str
) -> None:
    token, other = (_open(database, settings, f"{column} {n}") for n in (0, 1))
    limit = timedelta(**{unit: getattr(settings, setting)})
    for one, left in ((token, -1), (other, 20)):
        at = clock.now() - limit + timedelta(seconds=left)
        with database.transaction() as session:
            row = PersonSession.token_sha256 == hash_token(one)
            session.execute(update(PersonSession).where(row).values({column: at}))
    assert [client.get("/v1/me", headers=by_session(one)).status_code for one in (token, other)] == [401, 200]


def test_use_keeps_a_session_from_being_idle(client: TestClient, database: Database, settings: Settings) -> None:
    token = _open(database, settings, "busy")
    before = clock.now() - timedelta(minutes=settings.session_idle_minutes - 1)
    row = PersonSession.token_sha256 == hash_token(token)
    with database.transaction() as session:
        session.execute(update(PersonSession).where(row).values(last_seen_at=before))
    assert client.get("/v1/me", headers=by_session(token)).status_code == 200
    with database.transaction() as session:
        seen = session.scalars(select(PersonSession.last_seen_at).where(row)).one()
    assert clock.now() - seen < timedelta(minutes=1)


def _open(database: Database, settings: Settings, name: str, *grants: Grant) -> str:
    with database.transaction() as session:
        return open_session(session, settings, name, grants)


def test_a_person_ends_own_sessions_and_an_administrator_any(
    client: TestClient, database: Database, settings: Settings
) -> None:
    mine, other = _open(database, settings, "one"), _open(database, settings, "another")
    ruling = _open(database, settings, "ruling", Grant("administrator"))
    number = {t: client.get("/v1/me", headers=by_session(t)).json()["session"] for t in (mine, other, ruling)}

    def end(whose: str, who: str) -> int:
        return client.delete(f"/v1/sessions/{number[whose]}", headers=by_session(who)).status_code

    assert end(other, mine) == 404
    assert client.get("/v1/me", headers=by_session(other)).status_code == 200
    assert end(other, ruling) == 204
    assert end(mine, mine) == 204
    assert [client.get("/v1/me", headers=by_session(t)).status_code for t in (mine, other, ruling)] == [401, 401, 200]


def test_what_is_changed_elsewhere_counts_at_once(client: TestClient, database: Database, settings: Settings) -> None:
    """Another process writes, as here the command line would; this one hears of it and forgets what it knew."""
    token = _open(database, settings, "elsewhere", Grant("viewer"))
    sessions = client.app.state.services.sessions  # type: ignore[attr-defined]

    def scopes() -> list[str]:
        answer = client.get("/v1/me", headers=by_session(token))
        return answer.json()["scopes"] if answer.status_code == 200 else [str(answer.status_code)]

    def settled(wanted: list[str]) -> bool:
        deadline = clock.now() + timedelta(seconds=5)
        while (found := scopes()) != wanted and clock.now() < deadline:
            pass
        return found == wanted

    assert scopes() == ["reports:read"]
    deadline = clock.now() + timedelta(seconds=5)
    while sessions.remembered(token) is None and clock.now() < deadline:
        scopes()  # until the process hears notices, it looks up each time
    assert sessions.remembered(token) is not None
    with database.transaction() as session:
        person = principals.existing(session, "elsewhere")
        add_grant(session, principal=person, grant=Grant("auditor"), actor=COMMAND_LINE)
    assert settled(["audit:read", "reports:read"])
    with database.transaction() as session:
        for _, grant in list_grants(session, "elsewhere"):
            revoke_grant(session, grant.id, actor=COMMAND_LINE)
    assert settled([])
    with database.transaction() as session:
        accounts.lock(session, person=person, actor=COMMAND_LINE)
    assert settled(["401"])


def test_a_new_password_ends_the_sessions_of_before(client: TestClient, database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        person = make_account(session, settings, "changed")
    assert sign_in(client, "changed").status_code == 201
    assert client.get("/v1/me").status_code == 200
    with database.transaction() as session:
        made = accounts.reset(session, person=person, settings=settings, actor=COMMAND_LINE)
    assert client.get("/v1/me").status_code == 200
    assert client.post("/v1/passwords", json={"token": made.token, "password": PASSWORD + "s"}).status_code == 201
    assert client.get("/v1/me").status_code == 401
    assert [sign_in(client, "changed", p).status_code for p in (PASSWORD, PASSWORD + "s")] == [401, 201]


def test_a_key_that_is_sent_beside_a_session_counts_alone(
    client: TestClient, database: Database, settings: Settings
) -> None:
    token = _open(database, settings, "both")
    with database.transaction() as session:
        key = create_key(session, name="beside", scopes=[Scope.REPORTS_READ])
    told = client.get("/v1/me", headers=by_session(token) | {"X-API-Key": key}).json()
    assert (told["name"], told["key"], told["session"], told["grants"]) == ("beside", "beside", None, None)
    assert client.get("/v1/me", headers=by_session(token) | {"X-API-Key": "wg_nobody"}).status_code == 401


def test_a_session_that_is_over_hides_nothing_that_is_open(client: TestClient) -> None:
    for address in ("/v1/maps/responsibility.geojson", "/ogc/collections"):
        assert client.get(address, headers=by_session("gone")).status_code == client.get(address).status_code


def test_behind_tls_the_cookie_is_bound_to_the_host(client: TestClient, database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        make_account(session, settings, "secure")
    services = client.app.state.services  # type: ignore[attr-defined]
    object.__setattr__(services, "settings", settings.model_copy(update={"public_url": "https://grid.example.org"}))
    try:
        cookie = sign_in(client, "secure").headers.get_list("set-cookie")[0]
        assert cookie.startswith("__Host-wangge-session=")
        assert cookie.endswith("; Path=/; HttpOnly; SameSite=Lax; Secure")
        token = cookie.partition("=")[2].partition(";")[0]
        client.cookies.clear()
        ways = ({"Cookie": f"__Host-wangge-session={token}"}, {"Cookie": f"wangge-session={token}"})
        assert [client.get("/v1/me", headers=way).status_code for way in ways] == [200, 401]
    finally:
        object.__setattr__(services, "settings", settings)
