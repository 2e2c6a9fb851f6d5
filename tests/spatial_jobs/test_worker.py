"""The worker does what was enqueued, and ends when asked to do no more than that."""

from __future__ import annotations

import json
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

import psycopg
import structlog
from sqlalchemy import text

from core.db import Database
from core.queue import TaskName, enqueue, is_worker_alive
from core.queue_names import Queue
from core.settings import Settings
from spatial_jobs.app import run_worker

if TYPE_CHECKING:
    import pytest

    from tests.fresh import FreshProcesses
    from tests.stoppable import Server


def test_a_job_is_done_and_the_worker_ends_with_the_queue(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        job = enqueue(session, TaskName.HAND_OVER)
    run_worker(wait=False, settings=settings)
    with database.transaction() as session:
        status = session.execute(text("SELECT status FROM procrastinate_jobs WHERE id = :id"), {"id": job}).scalar_one()
    assert status == "succeeded"


def test_no_hand_over_waits_for_a_long_run(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed_over, waited = threading.Event(), []
    monkeypatch.setattr(
        "spatial_jobs.tasks.execution.execute_run", lambda *_, **__: waited.append(handed_over.wait(30))
    )
    monkeypatch.setattr("spatial_jobs.tasks.boundary_changes.hand_over", lambda *_, **__: handed_over.set())
    with database.transaction() as session:
        enqueue(session, TaskName.HOTSPOT_RUN, run=1)
        enqueue(session, TaskName.HAND_OVER)
    run_worker(wait=False, settings=settings)
    assert waited == [True]


def test_a_worker_of_one_queue_leaves_the_other(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    executed = []
    monkeypatch.setattr("spatial_jobs.tasks.execution.execute_run", lambda *_, **__: executed.append("run"))
    monkeypatch.setattr("spatial_jobs.tasks.boundary_changes.hand_over", lambda *_, **__: executed.append("hand over"))
    with database.transaction() as session:
        enqueue(session, TaskName.HAND_OVER)
        enqueue(session, TaskName.HOTSPOT_RUN, run=1)
    run_worker(queues=[Queue.LONG], wait=False, settings=settings)
    assert executed == ["run"]


def test_a_failed_job_is_one_json_line_that_names_it(
    database: Database, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    before = structlog.get_config()
    with database.transaction() as session:
        job = enqueue(session, TaskName.HOTSPOT_RUN, run=4711)
    try:
        structlog.reset_defaults()
        run_worker(wait=False, settings=settings)
    finally:
        structlog.configure(**before)
    (line,) = capsys.readouterr().err.splitlines()
    said = json.loads(line)
    assert (said["event"], said["level"], said["task"], said["job"]) == ("a job failed", "error", "hotspots.run", job)
    assert said["error"] == "RunNotFoundError"
    assert said["arguments"] == {"run": 4711}
    assert "Traceback" in said["exception"]


def test_a_worker_that_has_gone_is_not_alive(database: Database) -> None:
    assert not is_worker_alive(database)
    with database.transaction() as session:
        session.execute(text("INSERT INTO procrastinate_workers DEFAULT VALUES"))
    assert is_worker_alive(database)
    with database.transaction() as session:
        session.execute(text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '2 minutes'"))
    assert not is_worker_alive(database)


def test_a_heartbeat_ahead_of_the_clock_is_no_sign_of_life(database: Database) -> None:
    with database.transaction() as session:
        session.execute(text("INSERT INTO procrastinate_workers (last_heartbeat) VALUES ('2062-01-01')"))
    assert not is_worker_alive(database)


def test_a_dead_workers_heartbeat_ahead_of_the_clock_is_pulled_back(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        session.execute(text("INSERT INTO procrastinate_workers (last_heartbeat) VALUES ('2062-01-01')"))
    run_worker(wait=False, settings=settings)
    with database.transaction() as session:
        ahead = session.scalar(text("SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now()"))
    assert ahead == 0


def test_what_ran_at_a_worker_that_is_gone_is_done_by_the_next(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        job = enqueue(session, TaskName.HAND_OVER)
        gone = session.scalar(
            text(
                "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '2 minutes') RETURNING id"
            )
        )
        session.execute(
            text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = :gone WHERE id = :job"),
            {"gone": gone, "job": job},
        )
    run_worker(wait=False, settings=settings)
    with database.transaction() as session:
        status = session.execute(text("SELECT status FROM procrastinate_jobs WHERE id = :id"), {"id": job}).scalar_one()
    assert status == "succeeded"


def until(server: Server, question: str) -> Any:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with psycopg.connect(server.url) as connection:
            row = connection.execute(question).fetchone()  # type: ignore[call-overload]
        if row and row[0]:
            return row[0]
        time.sleep(0.1)
    raise TimeoutError(question)


def test_a_worker_outlives_the_absence_of_its_database_and_ends_when_told(
    own_server: Server, services: FreshProcesses
) -> None:
    program = "from spatial_jobs.app import run_worker; run_worker(heartbeat_s=0.2)"
    worker = services.start(program, {"DATABASE_URL": own_server.url, "WANGGE_LOG_LEVEL": "ERROR"})
    try:
        first = until(own_server, "SELECT max(id) FROM procrastinate_workers")
        own_server.stop()
        time.sleep(5)  # longer than the queue waits for a connection
        own_server.start()
        until(own_server, f"SELECT max(id) > {first} FROM procrastinate_workers")
        database = Database(Settings.for_database(own_server.url))
        with database.transaction() as session:
            job = enqueue(session, TaskName.HAND_OVER)
        database.close()
        until(own_server, f"SELECT status = 'succeeded' FROM procrastinate_jobs WHERE id = {job}")
        assert worker.is_running()
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(20) == 0
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait(20)
