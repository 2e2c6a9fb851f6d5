"""Each source's points are weighed against its addresses; nothing is changed by itself, a correction is on record."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from geo import datum
from governance.data_quality import operations, queries
from governance.data_quality.rules import Flag
from tests.factories.events import wait_until_readable

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi.testclient import TestClient

    from core.db import Database

    Key = Callable[..., dict[str, str]]

DATA = Path(__file__).resolve().parents[3] / "data"


def numbered_places(count: int) -> list[tuple[str, float, float]]:
    """Texts with the points they mean, from the file of door numbers."""
    listed = json.loads((DATA / "gazetteer" / "addresses.geojson").read_text(encoding="utf-8"))["features"]
    chosen = np.random.default_rng(7).choice(len(listed), count, replace=False)
    return [(listed[i]["properties"]["full"], *listed[i]["geometry"]["coordinates"]) for i in chosen]


def send(client: TestClient, key: dict[str, str], rows: list[dict[str, Any]]) -> None:
    body = {
        "reports": [{"category": "占道经营", "text": "占道", "external_id": f"{i}"} | row for i, row in enumerate(rows)]
    }
    answer = client.post("/v1/reports/batch", json=body, headers=key).json()
    assert answer["stored"] == len(rows), answer["results"][:3]


def noisy(lon: float, lat: float, generator: np.random.Generator) -> tuple[float, float]:
    return lon + float(generator.normal(0, 2e-4)), lat + float(generator.normal(0, 2e-4))


@pytest.fixture(scope="module")
def examined(client: TestClient, make_key: Key, database: Database) -> dict[str, Any]:
    """Examine sources of each kind; gives what was then said of the shifted one."""
    generator = np.random.default_rng(1)
    keys = {
        "honest": make_key("intake", name="honest", channel="app"),
        "shifted": make_key("intake", name="shifted", channel="12345"),
        "thin": make_key("intake", name="thin", channel="110"),
        "odd": make_key("intake", name="odd", channel="patrol"),
    }
    for name in ("honest", "shifted", "thin"):
        rows = []
        for text, lon, lat in numbered_places(6 if name == "thin" else 120):
            x, y = noisy(lon, lat, generator)
            if name != "honest":
                x, y = (float(v) for v in datum.from_wgs84(x, y, "GCJ-02"))
            rows.append({"address": text, "lon": x, "lat": y})
        send(client, keys[name], rows)
    places = numbered_places(40)
    same = [{"address": text, "lon": 113.2841234, "lat": 34.8012345} for text, _, _ in places[:12]]
    truncated = [{"address": None, "lon": 113.28, "lat": 34.80}]
    caller = {"name": "李四", "phone": "13900001111"}
    jump = [
        {
            "address": None,
            "lon": 113.2651111,
            "lat": 34.7401111,
            "reported_at": "2026-07-01T08:00:00+08:00",
            "reporter": caller,
        },
        {
            "address": None,
            "lon": 113.2851111,
            "lat": 34.8201111,
            "reported_at": "2026-07-01T08:00:30+08:00",
            "reporter": caller,
        },
    ]
    named = [{"address": "峡窝镇冯沟村委会", "lon": 113.2841111, "lat": 34.8141111}]
    outside = [{"address": None, "lon": 114.1234567, "lat": 35.1234567}]
    send(client, keys["odd"], same + truncated + jump + named + outside)
    swapped = {"category": "其他", "text": "x", "lon": 34.8141111, "lat": 113.2841111}
    assert client.post("/v1/reports", json=swapped, headers=keys["odd"]).status_code == 201
    wait_until_readable(database)
    with database.transaction() as session:
        done = operations.examine(session)
    assert done.reports == 120 + 120 + 6 + 18
    assert done.offered == 1
    with database.transaction() as session:
        assert operations.examine(session).reports == 0
    said: dict[str, Any] = client.get("/v1/data-quality/shifted", headers=make_key("viewer")).json()
    return said


def test_a_source_that_fits_only_after_a_shift_is_offered_a_correction(examined: dict[str, Any]) -> None:
    declaration = examined["declarations"][0]
    assert declaration["detection"]["datum"] == "GCJ-02"
    assert declaration["under"]["GCJ-02"]["fits_address"] > 0.95
    assert declaration["under"]["WGS84"]["fits_address"] < 0.05
    assert declaration["under"]["GCJ-02"]["in_coverage"] > declaration["under"]["WGS84"]["in_coverage"] - 0.2
    assert examined["flags"][Flag.FITS_SHIFTED] > 100
    offer = examined["corrections"][0]
    assert (offer["declared_crs"], offer["detected_crs"], offer["state"]) == ("WGS84", "GCJ-02", "offered")
    assert examined["declared_crs"] == "WGS84"


@pytest.mark.usefixtures("examined")
def test_an_honest_source_and_thin_evidence_are_left_alone(client: TestClient, make_key: Key) -> None:
    sources = {s["source"]: s for s in client.get("/v1/data-quality", headers=make_key("viewer")).json()}
    assert sources["honest"]["declarations"][0]["detection"]["datum"] == "WGS84"
    assert sources["honest"]["corrections"] == []
    assert sources["honest"]["flags"].get(Flag.FITS_SHIFTED, 0) == 0
    assert sources["thin"]["declarations"][0]["detection"]["datum"] is None
    assert sources["thin"]["corrections"] == []


@pytest.mark.usefixtures("examined")
@pytest.mark.parametrize(
    ("flag", "fewest"),
    [
        (Flag.DEFAULT_GEOCODE, 12),
        (Flag.TRUNCATED, 1),
        (Flag.IMPOSSIBLE_JUMP, 1),
        (Flag.OUTSIDE_NAMED_AREA, 1),
        (Flag.OUTSIDE_COVERAGE, 1),
        (Flag.SWAPPED, 1),
        (Flag.FAR_FROM_ADDRESS, 5),
    ],
)
def test_single_points_are_flagged_with_evidence(client: TestClient, make_key: Key, flag: Flag, fewest: int) -> None:
    rows = client.get("/v1/data-quality/odd/flagged", params={"flag": flag}, headers=make_key("viewer")).json()
    assert len(rows) >= fewest
    assert all(any(f["flag"] == flag and len(f) >= 1 for f in row["flags"]) for row in rows)


@pytest.mark.usefixtures("examined")
def test_taking_a_correction_changes_what_counts_from_now_on_and_no_report(
    client: TestClient, make_key: Key, database: Database
) -> None:
    with database.snapshot() as session:
        offer = queries.sources(session, name="shifted")[0]["corrections"][0]
    url = f"/v1/data-quality/corrections/{offer['id']}/decision"
    decision = {"take": True, "reason": "与来源单位核实"}
    assert client.post(url, json=decision, headers=make_key("dispatcher")).status_code == 403
    assert client.post(url, json=decision, headers=make_key("administrator")).json()["state"] == "taken"
    assert client.post(url, json=decision, headers=make_key("administrator")).status_code == 409
    with database.snapshot() as session:
        after = queries.sources(session, name="shifted")[0]
    assert after["crs"] == "GCJ-02"
    assert after["declarations"][0]["declared_crs"] == "WGS84"


@pytest.mark.usefixtures("examined")
def test_unknown_sources_and_corrections_are_not_found(client: TestClient, make_key: Key) -> None:
    administrator = make_key("administrator")
    assert client.get("/v1/data-quality/nobody", headers=administrator).status_code == 404
    url = "/v1/data-quality/corrections/999/decision"
    assert client.post(url, json={"take": False, "reason": "x"}, headers=administrator).status_code == 404
    assert client.get("/v1/data-quality", headers=make_key("intake")).status_code == 403


def test_the_page_needs_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get("/data-quality")
    assert page.status_code == 200
    assert "http://" not in page.text
    assert "https://" not in page.text
