"""OGC API – Features Part 4: plain HTTP edits an open draft, and never over what another has changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from shapely.geometry import shape

from geo.datum import transform_geometry

if TYPE_CHECKING:
    from tests.api.ogc.conftest import Served

URI_4547 = "http://www.opengis.net/def/crs/EPSG/0/4547"


def items(served: Served, level: str = "grid") -> str:
    return f"/ogc/collections/draft-{served.draft}.{level}/items"


def seen(served: Served, code: str) -> tuple[dict[str, Any], str]:
    answer = served.get(f"{items(served)}/{code}")
    assert answer.status_code == 200, answer.text
    return answer.json(), answer.headers["etag"]


def edits_of(served: Served) -> list[dict[str, Any]]:
    edits: list[dict[str, Any]] = served.get(f"/v1/change-sets/{served.draft}").json()["edits"]
    return edits


def test_the_methods_are_told(served: Served) -> None:
    code = served.codes()[0]
    told = {
        f"{items(served)}/{code}": "GET, OPTIONS, PUT, PATCH, DELETE",
        items(served): "GET, OPTIONS, POST",
        f"{items(served, 'street')}/x": "GET, OPTIONS, PUT, PATCH",
        f"/ogc/collections/admin.grid/items/{code}": "GET, OPTIONS",
    }
    for path, methods in told.items():
        answer = served.send("OPTIONS", path)
        assert (answer.status_code, answer.headers["allow"]) == (200, methods)
        assert ("accept-post" in answer.headers) == ("POST" in methods)
        assert ("accept-patch" in answer.headers) == ("PATCH" in methods)


def test_a_put_edits_the_draft_and_not_the_release(served: Served) -> None:
    code = served.codes()[0]
    feature, tag = seen(served, code)
    feature["properties"] |= {"name": "改名", "note": "测绘"}
    feature["geometry"]["coordinates"][0][0][0][0] += 1e-5
    feature["geometry"]["coordinates"][0][0][-1] = feature["geometry"]["coordinates"][0][0][0]
    path = f"{items(served)}/{code}"
    assert served.send("PUT", path, feature).status_code == 428
    done = served.send("PUT", path, feature, If_Match=tag)
    assert done.status_code == 200, done.text
    now, new_tag = seen(served, code)
    assert new_tag == done.headers["etag"] != tag
    assert (now["properties"]["name"], now["properties"]["note"]) == ("改名", "测绘")
    assert now["properties"]["households"] == feature["properties"]["households"]
    assert shape(now["geometry"]).equals(shape(feature["geometry"]))
    stale = served.send("PUT", path, feature, If_Match=tag)
    assert (stale.status_code, stale.json()["type"]) == (412, "urn:wangge:problem:change-set-stale")
    assert served.get(f"/ogc/collections/admin.grid/items/{code}").json()["properties"]["name"] != "改名"
    listed = served.get(items(served), name="改名").json()
    assert [f["id"] for f in listed["features"]] == [code]
    assert edits_of(served)[-1]["verb"] == "replace"


def test_a_put_takes_another_system(served: Served) -> None:
    code = served.codes()[1]
    feature, tag = seen(served, code)
    moved = shapely.transform(transform_geometry(served.land(code), "WGS84", "EPSG:4547"), lambda xy: xy[:, ::-1] + 1.0)
    feature["geometry"] = json.loads(shapely.to_geojson(moved))
    done = served.send("PUT", f"{items(served)}/{code}", feature, If_Match=tag, Content_Crs=f"<{URI_4547}>")
    assert done.status_code == 200, done.text
    back = served.get(f"{items(served)}/{code}", crs=URI_4547).json()
    assert shapely.hausdorff_distance(shape(back["geometry"]), moved) < 0.02


def test_a_patch_changes_facts_and_land(served: Served) -> None:
    code = served.codes()[2]
    path = f"{items(served)}/{code}"
    _, tag = seen(served, code)
    assert served.send("PATCH", path, {"properties": {"name": "甲"}}).status_code == 428
    change = {"properties": {"name": "甲", "households": None, "shops": 7}}
    done = served.send("PATCH", path, change, If_Match=tag)
    assert done.status_code == 200, done.text
    now = done.json()["properties"]
    assert (now["name"], now["shops"], "households" in now) == ("甲", 7, False)
    land = shapely.buffer(served.land(code), -1e-4)
    change = {"geometry": json.loads(shapely.to_geojson(land)), "properties": {"name": "乙"}}
    both = served.send("PATCH", path, change, If_Match=done.headers["etag"])
    assert both.json()["properties"]["name"] == "乙"
    assert both.json()["properties"]["area_m2"] < now["area_m2"]
    assert served.send("PATCH", path, change, If_Match=tag).status_code == 412


def test_a_retired_area_is_gone_and_its_land_can_be_given_to_a_new_one(served: Served) -> None:
    code = served.codes()[-1]
    path = f"{items(served)}/{code}"
    feature, tag = seen(served, code)
    assert served.send("DELETE", path).status_code == 428
    assert served.send("DELETE", path, If_Match='"other"').status_code == 412
    assert served.send("DELETE", path, If_Match=tag).status_code == 204
    assert served.get(path).status_code == 404
    facts = {"name": "新网格", "parent_code": feature["properties"]["parent_code"], "shops": 3}
    new = {"type": "Feature", "geometry": feature["geometry"], "properties": facts}
    made = served.send("POST", items(served), new)
    assert made.status_code == 201, made.text
    got = served.http.get(made.headers["location"])
    assert got.json()["properties"].items() >= {"name": "新网格", "shops": 3}.items()
    assert got.headers["etag"] == made.headers["etag"]
    assert got.json()["id"] not in served.codes()
    matched = served.get(items(served)).json()["numberMatched"]
    assert matched == len(served.codes())


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 1]}, "properties": {}}, 400),
        ({"type": "Feature", "geometry": {"type": "Nonsense"}, "properties": {}}, 400),
        ({"type": "Feature", "geometry": {"type": "Polygon", "coordinates": []}, "properties": {}}, 400),
        ({"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [[[999, 0], [1, 0], [1, 1], [999, 0]]]},
          "properties": {}}, 400),
        ({"type": "Feature", "geometry": None, "properties": {}}, 422),
        ({"type": "Other"}, 422),
        ([], 422),
    ],
)  # fmt: skip
def test_a_bad_feature_is_refused(served: Served, body: Any, status: int) -> None:
    code = served.codes()[5]
    _, tag = seen(served, code)
    assert served.send("POST", items(served), body).status_code == status
    answer = served.send("PUT", f"{items(served)}/{code}", body, If_Match=tag)
    assert answer.status_code == status, answer.text
    assert seen(served, code)[1] == tag


def test_only_editors_write_and_only_in_drafts(served: Served) -> None:
    code = served.codes()[6]
    feature, tag = seen(served, code)
    released = served.send("PUT", f"/ogc/collections/admin.grid/items/{code}", feature, If_Match=tag)
    assert (released.status_code, released.headers["allow"]) == (405, "GET, OPTIONS")
    assert served.send("POST", items(served, "street"), feature).status_code == 405
    stranger = served.http.put(
        f"{served.url}{items(served)}/{code}", json=feature, headers={"X-API-Key": "", "If-Match": tag}
    )
    assert stranger.status_code == 401
    wrong_code = feature | {"properties": feature["properties"] | {"code": "other"}}
    assert served.send("PUT", f"{items(served)}/{code}", wrong_code, If_Match=tag).status_code == 400
    assert served.send("PUT", f"{items(served)}/nowhere", feature, If_Match=tag).status_code == 404


def test_a_put_of_what_is_there_already_is_no_edit(served: Served) -> None:
    code = served.codes()[6]
    feature, tag = seen(served, code)
    edits = len(edits_of(served))
    again = served.send("PUT", f"{items(served)}/{code}", feature, If_Match=tag)
    assert (again.status_code, again.headers["etag"], len(edits_of(served))) == (200, tag, edits)


@pytest.mark.parametrize(
    "value", ["NaN", "1e999", "9" * 30, '"\\ud800"', '"\\u0000"', "[1]", '{"a": 1}', '"' + "x" * 3000 + '"']
)
def test_an_attribute_that_cannot_be_kept_is_refused(served: Served, value: str) -> None:
    code = served.codes()[7]
    feature, tag = seen(served, code)
    body = json.dumps(feature).replace('"households": 1', f'"odd": {value}, "households": 1')
    assert value in body
    for method, media in (("PUT", "application/geo+json"), ("PATCH", "application/merge-patch+json")):
        headers = {"If-Match": tag, "Content-Type": media}
        answer = served.http.request(method, f"{served.url}{items(served)}/{code}", content=body, headers=headers)
        assert answer.status_code in {400, 422}, answer.text
    assert seen(served, code)[1] == tag


def test_a_program_that_sends_no_if_match_edits_a_draft_that_is_locked_by_what_was_read(served: Served) -> None:
    """Requests as QGIS 3.30 and later makes them: geometry and attributes each by a merge patch, no If-Match."""
    other = {"X-API-Key": served.other_key}
    code, unread = served.codes()[5:7]
    path = f"{items(served)}/{code}"
    assert served.send("PUT", f"/v1/change-sets/{served.draft}/locking", {"locking": "last-read"}).status_code == 200
    patch = {"Content_Type": "application/merge-patch+json"}
    feature = served.get(items(served), bbox="113,34,114,35", limit=10_000).json()["features"]
    land = next(one["geometry"] for one in feature if one["id"] == code)
    land["coordinates"][0][0][0][0] += 1e-6
    land["coordinates"][0][0][-1] = land["coordinates"][0][0][0]
    assert served.send("PATCH", path, {"geometry": land}, **patch).status_code == 200
    assert served.send("PATCH", path, {"properties": {"name": "一"}}, **patch).status_code == 200

    refused = served.send("PATCH", path, {"properties": {"name": "二"}}, **patch, **other)
    assert refused.status_code == 428
    assert "Load the feature first" in refused.json()["detail"]
    assert served.http.get(f"{served.url}{path}", headers=other).status_code == 200
    assert served.send("PATCH", path, {"properties": {"name": "二"}}, **patch, **other).status_code == 200
    for method, body in (("PATCH", {"properties": {"name": "三"}}), ("DELETE", None)):
        stale = served.send(method, path, body, **(patch if body else {}))
        assert (stale.status_code, stale.json()["type"]) == (412, "urn:wangge:problem:change-set-stale")
    feature, tag = seen(served, code)
    assert feature["properties"]["name"] == "二"
    assert served.send("PUT", path, feature, If_Match=tag).status_code == 200, "If-Match still counts where it is sent"
    assert served.send("DELETE", path).status_code == 204

    assert served.send("PUT", f"/v1/change-sets/{served.draft}/locking", {"locking": "if-match"}).status_code == 200
    seen(served, unread)
    assert served.send("DELETE", f"{items(served)}/{unread}").status_code == 428
    wrong = served.send("PUT", f"/v1/change-sets/{served.draft}/locking", {"locking": "none"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "body.locking")
