"""Intake over HTTP: what is kept, what is refused, what is answered when it comes again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi.testclient import TestClient

Keys = "Callable[..., dict[str, str]]"
REPORT: dict[str, Any] = {
    "external_id": "a-1",
    "category": "暴露垃圾",
    "text": "新乡路与孟津路交叉口有垃圾",
    "lon": 113.29,
    "lat": 34.80,
    "reported_at": "2026-07-01T09:30:00+08:00",
    "reporter": {"name": "张三丰", "phone": "13800001234"},
    "photos": ["https://photos.example/1.jpg"],
}


@pytest.fixture
def hotline(make_key: Callable[..., dict[str, str]]) -> dict[str, str]:
    return make_key("intake", channel="12345")


def test_a_report_is_stored_and_answered_with_its_number(client: TestClient, hotline: dict[str, str]) -> None:
    answer = client.post("/v1/reports", json=REPORT, headers=hotline)
    assert answer.status_code == 201, answer.text
    number = answer.json()["number"]
    assert answer.headers["location"] == f"/v1/reports/{number}"
    again = client.get(answer.headers["location"], headers=hotline)
    assert again.status_code == 200, again.text
    assert again.json()["text"] == REPORT["text"]
