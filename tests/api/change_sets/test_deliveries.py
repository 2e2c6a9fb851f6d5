"""Deliveries into a draft over HTTP: told area by area; whatever hostile comes is a clear 4xx and changes nothing."""

from __future__ import annotations

import io
import json
import zipfile
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from fastapi.testclient import TestClient

from api.app import create_app
from api.change_sets import routes
from core.db import Database
from core.settings import Settings
from grids.boundaries import operations
from grids.boundaries.files.limits import Limits
from grids.boundaries.records import AreaRecord
from identity.grants import ROLES
from identity.keys import create_key
from tests.factories.identity import who

if TYPE_CHECKING:
    from collections.abc import Iterator

STEP = 0.01
Desk = tuple[TestClient, dict[str, str], str]


def ring(x: float, y: float, width: float = STEP) -> list[list[float]]:
    west, south, east, north = (round(v, 7) for v in (113.3 + x, 34.8 + y, 113.3 + x + width, 34.8 + y + STEP))
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def polygon(coordinates: list[list[float]]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [coordinates]}


def delivery(*areas: tuple[str, dict[str, Any]], **facts: Any) -> bytes:
    features = [
        {"type": "Feature", "geometry": geometry,
         "properties": {"level": "grid", "code": code, "name": f"{code}网格", "parent": "c"} | facts}
        for code, geometry in areas
    ]  # fmt: skip
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def packed(**members: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return written.getvalue()


@pytest.fixture(scope="module")
def desk(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A layer of three grids in a row, an open draft of it, and an editor's key; uploads are limited to 4 MiB."""
    settings = Settings(
        DATABASE_URL=module_database_url, cache_dir=tmp_path_factory.mktemp("cache"), log_level="ERROR",
        max_upload_bytes=4 * 2**20,
    )  # fmt: skip
    database = Database(settings)
    with database.transaction() as session:
        layer = operations.create_layer(
            session, code="admin", name="网格", levels=["community", "grid"], actor=who("t")
        )
        grids = [AreaRecord("grid", f"g{i}", f"g{i}网格", shapely.Polygon(ring(i * STEP, 0)), "c") for i in range(3)]
        whole = AreaRecord("community", "c", "社区", shapely.coverage_union_all([g.geom for g in grids]))
        operations.publish(
            session, layer=layer, areas=[whole, *grids], publication=operations.Publication(author=who("t")), lead_s=0
        )
        key = {"X-API-Key": create_key(session, name="editor", scopes=list(ROLES["gis-editor"]))}
    database.close()
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        opened = client.post("/v1/change-sets", json={"layer": "admin", "title": "测绘"}, headers=key)
        yield client, key, f"/v1/change-sets/{opened.json()['id']}"


def sent(desk: Desk, name: str, content: bytes, **fields: str) -> Any:
    client, key, url = desk
    return client.post(
        f"{url}/replacements", files={"files": (name, content)}, data={"crs": "WGS84"} | fields, headers=key
    )


def comb(teeth: int, *, upright: bool) -> list[list[float]]:
    points: list[tuple[float, float]] = [(0.0, 0.0)]
    for tooth in range(teeth):
        points += [(tooth / teeth, 1.0), ((tooth + 0.5) / teeth, 1.0), ((tooth + 0.5) / teeth, 0.01)]
        points += [((tooth + 1) / teeth, 0.01)]
    points += [(1.0, 0.0), (0.0, 0.0)]
    return [[113.3 + (x if upright else y) * STEP, 34.8 + (y if upright else x) * STEP] for x, y in points]


def a_million_vertices() -> list[list[float]]:
    vertices = [[113.3 + i * 1e-8, 34.8 + (i % 2) * 1e-3] for i in range(1_000_000)]
    return [*vertices, vertices[0]]


KML = b"""<?xml version="1.0"?><!DOCTYPE k [<!ENTITY a "1234567890"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>&b;</name></Document></kml>"""
NESTED = '{"type":"GeometryCollection","geometries":[' * 40 + json.dumps(polygon(ring(0, 0))) + "]}" * 40
HOSTILE: dict[str, tuple[str, Any]] = {
    "a zip bomb": ("bomb.zip", lambda: packed(a_geojson=b" " * (64 * 2**20))),
    "a path that leads out": (
        "out.zip",
        lambda: packed(______etc__a_geojson=delivery(("g0", polygon(ring(0, 0))))),
    ),
    "an entity bomb": ("bomb.kml", lambda: KML),
    "a million vertices": ("many.geojson", lambda: delivery(("g0", polygon(a_million_vertices())))),
    "NaN": ("nan.geojson", lambda: delivery(("g0", polygon(ring(0, 0)))).replace(b"113.3,", b"NaN,", 1)),
    "nested collections": ("nested.geojson", lambda: delivery(("g0", json.loads(NESTED)))),
    "a wrong encoding": (
        "text.geojson",
        lambda: delivery(("g0", polygon(ring(0, 0)))).replace(b'"g0"', b'"\xff\xfe\x81"'),
    ),
    "outlines that cross too often": (
        "combs.geojson",
        lambda: delivery(("g0", polygon(comb(9000, upright=True))), ("g1", polygon(comb(9000, upright=False)))),
    ),
    "parents of each other": (
        "ring.geojson",
        lambda: delivery(("g0", polygon(ring(0, 0))), parent="g0").replace(b'"c"', b'"g0"'),
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_delivery_is_refused_and_changes_nothing(
    desk: Desk, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, key, url = desk
    # Two minutes in the service; what must end by the clock ends here in seconds.
    monkeypatch.setattr(routes, "Limits", partial(Limits, seconds=6))
    name, make = HOSTILE[case]
    before = client.get(url, headers=key)
    answer = sent(desk, name, make())
    after = client.get(url, headers=key)
    if case == "parents of each other":
        assert (answer.status_code, answer.json()["defects"]["summary"]["blocks"]) == (201, True)
        assert client.post(f"{url}/redesigns", json={"parent_code": "x", "k": 2}, headers=key).status_code == 400
        assert client.post(f"{url}/undo", headers=key).status_code == 200
        return
    assert answer.status_code in {400, 413, 422}, answer.text
    assert answer.json()["type"].startswith("urn:wangge:problem:")
    assert (after.json(), after.headers["etag"]) == (before.json(), before.headers["etag"])


HAIR = 1e-9
"""Degrees: a tenth of a millimetre, nothing at the seven decimals that are stored."""


def tiny(x: float, y: float, width: float = HAIR) -> list[list[float]]:
    west, south = 113.3 + x, 34.8 + y
    return [[west, south], [west, south + HAIR], [west + width, south], [west, south]]


BESIDE = ring(3 * STEP, 0)
COLLAPSING: dict[str, dict[str, Any]] = {
    "a point": polygon(tiny(0.035, 0.005)),
    "a line": polygon(tiny(0.032, 0.005, STEP / 2)),
    "a hole": {"type": "Polygon", "coordinates": [BESIDE, tiny(0.035, 0.005)]},
    "a long hole": {"type": "Polygon", "coordinates": [BESIDE, tiny(0.032, 0.005, STEP / 2)]},
    "a part": {"type": "MultiPolygon", "coordinates": [[BESIDE], [tiny(0.045, 0.005)]]},
}


@pytest.mark.parametrize("way", ["edit", "tried edit", "delivery", "tried delivery", "import", "checked import"])
@pytest.mark.parametrize("case", COLLAPSING)
def test_an_outline_that_is_nothing_when_stored_is_refused_in_words(desk: Desk, case: str, way: str) -> None:
    client, key, url = desk
    before = client.get(url, headers=key)
    if way.endswith("edit"):
        body = {"verb": "create", "parent_code": "c", "new_codes": ["x9"], "geometry": COLLAPSING[case]}
        answer = client.post(f"{url}/edits", params={"dry_run": way == "tried edit"}, json=body, headers=key)
    elif way.endswith("delivery"):
        answer = sent(desk, "hair.geojson", delivery(("x9", COLLAPSING[case])), dry_run=str(way == "tried delivery"))
    else:
        answer = client.post(
            "/v1/layers/admin/imports",
            files={"files": ("hair.geojson", delivery(("x9", COLLAPSING[case])))},
            data={"crs": "WGS84", "dry_run": str(way == "checked import")},
            headers=key,
        )
    mended = case in {"a hole", "a long hole", "a part"} and not way.endswith("edit")
    if mended:  # the file has it valid: what storing would break is mended, and told
        assert not {"urn:wangge:problem:area-collapsed", "invalid_ring"} & set(answer.text.split('"')), answer.text
        if answer.status_code == 201:
            assert client.post(f"{url}/undo", headers=key).status_code == 200
        return
    if way == "checked import":
        defects = answer.json()["defects"]
        assert (answer.status_code, defects["summary"]["blocks"]) == (200, True), answer.text
        assert "x9" in {code for f in defects["features"] for code in f["properties"]["codes"]}
    elif way == "import":
        assert (answer.status_code, answer.json()["type"]) == (400, "urn:wangge:problem:boundaries-blocked"), (
            answer.text
        )
        assert "x9" in answer.text
    elif way.endswith("edit") and case in {"a point", "a line"}:  # it holds no land: the verb says so
        assert (answer.status_code, answer.json()["field"]) == (400, "geometry"), answer.text
    else:
        assert (answer.status_code, answer.json()["type"]) == (400, "urn:wangge:problem:area-collapsed"), answer.text
        assert "x9" in answer.json()["detail"]
    after = client.get(url, headers=key)
    assert (after.json(), after.headers["etag"]) == (before.json(), before.headers["etag"])


def test_a_delivery_is_told_area_by_area_and_tried_first(desk: Desk) -> None:
    client, key, url = desk
    content = delivery(
        ("g0", polygon(ring(0, 0, STEP / 2))), ("g1", polygon(ring(STEP, 0))), ("n", polygon(ring(0.005, 0, STEP / 2)))
    )
    content = content.replace(b'"g1\\u7f51\\u683c"', '"改名"'.encode())
    tried = sent(desk, "survey.geojson", content, dry_run="true", retire_others="true")
    assert (tried.status_code, tried.json()["edit"]) == (200, None), tried.text
    assert client.get(url, headers=key).json()["edits"] == []
    done = sent(desk, "survey.geojson", content, retire_others="true").json()
    assert done["differences"] == tried.json()["differences"]
    told = {d["code"]: d for d in done["differences"]}
    assert {code: d["kind"] for code, d in told.items()} == {"g0": "moved", "g1": "facts", "g2": "gone", "n": "added"}
    assert told["g1"]["facts"]["name"] == ["g1网格", "改名"]
    assert told["g0"]["lost_m2"] == pytest.approx(told["n"]["gained_m2"], rel=1e-3)
    assert told["g0"]["gained_m2"] == 0.0
    assert done["defects"]["summary"]["counts"]["parent_not_covered"] == 1
    assert client.post(f"{url}/undo", headers=key).status_code == 200


def test_an_edit_is_answered_with_its_surroundings_and_can_be_tried(desk: Desk) -> None:
    client, key, url = desk
    line = {"type": "LineString", "coordinates": [[113.299, 34.805], [113.312, 34.806]]}
    body = {"verb": "split", "codes": ["g0"], "geometry": line}
    tried = client.post(f"{url}/edits", params={"dry_run": True}, json=body, headers=key)
    assert (tried.status_code, tried.json()["edit"]) == (200, None)
    done = client.post(f"{url}/edits", json=body, headers=key | {"If-Match": tried.headers["etag"]})
    assert done.status_code == 201, done.text
    shown = done.json()
    assert {f["id"] for f in shown["beside"]["features"]} == {"g2"}  # g1 has a new corner: it is among the changed
    outlines = {f["id"]: f["geometry"] is not None for f in shown["features"]}
    assert outlines == {"g0": False, "g1": True, "c-1": True, "c-2": True, "c": False}
    assert shown["defects"]["summary"]["blocks"] is False
    ended = client.post(f"{url}/edits", json={"verb": "retire", "codes": ["c-1"]}, headers=key).json()
    assert [f["properties"]["kind"] for f in ended["defects"]["features"]] == []
    assert client.get(f"{url}/surroundings", headers=key).json()["defects"]["summary"]["areas_checked"] > 0
    for _ in range(2):
        assert client.post(f"{url}/undo", headers=key).status_code == 200


@pytest.mark.parametrize("value", ["NaN", "1e400", '"\\u0000"', "[1]"])
def test_facts_that_cannot_be_kept_are_refused(desk: Desk, value: str) -> None:
    client, key, url = desk
    body = f'{{"attributes": {{"households": {value}}}}}'
    headers = key | {"Content-Type": "application/json"}
    answer = client.patch(f"{url}/areas/g1", content=body, headers=headers)
    assert answer.status_code in {400, 422}, answer.text


def test_what_cannot_be_computed_on_crossing_outlines_is_refused_in_words(desk: Desk) -> None:
    client, key, url = desk
    crossing = delivery(("g0", polygon(ring(0, 0, STEP * 1.3))), households=9)
    assert sent(desk, "crossing.geojson", crossing).status_code == 201
    split = {"verb": "merge", "codes": ["g0", "g1"]}
    for answer in (
        client.post(f"{url}/redesigns", json={"parent_code": "c", "k": 2}, headers=key),
        client.post(f"{url}/edits", json=split, headers=key),
    ):
        assert answer.status_code == 400, answer.text
    assert client.get(f"{url}/repairs", headers=key).json()["proposals"]
    assert client.get(f"{url}/impact", headers=key).status_code == 200
    assert client.post(f"{url}/undo", headers=key).status_code == 200


def test_a_redesign_is_told_mapped_and_printed_on_a_page(desk: Desk) -> None:
    from pypdf import PdfReader

    client, key, url = desk
    counted = delivery(*((f"g{i}", polygon(ring(i * STEP, 0))) for i in range(3)), households=90)
    assert sent(desk, "counted.geojson", counted).status_code == 201
    body = {"parent_code": "c", "k": 2}
    told = client.post(f"{url}/redesigns", json=body, headers=key).json()
    assert sum(move["load"] for move in told["moves"]) == pytest.approx(told["moved_load"])
    page = client.post(f"{url}/redesigns.html", json=body, headers=key)
    assert "新界线沿道路的比例" in page.text
    printed = client.post(f"{url}/redesigns.pdf", json=body, headers=key)
    reader = PdfReader(io.BytesIO(printed.content))
    text = reader.pages[0].extract_text()
    assert len(reader.pages) == 1
    assert all(words in text for words in ("平均紧凑度", "内部界线", "新界线沿道路的比例", "将改归属"))
    assert client.post(f"{url}/undo", headers=key).status_code == 200
