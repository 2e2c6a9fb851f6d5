"""The service says how it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import TypeAdapter

if TYPE_CHECKING:
    import pytest
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


def test_no_request_builds_what_reads_it(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The framework would silence warnings meanwhile, which one thread undoes for another."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a request built a type adapter")

    monkeypatch.setattr(TypeAdapter, "__init__", refuse)
    statuses = [client.get(path).status_code for path in ("/v1/layers", "/v1/reports", "/ogc", "/v1/hotspots/runs/1")]
    assert statuses == [200, 401, 200, 401]
