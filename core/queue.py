"""The queue: procrastinate on the same PostgreSQL, enqueued in the caller's own transaction.

The tasks themselves are in spatial_jobs; callers below that floor know them by name only (TaskName).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import orjson
from sqlalchemy import text

from core.errors import Detail, DomainError, Kind
from core.queue_names import Queue

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from core.db import Database


class TaskName(StrEnum):
    """Every task there is; a test holds this equal to what spatial_jobs registers."""

    HOTSPOT_RUN = "hotspots.run"
    HOTSPOT_SCHEDULE = "hotspots.schedule"
    HAND_OVER = "boundaries.hand_over"
    EXAMINE = "data_quality.examine"
    SEAL = "audit.seal"
    OPEN_CASES = "cases.open"
    FOLLOW_PLACES = "cases.follow"
    REMIND = "cases.remind"
    PRUNE_EVENTS = "events.prune"
    MAKE_PARTITIONS = "reports.make_partitions"
    RETAIN = "reports.retain"
    DISCARD_FILES = "attachments.discard"
    SWEEP_FILES = "attachments.sweep"
    NOTIFY = "notifications.collect"
    DELIVER = "notifications.deliver"
    PRUNE_NOTIFICATIONS = "notifications.prune"
    TRAIN_SUGGESTIONS = "suggestions.train"
    ASSESS = "assessment.compute"
    DRAFT_BULLETINS = "bulletins.draft"
    DRAW_BULLETIN = "bulletins.draw"


QUEUE_OF: Final = (
    dict.fromkeys(TaskName, Queue.DEFAULT)
    | dict.fromkeys((TaskName.HOTSPOT_RUN, TaskName.RETAIN, TaskName.TRAIN_SUGGESTIONS, TaskName.ASSESS), Queue.LONG)
    | {TaskName.DELIVER: Queue.OUTWARD}
)
"""The queue in which each task waits."""


class JobStatus(StrEnum):
    """The states of a job that somebody may have to act on; what succeeded is not among them."""

    FAILED = "failed"
    DOING = "doing"
    TODO = "todo"


class JobUnknownError(DomainError):
    """There is no such job."""

    code = "job-unknown"
    kind = Kind.NOT_FOUND


class JobNotFailedError(DomainError):
    """Only a failed job can be tried again."""

    code = "job-not-failed"
    kind = Kind.CONFLICT


class JobWaitingAlreadyError(DomainError):
    """The same work waits in the queue already; it need not be asked for again."""

    code = "job-waiting-already"
    kind = Kind.CONFLICT


@dataclass(frozen=True, slots=True)
class Job:
    """One job: what it does, how far it is, and when it came there (in UTC)."""

    id: int
    task: str
    status: JobStatus
    arguments: dict[str, Any]
    attempts: int
    at: datetime | None


# A task that must wait only once bears a queueing lock: a later success of it has made an earlier failure good.
_MADE_GOOD: Final = (
    "(j.queueing_lock IS NOT NULL AND EXISTS (SELECT FROM procrastinate_jobs later"
    " WHERE later.queueing_lock = j.queueing_lock AND later.status = 'succeeded' AND later.id > j.id))"
)
# One part a status, so that each reads its own partial index: the table keeps every job that succeeded.
_OPEN: Final = (
    f"SELECT * FROM procrastinate_jobs j WHERE j.status = 'failed' AND NOT {_MADE_GOOD}"
    " UNION ALL SELECT * FROM procrastinate_jobs WHERE status = 'doing'"
    " UNION ALL SELECT * FROM procrastinate_jobs WHERE status = 'todo'"
)


def enqueue(session: Session, task: TaskName, *, lock: str | None = None, **arguments: object) -> int:
    """Defer a task inside the session's transaction and return the job id: rolled back, there is no job."""
    job = session.execute(
        text(
            "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(:queue, :task, 0, :lock, NULL, CAST(:args AS jsonb), NULL)"
            "::procrastinate_job_to_defer_v1])"
        ),
        {"queue": QUEUE_OF[task], "task": str(task), "lock": lock, "args": orjson.dumps(arguments).decode()},
    ).scalar_one()
    return int(job[0] if isinstance(job, list) else job)


def is_worker_alive(database: Database) -> bool:
    """Return whether some worker sent a heartbeat within the last minute (it sends one every ten seconds)."""
    # A heartbeat ahead of the clock is from before the clock was put back: it proves nothing.
    minute = "interval '60 seconds'"
    beaten = f"last_heartbeat BETWEEN now() - {minute} AND now() + {minute}"
    alive = f"SELECT EXISTS (SELECT FROM procrastinate_workers WHERE {beaten})"
    with database.transaction() as session:
        return bool(session.execute(text(alive)).scalar_one())


def list_jobs(session: Session, *, statuses: Sequence[JobStatus] = tuple(JobStatus), limit: int = 50) -> list[Job]:
    """Return jobs that failed, run or wait: failed ones first, each kind with the latest first.

    A failure that a later success of the same task made good is left out.
    """
    rows = session.execute(
        text(
            "SELECT j.id, j.task_name, j.status::text, j.args, j.attempts,"
            " (SELECT max(e.at) FROM procrastinate_events e WHERE e.job_id = j.id)"
            f" FROM ({_OPEN}) j WHERE j.status::text = ANY (:statuses)"
            " ORDER BY array_position(ARRAY['failed', 'doing', 'todo'], j.status::text), j.id DESC LIMIT :limit"
        ),
        {"statuses": [str(status) for status in statuses], "limit": limit},
    )
    return [Job(id_, task, JobStatus(status), args, attempts, at) for id_, task, status, args, attempts, at in rows]


def count_jobs(session: Session) -> dict[tuple[str, JobStatus], int]:
    """Count the jobs of each task that failed, run or wait; a failure that was made good is left out."""
    counted = text(f"SELECT task_name, status::text, count(*) FROM ({_OPEN}) j GROUP BY 1, 2")
    return {(task, JobStatus(status)): count for task, status, count in session.execute(counted)}


def retry(session: Session, job_id: int) -> None:
    """Put a failed job back into the queue, to be done at once.

    Raises
    ------
    JobUnknownError, JobNotFailedError, JobWaitingAlreadyError
    """
    found = session.execute(
        text("SELECT status::text, queueing_lock FROM procrastinate_jobs WHERE id = :id FOR UPDATE"), {"id": job_id}
    ).one_or_none()
    if found is None:
        raise JobUnknownError("There is no job {job_id}.", values={"job_id": job_id})
    status, queueing_lock = found
    if status != JobStatus.FAILED:
        raise JobNotFailedError(
            "Job {job_id} is {status}; only a failed job can be tried again.",
            values={"job_id": job_id, "status": Detail(status)},
        )
    waiting = text("SELECT id FROM procrastinate_jobs WHERE queueing_lock = :lock AND status = 'todo'")
    other = session.scalar(waiting, {"lock": queueing_lock})
    if other is not None:
        raise JobWaitingAlreadyError(
            "Job {other} waits in the queue already and does the work of job {job_id}.",
            values={"other": other, "job_id": job_id},
        )
    session.execute(text("SELECT procrastinate_retry_job_v2(:id, now(), NULL, NULL, NULL)"), {"id": job_id})
