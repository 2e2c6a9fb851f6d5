"""The service says how it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi.testclient import TestClient


def test_a_started_service_is_alive_and_ready(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").status_code == 200


def test_metrics_count_requests(client: TestClient) -> None:
    client.get("/healthz")
    assert 'wangge_http_requests_total{method="GET",route="/healthz",status="200"}' in client.get("/metrics").text


def test_an_unknown_path_is_a_problem_with_a_request_id(client: TestClient) -> None:
    answer = client.get("/nowhere", headers={"X-Request-ID": "abc"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["request_id"] == answer.headers["x-request-id"] == "abc"
