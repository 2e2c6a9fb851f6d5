"""The worker does what was enqueued, and ends when asked to do no more than that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from core.queue import TaskName, enqueue
from spatial_jobs.app import is_worker_alive, run_worker

if TYPE_CHECKING:
    from core.db import Database
    from core.settings import Settings


def test_a_job_is_done_and_the_worker_ends_with_the_queue(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        job = enqueue(session, TaskName.HAND_OVER)
    run_worker(wait=False, settings=settings)
    with database.transaction() as session:
        status = session.execute(text("SELECT status FROM procrastinate_jobs WHERE id = :id"), {"id": job}).scalar_one()
    assert status == "succeeded"


def test_a_worker_that_has_gone_is_not_alive(database: Database, settings: Settings) -> None:
    assert not is_worker_alive(settings)
    with database.transaction() as session:
        session.execute(text("INSERT INTO procrastinate_workers DEFAULT VALUES"))
    assert is_worker_alive(settings)
    with database.transaction() as session:
        session.execute(text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '2 minutes'"))
    assert not is_worker_alive(settings)
