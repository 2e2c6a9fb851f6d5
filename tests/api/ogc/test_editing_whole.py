"""OGC API – Features Part 4: what an edit does beside the feature, and what a request must bring."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from shapely.geometry import shape

from geo.datum import transform_geometry
from grids.features.reference_systems import OFFERED

if TYPE_CHECKING:
    import httpx2

    from tests.api.ogc.conftest import Served

GEOJSON, MERGE = "application/geo+json", "application/merge-patch+json"


def items(served: Served, level: str = "grid") -> str:
    return f"/ogc/collections/draft-{served.draft}.{level}/items"


def seen(served: Served, code: str, level: str = "grid") -> tuple[dict[str, Any], str]:
    answer = served.get(f"{items(served, level)}/{code}")
    assert answer.status_code == 200, answer.text
    return answer.json(), answer.headers["etag"]


def land(served: Served, code: str, level: str) -> Any:
    return shape(seen(served, code, level)[0]["geometry"])


def geometry(value: Any) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(shapely.to_geojson(value))
    return parsed


def send(served: Served, method: str, path: str, body: str, **headers: str) -> httpx2.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return served.http.request(method, f"{served.url}{path}", content=body, headers=named)


def edge_grid(served: Served) -> tuple[str, Any]:
    """A grid on the district's outer border, and a piece of its land along that border."""
    outside = next(r.geom for r in served.records if r.level == "district").boundary
    for code in served.codes():
        mine = served.land(code)
        if (shared := mine.intersection(outside)).length > 4e-3:
            piece = shared.interpolate(0.5, normalized=True).buffer(3e-4).intersection(mine)
            if mine.difference(piece).geom_type == "Polygon" or len(mine.difference(piece).geoms) == len(mine.geoms):
                return code, piece
    raise LookupError


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_what_stands_above_a_changed_grid_follows_in_the_same_edit(served: Served, method: str) -> None:
    code, piece = edge_grid(served)
    feature, tag = seen(served, code)
    parent = feature["properties"]["parent_code"]
    street = seen(served, parent, "community")[0]["properties"]["parent_code"]
    before = {level: land(served, c, level) for level, c in (("community", parent), ("street", street))}
    mine = shape(feature["geometry"]).difference(piece)
    change = feature | {"geometry": geometry(mine)} if method == "PUT" else {"geometry": geometry(mine)}
    answer = send(served, method, f"{items(served)}/{code}", json.dumps(change), If_Match=tag,
                  Content_Type=GEOJSON if method == "PUT" else MERGE)  # fmt: skip
    assert answer.status_code == 200, answer.text
    edits = served.get(f"/v1/change-sets/{served.draft}").json()["edits"]
    for level, above in (("community", parent), ("street", street)):
        lost = before[level].difference(land(served, above, level))
        assert lost.symmetric_difference(piece).area < 1e-9, level
    undone = served.http.post(f"{served.url}/v1/change-sets/{served.draft}/undo")
    assert undone.status_code == 200
    assert land(served, parent, "community").equals(before["community"])
    assert seen(served, code)[1] == tag
    assert edits[-1]["verb"] == "replace"


def test_a_torn_coverage_is_saved_and_its_answer_leads_to_the_defects(served: Served) -> None:
    code = served.codes()[3]
    _, tag = seen(served, code)
    grown = geometry(served.land(code).buffer(2e-4))
    answer = send(served, "PATCH", f"{items(served)}/{code}", json.dumps({"geometry": grown}), If_Match=tag,
                  Content_Type=MERGE)  # fmt: skip
    assert answer.status_code == 200, answer.text
    related = next(link["href"] for link in answer.json()["links"] if link["rel"] == "related")
    assert f"<{related}>" in answer.headers["link"]
    kinds = {feature["properties"]["kind"] for feature in served.http.get(related).json()["defects"]["features"]}
    assert "overlap" in kinds
    served.http.post(f"{served.url}/v1/change-sets/{served.draft}/undo")


