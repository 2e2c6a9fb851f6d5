"""Hotspot runs, files, maps, topics and notices over HTTP."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import geopandas
import numpy as np
import pypdf
import pytest
import shapely

from governance.hotspots import execution
from governance.hotspots.catalogue import HotspotMethod
from grids.boundaries.records import AreaRecord
from tests.factories.releases import publish_areas
from tests.factories.reports import PlacedRow, store_reports

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fastapi.testclient import TestClient

    from core.db import Database

STEP = 0.003
OUTWARD = re.compile(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//|url\(\s*["']?(?:https?:)?//|@import|fetch\(""")
PERIOD = {"start": "2026-05-01", "end": "2026-06-01"}


@pytest.fixture(autouse=True)
def town(database: Database) -> None:
    """One district, one street, 36 grids; a hundred scattered reports, and many more in one grid in May."""
    whole = shapely.box(113.2, 34.7, 113.2 + 6 * STEP, 34.7 + 6 * STEP)
    areas = [
        AreaRecord("district", "410106", "上街区", whole),
        AreaRecord("street", "410106001", "济源路街道", whole, "410106"),
    ]
    for row, column in np.ndindex(6, 6):
        x, y = 113.2 + column * STEP, 34.7 + row * STEP
        code = f"410106001{row * 6 + column:03d}"
        areas.append(AreaRecord("grid", code, f"网格{row}{column}", shapely.box(x, y, x + STEP, y + STEP), "410106001"))
    random = np.random.default_rng(3)
    rows = []
    spots = [(random.uniform(0, 6), random.uniform(0, 6), int(random.integers(0, 120)), "暴露垃圾") for _ in range(300)]
    spots += [
        (random.uniform(0, 6), random.uniform(0, 6), int(random.integers(0, 120)), "占道经营") for _ in range(200)
    ]
    spots += [(2.5 + random.normal(0, 0.15), 2.5 + random.normal(0, 0.15), k % 10 + 5, "占道经营") for k in range(40)]
    for x, y, days, category in spots:
        code = f"410106001{int(y) * 6 + int(x):03d}"
        rows.append(
            PlacedRow(
                lon=113.2 + x * STEP,
                lat=34.7 + y * STEP,
                at=datetime(2026, 5, 31, 4, tzinfo=UTC) - timedelta(days=days),
                category=category,
                path=["410106", "410106001", code],
                description="<b>某人家的私事</b>",
            )
        )
    with database.transaction() as session:
        publish_areas(session, areas, levels=["district", "street", "grid"])
        store_reports(session, rows)


@pytest.fixture
def planner(make_key: Callable[..., dict[str, str]]) -> dict[str, str]:
    return make_key("planner")


@pytest.fixture
def run(client: TestClient, planner: dict[str, str], database: Database) -> int:
    """A finished monthly run."""
    wanted = {**PERIOD, "kind": "monthly", "parameters": {"replicates": 99, "history_days": 120, "scan_days": 60}}
    answer = client.post("/v1/hotspots/runs", json=wanted, headers=planner)
    assert answer.status_code == 202, answer.text
    number = int(answer.json()["id"])
    assert answer.json()["status"] == "queued"
    execution.execute_run(database, number)  # what the worker does
    return number


def check_findings(get: Callable[..., Any], run: int, files: dict[str, list[dict[str, Any]]]) -> None:
    """The findings name the features of the files, and read in both languages by the same codes and values."""
    sent = get(f"/v1/hotspots/runs/{run}/findings", lang="en")
    assert (sent.headers["content-language"], sent.headers["vary"]) == ("en", "Accept-Language")
    english, chinese = sent.json()["findings"], get(f"/v1/hotspots/runs/{run}/findings").json()["findings"]
    assert [one["number"] for one in english] == list(range(1, len(english) + 1))
    assert {one["kind"] for one in english} >= {"place", "series"}
    ids = {str(feature["id"]) for features in files.values() for feature in features}
    assert {feature for one in english for feature in one["features"]} <= ids
    different = sum(f["properties"]["gi"] != 0 for f in files["units"])
    assert sum(one["kind"] == "unit" and one["method"] == "gi" for one in english) == different
    legends = {m["method"]: {c["code"]: c["count"] for c in m["legend"]} for m in sent.json()["methods"]}
    assert legends.keys() == {str(method) for method in HotspotMethod}
    assert sum(legends["gi"].values()) == len(files["units"])
    first = english[0]
    assert (first["kind"], first["category"]) == ("place", "占道经营")
    assert first["title"]["code"] == "title/category_at"
    assert first["grounds"][0]["code"] == "ground/more_than_expected"
    notes = get(f"/v1/hotspots/runs/{run}", lang="en").json()["notes"]
    assert any(note.startswith("Same-period warning: ") for note in notes)
    worded = {"label": "", "title": "", "grounds": []}
    for one, other in zip(english, chinese, strict=True):
        assert one | worded == other | worded
        assert [g["values"] for g in one["grounds"]] == [g["values"] for g in other["grounds"]]
        assert all(a["text"] != b["text"] for a, b in zip(one["grounds"], other["grounds"], strict=True))


