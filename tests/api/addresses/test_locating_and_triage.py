"""Address text is enough: what is certain is placed, the rest waits with candidates and is settled by a person."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from governance.reports.numbers import report_number
from tests.factories.reports import PlacedRow, store_reports

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi.testclient import TestClient

    from core.db import Database

    Key = Callable[..., dict[str, str]]

CROSSING = "新乡路与孟津路交叉口"
GRID = "410106003004006"


@pytest.fixture(scope="module")
def dispatcher(make_key: Key) -> dict[str, str]:
    return make_key("dispatcher")


@pytest.fixture(scope="module")
def hotline(make_key: Key) -> dict[str, str]:
    return make_key("intake", channel="12345")


def report(client: TestClient, key: dict[str, str], address: str, **more: Any) -> dict[str, Any]:
    body = {"category": "违法建设", "text": "疑似违建", "address": address} | more
    answer = client.post("/v1/reports", json=body, headers=key)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_an_address_is_located_with_its_reasons_and_words(client: TestClient, hotline: dict[str, str]) -> None:
    answer = client.get("/v1/locate", params={"address": f"上街区{CROSSING}东北角"}, headers=hotline)
    assert answer.status_code == 200
    body = answer.json()
    assert body["verdict"] == "certain"
    assert body["candidates"][0]["label"] == f"{CROSSING}东北角"
    assert {"said": "东北角", "used_for": "corner", "start": 13, "end": 16, "read_as": None} in body["words"]
    assert body["gazetteer"]["roads"] == 1


def test_many_texts_are_located_in_their_order(client: TestClient, hotline: dict[str, str]) -> None:
    texts = [
        {"id": "a", "address": CROSSING},
        {"id": "b", "address": "老地方"},
        {"address": "济源路126号", "area": "410106001"},
    ]
    body = client.post("/v1/locate", json={"texts": texts}, headers=hotline).json()
    assert [r["id"] for r in body["results"]] == ["a", "b", None]
    assert [r["verdict"] for r in body["results"]][:2] == ["certain", "not_found"]
    assert body["count"] == 3


def test_a_point_is_put_into_words(client: TestClient, hotline: dict[str, str]) -> None:
    body = client.get("/v1/reverse", params={"lon": 113.27443, "lat": 34.80204}, headers=hotline).json()
    assert body["text"] == "新乡路与孟津路交叉口东南约40米"
    assert body["areas"][:2] == ["上街区", "新安路街道"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/reverse?lon=nan&lat=34", 400),
        ("/v1/reverse?lon=181&lat=34", 400),
        ("/v1/locate", 400),
        ("/v1/locate?address=" + "路" * 2001, 400),
        ("/v1/locate?address=x&at=yesterday", 400),
        ("/v1/triage/SJ00000001-0/settlement", 405),
    ],
)
def test_what_is_wrong_is_said(client: TestClient, hotline: dict[str, str], path: str, status: int) -> None:
    assert client.get(path, headers=hotline).status_code == status


def test_triage_needs_its_scope(client: TestClient, hotline: dict[str, str]) -> None:
    assert client.get("/v1/triage", headers=hotline).status_code == 403
    assert client.get("/v1/triage").status_code == 401
    assert (
        client.post("/v1/wordings/1/decision", json={"take": True, "reason": "x"}, headers=hotline).status_code == 403
    )


def test_a_report_without_a_point_is_placed_by_its_address(client: TestClient, hotline: dict[str, str]) -> None:
    receipt = report(client, hotline, CROSSING)
    assert receipt["method"] == "covered"
    assert receipt["areas"][-1]["code"] == GRID
    assert "The address text means 新乡路与孟津路交叉口" in receipt["reason"]
    assert "(crossing of the two roads" in receipt["reason"]
    assert (receipt["reason_code"], receipt["reason_values"]["first"]["code"]) == ("then", "then")
    assert receipt["reason_zh"].startswith("未提供坐标。已按地址定位至“新乡路与孟津路交叉口")
    assert "该点位于网格" in receipt["reason_zh"]


def test_the_accuracy_of_the_address_is_carried_into_the_assignment(
    client: TestClient, hotline: dict[str, str]
) -> None:
    receipt = report(client, hotline, "济源路与中心路交叉口")
    shares = [c["share"] for c in receipt["candidates"]]
    assert len(shares) > 1
    assert sum(shares) == pytest.approx(1, abs=0.02)


def test_a_report_that_an_old_system_received_before_the_first_release_gets_its_place_by_that_release(
    client: TestClient, database: Database, dispatcher: dict[str, str]
) -> None:
    received = datetime(2019, 5, 1, tzinfo=UTC)
    with database.transaction() as session:
        rows = [PlacedRow(address="老地方", at=received, received_at=received)] * 2
        numbers = [report_number(report) for report in store_reports(session, rows)]
    for number, where in zip(numbers, ({"lon": 113.27411, "lat": 34.80231}, {"area": GRID}), strict=True):
        settled = client.post(
            f"/v1/triage/{number}/settlement", json=where | {"reason": "电话核实"}, headers=dispatcher
        )
        assert settled.status_code == 200, settled.text
        assert (settled.json()["area_path"][-1], settled.json()["release"]) == (GRID, 1)


def test_what_is_not_certain_waits_with_candidates_and_settling_teaches_a_wording(
    client: TestClient, hotline: dict[str, str], dispatcher: dict[str, str]
) -> None:
    receipt = report(client, hotline, "大转盘旁边")
    number = receipt["number"]
    assert receipt["method"] == "unassigned"
    waiting = client.get("/v1/triage", headers=dispatcher).json()
    assert number in {item["number"] for item in waiting["items"]}
    assert waiting["waiting"] >= 1
    mine = next(item for item in waiting["items"] if item["number"] == number)
    assert mine["reason_zh"] == receipt["reason_zh"] == "未提供坐标。" + mine["address_reason_zh"]

    where = {"lon": 113.27411, "lat": 34.80231, "reason": "电话核实：新乡路孟津路口的转盘", "wording": "大转盘"}
    settled = client.post(f"/v1/triage/{number}/settlement", json=where, headers=dispatcher)
    assert settled.status_code == 200, settled.text
    assert settled.json()["area_path"][-1] == GRID
    again = client.post(f"/v1/triage/{number}/settlement", json=where, headers=dispatcher)
    assert again.status_code == 409
    stored = client.get(f"/v1/reports/{number}", headers=dispatcher).json()
    assert stored["method"] == "covered"
    assert "电话核实" in stored["reason"]
    assert stored["reason_zh"].startswith("电话核实：新乡路孟津路口的转盘【该点位于网格")
    assert stored["reassigned"]

    assert client.get("/v1/locate", params={"address": "大转盘"}, headers=hotline).json()["verdict"] == "not_found"
    wording = settled.json()["wording_id"]
    proposed = client.get("/v1/wordings", params={"state": "proposed"}, headers=dispatcher).json()
    assert [w["words"] for w in proposed if w["id"] == wording] == ["大转盘"]
    decision = {"take": True, "reason": "群众都这么叫"}
    taken = client.post(f"/v1/wordings/{wording}/decision", json=decision, headers=dispatcher)
    assert taken.json()["state"] == "taken"
    assert client.post(f"/v1/wordings/{wording}/decision", json=decision, headers=dispatcher).status_code == 409
    assert client.get("/v1/locate", params={"address": "大转盘"}, headers=hotline).json()["verdict"] == "certain"

    deadline = time.monotonic() + 20
    while (placed := report(client, hotline, "大转盘旁边"))["method"] == "unassigned" and time.monotonic() < deadline:
        time.sleep(0.3)
    assert placed["areas"][-1]["code"] == GRID


def test_neighbours_in_time_and_words_stand_beside_what_waits(
    client: TestClient, database: Database, dispatcher: dict[str, str]
) -> None:
    at = datetime(2024, 5, 1, 8, tzinfo=UTC)
    rows = [
        PlacedRow(address="老槐树往里", description="垃圾无人清运", at=at - timedelta(days=9), received_at=at),
        PlacedRow(
            address="老槐树往里走",
            lon=113.27,
            lat=34.8,
            path=(GRID,),
            at=at - timedelta(days=9),
            received_at=at - timedelta(days=3),
        ),
        PlacedRow(
            address="另一处", description="路灯不亮", at=at - timedelta(days=9), received_at=at + timedelta(minutes=20)
        ),
        PlacedRow(
            address="另一处", description="路灯不亮", at=at - timedelta(days=9), received_at=at + timedelta(hours=3)
        ),
        PlacedRow(address="老槐树往里", at=at - timedelta(days=9), received_at=at - timedelta(days=8)),
    ]
    with database.transaction() as session:
        numbers = [report_number(report) for report in store_reports(session, rows)]
    answer = client.get(f"/v1/triage/{numbers[0]}/neighbours", headers=dispatcher)
    found = answer.json()["neighbours"]
    assert [(one["number"], one["minutes"]) for one in found] == [(numbers[1], -3 * 24 * 60), (numbers[2], 20)]
    assert (found[0]["alike"] > 0.8, found[0]["lon"], found[1]["alike"]) == (True, 113.27, 0)
    assert client.get(f"/v1/triage/{numbers[1]}/neighbours", headers=dispatcher).status_code == 409


def test_a_candidate_or_an_area_settles_too(
    client: TestClient, hotline: dict[str, str], dispatcher: dict[str, str]
) -> None:
    number = report(client, hotline, "鸿盛小区与鸿园小区之间")["number"]
    item = next(
        i for i in client.get("/v1/triage?limit=500", headers=dispatcher).json()["items"] if i["number"] == number
    )
    assert item["words"]
    number = report(client, hotline, "中心路向南100米路西")["number"]
    item = next(
        i for i in client.get("/v1/triage?limit=500", headers=dispatcher).json()["items"] if i["number"] == number
    )
    assert item["candidates"][0]["line"]["type"] in {"LineString", "MultiLineString"}
    url = f"/v1/triage/{number}/settlement"
    for wrong, status in [
        ({"reason": "x"}, 400),
        ({"reason": "x", "candidate": 1, "area": GRID}, 400),
        ({"reason": "x", "candidate": 99}, 400),
        ({"reason": "x", "lon": 10.0, "lat": 10.0}, 409),
        ({"reason": "x", "area": "nowhere"}, 409),
        ({"candidate": 1}, 422),
    ]:
        assert client.post(url, json=wrong, headers=dispatcher).status_code == status, wrong
    settled = client.post(url, json={"reason": "电话核实", "area": "410106003004"}, headers=dispatcher).json()
    assert settled["area_path"] == ["410106", "410106003", "410106003004"]
    number = report(client, hotline, "鸿园")["number"]
    url = f"/v1/triage/{number}/settlement"
    assert client.post(url, json={"reason": "x", "candidate": 1}, headers=dispatcher).status_code in {200, 400}


def test_the_map_of_the_queue_is_geojson(
    client: TestClient,
    hotline: dict[str, str],
    dispatcher: dict[str, str],
    make_key: Key,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    number = report(client, hotline, "济源路")["number"]
    answer = client.get("/v1/triage/map.geojson", headers=dispatcher)
    assert answer.headers["content-type"] == "application/geo+json"
    mine = [f for f in answer.json()["features"] if f["properties"]["report"] == number]
    assert mine[0]["geometry"]["type"] == "LineString"
    assert mine[0]["properties"]["label"] == "济源路"
    monkeypatch.setattr(client.app.state.services.keyring, "_reads_per_minute", 0)  # type: ignore[attr-defined]
    assert client.get("/v1/triage/map.geojson", headers=make_key("dispatcher")).status_code == 429


def test_unknown_reports_cannot_be_settled(client: TestClient, dispatcher: dict[str, str]) -> None:
    from governance.reports.numbers import report_number

    body = {"reason": "x", "area": GRID}
    assert (
        client.post(f"/v1/triage/{report_number(10**9)}/settlement", json=body, headers=dispatcher).status_code == 404
    )
    assert client.post("/v1/triage/nonsense/settlement", json=body, headers=dispatcher).status_code == 400


def test_releases_are_listed_with_provenance(client: TestClient, hotline: dict[str, str]) -> None:
    listed = client.get("/v1/gazetteer/releases", headers=hotline).json()
    assert {r["theme"] for r in listed} == {"roads", "places", "addresses"}
    assert all(len(r["checksum"]) == 64 for r in listed)
