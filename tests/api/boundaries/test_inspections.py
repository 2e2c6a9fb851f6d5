"""Boundary files are looked into over HTTP before anything of them is stored."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from sqlalchemy import text

from tests.api.boundaries.test_layers_over_http import LAYER

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi.testclient import TestClient

    from core.db import Database

    Key = Callable[..., dict[str, str]]

URL = "/v1/layers/police/inspections"


Square = tuple[dict[str, Any], tuple[float, float]]


def delivery(*features: Square, crs: str | None = None, size: float = 0.01) -> bytes:
    """Return squares with properties as GeoJSON; `crs` names the system of the numbers."""
    found = []
    for properties, (x, y) in features:
        ring = [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]
        geometry = {"type": "Polygon", "coordinates": [ring]}
        found.append({"type": "Feature", "properties": properties, "geometry": geometry})
    stated = {"crs": {"type": "name", "properties": {"name": crs}}} if crs else {}
    return json.dumps({"type": "FeatureCollection", **stated, "features": found}, ensure_ascii=False).encode("gb18030")


BEATS = (
    ({"WGBM": "a1", "WGMC": "新安一警区", "网格长": "张伟", "手机": "13800138000", "备注": None}, (113.2, 34.8)),
    ({"WGBM": "a2", "WGMC": "新安二警区", "网格长": "李娜", "手机": "13900139000", "备注": "东"}, (113.21, 34.8)),
)


@pytest.fixture
def editor(client: TestClient, make_key: Key) -> dict[str, str]:
    headers = make_key("gis-editor")
    assert client.post("/v1/layers", json=LAYER, headers=headers).status_code == 201
    return headers


def looked_into(client: TestClient, headers: dict[str, str], name: str, content: bytes, **said: str) -> dict[str, Any]:
    answer = client.post(URL, files={"files": (name, content)}, data=said, headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_what_a_file_is_is_told_and_nothing_of_it_is_stored(
    client: TestClient, editor: dict[str, str], database: Database
) -> None:
    def stored() -> list[int]:
        with database.transaction() as session:
            tables = ("layer", "release", "area", "change_set", "change_set_area", "audit_entry", "event")
            return [session.scalar(text(f"SELECT count(*) FROM {table}")) or 0 for table in tables]

    before = stored()
    found = looked_into(client, editor, "beat.geojson", delivery(*BEATS))
    assert stored() == before
    (file,) = found["files"]
    told = [file[name] for name in ("name", "format", "encoding", "crs", "in_degrees", "features")]
    assert told == ["beat.geojson", "geojson", "gb18030", "WGS84", True, 2]
    assert file["mapping"] == {"code": "WGBM", "name": "WGMC"}
    assert list(file["levels"].values()) == ["beat"]
    columns = {column["name"]: column for column in file["columns"]}
    assert columns["备注"] == {"name": "备注", "filled": 1, "samples": ["东"], "about_people": False}
    assert columns["WGMC"]["samples"] == ["新安一警区", "新安二警区"]
    drawn = found["preview"]["features"]
    assert [feature["properties"]["code"] for feature in drawn] == ["a1", "a2"]
    outline = shapely.from_geojson(json.dumps(drawn[0]["geometry"]))
    assert shapely.bounds(outline).tolist() == pytest.approx([113.2, 34.8, 113.21, 34.81])
    assert found["effective_at"] is None


def test_values_about_people_are_not_told(client: TestClient, editor: dict[str, str]) -> None:
    answer = client.post(URL, files={"files": ("beat.geojson", delivery(*BEATS))}, headers=editor)
    columns = {column["name"]: column for column in answer.json()["files"][0]["columns"]}
    assert [columns[name]["about_people"] for name in ("网格长", "手机", "WGMC")] == [True, True, False]
    assert not any(word in answer.text for word in ("张伟", "13800138000", "李娜"))


def test_numbers_are_drawn_in_the_system_that_is_declared_and_not_at_all_without_one(
    client: TestClient, editor: dict[str, str]
) -> None:
    squares = tuple((facts, (480_000 + 1000 * i, 3_851_000)) for i, (facts, _) in enumerate(BEATS))
    content = delivery(*squares, crs="urn:unknown:system", size=1000)
    without = looked_into(client, editor, "beat.geojson", content)
    assert [without["files"][0][name] for name in ("crs", "in_degrees")] == [None, False]
    assert without["preview"]["features"] == []
    declared = looked_into(client, editor, "beat.geojson", content, crs="EPSG:4547")
    west = shapely.from_geojson(json.dumps(declared["preview"]["features"][0]["geometry"])).bounds[0]
    assert (declared["files"][0]["crs"], 113 < west < 115) == ("EPSG:4547", True)
    refused = client.post(URL, files={"files": ("b.geojson", content)}, data={"crs": "nonsense"}, headers=editor)
    assert (refused.status_code, refused.json()["field"]) == (400, "crs")


def test_hostile_and_unreadable_files_are_refused_with_the_reason(client: TestClient, editor: dict[str, str]) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../beat.geojson", delivery(*BEATS))
    nowhere = delivery(*((facts, (float("inf"), 0)) for facts, _ in BEATS)).replace(b"Infinity", b"1e999")
    for name, content in (("a.zip", bomb.getvalue()), ("a.geojson", b"{"), ("a.dwg", b"AC1032")):
        answer = client.post(URL, files={"files": (name, content)}, headers=editor)
        assert answer.status_code in {400, 413, 422}, (name, answer.text)
    answer = client.post(URL, files={"files": ("a.geojson", nowhere)}, headers=editor)
    assert answer.status_code in {200, 400}, answer.text
