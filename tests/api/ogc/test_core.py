"""OGC API – Features Part 1 and 2: pages, boxes, instants, systems, what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
import shapely
from shapely.geometry import shape

from api.ogc.conformance import CLASSES
from geo.datum import parse_crs, transform_geometry
from grids.features.reference_systems import CRS84, OFFERED

if TYPE_CHECKING:
    from tests.api.ogc.conftest import Served

ITEMS = "/ogc/collections/admin.grid/items"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"


def links(body: dict[str, Any]) -> dict[str, str]:
    return {link["rel"]: link["href"] for link in body["links"]}


def test_every_link_of_the_landing_page_leads_somewhere(served: Served) -> None:
    body = served.get("/ogc").json()
    assert links(body).keys() >= {"self", "service-desc", "conformance", "data"}
    for link in body["links"]:
        answer = served.http.get(link["href"])
        assert answer.status_code == 200, link
        assert answer.headers["content-type"].split(";")[0] == link["type"].split(";")[0]
    assert served.get("/ogc/conformance").json() == {"conformsTo": list(CLASSES)}


def test_the_landing_page_is_at_both_spellings_of_the_root(served: Served) -> None:
    assert served.get("/ogc/").status_code == 200
    assert links(served.get("/ogc/").json()).keys() == links(served.get("/ogc").json()).keys()


@pytest.mark.filterwarnings("ignore")
def test_the_definition_is_openapi_3_0(served: Served) -> None:
    answer = served.get("/ogc/api")
    assert answer.headers["content-type"] == "application/vnd.oai.openapi+json;version=3.0"
    schema = schemathesis.openapi.from_dict(answer.json())
    schema.validate()
    assert schema.specification.version.startswith("3.0")
    assert answer.json()["servers"] == [{"url": f"{served.url}/ogc"}]
    assert answer.json()["paths"].keys() >= {"/", "/conformance", "/collections/{collection}/items/{code}"}
    assert "null" not in {node.get("type") for node in every_schema(answer.json()["components"]["schemas"])}


def every_schema(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, list):
        return [found for value in node for found in every_schema(value)]
    if not isinstance(node, dict):
        return []
    inner = [found for value in node.values() for found in every_schema(value)]
    return [node, *inner] if isinstance(node.get("type"), str) else inner


def test_there_is_a_collection_for_each_level_and_each_open_draft(served: Served) -> None:
    body = served.get("/ogc/collections").json()
    found = {c["id"]: c for c in body["collections"]}
    levels = ("district", "street", "community", "grid")
    assert list(found) == [f"admin.{name}" for name in levels] + [f"draft-{served.draft}.{name}" for name in levels]
    grid = found["admin.grid"]
    bounds = shapely.total_bounds([served.land(code) for code in served.codes()])
    assert grid["extent"]["spatial"]["bbox"][0] == pytest.approx(list(bounds))
    assert (grid["itemType"], grid["storageCrs"], grid["crs"]) == ("feature", CRS84, list(OFFERED))
    assert served.http.get(links(grid)["self"]).json() == grid
    assert served.get("/ogc/collections/admin.nothing").status_code == 404
    assert served.get("/ogc/collections/draft-999.grid").status_code == 404


def test_drafts_are_hidden_from_who_has_no_key(served: Served) -> None:
    headers = {"X-API-Key": ""}
    open_ones = served.http.get(f"{served.url}/ogc/collections", headers={"X-API-Key": "wrong"})
    assert open_ones.status_code == 401
    path = f"{served.url}/ogc/collections/draft-{served.draft}.grid/items"
    assert served.http.get(path, headers=headers).status_code == 401
    assert served.http.get(path).headers["vary"] == "X-API-Key, Authorization, Accept-Encoding"
    named = {"X-API-Key": "", "Authorization": f"Bearer {served.key}"}
    assert served.http.get(path, headers=named).status_code == 200


def test_next_links_lead_through_every_feature_once(served: Served) -> None:
    url: str | None = f"{served.url}{ITEMS}?limit=7"
    codes: list[str] = []
    while url is not None:
        body = served.http.get(url).json()
        codes += [feature["id"] for feature in body["features"]]
        assert body["numberReturned"] == len(body["features"])
        assert body["numberMatched"] == len(served.codes())
        url = links(body).get("next")
    assert codes == served.codes()


def test_a_limit_above_the_largest_is_clamped(served: Served) -> None:
    body = served.get(ITEMS, limit=10**9).json()
    assert body["numberReturned"] == len(served.codes())


def test_a_feature_is_the_stored_area(served: Served) -> None:
    code = served.codes()[0]
    answer = served.get(f"{ITEMS}/{code}")
    body = answer.json()
    assert answer.headers["content-type"] == "application/geo+json"
    assert answer.headers["content-crs"] == f"<{CRS84}>"
    assert shape(body["geometry"]).equals(served.land(code))
    assert body["properties"]["households"] >= 100
    assert links(body).keys() >= {"self", "collection"}
    assert served.get(f"{ITEMS}/nowhere").status_code == 404


@pytest.mark.parametrize("path", [f"{ITEMS}?limit=3", f"{ITEMS}/{{code}}"])
def test_a_tag_is_strong_and_spares_the_same_answer(served: Served, path: str) -> None:
    path = path.format(code=served.codes()[0])
    first, second = served.get(path), served.get(path)
    assert first.content == second.content
    assert first.headers["etag"] == second.headers["etag"]
    assert not first.headers["etag"].startswith("W/")
    assert served.send("GET", path, If_None_Match=first.headers["etag"]).status_code == 304


def test_a_box_finds_what_it_intersects_in_every_system(served: Served) -> None:
    land = served.land(served.codes()[3])
    west, south, east, north = land.buffer(-0.0004).bounds
    box = shapely.box(west, south, east, north)
    expected = [code for code in served.codes() if served.land(code).intersects(box)]
    assert expected
    for uri in OFFERED:
        system = parse_crs(uri)
        x0, y0, x1, y1 = transform_geometry(box, "WGS84", system).bounds
        swapped = uri.endswith(("4326", "4490", "4547"))
        numbers = [y0, x0, y1, x1] if swapped else [x0, y0, x1, y1]
        body = served.get(
            ITEMS, **{"bbox": ",".join(map(repr, map(float, numbers))), "bbox-crs": uri, "limit": 1000}
        ).json()
        found = [feature["id"] for feature in body["features"]]
        assert set(found) >= set(expected), uri
        if system.is_geographic:
            assert found == expected, uri


@pytest.mark.parametrize(
    ("bbox", "all_of_them"),
    [
        ("170,-90,-170,90", False),
        ("100,30,-170,40", True),
        ("112,34,-5,114,35,5000", True),
        ("-180,-90,180,90", True),
        ("0,0,0,0", False),
        ("180,-90,-180,90", False),
    ],
)
def test_boxes_may_cross_the_antimeridian_and_have_heights(served: Served, bbox: str, all_of_them: bool) -> None:  # noqa: FBT001
    matched = served.get(ITEMS, bbox=bbox).json()["numberMatched"]
    assert matched == (len(served.codes()) if all_of_them else 0)


@pytest.mark.parametrize(
    ("datetime", "there"),
    [
        ("2019-01-01T00:00:00Z", False),
        ("../2019-01-01T00:00:00Z", False),
        ("2019-01-01T00:00:00Z/..", True),
        ("2019-01-01T00:00:00Z/2999-01-01T00:00:00Z", True),
        ("/", True),
        ("2999-01-01T00:00:00Z", True),
    ],
)
def test_an_instant_asks_for_the_release_in_force_then(served: Served, datetime: str, there: bool) -> None:  # noqa: FBT001
    body = served.get(ITEMS, datetime=datetime).json()
    assert body["numberMatched"] == (len(served.codes()) if there else 0)


def test_a_release_and_a_property_narrow_the_items(served: Served) -> None:
    code = served.codes()[5]
    assert served.get(ITEMS, release=1, limit=1).json()["numberMatched"] == len(served.codes())
    assert served.get(ITEMS, release=2).status_code == 404
    households = served.get(f"{ITEMS}/{code}").json()["properties"]["households"]
    for name, value in {"code": code, "households": households}.items():
        assert [f["id"] for f in served.get(ITEMS, **{name: value}).json()["features"]] == [code]
    assert served.get(ITEMS, name="nobody").json()["numberMatched"] == 0


@pytest.mark.parametrize("uri", OFFERED)
def test_a_feature_is_given_in_every_offered_system(served: Served, uri: str) -> None:
    code = served.codes()[0]
    answer = served.get(f"{ITEMS}/{code}", crs=uri)
    assert answer.headers["content-crs"] == f"<{uri}>"
    x, y = shapely.get_coordinates(transform_geometry(served.land(code), "WGS84", parse_crs(uri)))[0]
    expected = (y, x) if uri.endswith(("4326", "4490", "4547")) else (x, y)
    corners = shapely.get_coordinates(shape(answer.json()["geometry"]))
    assert min(abs(corners - expected).max(axis=1)) < 1e-3
    page = served.get(ITEMS, crs=uri, limit=1)
    assert page.headers["content-crs"] == f"<{uri}>"


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=x", "limit=-1", "bbox=1,2,3", "bbox=a,b,c,d", "bbox=1,2,3,nan", "bbox=0,50,1,40",
        "bbox=200,0,210,10", "bbox=1,2,3,4,5", "datetime=yesterday",
        "datetime=2021-01-01T00:00:00Z/2020-01-01T00:00:00Z", "datetime=2021-01-01/2022-01-01",
        "datetime=a/b/c", "nonsense=1", "crs=EPSG:4326", "crs=http://www.opengis.net/def/crs/EPSG/0/2000",
        "bbox=0,0,1,1&bbox-crs=x", "release=0", "release=1&datetime=2020-01-01T00:00:00Z", "limit=1&limit=2",
        "area_m2=much", "f=html", "valid_from=never", f"bbox=9e9,9e9,9e10,9e10&bbox-crs={EPSG}4547",
        "datetime=0001-01-01T00:00:00%2B23:00",
    ],
)  # fmt: skip
def test_what_is_unknown_or_bad_is_400(served: Served, query: str) -> None:
    answer = served.http.get(f"{served.url}{ITEMS}?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json"), answer.text


@pytest.mark.parametrize(
    "path", ["/collections/%00", "/collections/admin%00.grid/items", "/collections/admin.grid/items/%00"]
)
def test_a_zero_character_is_400(served: Served, path: str) -> None:
    assert served.http.get(f"{served.url}/ogc{path}").status_code == 400
    assert served.http.get(f"{served.url}{ITEMS}?name=%00").status_code == 400
    assert served.http.get(f"{served.url}{ITEMS}?after=%00").status_code == 400


@pytest.mark.parametrize("path", ["", "/conformance", "/api", "/collections", "/collections/admin.grid"])
def test_an_unknown_parameter_is_400_everywhere(served: Served, path: str) -> None:
    assert served.get(f"/ogc{path}", nonsense=1).status_code == 400


def test_items_are_compressed_and_each_encoding_has_a_tag_of_its_own(served: Served) -> None:
    url = f"{served.url}/ogc/collections/admin.grid/items"
    plain, zipped = (served.http.get(url, headers={"Accept-Encoding": name}) for name in ("identity", "gzip"))
    assert ("content-encoding" in plain.headers, zipped.headers["content-encoding"]) == (False, "gzip")
    assert plain.json()["features"] == zipped.json()["features"]
    assert plain.headers["etag"] != zipped.headers["etag"]
    again = served.http.get(url, headers={"Accept-Encoding": "gzip", "If-None-Match": zipped.headers["etag"]})
    assert again.status_code == 304