def test_a_grid_that_crosses_itself_is_saved_told_and_can_be_undone(served: Served) -> None:
    code = served.codes()[4]
    _, tag = seen(served, code)
    west, south, east, north = served.land(code).bounds
    bow = {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, north], [east, south], [west, north], [west, south]]],
    }
    answer = send(served, "PATCH", f"{items(served)}/{code}", json.dumps({"geometry": bow}), If_Match=tag,
                  Content_Type=MERGE)  # fmt: skip
    assert answer.status_code == 200, answer.text
    for question in (
        {"bbox": f"{west},{south},{east},{north}"},
        {"filter": "S_OVERLAPS(geometry, BBOX(113,34,114,35))"},
    ):
        assert served.get(items(served), **question).status_code == 200
    check = served.get(f"/v1/change-sets/{served.draft}/check")
    assert check.status_code == 200, check.text
    told = {c for feature in check.json()["features"] for c in feature["properties"]["codes"]}
    assert code in told
    assert served.http.post(f"{served.url}/v1/change-sets/{served.draft}/undo").status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_a_hole_that_is_nothing_when_stored_is_refused_in_words(served: Served, method: str) -> None:
    code = served.codes()[4]
    feature, tag = seen(served, code)
    spot = served.land(code).representative_point()
    hole = [(spot.x, spot.y), (spot.x, spot.y + 1e-9), (spot.x + 1e-9, spot.y), (spot.x, spot.y)]
    shell = shapely.box(spot.x - 1e-5, spot.y - 1e-5, spot.x + 1e-5, spot.y + 1e-5)
    if method == "POST":  # on uncovered land beside the district
        district = next(r.geom for r in served.records if r.level == "district")
        corner = shapely.Point(shapely.get_coordinates(district)[0])
        shell = max(shapely.get_parts(corner.buffer(1e-3).difference(district)), key=shapely.area)
        spot = shell.representative_point()
        hole = [(spot.x, spot.y), (spot.x, spot.y + 1e-9), (spot.x + 1e-9, spot.y), (spot.x, spot.y)]
    feature["geometry"] = geometry(shapely.Polygon(shell.exterior, [hole]))
    change: dict[str, Any] = {"geometry": feature["geometry"]} if method == "PATCH" else feature
    path = f"{items(served)}/{code}"
    if method == "POST":
        path, change["id"] = items(served), f"{code[:-3]}998"
        change["properties"]["code"] = change["id"]
    answer = send(served, method, path, json.dumps(change), Content_Type=MERGE if method == "PATCH" else GEOJSON,
                  **({} if method == "POST" else {"If_Match": tag}))  # fmt: skip
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:wangge:problem:area-collapsed"), answer.text
    assert change.get("id", code) in answer.json()["detail"]
    assert seen(served, code)[1] == tag


def test_a_grid_can_be_given_to_another_community(served: Served) -> None:
    code, _ = edge_grid(served)
    feature, tag = seen(served, code)
    old = feature["properties"]["parent_code"]
    new = next(c for c in served.codes("community") if c != old and served.land(c).touches(served.land(code)))
    before = land(served, old, "community"), land(served, new, "community")
    feature["properties"]["parent_code"] = new
    answer = send(served, "PUT", f"{items(served)}/{code}", json.dumps(feature), If_Match=tag, Content_Type=GEOJSON)
    assert answer.status_code == 200, answer.text
    mine = served.land(code)
    assert land(served, old, "community").symmetric_difference(before[0].difference(mine)).area < 1e-9
    assert land(served, new, "community").symmetric_difference(before[1].union(mine)).area < 1e-9
    feature["properties"]["parent_code"] = "nowhere"
    tag = answer.headers["etag"]
    lost = send(served, "PUT", f"{items(served)}/{code}", json.dumps(feature), If_Match=tag, Content_Type=GEOJSON)
    assert (lost.status_code, lost.json()["field"]) == (400, "parent_code")
    served.http.post(f"{served.url}/v1/change-sets/{served.draft}/undo")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_a_body_names_a_media_type_that_is_taken(served: Served, method: str) -> None:
    code = served.codes()[5]
    feature, tag = seen(served, code)
    path = items(served) if method == "POST" else f"{items(served)}/{code}"
    headers = {} if method == "POST" else {"If_Match": tag}
    nameless = send(served, method, path, json.dumps(feature), **headers)
    assert (nameless.status_code, nameless.headers["content-type"]) == (400, "application/problem+json")
    wrong = {"POST": MERGE, "PUT": "application/gml+xml", "PATCH": GEOJSON}[method]
    refused = send(served, method, path, json.dumps(feature), Content_Type=wrong, **headers)
    assert refused.status_code == 415
    assert refused.headers["accept-patch" if method == "PATCH" else "accept-post"]
    assert seen(served, code)[1] == tag


def test_what_is_not_there_is_404_with_or_without_a_condition(served: Served) -> None:
    feature, _ = seen(served, served.codes()[5])
    del feature["id"], feature["properties"]["code"]
    for headers in ({}, {"If_Match": '"xyz"'}):
        path = f"{items(served)}/nowhere"
        put = send(served, "PUT", path, json.dumps(feature), Content_Type=GEOJSON, **headers)
        patch = send(served, "PATCH", path, '{"properties": {"name": "x"}}', Content_Type=MERGE, **headers)
        delete = send(served, "DELETE", path, "", **headers)
        assert (put.status_code, patch.status_code, delete.status_code) == (404, 404, 404)


