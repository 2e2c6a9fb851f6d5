"""One report: what is stored and answered, what is kept for triage, what is refused, what comes again."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from core import clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi.testclient import TestClient

    from core.db import Database

    Headers = dict[str, str]
    MakeKey = Callable[..., Headers]


def test_a_report_is_answered_with_its_number_its_area_the_release_and_the_reason(
    client: TestClient, hotline: Headers, report: dict[str, Any]
) -> None:
    answer = client.post("/v1/reports", json=report, headers=hotline)
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert answer.headers["location"] == f"/v1/reports/{body['number']}"
    assert "idempotent-replayed" not in answer.headers
    assert body["method"] == "covered"
    assert [area["code"] for area in body["areas"]] == ["D", "a"]
    assert body["areas"][1]["unit_name"] == "a队"
    assert body["release"] == {"layer": "admin", "number": 1}
    assert "inside grid a网格" in body["reason"]
    assert body["reason_zh"].startswith("该点位于网格“a网格”内，距边界 ")
    assert 400 < body["distance_to_edge_m"] < 600
    assert body["distance_to_edge_m"] == round(body["distance_to_edge_m"], 3)


def test_the_row_on_disk_says_what_the_answer_said(
    client: TestClient, hotline: Headers, report: dict[str, Any], database: Database
) -> None:
    client.post("/v1/reports", json=report | {"accuracy_m": 12.5}, headers=hotline | {"Idempotency-Key": "k-1"})
    with database.transaction() as session:
        row = session.execute(
            text(
                "SELECT r.*, ST_X(geom) AS lon, ST_Y(geom) AS lat, p.name AS person, p.phone, p.caller_hash"
                " FROM report r JOIN reporter p ON p.report_id = r.id WHERE external_id = :id"
            ),
            {"id": report["external_id"]},
        ).mappings().one()  # fmt: skip
    assert (row["channel"], row["external_id"], row["idempotency_key"]) == ("12345", report["external_id"], "k-1")
    assert (row["x"], row["y"], row["crs"], row["lon"], row["lat"]) == (113.005, 34.005, "WGS84", 113.005, 34.005)
    assert (row["area_path"], row["method"], row["release_number"]) == (["D", "a"], "covered", 1)
    assert (row["person"], row["phone"]) == ("张三丰", "13800001234")
    assert row["photos"] == report["photos"]
    assert row["reported_at"].isoformat() == "2026-07-01T01:30:00+00:00"
    assert row["accuracy_m"] == 12.5


@pytest.mark.parametrize("key", [None, "k-2"])
def test_the_same_report_again_gets_the_first_answer(
    client: TestClient, hotline: Headers, report: dict[str, Any], database: Database, key: str | None
) -> None:
    headers = hotline | ({"Idempotency-Key": key} if key else {})
    first = client.post("/v1/reports", json=report, headers=headers)
    again = client.post("/v1/reports", json=report, headers=headers)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json() == first.json()
    with database.transaction() as session:
        found = text("SELECT count(*) FROM report WHERE external_id = :id")
        assert session.scalar(found, {"id": report["external_id"]}) == 1


def test_the_same_content_in_other_words_of_json_is_the_same_report(
    client: TestClient, hotline: Headers, report: dict[str, Any]
) -> None:
    client.post("/v1/reports", json=report, headers=hotline)
    respelled = json.dumps(dict(reversed(report.items())) | {"reported_at": "2026-07-01T01:30:00Z"}, indent=3)
    assert client.post("/v1/reports", content=respelled, headers=hotline).status_code == 200


def test_other_content_under_the_same_key_is_a_conflict(
    client: TestClient, hotline: Headers, report: dict[str, Any]
) -> None:
    first = client.post("/v1/reports", json=report, headers=hotline | {"Idempotency-Key": "k-3"}).json()
    answer = client.post(
        "/v1/reports", json=report | {"external_id": None}, headers=hotline | {"Idempotency-Key": "k-3"}
    )
    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:wangge:problem:idempotency-conflict"
    assert first["number"] in answer.json()["detail"]


def test_other_content_under_the_same_external_id_is_a_conflict(
    client: TestClient, hotline: Headers, report: dict[str, Any]
) -> None:
    client.post("/v1/reports", json=report, headers=hotline)
    answer = client.post("/v1/reports", json=report | {"text": "other"}, headers=hotline)
    assert (answer.status_code, answer.json()["field"]) == (409, "external_id")
    assert answer.json()["detail"].endswith("with other content: text.")
    two = report | {"category": "违法建设（二）", "lon": 113.2, "reporter": {"name": "李四"}}
    told = client.post("/v1/reports", json=two, headers=hotline | {"Accept-Language": "zh"}).json()["detail"]
    assert told.partition("字段：")[2].startswith("category, coordinates, reporter.name")


def test_keys_of_two_systems_do_not_meet(
    client: TestClient, hotline: Headers, make_key: MakeKey, report: dict[str, Any]
) -> None:
    app = make_key("intake", "app", channel="app")
    for headers in (hotline, app):
        assert client.post("/v1/reports", json=report, headers=headers | {"Idempotency-Key": "k"}).status_code == 201


UNUSABLE = {
    "no point": ({"lon": None, "lat": None}, "No coordinates", "未提供坐标"),
    "half a point": ({"lat": None}, "lat is missing", "缺少"),
    "not a number": ({"lon": "一百一十三"}, "not a number", "不是数字"),
    "empty words": ({"lon": ""}, "lon is missing", "缺少"),
    "NaN in words": ({"lon": "NaN"}, "lon is missing", "缺少"),
    "infinite in words": ({"lon": "inf"}, "not finite", "不是有限的数"),
    "out of range": ({"lon": 523.0}, "no degrees", "超出"),
    "swapped": ({"lon": 34.005, "lat": 113.005}, "swapped", "颠倒"),
    "unknown datum": ({"crs": "Mars Express"}, "unknown", "无法识别"),
    "outside the datum": ({"crs": "GCJ-02", "lon": 2.3, "lat": 48.8}, "outside", "适用范围之外"),
    "metres as degrees": ({"lon": 3850000.0, "lat": 430000.0}, "no degrees", "超出"),
    "outside everything": ({"lon": 114.5, "lat": 30.5}, "No area covers", "没有区域覆盖"),
}


@pytest.mark.parametrize("change", UNUSABLE, ids=str)
def test_a_report_without_a_usable_point_is_kept_with_the_reason(
    client: TestClient, hotline: Headers, report: dict[str, Any], change: str
) -> None:
    fields, words, words_zh = UNUSABLE[change]
    answer = client.post("/v1/reports", json=report | fields, headers=hotline)
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert (body["method"], body["areas"]) == ("unassigned", [])
    assert words in body["reason"]
    assert words_zh in body["reason_zh"]
    kept = client.get(answer.headers["location"], headers=hotline)
    assert kept.status_code == 200, kept.text
    again = client.post("/v1/reports", json=report | fields, headers=hotline)
    assert (again.status_code, again.json()) == (200, body)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_are_none_are_kept_for_triage(
    client: TestClient, hotline: Headers, report: dict[str, Any], number: str
) -> None:
    raw = json.dumps(report).replace("113.005", number)
    answer = client.post("/v1/reports", content=raw, headers=hotline)
    assert answer.status_code == 201, answer.text
    assert "not finite" in answer.json()["reason"]
    assert client.get(answer.headers["location"], headers=hotline).status_code == 200


def test_a_point_on_a_shared_edge_names_its_candidates(
    client: TestClient, hotline: Headers, report: dict[str, Any]
) -> None:
    first = client.post("/v1/reports", json=report | {"lon": 113.01}, headers=hotline).json()
    assert (first["method"], first["areas"][-1]["code"]) == ("boundary", "a")
    assert {other["code"] for other in first["candidates"]} == {"a", "b"}
    again = client.post("/v1/reports", json=report | {"lon": 113.01}, headers=hotline)
    assert again.json() == first


def test_the_keys_declared_datum_is_the_default(client: TestClient, make_key: MakeKey, report: dict[str, Any]) -> None:
    app = make_key("intake", "app-gcj", channel="app", crs="GCJ-02")
    sent = client.post("/v1/reports", json=report, headers=app).json()
    read = client.get(f"/v1/reports/{sent['number']}", headers=app).json()
    assert read["sent"] == {"x": 113.005, "y": 34.005, "crs": "GCJ-02"}
    assert 0.002 < abs(read["lon"] - 113.005) < 0.01


def test_projected_coordinates_are_sent_as_x_and_y(
    client: TestClient, hotline: Headers, report: dict[str, Any]
) -> None:
    del report["lon"], report["lat"]
    answer = client.post(
        "/v1/reports", json=report | {"x": 408141.0, "y": 3764337.0, "crs": "EPSG:4547"}, headers=hotline
    )
    assert answer.json()["areas"][-1]["code"] == "a", answer.text


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no category": ({"category": None}, "body.category"),
    "empty category": ({"category": ""}, "body.category"),
    "NUL in the text": ({"text": "a\x00b"}, "body.text"),
    "control character": ({"text": "a\x1bb"}, "body.text"),
    "NUL in the external id": ({"external_id": "\x00"}, "body.external_id"),
    "text too long": ({"text": "字" * 4001}, "body.text"),
    "no time zone": ({"reported_at": "2026-07-01T09:30:00"}, "body.reported_at"),
    "no time": ({"reported_at": "yesterday"}, "body.reported_at"),
    "before 1970": ({"reported_at": "0001-01-01T00:00:00+14:00"}, "body.reported_at"),
    "a point as a list": ({"lon": [113.0]}, "body.lon"),
    "a point as true": ({"lon": True}, "body.lon"),
    "two points": ({"x": 1.0, "y": 2.0}, "body.x"),
    "unknown member": ({"lng": 113.0}, "body.lng"),
}


@pytest.mark.parametrize("change", REFUSED, ids=str)
def test_a_malformed_payload_is_refused_naming_the_field(
    client: TestClient, hotline: Headers, report: dict[str, Any], change: str
) -> None:
    fields, field = REFUSED[change]
    answer = client.post("/v1/reports", json=report | fields, headers=hotline)
    assert answer.status_code == 422, answer.text
    assert answer.json()["type"] == "urn:wangge:problem:payload-invalid"
    assert answer.json()["field"].startswith(field)


def test_a_report_from_the_future_is_refused(client: TestClient, hotline: Headers, report: dict[str, Any]) -> None:
    soon, late = (clock.now() + timedelta(minutes=minutes) for minutes in (5, 15))
    early = client.post("/v1/reports", json=report | {"reported_at": soon.isoformat()}, headers=hotline)
    assert early.status_code == 201
    answer = client.post("/v1/reports", json=report | {"reported_at": late.isoformat()}, headers=hotline)
    assert (answer.status_code, answer.json()["field"]) == (422, "body.reported_at")


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"category": "\\ud800"}', b"[" * 100_000, b'{"category": 1e'],
    ids=["empty", "open", "list", "null", "string", "not UTF-8", "lone surrogate", "deep", "cut off"],
)
def test_what_is_no_report_at_all_is_refused(client: TestClient, hotline: Headers, raw: bytes) -> None:
    answer = client.post("/v1/reports", content=raw, headers=hotline)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"photos": ["javascript:alert(1)", "https://p.example/1.jpg"]}, ["photos"]),
        ({"photos": ["https://p.example/1.jpg"] * 21}, ["photos"]),
        ({"photos": None, "accuracy_m": None}, []),
        (
            {"reporter": {"name": "张三", "phone": "<script>\x00"}, "accuracy_m": "good"},
            ["accuracy_m", "reporter.phone"],
        ),
        ({"reporter": {"name": "张" * 65, "phone": "13800001234 转 8"}}, ["reporter.name", "reporter.phone"]),
    ],
)
def test_a_side_value_that_cannot_be_read_is_kept_as_sent_and_told_and_refuses_no_report(
    client: TestClient,
    hotline: Headers,
    make_key: MakeKey,
    report: dict[str, Any],
    change: dict[str, Any],
    fields: list[str],
) -> None:
    answer = client.post("/v1/reports", json=report | change, headers=hotline)
    assert (answer.status_code, answer.json().get("set_aside")) == (201, fields), answer.text
    again = client.post("/v1/reports", json=report | change, headers=hotline)
    assert (again.status_code, again.json()["set_aside"]) == (200, fields)
    reader = make_key("administrator")
    clear = client.get(f"{answer.headers['location']}/reporter", headers=reader)
    if fields:
        assert sorted(clear.json()["set_aside"]) == fields, clear.text


@pytest.mark.parametrize("accuracy", [-1, "NaN"])
def test_an_accuracy_that_says_unknown_is_none(
    client: TestClient, hotline: Headers, report: dict[str, Any], accuracy: float | str
) -> None:
    raw = json.dumps(report | {"accuracy_m": 0}).replace('"accuracy_m": 0', f'"accuracy_m": {accuracy}')
    answer = client.post("/v1/reports", content=raw, headers=hotline)
    assert answer.status_code == 201, answer.text
    assert client.get(answer.headers["location"], headers=hotline).json()["accuracy_m"] is None


def test_a_key_sends_for_its_own_channel_only(client: TestClient, hotline: Headers, report: dict[str, Any]) -> None:
    assert client.post("/v1/reports", json=report | {"channel": "12345"}, headers=hotline).status_code == 201
    answer = client.post("/v1/reports", json=report | {"channel": "110"}, headers=hotline)
    assert (answer.status_code, answer.json()["field"]) == (403, "channel")


@pytest.mark.parametrize("role", ["intake", "administrator"])
def test_a_key_without_a_channel_sends_for_none(
    client: TestClient, hotline: Headers, make_key: MakeKey, report: dict[str, Any], role: str
) -> None:
    stranger = make_key(role)
    for named in ({}, {"channel": "12345"}):
        answer = client.post("/v1/reports", json=report | named, headers=stranger)
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:wangge:problem:channel-missing")
        (row,) = client.post("/v1/reports/batch", json={"reports": [report | named]}, headers=stranger).json()[
            "results"
        ]
        assert (row["status"], row["problem"]["type"]) == (403, "urn:wangge:problem:channel-missing")
    # No external id of the channel was used up.
    assert client.post("/v1/reports", json=report, headers=hotline).status_code == 201


@pytest.mark.parametrize("path", ["/v1/reports", "/v1/reports/batch"])
def test_sending_needs_a_key_that_may_send(client: TestClient, reader: Headers, path: str) -> None:
    assert client.post(path, json={}).status_code == 401
    assert client.post(path, json={}, headers={"X-API-Key": "wg_no"}).status_code == 401
    assert client.post(path, json={}, headers=reader).status_code == 403


def test_a_quota_is_kept_and_says_when_to_come_again(
    client: TestClient, make_key: MakeKey, report: dict[str, Any]
) -> None:
    headers = make_key("intake", "small", channel="s", quota_per_minute=2)
    statuses = [client.post("/v1/reports", json=report | {"external_id": f"q-{n}"}, headers=headers) for n in range(5)]
    refused = [answer for answer in statuses if answer.status_code == 429]
    assert len(refused) >= 1  # the minute may turn once in between
    assert int(refused[0].headers["retry-after"]) >= 1


@pytest.mark.parametrize("key", ["", "a b", "x" * 256])
def test_an_idempotency_key_is_short_and_printable(
    client: TestClient, hotline: Headers, report: dict[str, Any], key: str
) -> None:
    answer = client.post("/v1/reports", json=report, headers=hotline | {"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["field"]) == (400, "header.Idempotency-Key")