def test_a_run_from_request_to_notice(client: TestClient, planner: dict[str, str], run: int, tmp_path: Path) -> None:
    def get(path: str, **query: Any) -> Any:
        answer = client.get(path, headers=planner, params=query)
        assert answer.status_code == 200, answer.text
        return answer

    said = get(f"/v1/hotspots/runs/{run}").json()
    assert (said["status"], said["progress"], said["release"]) == ("done", 1.0, 1)
    assert len(said["result_sha256"]) == 64
    assert said["input"]["reports"] == 540
    assert [r["id"] for r in get("/v1/hotspots/runs", kind="monthly").json()] == [run]

    features = get(f"/v1/hotspots/runs/{run}/clusters.geojson").json()["features"]
    scans = [f for f in features if f["properties"]["method"] == "scan"]
    assert [f["properties"]["category"] for f in scans] == ["占道经营"]
    assert "410106001014" in scans[0]["properties"]["areas"]
    only = get(f"/v1/hotspots/runs/{run}/clusters.geojson", method="scan").json()["features"]
    assert only == scans
    table = list(csv.DictReader(io.StringIO(get(f"/v1/hotspots/runs/{run}/clusters.csv").content.decode("utf-8-sig"))))
    assert len(table) == len(features)
    package = tmp_path / "clusters.gpkg"
    package.write_bytes(get(f"/v1/hotspots/runs/{run}/clusters.gpkg").content)
    frame = geopandas.read_file(package, engine="pyogrio")
    assert (len(frame), frame.crs.to_epsg()) == (len(features), 4326)

    units = get(f"/v1/hotspots/runs/{run}/units.geojson").json()["features"]
    assert len(units) == 36
    assert {"gi", "gi_q", "moran_kind", "emerging", "emerging_words"} <= set(units[0]["properties"])
    hottest = max(units, key=lambda f: f["properties"]["gi_z"] or 0)
    assert shapely.from_geojson(json.dumps(hottest["geometry"])).distance(shapely.Point(113.2075, 34.7075)) < STEP
    judged = get(f"/v1/hotspots/runs/{run}/warnings.geojson").json()["features"]
    assert {f["properties"]["area"] for f in judged} == {"410106", "410106001"}
    assert any(f["properties"]["alarm"] and f["properties"]["category"] == "占道经营" for f in judged)
    for what, rows in (("units", units), ("warnings", judged)):
        table = get(f"/v1/hotspots/runs/{run}/{what}.csv").content.decode("utf-8-sig")
        assert len(list(csv.DictReader(io.StringIO(table)))) == len(rows)
        package.write_bytes(get(f"/v1/hotspots/runs/{run}/{what}.gpkg").content)
        assert len(geopandas.read_file(package, engine="pyogrio")) == len(rows)

    check_findings(get, run, {"clusters": features, "units": units, "warnings": judged})

    for query in ({}, {"run": run, "beside": run}):
        page = get("/v1/maps/hotspots.html", **query)
        assert OUTWARD.search(page.text.replace('href="https://leafletjs.com"', "")) is None
        assert "时空聚集" in page.text
        assert "私事" not in page.text

    followed = get("/v1/hotspots/topics", status="open").json()
    place = next(t for t in followed if t["scope"] == "place")
    assert {"concentrated", "hot"} <= set(place["history"][0]["finding"]["kinds"])
    decided = client.patch(
        f"/v1/hotspots/topics/{place['id']}",
        json={"owner": "<b>城管局</b>", "measures": "夜间巡查", "follow_up_on": "2026-07-01"},
        headers=planner,
    )
    assert decided.json()["history"][-1]["kind"] == "decided"

    board = get("/v1/hotspots/topics.html").text
    notice = get(f"/v1/hotspots/runs/{run}/notice.html", issuer="上街区城市运行中心").text
    for page in (board, notice):
        assert "&lt;b&gt;城管局" in page
        assert OUTWARD.search(page) is None
    for words in ("2026 年 5 月", "占道经营", "发现：", "比较基准：", "可信程度：", "跟踪：", "<svg"):
        assert words in notice
    printed = pypdf.PdfReader(io.BytesIO(get(f"/v1/hotspots/runs/{run}/notice.pdf").content))
    assert "热点事项的通报" in printed.pages[0].extract_text()


