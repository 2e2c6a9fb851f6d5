"""Grid workers over HTTP: who may state them, who sees their names, and how far open matters are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import shapely
from sqlalchemy import text

from grids.boundaries import operations
from grids.boundaries.records import AreaRecord
from identity.grants import Scope
from identity.keys import create_key
from tests.factories.identity import who

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi.testclient import TestClient

    from core.db import Database

    Keys = Callable[..., dict[str, str]]

URL = "/v1/layers/admin/areas/g1/workers"
SAMPLE = {"workers": [{"staff_number": "SL-0001", "name": "网格员（示例）01"}]}


@pytest.fixture
def served(database: Database, client: TestClient) -> TestClient:
    with database.transaction() as session:
        layer = operations.create_layer(session, code="admin", name="网格", levels=["grid"], actor=who("t"))
        areas = [
            AreaRecord("grid", f"g{i}", f"网格{i}", shapely.box(113 + i, 34, 114 + i, 35), None, "u", "队")
            for i in range(3)
        ]
        operations.publish(
            session, layer=layer, areas=areas, publication=operations.Publication(author=who("t")), lead_s=0
        )
    return client


def test_an_editor_states_who_works_an_area_and_sees_it(served: TestClient, make_key: Keys) -> None:
    editor = make_key("gis-editor")
    stated = served.put(URL, json=SAMPLE, headers=editor)
    assert stated.status_code == 200, stated.text
    (post,) = served.get(URL, headers=editor).json()["posts"]
    assert (post["staff_number"], post["name"], post["unit_name"]) == ("SL-0001", "网格员（示例）01", "队")
    assert served.put(URL, json={"workers": []}, headers=editor).json()["posts"] == []


def test_names_are_masked_without_the_scope_and_reads_in_clear_are_audited(
    served: TestClient, make_key: Keys, database: Database
) -> None:
    editor, viewer = make_key("gis-editor", name="liu"), make_key("viewer")
    served.put(URL, json=SAMPLE, headers=editor)
    masked = served.get("/v1/layers/admin/workers", headers=viewer).json()
    assert (masked["masked"], masked["posts"][0]["name"], masked["posts"][0]["staff_number"]) == (True, "网***", "…01")
    served.get("/v1/layers/admin/workers", headers=editor)
    with database.transaction() as session:
        reads = session.execute(text("SELECT actor, subject FROM audit_entry WHERE action = 'grid_workers.read'")).all()
    assert {tuple(row) for row in reads} == {("liu", "admin")}


def test_who_states_workers_without_the_scope_sees_no_names(served: TestClient, database: Database) -> None:
    with database.transaction() as session:
        key = create_key(session, name="only-edits", scopes=[Scope.BOUNDARIES_EDIT])
    answer = served.put(URL, json=SAMPLE, headers={"X-API-Key": key}).json()
    assert (answer["masked"], answer["posts"][0]["name"]) == (True, "网***")


def test_pages_hold_everyone_once(served: TestClient, make_key: Keys) -> None:
    editor, viewer = make_key("gis-editor"), make_key("viewer")
    for area in range(3):
        workers = [{"staff_number": f"{area}{n}", "name": "网格员（示例）"} for n in range(2)]
        served.put(f"/v1/layers/admin/areas/g{area}/workers", json={"workers": workers}, headers=editor)
    seen, after = [], ""
    while True:
        page = served.get(f"/v1/layers/admin/workers?limit=2{after}", headers=viewer).json()
        seen += [post["area_code"] for post in page["posts"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == ["g0", "g0", "g1", "g1", "g2", "g2"]


def test_only_who_edits_boundaries_may_state(served: TestClient, make_key: Keys) -> None:
    assert served.put(URL, json=SAMPLE, headers=make_key("viewer")).status_code == 403
    assert served.put(URL, json=SAMPLE).status_code == 401
    assert served.get(URL).status_code == 401


@pytest.mark.parametrize(
    ("url", "body", "status"),
    [
        ("/v1/layers/admin/areas/nowhere/workers", SAMPLE, 400),
        ("/v1/layers/none/areas/g1/workers", SAMPLE, 404),
        (URL, {"workers": [{"staff_number": "1"}]}, 422),
        (URL, {"workers": [{"staff_number": "1", "name": "x", "until": "2020-01-01T00:00:00Z"}]}, 400),
    ],
)
def test_what_does_not_fit_is_said(
    served: TestClient, make_key: Keys, url: str, body: dict[str, object], status: int
) -> None:
    answer = served.put(url, json=body, headers=make_key("gis-editor"))
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_area_that_never_was_is_not_found(served: TestClient, make_key: Keys) -> None:
    assert served.get("/v1/layers/admin/areas/nowhere/workers", headers=make_key("viewer")).status_code == 404


def test_handovers_are_listed(served: TestClient, make_key: Keys) -> None:
    assert served.get("/v1/layers/admin/handovers", headers=make_key("viewer")).json() == {"handovers": []}
