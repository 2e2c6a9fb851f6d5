"""The service says how it is."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

from fastapi.testclient import TestClient
from pydantic import SecretStr, TypeAdapter
from sqlalchemy import text

from api.app import create_app
from core.queue import TaskName, enqueue

if TYPE_CHECKING:
    import pytest

    from core.db import Database
    from core.settings import Settings


def test_a_started_service_is_alive_and_ready(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok", "training": False}
    assert client.get("/readyz").status_code == 200


def test_secrets_that_are_not_set_are_named_at_the_start_and_in_readiness(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    named: list[str] = []
    monkeypatch.setattr("api.app.log", SimpleNamespace(warning=lambda _, setting: named.append(setting)))
    given = settings.model_copy(update={"second_factor_for": "administrators"})
    with TestClient(create_app(given)) as client:
        assert client.get("/readyz").json()["missing_secrets"] == ["WANGGE_CALLER_KEY", "WANGGE_SECRET_KEYS"]
    assert named == ["WANGGE_CALLER_KEY", "WANGGE_SECRET_KEYS"]
    keys = {"caller_key": SecretStr("x"), "secret_keys": SecretStr("k" * 32)}
    assert given.model_copy(update=keys).missing_secrets == []


def test_metrics_count_requests(client: TestClient) -> None:
    client.get("/healthz")
    assert 'wangge_http_requests_total{method="GET",route="/healthz",status="200"}' in client.get("/metrics").text


def test_failed_jobs_are_counted_and_leave_the_service_ready(client: TestClient, database: Database) -> None:
    assert client.get("/readyz").json()["jobs"] == {"failed": 0, "failed_tasks": {}, "doing": 0, "todo": 0}
    with database.transaction() as session:
        job = enqueue(session, TaskName.EXAMINE)
        for status in ("doing", "failed"):
            change = text("UPDATE procrastinate_jobs SET status = CAST(:s AS procrastinate_job_status) WHERE id = :id")
            session.execute(change, {"s": status, "id": job})
        enqueue(session, TaskName.HAND_OVER)
    ready = client.get("/readyz")
    assert ready.status_code == 200
    jobs = {"failed": 1, "failed_tasks": {"data_quality.examine": 1}, "doing": 0, "todo": 1}
    assert (ready.json()["status"], ready.json()["jobs"]) == ("ok", jobs)
    metrics = client.get("/metrics").text
    assert 'wangge_jobs{status="failed",task="data_quality.examine"} 1.0' in metrics
    assert 'wangge_jobs{status="failed",task="hotspots.run"} 0.0' in metrics
    assert 'wangge_jobs{status="todo",task="boundaries.hand_over"} 1.0' in metrics


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