def test_methods_and_parameters_are_listed_and_are_those_the_request_documents(
    client: TestClient, planner: dict[str, str]
) -> None:
    def check_taken(wanted: dict[str, Any]) -> None:
        """The run is queued; it is cancelled at once, as a key may have only a few open."""
        answer = client.post("/v1/hotspots/runs", json=wanted, headers=planner)
        assert answer.status_code == 202, answer.text
        client.post(f"/v1/hotspots/runs/{answer.json()['id']}/cancel", headers=planner)

    said = client.get("/v1/hotspots/methods", headers=planner).json()
    schema = client.get("/openapi.json").json()["components"]["schemas"]["RunRequest"]
    assert {p["name"] for p in said["parameters"]} == set(schema["properties"]["parameters"]["properties"])
    for parameter in said["parameters"]:
        assert parameter["words"]
        check_taken({**PERIOD, "parameters": {parameter["name"]: parameter["default"]}})
    assert all(m["label"] and m["asks"] and m["tests"] for m in said["methods"])
    for example in schema["examples"]:
        known = {"within": "410106001"} if "within" in example else {}
        check_taken({**example, **known})


def test_a_queued_run_has_no_result_and_can_be_cancelled(client: TestClient, planner: dict[str, str]) -> None:
    number = client.post("/v1/hotspots/runs", json=PERIOD, headers=planner).json()["id"]
    assert client.get(f"/v1/hotspots/runs/{number}/clusters.geojson", headers=planner).status_code == 409
    assert client.get("/v1/maps/hotspots.html", params={"run": number}, headers=planner).status_code == 409
    assert client.post(f"/v1/hotspots/runs/{number}/cancel", headers=planner).json()["status"] == "cancelled"
    assert client.post(f"/v1/hotspots/runs/{number}/cancel", headers=planner).status_code == 409


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"start": "2026-06-01"}, 400),
        ({"level": "planet"}, 404),
        ({"layer": "nowhere"}, 404),
        ({"within": "9"}, 404),
        ({"parameters": {"replicates": 1}}, 400),
        ({"parameters": {"unit": "triangle"}}, 400),
        ({"parameters": {"rate_per": ["households"]}}, 400),
        ({"methods": ["guess"]}, 422),
        ({"extra": 1}, 422),
        ({"seed": -1}, 422),
    ],
)
def test_a_wrong_request_is_a_problem(
    client: TestClient, planner: dict[str, str], change: dict[str, Any], status: int
) -> None:
    answer = client.post("/v1/hotspots/runs", json={**PERIOD, **change}, headers=planner)
    assert answer.status_code == status, answer.text


def test_runs_need_a_planner_and_results_a_reader(client: TestClient, make_key: Callable[..., dict[str, str]]) -> None:
    assert client.post("/v1/hotspots/runs", json=PERIOD).status_code == 401
    assert client.post("/v1/hotspots/runs", json=PERIOD, headers=make_key("viewer")).status_code == 403
    assert client.get("/v1/hotspots/topics", headers=make_key("intake")).status_code == 403
    assert client.get("/v1/hotspots/runs/99", headers=make_key("viewer")).status_code == 404
    assert client.get("/v1/maps/hotspots.html", headers=make_key("viewer")).status_code == 404
    assert client.get("/v1/maps/hotspots.html").status_code == 401
