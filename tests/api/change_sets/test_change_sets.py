"""The boundary desk over HTTP: who may do what, stale edits, the whole way from a draft to a release."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from pypdf import PdfReader
from shapely.geometry import shape

from grids.boundaries import operations
from grids.boundaries.records import AreaRecord
from tests.factories.identity import who
from tests.factories.reports import store_report

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi.testclient import TestClient

    from core.db import Database

    Keys = Callable[..., dict[str, str]]


def square(x: int, y: int) -> dict[str, Any]:
    west, south = 113.30 + x * 0.01, 34.80 + y * 0.01
    ring = [[west, south], [west + 0.01, south], [west + 0.01, south + 0.01], [west, south + 0.01], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


@pytest.fixture
def desk(database: Database, client: TestClient, make_key: Keys) -> tuple[TestClient, dict[str, str], dict[str, str]]:
    """A layer of 2 × 2 grids below one community, an editor's key and an approver's."""
    with database.transaction() as session:
        layer = operations.create_layer(
            session, code="admin", name="网格", levels=["community", "grid"], actor=who("test")
        )
        grids = [
            AreaRecord("grid", f"c-{1 + x + 2 * y}", f"网格{x}{y}", shape(square(x, y)), "c", "u", "单位",
                       {"households": 100 * (1 + x)})
            for x in range(2) for y in range(2)
        ]  # fmt: skip
        corners = [(0, 0), (1, 0), (2, 0), (2, 1), (2, 2), (1, 2), (0, 2), (0, 1), (0, 0)]
        whole = shapely.Polygon([(113.30 + x * 0.01, 34.80 + y * 0.01) for x, y in corners])
        operations.publish(
            session,
            layer=layer,
            areas=[AreaRecord("community", "c", "社区", whole), *grids],
            publication=operations.Publication(author=who("t")),
            lead_s=0,
        )
    return client, make_key("gis-editor"), make_key("gis-approver")


def opened(client: TestClient, editor: dict[str, str]) -> int:
    answer = client.post("/v1/change-sets", json={"layer": "admin", "title": "调整"}, headers=editor)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


FAR = {"type": "LineString", "coordinates": [[1e9, 0], [0, 1]]}
CUT = {"type": "LineString", "coordinates": [[113.299, 34.805], [113.311, 34.806]]}


def test_from_a_draft_to_a_release(desk: tuple[TestClient, dict[str, str], dict[str, str]]) -> None:
    client, editor, approver = desk
    url = f"/v1/change-sets/{opened(client, editor)}"
    edited = client.post(f"{url}/edits", json={"verb": "split", "codes": ["c-1"], "geometry": CUT}, headers=editor)
    assert edited.status_code == 201, edited.text
    retired = {f["id"]: f["properties"]["retired"] for f in edited.json()["features"]}
    assert retired.items() >= {"c-1": True, "c-5": False, "c-6": False}.items()
    patched = client.patch(f"{url}/areas/c-5", json={"name": "南片"}, headers=editor)
    assert patched.status_code == 200, patched.text
    assert client.get(f"{url}/check", headers=editor).json()["summary"]["blocks"] is False
    found = client.get(f"{url}/impact", headers=editor).json()
    assert {a["code"]: a["kind"] for a in found["areas"]} == {"c-1": "retired", "c-5": "created", "c-6": "created"}
    assert [piece["ground"] for piece in found["land"]] == [None, None]
    drawn = client.get(f"{url}/impact?outlines=true", headers=editor).json()["land"]
    made = {f["id"]: shape(f["geometry"]) for f in edited.json()["features"] if f["id"] in {"c-5", "c-6"}}
    assert {piece["to_area"]: piece["from_area"] for piece in drawn} == {"c-5": "c-1", "c-6": "c-1"}
    assert all(shape(piece["ground"]).equals(made[piece["to_area"]]) for piece in drawn)
    assert client.post(f"{url}/submission", headers=editor).json()["state"] == "submitted"
    assert client.post(f"{url}/approval", json={}, headers=approver).json()["state"] == "approved"
    release = client.post(f"{url}/publication", headers=approver)
    assert (release.status_code, release.json()["number"]) == (201, 2)
    line = client.get("/v1/layers/admin/areas/c-1/lineage").json()
    assert {s["successor"] for s in line["became"]} == {"c-5", "c-6"}
    assert client.get("/v1/layers/admin/areas/c-5/lineage").json()["came_from"][0]["predecessor"] == "c-1"


def test_an_editor_cannot_approve_and_a_viewer_cannot_edit(
    desk: tuple[TestClient, dict[str, str], dict[str, str]], make_key: Keys
) -> None:
    client, editor, _ = desk
    viewer = make_key("viewer")
    number = opened(client, editor)
    assert client.get(f"/v1/change-sets/{number}", headers=viewer).status_code == 200
    assert client.post(f"/v1/change-sets/{number}/undo", headers=viewer).status_code == 403
    assert client.post(f"/v1/change-sets/{number}/approval", json={}, headers=editor).status_code == 403
    assert client.get(f"/v1/change-sets/{number}").status_code == 401


def test_an_administrator_cannot_approve_the_own_draft(
    desk: tuple[TestClient, dict[str, str], dict[str, str]], make_key: Keys
) -> None:
    client, _, _ = desk
    admin = make_key("administrator")
    url = f"/v1/change-sets/{opened(client, admin)}"
    client.patch(f"{url}/areas/c-1", json={"name": "甲"}, headers=admin)
    assert client.post(f"{url}/submission", headers=admin).status_code == 200
    refused = client.post(f"{url}/approval", json={}, headers=admin)
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:wangge:problem:second-person-needed")


def test_a_stale_edit_is_412_and_the_etag_follows(desk: tuple[TestClient, dict[str, str], dict[str, str]]) -> None:
    client, editor, _ = desk
    url = f"/v1/change-sets/{opened(client, editor)}"
    etag = client.get(url, headers=editor).headers["etag"]
    first = client.patch(f"{url}/areas/c-1", json={"name": "甲"}, headers=editor | {"If-Match": etag})
    assert first.status_code == 200
    stale = client.patch(f"{url}/areas/c-1", json={"name": "乙"}, headers=editor | {"If-Match": etag})
    assert stale.status_code == 412
    again = client.patch(f"{url}/areas/c-1", json={"name": "乙"}, headers=editor | {"If-Match": first.headers["etag"]})
    assert again.status_code == 200


def test_a_surveyors_file_replaces_by_code(desk: tuple[TestClient, dict[str, str], dict[str, str]]) -> None:
    client, editor, _ = desk
    url = f"/v1/change-sets/{opened(client, editor)}"
    feature = {"type": "Feature", "geometry": square(0, 0),
               "properties": {"level": "grid", "code": "c-1", "name": "测绘", "parent": "c"}}  # fmt: skip
    content = json.dumps({"type": "FeatureCollection", "features": [feature]})
    answer = client.post(
        f"{url}/replacements", files={"files": ("delivery.geojson", content)}, data={"crs": "WGS84"}, headers=editor
    )
    assert answer.status_code == 201, answer.text
    assert [f["id"] for f in answer.json()["features"]] == ["c-1"]


def test_a_planted_overlap_is_shown_and_repaired_only_when_asked(
    desk: tuple[TestClient, dict[str, str], dict[str, str]],
) -> None:
    client, editor, _ = desk
    url = f"/v1/change-sets/{opened(client, editor)}"
    wide = square(0, 0)
    for corner in (1, 2):
        wide["coordinates"][0][corner][0] += 0.002
    feature = {"type": "Feature", "geometry": wide,
               "properties": {"level": "grid", "code": "c-1", "name": "测绘", "parent": "c"}}  # fmt: skip
    content = json.dumps({"type": "FeatureCollection", "features": [feature]})
    client.post(f"{url}/replacements", files={"files": ("d.geojson", content)}, data={"crs": "WGS84"}, headers=editor)
    assert client.get(f"{url}/check", headers=editor).json()["summary"]["blocks"] is True
    assert client.post(f"{url}/submission", headers=editor).status_code == 409
    proposals = client.get(f"{url}/repairs", headers=editor).json()["proposals"]
    assert proposals
    assert all(p["moves"] for p in proposals)
    assert client.get(f"{url}/check", headers=editor).json()["summary"]["blocks"] is True
    taken = client.post(f"{url}/repairs", json={}, headers=editor)
    assert taken.status_code == 201, taken.text
    assert client.get(f"{url}/check", headers=editor).json()["summary"]["blocks"] is False


def test_a_redesign_is_shown_and_taken(desk: tuple[TestClient, dict[str, str], dict[str, str]]) -> None:
    client, editor, _ = desk
    url = f"/v1/change-sets/{opened(client, editor)}"
    answer = client.post(f"{url}/redesigns", json={"parent_code": "c", "k": 2, "take": True}, headers=editor)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert sum(body["after"]["loads"]) == pytest.approx(600)
    assert len(body["grids"]["features"]) == 2
    assert client.get(url, headers=editor).json()["edits"][-1]["verb"] == "recut"
    assert client.get(f"{url}/check", headers=editor).json()["summary"]["blocks"] is False


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (
            {"verb": "split", "codes": ["c-1"], "geometry": {"type": "LineString", "coordinates": [[1e9, 0], [0, 1]]}},
            "geometry",
        ),
        ({"verb": "split", "codes": ["c-1"], "geometry": {"type": "Nonsense"}}, "geometry"),
        ({"verb": "split", "codes": ["c-1"]}, "geometry"),
        ({"verb": "split", "codes": ["nowhere"], "geometry": CUT}, None),
        ({"verb": "merge", "codes": ["c-1"]}, "codes"),
        ({"verb": "create", "geometry": square(0, 0)}, "parent_code"),
        ({"verb": "create", "geometry": square(0, 0), "parent_code": "c"}, "geometry"),
    ],
)
def test_a_bad_edit_names_the_field(
    desk: tuple[TestClient, dict[str, str], dict[str, str]], body: dict[str, Any], field: str | None
) -> None:
    client, editor, _ = desk
    answer = client.post(f"/v1/change-sets/{opened(client, editor)}/edits", json=body, headers=editor)
    assert answer.status_code == 400, answer.text
    assert field is None or answer.json()["field"] == field


def test_the_preview_opens_with_no_internet_and_prints_on_a_page(
    desk: tuple[TestClient, dict[str, str], dict[str, str]],
) -> None:
    client, editor, _ = desk
    url = f"/v1/change-sets/{opened(client, editor)}"
    client.post(f"{url}/edits", json={"verb": "split", "codes": ["c-1"], "geometry": CUT}, headers=editor)
    page = client.get(f"{url}/impact.html", headers=editor)
    assert page.status_code == 200
    assert "调整 · 变更前" in page.text
    assert not re.findall(r"(?:src=|<link[^>]+href=)[\"']https?://", page.text)
    printed = client.get(f"{url}/impact.pdf", headers=editor)
    assert printed.headers["content-type"] == "application/pdf"
    reader = PdfReader(io.BytesIO(printed.content))
    assert len(reader.pages) == 1
    assert "变更影响" in reader.pages[0].extract_text()


def test_borders_in_doubt_are_gathered_by_edge(
    desk: tuple[TestClient, dict[str, str], dict[str, str]], database: Database
) -> None:
    client, editor, _ = desk
    with database.transaction() as session:
        for _ in range(3):
            in_doubt = [{"code": "c-2"}, {"code": "c-1"}]
            store_report(session, method="boundary", path=("c", "c-1"), candidates=in_doubt)
    found = client.get("/v1/layers/admin/disputed-edges", headers=editor).json()["features"]
    assert [(f["properties"]["areas"], f["properties"]["ambiguous"]) for f in found] == [(["c-1", "c-2"], 3)]
    assert shape(found[0]["geometry"]).length == pytest.approx(0.01)
    assert client.get("/v1/layers/admin/disputed-edges.html", headers=editor).status_code == 200
