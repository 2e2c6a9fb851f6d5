"""GET and POST /v1/assignments/layers: one answer a layer, each as the single call gives it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from fastapi.testclient import TestClient

from api.app import create_app
from core import clock
from core.db import Database
from core.settings import Settings
from grids.boundaries import operations
from grids.boundaries.records import AreaRecord
from tests.factories.identity import who

if TYPE_CHECKING:
    from collections.abc import Iterator

BOTH = {"lon": 113.005, "lat": 34.005}
ONE, SEVERAL = "/v1/assignments", "/v1/assignments/layers"


def area(code: str, west: float, east: float) -> AreaRecord:
    return AreaRecord("grid", code, code, shapely.box(west, 34, east, 34.01), None, f"u-{code}")


@pytest.fixture(scope="module")
def client(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A service with three layers in force, one that takes effect tomorrow, and one without a release."""
    settings = Settings(DATABASE_URL=module_database_url, cache_dir=tmp_path_factory.mktemp("cache"), log_level="ERROR")
    database = Database(settings)
    now = clock.now()
    layers = {
        "police": ([area("P1", 113, 113.004), area("P2", 113.004, 113.02)], now),
        "admin": ([area("A1", 113, 113.01), area("A2", 113.01, 113.02)], now),
        "sanitation": ([area("S1", 113.015, 113.02)], now),
        "tomorrow": ([area("T1", 113, 113.02)], now + timedelta(days=1)),
    }
    with database.transaction() as session:
        operations.create_layer(session, code="empty", name="", levels=["grid"], actor=who("test"))
        for code, (areas, effective_at) in layers.items():
            layer = operations.create_layer(
                session, code=code, name="", levels=["grid"], nearest_tolerance_m=50, actor=who("test")
            )
            operations.publish(
                session,
                layer=layer,
                areas=areas,
                publication=operations.Publication(author=who("test"), effective_at=effective_at),
                lead_s=0.0,
            )
    database.close()
    with TestClient(create_app(settings), raise_server_exceptions=False) as opened:
        yield opened


def answers(client: TestClient, **query: Any) -> list[dict[str, Any]]:
    answer = client.get(SEVERAL, params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["answers"]
    return found


def test_a_point_has_one_answer_in_each_layer_that_is_in_force(client: TestClient) -> None:
    found = answers(client, **BOTH)
    assert [(a["layer"], a["method"], [area["code"] for area in a["areas"]]) for a in found] == [
        ("admin", "covered", ["A1"]),
        ("police", "covered", ["P2"]),
        ("sanitation", "unassigned", []),
    ]


def test_each_answer_is_the_one_that_the_single_call_gives(client: TestClient) -> None:
    for query in (BOTH, {"lon": 113.01, "lat": 34.005}, {**BOTH, "accuracy_m": 200, "crs": "GCJ-02"}):
        for answer in answers(client, **query):
            assert answer == client.get(ONE, params={**query, "layer": answer["layer"]}).json()


def test_the_layers_named_are_answered_in_their_order_each_once(client: TestClient) -> None:
    named = ["sanitation", "admin", "sanitation"]
    assert [a["layer"] for a in answers(client, **BOTH, layer=named)] == ["sanitation", "admin"]


def test_a_layer_is_there_from_its_instant_on_or_when_it_is_named(client: TestClient) -> None:
    later, before = (clock.now() + timedelta(days=2)).isoformat(), "2001-01-01T00:00:00Z"
    assert [a["layer"] for a in answers(client, **BOTH, at=later)] == ["admin", "police", "sanitation", "tomorrow"]
    assert answers(client, **BOTH, at=before) == []
    assert client.get(SEVERAL, params={"lon": 113, "lat": 91, "at": before}).status_code == 400
    (named,) = answers(client, **BOTH, layer="tomorrow")
    assert (named["method"], named["release"]) == ("unassigned", None)
    assert answers(client, **BOTH, layer="empty")[0]["release"] is None


@pytest.mark.parametrize(
    "query",
    [
        {"lat": 34.0},
        {"lon": "x", "lat": 34.0},
        {"lon": 34.005, "lat": 113.005},
        {**BOTH, "crs": "nonsense"},
        {**BOTH, "accuracy_m": -1},
        {**BOTH, "at": "2026-01-01T00:00:00"},
        {**BOTH, "layer": ["admin", "nowhere"]},
    ],
)
def test_what_is_wrong_is_told_as_the_single_call_tells_it(client: TestClient, query: dict[str, Any]) -> None:
    one, several = (client.get(path, params=query) for path in (ONE, SEVERAL))
    assert several.status_code == one.status_code >= 400
    varying = {"instance", "request_id"}
    assert several.json().keys() == one.json().keys()
    assert all(several.json()[name] == value for name, value in one.json().items() if name not in varying)


@pytest.mark.parametrize("query", [{}, {"answer": "compact"}, {"answer": "full"}])
@pytest.mark.parametrize(
    "points",
    [[BOTH, {"lon": 113.016, "lat": 34.005}], {"lon": [113.005, 113.016], "lat": [34.005, 34.005]}, []],
)
def test_many_points_have_one_answer_a_layer_as_the_single_call_gives_it(
    client: TestClient, points: Any, query: dict[str, str]
) -> None:
    answer = client.post(SEVERAL, json=points, params=query)
    assert answer.status_code == 200, answer.text
    assert [found["layer"] for found in answer.json()["answers"]] == ["admin", "police", "sanitation"]
    for found in answer.json()["answers"]:
        assert found == client.post(ONE, json=points, params={**query, "layer": found["layer"]}).json()


def test_a_table_of_points_is_answered_in_json(client: TestClient) -> None:
    table = "id,lon,lat\n7,113.005,34.005\n8,113.016,34.005\n"
    answer = client.post(
        SEVERAL, content=table, params={"layer": ["police", "sanitation"]}, headers={"Content-Type": "text/csv"}
    )
    assert answer.headers["content-type"] == "application/json"
    assert [(found["id"], found["code"]) for found in answer.json()["answers"]] == [
        ([7, 8], ["P2", "P2"]),
        ([7, 8], [None, "S1"]),
    ]


def test_a_wrong_point_among_many_refuses_the_call(client: TestClient) -> None:
    points = [BOTH, {"lon": 34.005, "lat": 113.005}]
    one, several = (client.post(path, json=points) for path in (ONE, SEVERAL))
    assert several.status_code == one.status_code == 400
    assert several.json()["errors"] == one.json()["errors"]


def test_the_document_names_the_repeated_parameter(client: TestClient) -> None:
    described = client.get("/openapi.json").json()["paths"][SEVERAL]
    for method in ("get", "post"):
        (layer,) = [p for p in described[method]["parameters"] if p["name"] == "layer"]
        assert layer["schema"]["anyOf"][0]["type"] == "array"
    assert set(described["get"]["responses"]) >= {"200", "400", "404", "503"}
