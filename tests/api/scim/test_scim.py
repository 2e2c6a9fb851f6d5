"""SCIM 2.0, driven by the client library scim2-client with the models of scim2-models; and laws of its filters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from api.scim.errors import ScimError
from api.scim.filters import condition
from api.scim.patches import patched

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi.testclient import TestClient
    from scim2_client.engines.httpx2 import SyncSCIMClient

    from core.db import Database

    Keys = Callable[..., dict[str, str]]


@pytest.fixture
def directory(client: TestClient, make_key: Keys) -> SyncSCIMClient:
    from scim2_client.engines.httpx2 import SyncSCIMClient

    client.base_url = client.base_url.join("/scim/v2/")
    client.headers["Authorization"] = f"Bearer {make_key('security-administrator')['X-API-Key']}"
    found = SyncSCIMClient(client)
    found.discover()
    return found


def test_a_directory_keeps_people_through_a_client_of_another_hand(
    directory: SyncSCIMClient, database: Database
) -> None:
    from scim2_models import PatchOp, PatchOperation, SearchRequest

    user_model, group_model = directory.get_resource_model("User"), directory.get_resource_model("Group")
    made = directory.create(
        user_model(
            user_name="CY-1", display_name="张三（示例）", external_id="e-1", active=True,
            phone_numbers=[{"value": "13800001234", "type": "work"}],
        )
    )  # fmt: skip
    assert (made.user_name, made.display_name, made.active, made.external_id) == ("CY-1", "张三（示例）", True, "e-1")
    for number in range(2, 6):
        directory.create(user_model(user_name=f"CY-{number}", display_name=f"某人{number}"))
    page = directory.query(user_model, query_parameters=SearchRequest(start_index=2, count=2))
    assert (page.total_results, page.start_index, [one.user_name for one in page.resources]) == (5, 2, ["CY-2", "CY-3"])
    wanted = 'userName eq "cy-1" and not (active eq false)'
    found = directory.query(user_model, query_parameters=SearchRequest(filter=wanted))
    assert [one.id for one in found.resources] == [made.id]

    change = PatchOp[user_model](operations=[PatchOperation(op="replace", path="displayName", value="张三丰（示例）")])
    changed = directory.modify(user_model, made.id, change)
    assert changed is None or changed.display_name == "张三丰（示例）"
    read = directory.query(user_model, made.id)
    assert (read.display_name, read.meta.version > made.meta.version) == ("张三丰（示例）", True)

    (role,) = directory.query(
        group_model, query_parameters=SearchRequest(filter='displayName eq "dispatcher"')
    ).resources
    joins = PatchOp[group_model](operations=[PatchOperation(op="add", path="members", value=[{"value": made.id}])])
    directory.modify(group_model, role.id, joins)
    assert [one.value for one in directory.query(group_model, role.id).members] == [made.id]
    assert [one.value for one in directory.query(user_model, made.id).groups] == ["role:dispatcher"]

    read = directory.query(user_model, made.id)
    read.active = False
    directory.replace(read)
    assert directory.query(user_model, made.id).active is False
    with database.transaction() as session:
        phone, open_grants = session.execute(
            text(
                "SELECT phone, (SELECT count(*) FROM principal_grant WHERE principal_id = p.id AND revoked_at IS NULL)"
                " FROM person p WHERE id = :id"
            ),
            {"id": int(made.id)},
        ).one()
    assert (phone, open_grants) == ("13800001234", 0)
    directory.delete(user_model, made.id)
    assert directory.query(user_model, query_parameters=SearchRequest(filter='externalId eq "e-1"')).total_results == 0


def test_units_are_groups_and_versions_and_errors_are_the_protocol_s(
    directory: SyncSCIMClient, client: TestClient, make_key: Keys
) -> None:
    del directory
    unit = {"name": "某局", "kind": "department"}
    assert client.put("http://testserver/v1/units/u", json=unit, headers=make_key("administrator")).status_code == 200
    user = client.post("Users", json={"userName": "A1", "name": {"familyName": "李", "givenName": "四"}})
    number, version = user.json()["id"], user.headers["ETag"]
    assert (user.status_code, user.json()["displayName"], "phoneNumbers" in user.json()) == (201, "李四", False)
    add = {"schemas": [], "Operations": [{"op": "Add", "path": "members", "value": [{"value": number}]}]}
    assert client.patch("Groups/unit:u", json=add).json()["members"][0]["value"] == number
    leave = {"Operations": [{"op": "remove", "path": f'members[value eq "{number}"]'}]}
    assert client.patch("Groups/unit:u", json=leave).json()["members"] == []
    assert client.get(f"Users/{number}", headers={"If-None-Match": version}).status_code in {200, 304}
    stale = client.put(f"Users/{number}", json={"userName": "A1"}, headers={"If-Match": 'W/"0"'})
    answers = {
        "stale": (stale, 412, None),
        "twice": (client.post("Users", json={"userName": "A1", "displayName": "x"}), 409, "uniqueness"),
        "no name": (client.post("Users", json={"displayName": "x"}), 400, "invalidValue"),
        "filter": (client.get("Users", params={"filter": "userName xx 1"}), 400, "invalidFilter"),
        "path": (client.patch(f"Users/{number}", json={"Operations": [{"op": "add", "path": "[", "value": 1}]}), 400,
                 "invalidPath"),
        "syntax": (client.patch(f"Users/{number}", json={"Operations": [{"op": "move"}]}), 400, "invalidSyntax"),
        "nobody": (client.get("Users/999999"), 404, None),
        "no group": (client.get("Groups/unit:none"), 404, None),
        "new group": (client.post("Groups", json={"displayName": "x"}), 400, "mutability"),
        "member": (client.put("Groups/unit:u", json={"members": [{"value": "999999"}]}), 400, "invalidValue"),
    }  # fmt: skip
    for name, (answer, status, scim_type) in answers.items():
        told = answer.json()
        assert (answer.status_code, told.get("scimType"), told["status"]) == (status, scim_type, str(status)), name
        assert told["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    separated = [
        client.put(f"Groups/role:{role}", json={"members": [{"value": number}]}).status_code
        for role in ("auditor", "administrator")
    ]
    assert separated == [200, 409]


PEOPLE: list[dict[str, Any]] = [
    {
        "id": "1",
        "userName": "Anna",
        "active": True,
        "name": {"formatted": "安娜"},
        "emails": [{"type": "work", "n": 1}],
    },
    {"id": "2", "userName": "bob", "active": False, "emails": [{"type": "home", "n": 1}, {"type": "work", "n": 2}]},
    {"id": "3", "userName": "Carl", "active": True},
]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ('userName eq "BOB"', "2"), ('id eq "1" or id eq "3"', "13"), ("active eq true", "13"),
        ('userName co "a"', "13"),
        ('userName sw "c"', "3"), ('userName ew "B"', "2"), ("emails pr", "12"), ('not (userName eq "bob")', "13"),
        ('emails[type eq "work" and n eq 1]', "1"), ('emails.type eq "work"', "12"), ('userName gt "b"', "23"),
        ('name.formatted eq "安娜"', "1"), ('active eq "true"', ""), ('userName ne "bob" and active eq true', "13"),
        ('id eq "1" or id eq "2" and active eq true', "1"), ('USERNAME EQ "bob"', "2"), ("emails.n ge 2", "2"),
    ],
)  # fmt: skip
def test_a_filter_chooses(words: str, found: str) -> None:
    assert "".join(one["id"] for one in PEOPLE if condition(words)(one)) == found


@given(st.text(alphabet='abnotrd eqpr()[]".1', max_size=40))
def test_any_words_are_a_filter_or_refused(words: str) -> None:
    try:
        chosen = condition(words)
    except ScimError as refused:
        error = refused
    else:
        error = None
        assert all(chosen(one) in {True, False} for one in PEOPLE)
    assert error is None or error.scim_type == "invalidFilter"


def test_a_patch_leaves_what_it_does_not_name_as_it_was() -> None:
    before = {"name": {"formatted": "a", "familyName": "b"}, "emails": [{"type": "work", "value": "1"}], "active": True}
    done = patched(
        before,
        [
            {"op": "replace", "value": {"active": False, "name.formatted": "c"}},
            {"op": "replace", "path": 'emails[type eq "work"].value', "value": "2"},
            {"op": "add", "path": "emails", "value": {"type": "home", "value": "3"}},
            {"op": "remove", "path": "name.familyName"},
        ],
    )
    assert done == {
        "name": {"formatted": "c"}, "active": False,
        "emails": [{"type": "work", "value": "2"}, {"type": "home", "value": "3"}],
    }  # fmt: skip
    assert before["active"] is True
