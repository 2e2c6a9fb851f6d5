"""Keys over HTTP: shown once, of no role that is kept from the maker, replaced with an overlap, withdrawn for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi.testclient import TestClient

    from core.db import Database

    Keys = Callable[..., dict[str, str]]


def opens(client: TestClient, key: str, path: str = "/v1/reports") -> int:
    return client.get(path, headers={"X-API-Key": key}).status_code


def test_a_key_is_made_shown_once_replaced_and_withdrawn(
    client: TestClient, database: Database, make_key: Keys
) -> None:
    administrator = make_key("security-administrator")
    wanted = {"name": "规划大屏", "roles": ["viewer"], "channel": "12345", "crs": "GCJ-02"}
    answer = client.post("/v1/keys", json=wanted, headers=administrator)
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    key = answer.json()["key"]
    assert opens(client, key) == 200
    again = client.post("/v1/keys", json=wanted, headers=administrator)
    assert (again.status_code, again.json()["type"]) == (409, "urn:wangge:problem:principal-exists")
    listed = client.get("/v1/keys", headers=administrator)
    assert key not in listed.text
    (mine,) = [one for one in listed.json()["items"] if one["name"] == "规划大屏"]
    assert (mine["channels"], mine["systems"], mine["state"]) == (["12345"], ["GCJ-02"], "in_use")

    replaced = client.post("/v1/keys/规划大屏/rotation", json={"overlap_days": 3}, headers=administrator).json()
    assert replaced["key"] != key
    assert (opens(client, key), opens(client, replaced["key"])) == (200, 200)
    assert client.post("/v1/keys/规划大屏/rotation", json={}, headers=administrator).status_code == 409
    assert client.post("/v1/keys/规划大屏/withdrawal", headers=administrator).json()["state"] == "withdrawn"
    assert client.post("/v1/keys/规划大屏/withdrawal", headers=administrator).status_code == 404
    with database.transaction() as session:
        audited = text("SELECT action FROM audit_entry WHERE subject = '规划大屏' ORDER BY id")
        assert set(session.scalars(audited)) >= {"keys.create", "keys.rotate", "keys.withdraw"}


def test_nobody_is_shown_a_key_of_a_role_that_is_kept_from_ones_own(client: TestClient, make_key: Keys) -> None:
    administrator = make_key("security-administrator")
    make_key("auditor", name="审计程序")
    for path, body in (
        ("/v1/keys", {"name": "安全", "roles": ["administrator"]}),
        ("/v1/keys", {"name": "隐私", "roles": ["viewer", "auditor"]}),
        ("/v1/keys/审计程序/rotation", {}),
    ):
        refused = client.post(path, json=body, headers=administrator)
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:wangge:problem:roles-separated"), path
    assert client.post("/v1/keys", json={"name": "n", "roles": ["none"]}, headers=administrator).status_code == 400
    assert client.get("/v1/keys", headers=make_key("administrator")).status_code == 403
