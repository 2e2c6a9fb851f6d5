"""The queue: procrastinate on the same PostgreSQL, enqueued in the caller's own transaction.

The tasks themselves are in spatial_jobs; callers below that floor know them by name only (TaskName).
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.db import Database


class TaskName(StrEnum):
    """Every task there is; a test holds this equal to what spatial_jobs registers."""

    HOTSPOT_RUN = "hotspots.run"
    HOTSPOT_SCHEDULE = "hotspots.schedule"
    HAND_OVER = "boundaries.hand_over"
    EXAMINE = "data_quality.examine"


def enqueue(
    session: Session, task: TaskName, *, queue: str = "default", lock: str | None = None, **arguments: object
) -> int:
    """Defer a task inside the session's transaction and return the job id: rolled back, there is no job."""
    job = session.execute(
        text(
            "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(:queue, :task, 0, :lock, NULL, CAST(:args AS jsonb), NULL)"
            "::procrastinate_job_to_defer_v1])"
        ),
        {"queue": queue, "task": str(task), "lock": lock, "args": orjson.dumps(arguments).decode()},
    ).scalar_one()
    return int(job[0] if isinstance(job, list) else job)


def is_worker_alive(database: Database) -> bool:
    """Tell whether some worker's heart has beaten within the last minute (it beats every ten seconds)."""
    alive = "SELECT EXISTS (SELECT FROM procrastinate_workers WHERE last_heartbeat > now() - interval '60 seconds')"
    with database.transaction() as session:
        return bool(session.execute(text(alive)).scalar_one())
