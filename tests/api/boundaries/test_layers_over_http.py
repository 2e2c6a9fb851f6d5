"""Layers, imports, releases, areas and exports over HTTP."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from grids.boundaries.defect_words import CATALOGUE
from tests.factories.languages import one_more_language

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fastapi.testclient import TestClient

    Key = Callable[..., dict[str, str]]

LAYER = {"code": "police", "name": "警务区", "levels": ["station", "beat"]}


def square(code: str, x: float, *, level: str = "beat", width: float = 0.01, **facts: Any) -> dict[str, Any]:
    ring = [[x, 34.8], [x + width, 34.8], [x + width, 34.81], [x, 34.81], [x, 34.8]]
    properties = {"level": level, "code": code, "name": f"{code}号", **facts}
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def file(*features: dict[str, Any]) -> dict[str, tuple[str, bytes]]:
    content = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    return {"files": ("beats.geojson", content)}


STATION = square("S", 113.2, level="station", width=0.03)
CLEAN = (STATION, square("a", 113.2, unit_code="p1", unit_name="一警组"), square("b", 113.21), square("c", 113.22))


@pytest.fixture
def editor(client: TestClient, make_key: Key) -> dict[str, str]:
    headers = make_key("gis-editor")
    assert client.post("/v1/layers", json=LAYER, headers=headers).status_code == 201
    return headers


def test_a_layer_is_defined_described_and_changed(client: TestClient, editor: dict[str, str]) -> None:
    assert client.get("/v1/layers/police").json()["levels"] == ["station", "beat"]
    assert [layer["code"] for layer in client.get("/v1/layers").json()["layers"]] == ["police"]
    changed = {k: v for k, v in LAYER.items() if k != "code"} | {"nearest_tolerance_m": 10}
    assert client.put("/v1/layers/police", json=changed, headers=editor).json()["nearest_tolerance_m"] == 10
    assert client.post("/v1/layers", json=LAYER, headers=editor).status_code == 409
    client.post("/v1/layers/police/imports", files=file(*CLEAN), headers=editor)
    for other in ({"levels": ["beat"]}, {"nearest_tolerance_m": 20}):
        answer = client.put("/v1/layers/police", json=changed | other, headers=editor)
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:wangge:problem:layer-in-use")
    draft = client.post("/v1/change-sets", json={"layer": "police", "title": "容差"}, headers=editor).json()["id"]
    path = f"/v1/change-sets/{draft}"
    answer = client.patch(f"{path}/rules", json={"nearest_tolerance_m": 20}, headers=editor)
    rules = client.get(path, headers=editor).json()["rules"]
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    assert [rules[side]["nearest_tolerance_m"] for side in ("before", "after")] == [10, 20]
    assert client.get("/v1/layers/police/releases/1").json()["nearest_tolerance_m"] == 10


def test_an_import_is_published_once_and_areas_can_be_asked(client: TestClient, editor: dict[str, str]) -> None:
    past = {"note": "首次", "effective_at": "2026-01-01T00:00:00+08:00"}
    first = client.post("/v1/layers/police/imports", files=file(*CLEAN), data=past, headers=editor)
    assert first.status_code == 201, first.text
    assert first.json()["published"]["release"]["note"] == "首次"
    assert client.post("/v1/layers/police/imports", files=file(*CLEAN), headers=editor).status_code == 200
    page = client.get("/v1/layers/police/areas", params={"level": "beat", "limit": 2}).json()
    assert [a["code"] for a in page["areas"]] == ["a", "b"]
    rest = client.get("/v1/layers/police/areas", params={"level": "beat", "after": page["next"]}).json()
    assert ([a["code"] for a in rest["areas"]], rest["next"]) == (["c"], None)
    area = client.get("/v1/layers/police/areas/a").json()["areas"][0]
    assert (area["parent_code"], area["unit_name"], area["geometry"]["type"]) == ("S", "一警组", "MultiPolygon")
    before = {"at": "2025-12-31T00:00:00+08:00"}
    assert client.get("/v1/layers/police/areas", params=before).json()["areas"] == []
    assert client.get("/v1/layers/police/areas/a", params=before).status_code == 404


def test_a_dry_run_checks_and_a_blocked_import_tells_the_defects(client: TestClient, editor: dict[str, str]) -> None:
    spoiled = file(STATION, square("a", 113.2), square("b", 113.205), square("c", 113.22))
    checked = client.post("/v1/layers/police/imports", files=spoiled, data={"dry_run": "true"}, headers=editor)
    assert (checked.status_code, checked.json()["blocked"], checked.json()["published"]) == (200, True, None)
    blocked = client.post("/v1/layers/police/imports", files=spoiled, headers=editor)
    assert (blocked.status_code, blocked.json()["type"]) == (400, "urn:wangge:problem:boundaries-blocked")
    assert blocked.json()["counts"]["overlap"] == 1
    in_chinese = client.post(
        "/v1/layers/police/imports", files=spoiled, headers=editor | {"Accept-Language": "zh"}
    ).json()
    for problem, language in ((blocked.json(), "en"), (in_chinese, "zh")):
        first = problem["defects"]["features"][0]["properties"]
        assert first["message"] == first[f"message_{language}"]
        assert first["message"] in problem["detail"]
    assert client.get("/v1/layers/police/releases").json() == {"releases": []}


def test_warnings_of_a_release_are_worded_in_the_language_of_who_reads(
    client: TestClient, editor: dict[str, str], tmp_path: Path
) -> None:
    seam = file(STATION, square("a", 113.2), square("b", 113.21, width=0.009995), square("c", 113.22))
    published = client.post("/v1/layers/police/imports", files=seam, headers=editor)
    assert published.status_code == 201, published.text
    release = "/v1/layers/police/releases/1"
    answers = {lang: client.get(release, params={"lang": lang}) for lang in ("zh", "en")}
    for lang, answer in answers.items():
        (warning,) = answer.json()["check_report"]["warnings"]
        assert (warning["kind"], warning["cause"], warning["values"]["width_m"]) == ("sliver", "parent_not_covered", 1)
        assert warning["message"] == warning[f"message_{lang}"]
        assert (answer.headers["Content-Language"], answer.headers["Vary"]) == (lang, "Accept-Language")
    assert "a sliver of" in answers["en"].json()["check_report"]["warnings"][0]["message"]
    with one_more_language([CATALOGUE], tmp_path) as language:
        (warning,) = client.get(release, params={"lang": language}).json()["check_report"]["warnings"]
        assert warning["message"].startswith("<sliver/parent_not_covered> S S号 <area/")


def test_a_later_import_waits_for_a_second_person(client: TestClient, make_key: Key) -> None:
    admin = make_key("administrator")
    url = "/v1/layers/police/imports"
    client.post("/v1/layers", json=LAYER, headers=admin)
    assert client.post(url, files=file(*CLEAN), headers=admin).status_code == 201
    wish = "2099-01-01T00:00:00+08:00"
    moved = file(STATION, square("a", 113.2), square("b", 113.21), square("d", 113.22))
    later = client.post(
        url, files=moved, data={"note": "三组改号", "effective_at": wish, "force": "true"}, headers=admin
    )
    assert (later.status_code, later.json()["published"]) == (202, None)
    assert len(client.get("/v1/layers/police/releases").json()["releases"]) == 1
    draft = f"/v1/change-sets/{later.json()['change_set']}"
    shown = client.get(draft, headers=admin).json()
    assert (shown["state"], shown["title"], shown["edits"][0]["verb"]) == ("submitted", "三组改号", "replace")
    own = client.post(f"{draft}/approval", json={}, headers=admin)
    assert (own.status_code, own.json()["type"]) == (403, "urn:wangge:problem:second-person-needed")
    second = make_key("gis-approver")
    assert client.post(f"{draft}/approval", json={}, headers=second).json()["effective_at"] is not None
    released = client.post(f"{draft}/publication", headers=second).json()
    assert released["effective_at"].startswith("2098-12-31T16:00:00")
    line = client.get("/v1/layers/police/areas/c/lineage").json()
    assert [(s["successor"], s["share_of_predecessor"]) for s in line["became"]] == [("d", 1.0)]
    back = client.post(url, files=file(*CLEAN), headers=admin)
    assert (back.status_code, "numbers are not given twice" in back.json()["detail"]) == (400, True)


def test_a_rollback_needs_an_approver_and_is_a_new_release(
    client: TestClient, editor: dict[str, str], make_key: Key
) -> None:
    approver = make_key("gis-approver")
    assert client.post("/v1/layers/police/imports", files=file(*CLEAN), headers=editor).status_code == 201
    later = client.post("/v1/layers/police/imports", files=file(*CLEAN[:3], square("d", 113.22)), headers=editor)
    url = f"/v1/change-sets/{later.json()['change_set']}"
    assert client.post(f"{url}/approval", json={}, headers=approver).status_code == 200
    assert client.post(f"{url}/publication", headers=approver).status_code == 201
    assert client.post("/v1/layers/police/rollbacks", json={"release": 1}, headers=editor).status_code == 403
    back = client.post("/v1/layers/police/rollbacks", json={"release": 1}, headers=approver)
    assert (back.status_code, back.json()["release"]["number"]) == (201, 3)
    releases = client.get("/v1/layers/police/releases").json()["releases"]
    assert [r["number"] for r in releases] == [3, 2, 1]
    assert (
        releases[0]["checksum"]
        == releases[2]["checksum"]
        == client.get("/v1/layers/police/releases/1").json()["checksum"]
    )
    history = client.get("/v1/layers/police/areas/c/history").json()["states"]
    assert [(s["release"], s["valid_to"] is None) for s in history] == [(1, False), (3, True)]


def test_an_export_is_named_after_its_system_and_imports_again(client: TestClient, editor: dict[str, str]) -> None:
    client.post("/v1/layers/police/imports", files=file(*CLEAN), headers=editor)
    answer = client.get("/v1/layers/police/export", params={"format": "geopackage", "crs": "EPSG:4547"})
    assert 'filename="police-r1-EPSG4547.gpkg"' in answer.headers["content-disposition"]
    again = client.post("/v1/layers/police/imports", files={"files": ("a.gpkg", answer.content)}, headers=editor)
    assert again.json()["published"]["is_new"] is False


def test_declared_gaps_are_silent(client: TestClient, editor: dict[str, str]) -> None:
    holed = file(STATION, square("a", 113.2), square("c", 113.22))
    assert client.post("/v1/layers/police/imports", files=holed, headers=editor).status_code == 400
    lake = {"name": "湖", "geometry": square("b", 113.21)["geometry"]}
    assert client.patch("/v1/layers/police/gaps", json={"gaps": [lake]}, headers=editor).status_code == 200
    assert client.get("/v1/layers/police/gaps").json()["gaps"][0]["name"] == "湖"
    pond = {"name": "塘", "geometry": square("d", 113.3)["geometry"]}
    both = client.patch("/v1/layers/police/gaps", json={"gaps": [pond]}, headers=editor).json()["gaps"]
    assert [gap["name"] for gap in both] == ["塘", "湖"], "those declared before stay"
    left = client.patch("/v1/layers/police/gaps", json={"remove": ["塘"]}, headers=editor).json()["gaps"]
    assert [gap["name"] for gap in left] == ["湖"]
    assert client.post("/v1/layers/police/imports", files=holed, headers=editor).status_code == 201
    again = client.patch("/v1/layers/police/gaps", json={"remove": ["湖"]}, headers=editor)
    assert (again.status_code, again.json()["type"]) == (409, "urn:wangge:problem:layer-in-use")


def test_gaps_that_no_layer_has_are_refused_by_name(client: TestClient, editor: dict[str, str]) -> None:
    circle = shapely.geometry.mapping(shapely.Point(113.2, 34.8).buffer(0.01, quad_segs=18_000))
    swapped = {"type": "Point", "coordinates": [34.8, 113.2]}
    for gaps, why in [
        ([circle] * 6, "more than 200000 points together"),
        ([circle, swapped], "The gap '湖1': The geometry must be in degrees, longitude first."),
    ]:
        named = [{"name": f"湖{i}", "geometry": gap} for i, gap in enumerate(gaps)]
        answer = client.patch("/v1/layers/police/gaps", json={"gaps": named}, headers=editor)
        assert (answer.status_code, answer.json().get("field")) == (400, "gaps"), answer.text[:300]
        assert why in answer.json()["detail"]
    assert client.get("/v1/layers/police/gaps").json() == {"gaps": []}


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/v1/layers/none", 404, "layer-not-found"),
        ("/v1/layers/police/areas?within=zz", 404, "area-not-found"),
        ("/v1/layers/police/areas?level=zz", 400, "parameter-invalid"),
        ("/v1/layers/police/areas?bbox=1,2,3", 400, "bbox-malformed"),
        ("/v1/layers/police/areas?bbox=nan,2,3,4", 400, "bbox-malformed"),
        ("/v1/layers/police/areas?after=x", 400, "parameter-invalid"),
        ("/v1/layers/police/areas?at=2026-01-01", 400, "parameter-invalid"),
        ("/v1/layers/police/releases/9", 404, "release-not-found"),
        ("/v1/layers/police/export", 404, "release-not-found"),
    ],
)
def test_what_cannot_be_answered_is_said_so(
    client: TestClient, editor: dict[str, str], path: str, status: int, kind: str
) -> None:
    answer = client.get(path)
    assert editor
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:wangge:problem:{kind}")


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_the_ends_of_time_are_instants_too(client: TestClient, editor: dict[str, str], at: str) -> None:
    assert editor
    assert client.get("/v1/layers/police/areas", params={"at": at}).status_code in {200, 400}


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"effective_at": "9999-12-31T00:00:00Z"}, 409),
        ({"note": "\x00"}, 422),
        ({"field": "code"}, 400),
        ({"field": "code=NO"}, 400),
        ({"level": "nothing=beats.geojson"}, 400),
        ({"crs": "nonsense"}, 400),
        ({"encoding": "\x00"}, 201),
        ({"expected_release": "7"}, 409),
    ],
)
def test_words_of_an_import_that_make_no_sense_are_refused(
    client: TestClient, editor: dict[str, str], fields: dict[str, str], status: int
) -> None:
    answer = client.post("/v1/layers/police/imports", files=file(*CLEAN), data=fields, headers=editor)
    assert answer.status_code == status, answer.text


def test_changing_needs_a_key_with_the_scope(client: TestClient, make_key: Key) -> None:
    assert client.post("/v1/layers", json=LAYER).status_code == 401
    assert client.post("/v1/layers", json=LAYER, headers=make_key("viewer")).status_code == 403


def test_an_instant_far_off_has_to_be_meant(client: TestClient, editor: dict[str, str]) -> None:
    def sent(**data: str) -> tuple[int, str | None]:
        answer = client.post("/v1/layers/police/imports", files=file(*CLEAN), data=data, headers=editor)
        return answer.status_code, answer.json().get("needs")

    assert sent(effective_at="2092-01-01T00:00:00+08:00", confirm="true") == (409, "force")
    assert sent(effective_at="1970-08-21T00:00:00Z") == (409, "confirm")
    assert sent(effective_at="1970-08-21T00:00:00Z", confirm="true") == (201, None)
    renamed = file(STATION, *CLEAN[1:3], square("c", 113.22, unit_code="p2", unit_name="二警组"))
    answer = client.post("/v1/layers/police/imports", files=renamed, headers=editor)
    assert answer.status_code == 202, answer.text
