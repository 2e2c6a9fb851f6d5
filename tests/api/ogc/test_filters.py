"""OGC API – Features Part 3: CQL2 in both encodings finds what shapely and Python find."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from geo.datum import parse_crs, transform_geometry
from grids.features.reference_systems import OFFERED

if TYPE_CHECKING:
    from collections.abc import Callable

    from grids.boundaries.records import AreaRecord
    from tests.api.ogc.conftest import Served

ITEMS = "/ogc/collections/admin.grid/items"


def found(served: Served, text: str, **more: str) -> list[str]:
    answer = served.get(ITEMS, filter=text, limit=1000, **more)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["numberMatched"] == body["numberReturned"]
    return [feature["id"] for feature in body["features"]]


def grids(served: Served, wanted: Callable[[AreaRecord], Any]) -> list[str]:
    return sorted(r.code for r in served.records if r.level == "grid" and wanted(r))


FILTERS: list[tuple[str, Callable[[Any], Any]]] = [
    ("households > 150", lambda r: r.attributes["households"] > 150),
    ("households <= 150", lambda r: r.attributes["households"] <= 150),
    ("households <> 150", lambda r: r.attributes["households"] != 150),
    ("150 >= households", lambda r: r.attributes["households"] <= 150),
    ("households BETWEEN 120 AND 160", lambda r: 120 <= r.attributes["households"] <= 160),
    ("code LIKE '%001'", lambda r: r.code.endswith("001")),
    ("code NOT LIKE '%001'", lambda r: not r.code.endswith("001")),
    ("code LIKE '___________0001'", lambda r: r.code.endswith("0001")),
    ("CASEI(name) LIKE CASEI('%社区%')", lambda r: "社区" in r.name),
    ("households IN (150, 151) OR households = 152", lambda r: 150 <= r.attributes["households"] <= 152),
    ("NOT (households > 150 AND households < 170)", lambda r: not 150 < r.attributes["households"] < 170),
    ("valid_to IS NULL", lambda _: True),
    ("valid_to IS NOT NULL", lambda _: False),
    ("valid_from > TIMESTAMP('2020-01-01T00:00:00Z')", lambda _: True),
    ("release = 1 AND level = 'grid'", lambda _: True),
    ("parent_code < unit_code OR parent_code >= unit_code", lambda r: r.parent_code and r.unit_code),
    ("name = 'it''s' OR name = '); DROP TABLE area; --'", lambda _: False),
    ("households / 2 > 75 + 1", lambda r: r.attributes["households"] / 2 > 76),
    ("households % 7 = 3", lambda r: r.attributes["households"] % 7 == 3),
    ("households / 0 = 1", lambda _: False),
    ("T_AFTER(valid_from, DATE('2020-01-01'))", lambda _: True),
    ("T_INTERSECTS(valid_from, INTERVAL('..', '2020-01-01'))", lambda _: False),
    ("T_AFTER(INTERVAL(valid_from, valid_to), DATE('2020-01-01'))", lambda _: True),
    ("FALSE", lambda _: False),
    ("TRUE", lambda _: True),
]


@pytest.mark.parametrize(("text", "wanted"), FILTERS, ids=[text for text, _ in FILTERS])
def test_a_filter_finds_what_it_says(served: Served, text: str, wanted: Callable[[AreaRecord], Any]) -> None:
    assert found(served, text) == grids(served, wanted)


SHAPES = {
    "point": "POINT({x} {y})",
    "line": "LINESTRING({x} {y}, {x1} {y1})",
    "polygon": "POLYGON(({x} {y}, {x1} {y}, {x1} {y1}, {x} {y}))",
    "points": "MULTIPOINT(({x} {y}), ({x1} {y1}))",
    "lines": "MULTILINESTRING(({x} {y}, {x1} {y1}), ({x} {y1}, {x1} {y}))",
    "polygons": "MULTIPOLYGON((({x} {y}, {x1} {y}, {x1} {y1}, {x} {y})))",
    "box": "BBOX({x}, {y}, {x1}, {y1})",
}


@pytest.mark.parametrize("kind", SHAPES)
@pytest.mark.parametrize(
    "operator", ["intersects", "disjoint", "within", "contains", "touches", "overlaps", "crosses", "equals"]
)
def test_a_spatial_function_agrees_with_shapely(served: Served, operator: str, kind: str) -> None:
    x, y = (round(v, 5) for v in shapely.get_coordinates(served.land(served.codes()[4]).point_on_surface())[0])
    x1, y1 = round(x + 0.011, 5), round(y + 0.007, 5)
    text = SHAPES[kind].format(x=x, y=y, x1=x1, y1=y1)
    shape = shapely.box(x, y, x1, y1) if kind == "box" else shapely.from_wkt(text)
    wanted = grids(served, lambda r: getattr(shapely, operator)(r.geom, shape))
    assert found(served, f"S_{operator.upper()}(geometry, {text})") == wanted


@pytest.mark.parametrize("operator", ["intersects", "disjoint"])
def test_a_geometry_collection_is_met_by_any_of_its_parts(served: Served, operator: str) -> None:
    x, y = (round(v, 5) for v in shapely.get_coordinates(served.land(served.codes()[4]).point_on_surface())[0])
    text = f"GEOMETRYCOLLECTION(POINT({x} {y}), LINESTRING({x} {y}, {x + 0.02:.5f} {y}))"
    shape = shapely.from_wkt(f"LINESTRING({x} {y}, {x + 0.02:.5f} {y})")
    wanted = grids(served, lambda r: getattr(shapely, operator)(r.geom, shape))
    assert found(served, f"S_{operator.upper()}(geometry, {text})") == wanted


def test_a_feature_is_found_by_its_own_land(served: Served) -> None:
    code = served.codes()[2]
    land = json.loads(shapely.to_geojson(served.land(code)))
    text = json.dumps({"op": "s_equals", "args": [{"property": "geometry"}, land]})
    assert found(served, text, **{"filter-lang": "cql2-json"}) == [code]


@pytest.mark.parametrize("uri", OFFERED)
def test_a_filters_geometry_is_in_filter_crs(served: Served, uri: str) -> None:
    code = served.codes()[4]
    point = served.land(code).point_on_surface()
    x, y = shapely.get_coordinates(transform_geometry(point, "WGS84", parse_crs(uri)))[0].tolist()
    if uri.endswith(("4326", "4490", "4547")):
        x, y = y, x
    assert found(served, f"S_INTERSECTS(geometry, POINT({x} {y}))", **{"filter-crs": uri}) == [code]


def test_both_encodings_say_the_same(served: Served) -> None:
    tree = {"op": "and", "args": [{"op": ">", "args": [{"property": "households"}, 150]},
                                  {"op": "like", "args": [{"property": "code"}, "%1"]}]}  # fmt: skip
    text = found(served, "households > 150 AND code LIKE '%1'")
    assert found(served, json.dumps(tree), **{"filter-lang": "cql2-json"}) == text != []


def test_an_escaped_wildcard_is_itself(served: Served) -> None:
    everything = grids(served, lambda _: True)
    for pattern in (r"100\%", r"100\\%"):
        assert found(served, f"'100%' LIKE '{pattern}'") == everything
        assert found(served, f"'1000' LIKE '{pattern}'") == []


def test_a_filter_goes_on_over_pages(served: Served) -> None:
    body = served.get(ITEMS, filter="households > 150", limit=2).json()
    codes = []
    while True:
        codes += [f["id"] for f in body["features"]]
        following = [link["href"] for link in body["links"] if link["rel"] == "next"]
        if not following:
            break
        body = served.http.get(following[0]).json()
    assert codes == found(served, "households > 150")


def test_the_queryables_are_a_schema_of_what_can_be_asked(served: Served) -> None:
    answer = served.get("/ogc/collections/admin.grid/queryables")
    assert answer.headers["content-type"] == "application/schema+json"
    schema = answer.json()
    assert schema["properties"]["households"]["type"] == "number"
    assert schema["properties"]["geometry"] == {"title": "geometry", "format": "geometry-multipolygon"}
    for name, kind in schema["properties"].items():
        if name != "geometry":
            assert "type" in kind
            assert served.get(ITEMS, filter=f"{name} IS NULL").status_code == 200


@pytest.mark.parametrize(
    "text",
    [
        "nonsense = 1", "households = 'many'", "households >", "foo(code) = 1", "code", "code = 1 + 1", "code + 1 = 2",
        "1",
        "S_INTERSECTS(geometry, POLYGON((0 0, 1 1, 1 0, 0 1, 0 0)))", "S_INTERSECTS(code, POINT(1 1))",
        "S_INTERSECTS(geometry, POINT(500 1))", "code LIKE 'a\\'", "code LIKE name", "geometry = geometry",
        "valid_from > TIMESTAMP('yesterday')", "S_INTERSECTS(geometry, BBOX(1,2,3))", "NOT code", "code IN (1)",
        "ACCENTI(households) = 'x'", "name = 'a\\'", "name = 'a", "S_WITHIN(geometry, GEOMETRYCOLLECTION EMPTY)",
        "T_DURING(valid_from, DATE('2020-01-01'))", "valid_from > DATE('2020-01-01')",
        "(" * 200 + "households = 1" + ")" * 200, "not " * 1500 + "TRUE",
        "S_DWITHIN(geometry, POINT(1 1), 5, meters)",
    ],
)  # fmt: skip
def test_a_filter_that_cannot_be_taken_is_400(served: Served, text: str) -> None:
    answer = served.get(ITEMS, filter=text)
    assert answer.status_code == 400, answer.text
    assert answer.json()["field"] == "filter"


@pytest.mark.parametrize(
    "text",
    [
        "[]", "{}", "1", "{", '"x"', '{"op":"=","args":[{"property":"code"}]}', '{"op":"=","args":1}',
        '{"op":"=","args":[{"property":"code"},"a\\u0000"]}', '{"op":"and","args":[]}',
        '{"op":"in","args":[{"property":"code"},[]]}',
        '{"op":"between","args":[{"property":"households"},1,null]}',
    ],
)  # fmt: skip
def test_json_that_is_no_filter_is_400(served: Served, text: str) -> None:
    assert served.get(ITEMS, **{"filter": text, "filter-lang": "cql2-json"}).status_code == 400


def test_an_unknown_language_or_system_is_400(served: Served) -> None:
    assert served.get(ITEMS, **{"filter": "TRUE", "filter-lang": "sql"}).status_code == 400
    assert served.get(ITEMS, **{"filter": "TRUE", "filter-crs": "EPSG:1"}).status_code == 400
