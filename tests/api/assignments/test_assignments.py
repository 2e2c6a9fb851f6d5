"""GET and POST /v1/assignments: what is answered, in which format, and what is refused in which words."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson
import pyarrow as pa
import pytest
import shapely
from fastapi.testclient import TestClient
from pyarrow import ipc

from api.app import create_app
from api.http.services import services_of
from core.db import Database
from core.settings import Settings
from grids.boundaries import operations
from grids.boundaries.records import AreaRecord
from tests.factories.identity import who

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI

ARROW = "application/vnd.apache.arrow.stream"


def square(level: str, code: str, x: float, y: float, size: float, parent: str | None = None) -> AreaRecord:
    geom = shapely.box(113 + x / 100, 34 + y / 100, 113 + (x + size) / 100, 34 + (y + size) / 100)
    return AreaRecord(level, code, f"{level} {code}", geom, parent, unit_code=f"u-{code}", unit_name=f"unit {code}")


AREAS = [square("district", "D", 0, 0, 4)] + [
    square("grid", f"g{x}{y}", x, y, 1, "D") for x in range(3) for y in range(4)
]


@pytest.fixture(scope="module")
def served(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """The application over one release; these tests only ask."""
    cache = tmp_path_factory.mktemp("cache")
    settings = Settings(DATABASE_URL=module_database_url, cache_dir=cache, log_level="ERROR")
    database = Database(settings)
    with database.transaction() as session:
        layer = operations.create_layer(
            session, code="admin", name="网格", levels=["district", "grid"], nearest_tolerance_m=50, actor=who("test")
        )
        operations.publish(
            session, layer=layer, areas=AREAS, publication=operations.Publication(author=who("test")), lead_s=0.0
        )
    database.close()
    return create_app(settings)


@pytest.fixture(scope="module")
def client(served: FastAPI) -> Iterator[TestClient]:
    with TestClient(served, raise_server_exceptions=False) as opened:
        yield opened


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["type"] == f"urn:wangge:problem:{code}"
    return body


def test_one_point_is_answered_with_chain_release_and_reason(client: TestClient) -> None:
    answer = client.get("/v1/assignments", params={"lon": 113.005, "lat": 34.005})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["method"] == "covered"
    assert [(area["level"], area["code"], area["unit"], area["unit_name"]) for area in body["areas"]] == [
        ("district", "D", "u-D", "unit D"),
        ("grid", "g00", "u-g00", "unit g00"),
    ]
    assert body["release"]["number"] == 1
    assert body["distance_to_edge_m"] == pytest.approx(461.9, abs=0.5)
    assert body["reason"].startswith("The point lies inside grid")
    assert body["reason_zh"].startswith("该点位于网格")


def test_edges_accuracy_and_uncovered_points_are_answers(client: TestClient) -> None:
    edge = client.get("/v1/assignments", params={"lon": 113.01, "lat": 34.005}).json()
    assert (edge["method"], [c["code"] for c in edge["candidates"]]) == ("boundary", ["g00", "g10"])
    wide = client.get("/v1/assignments", params={"lon": 113.0099, "lat": 34.005, "accuracy_m": 30}).json()
    assert (wide["method"], [c["code"] for c in wide["candidates"]]) == ("covered", ["g00", "g10"])
    nobody = client.get("/v1/assignments", params={"lon": 112.0, "lat": 34.005}).json()
    assert (nobody["method"], nobody["areas"], nobody["distance_to_edge_m"]) == ("unassigned", [], None)


def test_an_instant_before_the_first_release_is_unassigned_without_a_release(client: TestClient) -> None:
    past = {"lon": 113.005, "lat": 34.005, "at": "2001-01-01T00:00:00+08:00"}
    body = client.get("/v1/assignments", params=past).json()
    assert (body["method"], body["release"]) == ("unassigned", None)
    url = "/v1/assignments?lon=113.005&lat=34.005&at=2001-01-01T00:00:00+08:00"
    assert client.get(url).json() == body


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ("lat=34", "point-missing", "lon"),
        ("lon=113", "point-missing", "lat"),
        ("lon=east&lat=34", "point-not-a-number", "lon"),
        ("lon=nan&lat=34", "point-not-finite", "lon"),
        ("lon=113&lat=-inf", "point-not-finite", "lat"),
        ("lon=34&lat=113", "point-swapped", "lon"),
        ("lon=500000&lat=3800000", "point-out-of-range", "lon"),
        ("lon=113&lat=34&crs=WGS85", "crs-unknown", "crs"),
        ("lon=1&lat=50&crs=bd09", "point-outside-crs", "lon"),
        ("lon=113&lat=34&accuracy_m=-1", "accuracy-invalid", "accuracy_m"),
        ("lon=113&lat=34&accuracy_m=some", "accuracy-invalid", "accuracy_m"),
        ("lon=113&lat=34&at=yesterday", "parameter-invalid", "query.at"),
        ("lon=113&lat=34&at=2026-01-01T00:00:00", "parameter-invalid", "query.at"),
    ],
)
def test_wrong_input_is_a_400_naming_the_field(client: TestClient, query: str, code: str, field: str) -> None:
    assert problem(client.get(f"/v1/assignments?{query}"), 400, code)["field"] == field


def test_an_unknown_layer_is_a_404(client: TestClient) -> None:
    problem(client.get("/v1/assignments?lon=113&lat=34&layer=police"), 404, "layer-not-found")


def test_a_list_of_points_is_answered_in_full(client: TestClient) -> None:
    points = [{"lon": 113.005, "lat": 34.005}, {"lon": 113.0099, "lat": 34.005, "accuracy_m": 30}]
    body = client.post("/v1/assignments", json=points).json()
    single = client.get("/v1/assignments", params={"lon": 113.0099, "lat": 34.005, "accuracy_m": 30}).json()
    assert body["answers"][1] == single
    assert body["release"]["number"] == 1
    compact = client.post("/v1/assignments?answer=compact", json=points).json()
    assert (compact["code"], compact["method"]) == (["g00", "g00"], ["covered", "covered"])


def test_a_csv_that_is_not_all_numbers_is_told_its_first_odd_row(client: TestClient) -> None:
    table = b"id,lon,lat\n1,113.005,34.005\n2,abc,34\n3,def,34\n"
    answer = client.post("/v1/assignments", content=table, headers={"content-type": "text/csv"})
    assert (
        problem(answer, 400, "table-unreadable")["detail"] == "Column lon is not all numbers, such as 'abc' in row 2."
    )


def test_columns_are_answered_in_columns(client: TestClient) -> None:
    columns = {"lon": [113.005, 113.035, 112.9998, 100], "lat": [34.005, 34.005, 34.005, 34]}
    body = client.post("/v1/assignments", json=columns).json()
    assert body["code"] == ["g00", "D", "g00", None]
    assert body["method"] == ["covered", "covered", "nearest", "unassigned"]
    full = client.post("/v1/assignments?answer=full", json=columns).json()
    assert full["grid_code"] == ["g00", None, "g00", None]
    assert full["district_code"] == ["D", "D", "D", None]
    assert full["level"] == ["grid", "district", "grid", None]
    assert full["distance_to_edge_m"][3] is None
    assert client.post("/v1/assignments", json={"lon": [], "lat": []}).json()["code"] == []
    assert client.post("/v1/assignments", json=[]).json()["answers"] == []


def test_a_csv_with_an_open_quote_is_refused_by_its_line_and_swallows_no_rows(client: TestClient) -> None:
    table = 'id,lon,lat\n"a,113.005,34.005\nb,113.005,34.005\nc",113.005,34.005\n'
    answer = client.post("/v1/assignments", content=table, headers={"content-type": "text/csv"})
    assert (answer.status_code, "line 2: a quotation mark" in answer.json()["detail"]) == (400, True)


def test_csv_comes_back_as_csv_with_its_ids(client: TestClient) -> None:
    table = "id,lon,lat\na,113.005,34.005\nb,112,34\n"
    answer = client.post("/v1/assignments", content=table, headers={"content-type": "text/csv; charset=utf-8"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.text.splitlines() == ['"id","code","method"', '"a","g00","covered"', '"b",,"unassigned"']


def test_arrow_comes_back_as_arrow_and_accept_chooses_otherwise(client: TestClient) -> None:
    sink = io.BytesIO()
    table = pa.table({"lon": [113.005, 113.01], "lat": [34.005, 34.005]})
    with ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    headers = {"content-type": ARROW}
    answer = client.post("/v1/assignments", content=sink.getvalue(), headers=headers)
    assert answer.headers["content-type"] == ARROW
    found = ipc.open_stream(answer.content).read_all()
    assert found.to_pydict() == {"code": ["g00", "g00"], "method": ["covered", "boundary"]}
    assert orjson.loads(found.schema.metadata[b"wangge"])["release"]["number"] == 1
    as_json = client.post(
        "/v1/assignments", content=sink.getvalue(), headers=headers | {"accept": "application/json"}
    ).json()
    assert as_json["code"] == ["g00", "g00"]


def test_many_points_take_the_same_way_in_a_thread(client: TestClient) -> None:
    columns = {"lon": [113.005] * 5000, "lat": [34.005] * 5000}
    assert client.post("/v1/assignments", json=columns).json()["code"] == ["g00"] * 5000


@pytest.mark.parametrize(
    ("content", "media_type", "status", "code"),
    [
        (b"{", "application/json", 422, "payload-invalid"),
        (b"7", "application/json", 422, "payload-invalid"),
        (b'{"lon":[1]}', "application/json", 422, "payload-invalid"),
        (b'{"lon":[1],"lat":[1,2]}', "application/json", 422, "payload-invalid"),
        (b'{"lon":["1"],"lat":[1]}', "application/json", 422, "payload-invalid"),
        (b'{"lon":[true],"lat":[1]}', "application/json", 422, "payload-invalid"),
        (b'{"lon":[null],"lat":[1]}', "application/json", 422, "payload-invalid"),
        (b'{"lon":[[1]],"lat":[1]}', "application/json", 422, "payload-invalid"),
        (b'[{"lon":1}]', "application/json", 422, "payload-invalid"),
        (b"[1]", "application/json", 422, "payload-invalid"),
        (b'[{"lon":113,"lat":34,"accuracy_m":"x"}]', "application/json", 422, "payload-invalid"),
        (b'[{"lon":113,"lat":34,"accuracy_m":-5}]', "application/json", 400, "accuracy-invalid"),
        (b"", "text/csv", 400, "table-unreadable"),
        (b"lon,lat\n1", "text/csv", 400, "table-unreadable"),
        (b"a,b\n1,2\n", "text/csv", 400, "column-missing"),
        (b"lon,lat\nx,2\n", "text/csv", 400, "table-unreadable"),
        (b"\x00\x01", ARROW, 400, "table-unreadable"),
        (b"<xml/>", "text/xml", 415, "unsupported-media-type"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_in_words(
    client: TestClient, content: bytes, media_type: str, status: int, code: str
) -> None:
    answer = client.post("/v1/assignments", content=content, headers={"content-type": media_type})
    problem(answer, status, code)


def test_wrong_points_refuse_the_call_and_are_listed(client: TestClient) -> None:
    columns = {"lon": [113.005, 34.0, 1e6], "lat": [34.005, 113.0, 34.0]}
    body = problem(client.post("/v1/assignments", json=columns), 400, "point-swapped")
    assert body["field"] == "body.1.lon"
    assert body["wrong_points"] == 2
    assert [(e["field"], e["code"]) for e in body["errors"]] == [
        ("body.1.lon", "point-swapped"),
        ("body.2.lon", "point-out-of-range"),
    ]


def test_too_many_points_are_a_413(client: TestClient, served: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    shared = services_of(served)
    few = shared.settings.model_copy(update={"max_points_per_call": 2})
    monkeypatch.setattr(served.state, "services", replace(shared, settings=few))
    problem(client.post("/v1/assignments", json={"lon": [1, 2, 3], "lat": [1, 2, 3]}), 413, "too-many-points")


def test_both_calls_are_documented(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]["/v1/assignments"]
    assert {p["name"] for p in paths["get"]["parameters"]} == {"lon", "lat", "crs", "accuracy_m", "layer", "at"}
    assert set(paths["post"]["requestBody"]["content"]) == {"application/json", "text/csv", ARROW}
    assert set(paths["post"]["responses"]) >= {"200", "400", "404", "413", "415", "422", "503"}
