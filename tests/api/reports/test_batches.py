"""Many reports in one call: each row is taken or refused for itself."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi.testclient import TestClient

    from core.db import Database

    Headers = dict[str, str]


def rows(report: dict[str, Any], count: int) -> list[dict[str, Any]]:
    return [report | {"external_id": f"{report['external_id']}-{n}"} for n in range(count)]


def test_each_row_of_a_batch_has_its_own_result(client: TestClient, hotline: Headers, report: dict[str, Any]) -> None:
    good, bad = rows(report, 2), report | {"category": ""}
    sent = [good[0], bad, good[1], good[0], good[0] | {"text": "other"}, 17, good[1] | {"channel": "110"}]
    answer = client.post("/v1/reports/batch", json={"reports": sent}, headers=hotline)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert [row["status"] for row in body["results"]] == [201, 422, 201, 200, 409, 422, 403]
    assert [row["index"] for row in body["results"]] == list(range(7))
    assert (body["stored"], body["replayed"], body["refused"]) == (2, 1, 4)
    assert body["results"][1]["problem"]["field"] == "body.category"
    assert body["results"][3]["report"] == body["results"][0]["report"]
    assert body["results"][0]["report"]["areas"][-1]["code"] == "a"


def test_ten_thousand_rows_are_stored_once_however_often_they_are_sent(
    client: TestClient, hotline: Headers, report: dict[str, Any], database: Database
) -> None:
    sent = {"reports": rows(report, 10_000)}
    first = client.post("/v1/reports/batch", json=sent, headers=hotline).json()
    again = client.post("/v1/reports/batch", json=sent, headers=hotline).json()
    assert (first["stored"], first["refused"], again["stored"], again["replayed"]) == (10_000, 0, 0, 10_000)
    assert [row["report"] for row in again["results"]] == [row["report"] for row in first["results"]]
    with database.transaction() as session:
        like = {"like": f"{report['external_id']}-%"}
        assert session.scalar(text("SELECT count(*) FROM report WHERE external_id LIKE :like"), like) == 10_000


def test_a_batch_and_a_single_report_are_the_same_report(
    client: TestClient, hotline: Headers, report: dict[str, Any]
) -> None:
    single = client.post("/v1/reports", json=report, headers=hotline).json()
    batch = client.post("/v1/reports/batch", json={"reports": [report]}, headers=hotline).json()
    assert batch["results"] == [{"index": 0, "status": 200, "report": single}]


def test_more_rows_than_a_call_takes_are_refused_whole(client: TestClient, hotline: Headers) -> None:
    answer = client.post("/v1/reports/batch", json={"reports": [{}] * 10_001}, headers=hotline)
    assert answer.status_code == 413


def test_what_is_no_batch_is_refused(client: TestClient, hotline: Headers) -> None:
    for raw in (b"", b"[]", b"{}", b'{"reports": 1}', b'{"reports": [], "more": 1}', b"\xff", b"[" * 100_000):
        answer = client.post("/v1/reports/batch", content=raw, headers=hotline)
        assert answer.status_code == 422, (raw[:20], answer.text)


def test_an_empty_batch_is_an_empty_answer(client: TestClient, hotline: Headers) -> None:
    answer = client.post("/v1/reports/batch", json={"reports": []}, headers=hotline)
    assert answer.json() == {"stored": 0, "replayed": 0, "refused": 0, "results": []}


def test_a_batch_counts_by_its_rows_against_the_quota(
    client: TestClient, make_key: Callable[..., Headers], report: dict[str, Any]
) -> None:
    headers = make_key("intake", f"small-{uuid.uuid4().hex}", channel="s", quota_per_minute=5)
    answer = client.post("/v1/reports/batch", json={"reports": rows(report, 6)}, headers=headers)
    assert answer.status_code == 429
