"""Responsibility maps over HTTP: what they say, and what they refuse."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from core import clock
from grids.boundaries import operations, queries
from tests.factories.identity import who

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi.testclient import TestClient

    from core.db import Database
    from grids.boundaries.records import AreaRecord

PATH = "/v1/maps/responsibility.geojson"


def get(client: TestClient, **query: Any) -> dict[str, Any]:
    answer = client.get(PATH, params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/geo+json"
    return dict(answer.json())


def test_every_grid_is_there_with_its_unit_exactly_as_published(reading: TestClient, areas: list[AreaRecord]) -> None:
    found = get(reading)
    grids = {r.code: r for r in areas if r.level == "grid"}
    assert (found["layer"], found["level"], found["release"]) == ("admin", "grid", 1)
    assert [f["id"] for f in found["features"]] == sorted(grids)
    for feature in found["features"]:
        record, properties = grids[feature["id"]], feature["properties"]
        assert properties["unit_code"] == record.unit_code
        assert properties["unit_name"] == record.unit_name
        assert properties["name"] == record.name
        geometry = shapely.from_geojson(json.dumps(feature["geometry"]))
        assert geometry.equals(record.geom)
        assert all(part.exterior.is_ccw for part in geometry.geoms)
    assert "crs" not in found


def test_within_keeps_the_descendants_of_one_area(reading: TestClient) -> None:
    found = get(reading, within="410106001")
    assert found["features"]
    assert all(f["id"].startswith("410106001") for f in found["features"])
    assert [f["id"] for f in get(reading, level="street", within="410106001")["features"]] == ["410106001"]


@pytest.mark.parametrize("zoom", [9, 13])
def test_a_simplified_map_is_smaller_and_still_a_coverage_also_when_filtered(reading: TestClient, zoom: int) -> None:
    exact, simple = reading.get(PATH), reading.get(PATH, params={"simplify": zoom})
    assert len(simple.content) < len(exact.content)
    shapes = {f["id"]: shapely.from_geojson(json.dumps(f["geometry"])) for f in simple.json()["features"]}
    assert shapely.coverage_is_valid(list(shapes.values()))
    for feature in get(reading, simplify=zoom, within="410106002")["features"]:
        assert shapely.from_geojson(json.dumps(feature["geometry"])).equals(shapes[feature["id"]])


def test_reports_are_counted_on_every_level_in_all_and_for_thirty_days(
    client: TestClient,
    add_reports: Callable[[str, int, int], None],
    district: list[AreaRecord],
    make_key: Callable[..., dict[str, str]],
) -> None:
    client.headers.update(make_key("viewer", "viewer"))
    one, two = [r.code for r in district if r.level == "grid"][:2]
    add_reports(one, 3, 2)
    add_reports(two, 4, 90)
    counts = {f["id"]: f["properties"] for f in get(client)["features"]}
    assert (counts[one]["reports_total"], counts[one]["reports_30d"]) == (3, 3)
    assert (counts[two]["reports_total"], counts[two]["reports_30d"]) == (4, 0)
    assert sum(p["reports_total"] for p in counts.values()) == 7
    whole = get(client, level="district")["features"][0]["properties"]
    assert (whole["reports_total"], whole["reports_30d"]) == (7, 3)


def test_where_no_report_was_ever_placed_counts_are_unknown_not_zero(reading: TestClient) -> None:
    assert get(reading, level="district")["features"][0]["properties"]["reports_total"] is None


def test_a_report_that_comes_in_late_is_counted_at_its_instant_too(
    client: TestClient,
    add_reports: Callable[[str, int, int], None],
    district: list[AreaRecord],
    make_key: Callable[..., dict[str, str]],
) -> None:
    client.headers.update(make_key("viewer", "viewer"))
    grid = next(r.code for r in district if r.level == "grid")
    add_reports(grid, 2, 5)
    at = (clock.now() + timedelta(days=1)).isoformat()
    for wanted in (2, 3):
        counts = {f["id"]: f["properties"]["reports_total"] for f in get(client, at=at)["features"]}
        assert counts[grid] == wanted
        add_reports(grid, 1, 4)
        for kept, _ in client.app.state.services.maps._past_counts._values.values():  # type: ignore[attr-defined]  # noqa: SLF001
            kept._good_until = 0.0  # noqa: SLF001 (as if a minute had passed)


def test_a_past_instant_is_answered_from_its_release(
    client: TestClient, database: Database, district: list[AreaRecord]
) -> None:
    before = clock.now()
    records = [r for r in district if r.level != "grid"]
    with database.transaction() as session:
        layer = queries.get_layer(session, "admin")
        operations.publish(
            session, layer=layer, areas=records, publication=operations.Publication(author=who("test")), lead_s=0.0
        )
    client.app.state.services.releases.refresh()  # type: ignore[attr-defined]
    assert get(client)["features"] == []
    then = get(client, at=before.isoformat())
    assert then["release"] == 1
    assert len(then["features"]) > 300


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"layer": "nowhere"}, 404),
        ({"level": "planet"}, 404),
        ({"within": "999"}, 404),
        ({"at": "1999-01-01T00:00:00Z"}, 404),
        ({"at": "2026-01-01T00:00:00"}, 400),
        ({"simplify": "23"}, 400),
        ({"within": "a\x00b"}, 400),
    ],
)
def test_wrong_questions_are_problems(reading: TestClient, query: dict[str, str], status: int) -> None:
    answer = reading.get(PATH, params=query)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("query", [{"layer": ""}, {"level": "a\tb"}, {"within": "x" * 81}, {"at": "now"}])
def test_a_wrong_parameter_is_told_as_on_any_other_route(reading: TestClient, query: dict[str, str]) -> None:
    told = []
    for path in (PATH, "/v1/maps/responsibility.html"):
        problem = reading.get(path, params=query).json()
        told.append({name: problem[name] for name in problem if name not in {"instance", "request_id"}})
    assert told[0] == told[1]
    assert told[0]["field"] == f"query.{next(iter(query))}"


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "-62135596800", "1e300"])
def test_the_ends_of_time_are_answered_or_refused(reading: TestClient, at: str) -> None:
    for path in (PATH, "/v1/maps/responsibility.html", "/v1/tiles/admin/grid/12/3337/1624.mvt"):
        assert reading.get(path, params={"at": at}).status_code in {200, 400, 404}


def test_an_instant_whose_plus_sign_was_not_encoded_is_understood(reading: TestClient) -> None:
    assert reading.get(f"{PATH}?level=street&at=2100-01-01T00:00:00+08:00").status_code == 200
