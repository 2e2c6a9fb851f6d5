"""Who manages people invites, locks and signs out over HTTP, and cannot sign in as who checks or runs the service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from core import clock
from identity import principals
from identity.actors import COMMAND_LINE
from identity.grants import Grant
from identity.people import operations as people
from identity.people.operations import PersonIn
from identity.seats.operations import state_absence
from tests.factories.sign_in import PASSWORD, by_session, make_person, open_session, sign_in

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from core.db import Database
    from core.settings import Settings


@pytest.fixture
def security(database: Database, settings: Settings) -> dict[str, str]:
    """Send a session of a security administrator."""
    with database.transaction() as session:
        return by_session(open_session(session, settings, "安管", [Grant("security-administrator")]))


def add(client: TestClient, security: dict[str, str], name: str, role: str | None = None) -> str:
    """Add a person over HTTP and return the address."""
    body: dict[str, Any] = {"name": name, "staff_number": f"S-{name}", "grants": [{"role": role}] if role else []}
    made = client.post("/v1/people", json=body, headers=security)
    assert made.status_code == 201, made.text
    return f"/v1/people/{made.json()['id']}"


def test_a_person_is_added_invited_locked_unlocked_and_signed_out_over_http(
    client: TestClient, database: Database, settings: Settings, security: dict[str, str]
) -> None:
    path = add(client, security, "刘洋", "viewer")
    assert client.get(f"{path}/account", headers=security).status_code == 404
    first = client.post(f"{path}/account/link", json={"login": "Liu.Yang"}, headers=security)
    assert (first.status_code, first.json()["kind"], first.headers["cache-control"]) == (201, "invitation", "no-store")
    made = client.post(f"{path}/account/link", json={}, headers=security).json()
    links = [one.partition("#token=")[2] for one in (first.json()["link"], made["link"])]
    assert made["link"].startswith("http://testserver/sign-in#token=")
    set_by = [client.post("/v1/passwords", json={"token": t, "password": PASSWORD}).status_code for t in links]
    assert set_by == [401, 201], "a link of before opens no longer"
    assert sign_in(client, "liu.yang").status_code == 201
    assert client.get("/v1/me").json()["name"] == "刘洋"
    token = client.cookies["wangge-session"]
    client.cookies.clear()
    state = client.get(f"{path}/account", headers=security).json()
    assert (state["login"], state["state"], state["has_second_factor"]) == ("liu.yang", "in_use", False)
    (session_row,) = state["sessions"]
    assert client.delete(f"/v1/sessions/{session_row['id']}", headers=security).status_code == 204
    assert client.get("/v1/me", headers=by_session(token)).status_code == 401, "ended at once"

    def open_one() -> dict[str, str]:
        with database.transaction() as session:
            return by_session(open_session_again(session, settings, "刘洋"))

    for method, deed, answer in (
        ("DELETE", "sessions", {"ended": 1}),
        ("POST", "account/lock", {"state": "locked", "sessions": []}),
    ):
        headers = open_one()
        assert client.get("/v1/me", headers=headers).status_code == 200
        done = client.request(method, f"{path}/{deed}", headers=security).json()
        assert done | answer == done
        assert client.get("/v1/me", headers=headers).status_code == 401, deed
    assert sign_in(client, "liu.yang").status_code == 403
    assert client.post(f"{path}/account/unlock", headers=security).json()["state"] == "in_use"
    reset = client.post(f"{path}/account/link", json={}, headers=security).json()
    assert (reset["kind"], sign_in(client, "liu.yang").status_code) == ("reset", 201)
    with database.transaction() as session:
        said = session.scalars(text("SELECT action FROM audit_entry WHERE actor = '安管' ORDER BY id")).all()
    deeds = [one for one in said if one.startswith(("accounts.", "sessions.end"))]
    assert deeds == [f"accounts.{deed}" for deed in ("create", "invite", "invite")] + ["sessions.end"] * 2 + [
        f"accounts.{deed}" for deed in ("lock", "unlock", "reset")
    ]


def open_session_again(session: Any, settings: Settings, name: str) -> str:
    """Open a session of a person who has an account."""
    from identity.sign_in import accounts, sessions
    from identity.sign_in.sessions import Origin
    from identity.sign_in.tables import SignInMethod

    account = accounts.account_of(session, principals.named(session, name))
    origin = Origin("192.0.2.1", "tests")
    return sessions.begin(session, account, settings, method=SignInMethod.PASSWORD, origin=origin).token


@pytest.mark.parametrize("role", ["administrator", "security-administrator", "auditor"])
def test_no_link_lets_who_manages_people_in_as_one_of_the_three_administrators(
    client: TestClient, security: dict[str, str], role: str
) -> None:
    path = add(client, security, f"王主任 {role}", role)
    for body in ({}, {"remove_second_factor": True}):
        refused = client.post(f"{path}/account/link", json=body, headers=security)
        assert (refused.status_code, refused.json()["type"]) == (403, "urn:wangge:problem:link-separated")
    assert client.get(f"{path}/account", headers=security).status_code == 404, "no account was made on the way"


@pytest.mark.parametrize("role", ["administrator", "security-administrator", "auditor"])
def test_who_made_the_link_gives_the_account_no_role_of_the_three_administrators(
    client: TestClient, make_key: Any, security: dict[str, str], role: str
) -> None:
    path = add(client, security, f"周主任 {role}")
    assert client.post(f"{path}/account/link", json={}, headers=security).is_success
    refused = client.post(f"{path}/grants", json={"role": role}, headers=security)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:wangge:problem:roles-separated")
    assert client.post(f"{path}/grants", json={"role": "dispatcher"}, headers=security).is_success
    other = make_key("security-administrator")
    assert client.post(f"{path}/grants", json={"role": role}, headers=other).is_success


def test_no_link_is_made_for_who_has_left(client: TestClient, security: dict[str, str]) -> None:
    path = add(client, security, "离任")
    assert client.post(f"{path}/end", json={}, headers=security).status_code == 200
    assert client.post(f"{path}/account/link", json={}, headers=security).status_code == 409


def test_who_stands_in_is_told_for_whom(client: TestClient, database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        away, here = people.add_people(
            session, [PersonIn("陈静", "S-1", None), PersonIn("马奔", "S-2", None)], actor=COMMAND_LINE
        )
        make_person(session, "陈静", [Grant("dispatcher")])
        state_absence(session, away, stand_in=here, start=clock.now(), actor=COMMAND_LINE)
        headers = by_session(open_session(session, settings, "马奔", [Grant("viewer")]))
    me = client.get("/v1/me", headers=headers).json()
    assert (me["number"], me["stands_in_for"]) == (here.id, ["陈静"])
    assert {grant["role"] for grant in me["grants"]} == {"viewer", "dispatcher"}
