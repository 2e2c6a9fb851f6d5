"""The database goes away: look-ups go on, intake answers 503 with Retry-After, and all recovers by itself."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from fastapi.testclient import TestClient
from psycopg import sql

from api.app import create_app
from api.http.services import services_of
from core import clock
from core.db.silence import SilenceWatch
from core.settings import Settings
from grids.assignment.lease import LEASE_S
from identity.grants import ROLES
from tests.factories.identity import issue_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fastapi import FastAPI

    from core.db import Database
    from tests.stoppable import Server

MAP = "/v1/maps/responsibility.geojson"


@pytest.fixture
def stoppable(own_server: Server, tmp_path: Path, publish_squares: Callable[[Database], None]) -> FastAPI:
    app = create_app(Settings(DATABASE_URL=own_server.url, cache_dir=tmp_path, log_level="CRITICAL"))
    publish_squares(app.state.services.database)
    return app


def key_of(app: FastAPI, role: str) -> dict[str, str]:
    with app.state.services.database.transaction() as session:
        return {"X-API-Key": issue_key(session, name=role, scopes=list(ROLES[role]), channel="12345")}


def test_look_ups_go_on_and_intake_comes_back_when_the_database_stops_and_starts(
    own_server: Server, stoppable: FastAPI, report: dict[str, Any]
) -> None:
    intake, reader = key_of(stoppable, "intake"), key_of(stoppable, "viewer")
    with TestClient(stoppable, raise_server_exceptions=False) as client:

        def send(number: int) -> Any:
            return client.post("/v1/reports", json=report | {"external_id": f"o-{number}"}, headers=intake)

        def look_up() -> Any:
            return client.get("/v1/assignments", params={"lon": 113.005, "lat": 34.005}, headers=reader)

        assert send(0).status_code == 201
        assert client.get("/v1/reports", headers=reader).status_code == 200
        before = look_up()
        assert before.status_code == 200, before.text
        assert "unconfirmed-since" not in before.headers
        map_before = client.get(MAP)
        stopping = clock.now()
        own_server.stop()
        for number in (1, 2):
            refused = send(number)
            assert refused.status_code == 503, refused.text
            assert int(refused.headers["retry-after"]) >= 1
            assert refused.json()["type"] == "urn:wangge:problem:database-unavailable"
            assert look_up().json() == before.json()
        time.sleep(1.5 * LEASE_S)
        for away in (look_up(), client.get(MAP)):
            since = datetime.fromisoformat(away.headers["unconfirmed-since"])
            assert abs((since - stopping).total_seconds()) < 10
            assert away.content in {before.content, map_before.content}
        batch = client.post("/v1/reports/batch", json={"reports": [report]}, headers=intake)
        assert (batch.status_code, "retry-after" in batch.headers) == (503, True)
        assert client.get("/v1/reports", headers=reader).status_code == 503
        assert (client.get("/healthz").status_code, client.get("/readyz").status_code) == (200, 503)
        own_server.start()
        end = time.monotonic() + 10
        while (answer := send(1)).status_code == 503 and time.monotonic() < end:
            time.sleep(0.1)
        assert answer.status_code == 201, answer.text
        assert client.get("/readyz").status_code == 200
        while "unconfirmed-since" in look_up().headers and time.monotonic() < end:
            time.sleep(0.1)
        assert "unconfirmed-since" not in look_up().headers
        assert look_up().json() == before.json()
        listed = client.get("/v1/reports", headers=reader).json()["items"]
        assert [item["external_id"] for item in listed] == ["o-1", "o-0"]


def test_a_report_after_cut_connections_is_stored_at_the_first_try(
    client: TestClient,
    app: FastAPI,
    make_key: Callable[..., dict[str, str]],
    report: dict[str, Any],
) -> None:
    headers = make_key("intake", channel="12345")
    assert client.post("/v1/reports", json=report, headers=headers).status_code == 201
    with psycopg.connect(app.state.services.settings.libpq_url, autocommit=True) as connection:
        cut = connection.execute(
            sql.SQL(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        ).fetchall()
    assert len(cut) >= 1
    answer = client.post("/v1/reports", json=report | {"external_id": None}, headers=headers)
    assert answer.status_code == 201, answer.text


def test_a_frozen_database_is_answered_503_within_seconds_and_look_ups_go_on(
    own_server: Server, stoppable: FastAPI, report: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.db.group_commit.SILENT_AFTER_S", 2.0)
    shared = services_of(stoppable)
    stoppable.state.services = replace(shared, silence=SilenceWatch(shared.database, silent_after_s=1.5))
    intake, reader = key_of(stoppable, "intake"), key_of(stoppable, "viewer")
    with TestClient(stoppable, raise_server_exceptions=False) as client:

        def send(number: int) -> Any:
            return client.post("/v1/reports", json=report | {"external_id": f"f-{number}"}, headers=intake)

        def look_up() -> Any:
            return client.get("/v1/assignments", params={"lon": 113.005, "lat": 34.005}, headers=reader)

        def listed() -> Any:
            return client.get("/v1/reports", headers=reader)

        assert (send(0).status_code, listed().status_code) == (201, 200)
        before = look_up().json()
        with own_server.frozen():
            for ask in (listed, lambda: send(1), lambda: client.get("/readyz"), lambda: send(2), listed):
                begun = time.monotonic()
                answer = ask()
                assert (answer.status_code, time.monotonic() - begun < 8) == (503, True), answer.text
            assert look_up().json() == before
            assert client.get("/healthz").status_code == 200
        until = time.monotonic() + 20
        while client.get("/readyz").status_code != 200 and time.monotonic() < until:
            time.sleep(0.1)
        # What was sent into the frozen database may have been stored: it is the same report either way.
        first, again = send(1), send(1)
        assert first.status_code in {200, 201}
        assert (again.status_code, again.json()["number"]) == (200, first.json()["number"])