def test_an_id_that_is_not_the_address_s_is_refused(served: Served) -> None:
    code = served.codes()[5]
    feature, tag = seen(served, code)
    path = f"{items(served)}/{code}"
    wrong = feature | {"id": "other"}
    assert send(served, "PUT", path, json.dumps(wrong), If_Match=tag, Content_Type=GEOJSON).status_code == 400
    for change in ({"id": "other"}, {"properties": {"code": "other"}}):
        assert send(served, "PATCH", path, json.dumps(change), If_Match=tag, Content_Type=MERGE).status_code == 400
    assert send(served, "POST", items(served), json.dumps(wrong), Content_Type=GEOJSON).status_code == 400
    assert seen(served, code)[1] == tag


@pytest.mark.parametrize("change", [{"geometry": None}, {"properties": None}, {}, {"properties": {}},
                                    {"properties": {"name": None}}, {"properties": {"name": ""}}])  # fmt: skip
def test_a_patch_that_leaves_no_area_is_refused(served: Served, change: dict[str, Any]) -> None:
    code = served.codes()[5]
    _, tag = seen(served, code)
    answer = send(served, "PATCH", f"{items(served)}/{code}", json.dumps(change), If_Match=tag, Content_Type=MERGE)
    assert answer.status_code in {400, 422}, answer.text
    assert seen(served, code)[1] == tag


def test_tags_differ_by_system_and_each_of_them_permits_the_edit(served: Served) -> None:
    code = served.codes()[8]
    path = f"{items(served)}/{code}"
    tags = {uri: served.get(path, crs=uri).headers["etag"] for uri in OFFERED}
    assert len(set(tags.values())) == len(OFFERED)
    stale = set()
    for number, tag in enumerate(tags.values()):
        name = json.dumps({"properties": {"name": f"第{number}名"}})
        done = send(served, "PATCH", path, name, If_Match=f'"x", {tag}', Content_Type=MERGE)
        assert done.status_code == (200 if number == 0 else 412), done.text
        stale.add(done.status_code)
    assert stale == {200, 412}
    for uri in OFFERED[1:]:
        tag = served.get(path, crs=uri).headers["etag"]
        weak = send(served, "PATCH", path, '{"properties": {"name": "弱"}}', If_Match=f"W/{tag}", Content_Type=MERGE)
        assert weak.status_code == 412
        name = json.dumps({"properties": {"name": uri[-4:]}})
        assert send(served, "PATCH", path, name, If_Match=tag, Content_Type=MERGE).status_code == 200


@pytest.mark.parametrize("uri", OFFERED)
def test_a_new_grid_is_taken_in_every_offered_system(served: Served, uri: str) -> None:
    code = served.codes()[-2]
    feature, tag = seen(served, code)
    assert served.send("DELETE", f"{items(served)}/{code}", If_Match=tag).status_code == 204
    moved: Any = shapely.from_geojson(json.dumps(feature["geometry"]))
    number = uri.rpartition("/")[2]
    if number != "CRS84":
        moved = transform_geometry(moved, "WGS84", f"EPSG:{number}")
    if number in {"4326", "4490", "4547"}:
        moved = shapely.transform(moved, lambda xy: xy[:, ::-1])
    facts = {"name": "新", "parent_code": feature["properties"]["parent_code"]}
    new = {"type": "Feature", "id": None, "geometry": geometry(moved), "properties": facts}
    made = send(served, "POST", items(served), json.dumps(new), Content_Type=GEOJSON, Content_Crs=f"<{uri}>")
    assert made.status_code == 201, made.text
    back = shape(made.json()["geometry"])
    assert back.symmetric_difference(served.land(code)).area < 1e-9
    for _ in range(2):
        assert served.http.post(f"{served.url}/v1/change-sets/{served.draft}/undo").status_code == 200
    assert seen(served, code)[1] == tag


def test_a_new_grid_takes_the_id_it_comes_with_unless_it_was_another_s(served: Served) -> None:
    code = served.codes()[-2]
    feature, tag = seen(served, code)
    served.send("DELETE", f"{items(served)}/{code}", If_Match=tag)
    facts = {"name": "新", "parent_code": feature["properties"]["parent_code"]}
    new = {"type": "Feature", "id": code, "geometry": feature["geometry"], "properties": facts}
    again = send(served, "POST", items(served), json.dumps(new), Content_Type=GEOJSON)
    assert again.status_code == 400
    assert "numbers are not given twice" in again.json()["detail"]
    fresh = str(int(code[:-3] + "900"))
    made = send(served, "POST", items(served), json.dumps(new | {"id": int(fresh)}), Content_Type=GEOJSON)
    assert made.status_code == 201, made.text
    assert made.json()["id"] == fresh
    assert made.headers["location"].endswith(f"/items/{fresh}")
    unknown = send(served, "POST", items(served), json.dumps(new), Content_Type=GEOJSON, Content_Crs="<urn:none>")
    assert unknown.status_code == 400
