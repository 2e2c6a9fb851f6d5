"""A job exists if and only if the transaction that asked for it was committed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from core.db.watch import DatabaseWatch
from core.queue import (
    JobNotFailedError,
    JobStatus,
    JobUnknownError,
    JobWaitingAlreadyError,
    TaskName,
    count_jobs,
    enqueue,
    list_jobs,
    retry,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.db import Database


def _jobs(database: Database) -> list[tuple[str, dict[str, object]]]:
    with database.transaction() as session:
        return [tuple(r) for r in session.execute(text("SELECT task_name, args FROM procrastinate_jobs ORDER BY id"))]


def test_a_committed_job_is_there_with_its_arguments(database: Database) -> None:
    with database.transaction() as session:
        job = enqueue(session, TaskName.HOTSPOT_RUN, run_id=7)
    assert job > 0
    assert _jobs(database) == [("hotspots.run", {"run_id": 7})]


def test_a_rolled_back_job_is_not(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction() as session:
        assert 1 / (enqueue(session, TaskName.HOTSPOT_RUN, run_id=7) * 0)
    assert _jobs(database) == []


def _ended(session: Session, status: str, *, queueing_lock: str | None = None) -> int:
    """Store a job that ended so; give its number."""
    job = enqueue(session, TaskName.EXAMINE)
    change = text("UPDATE procrastinate_jobs SET status = CAST(:s AS procrastinate_job_status) WHERE id = :id")
    session.execute(
        text("UPDATE procrastinate_jobs SET queueing_lock = :l WHERE id = :id"), {"l": queueing_lock, "id": job}
    )
    for step in ("doing", status):
        session.execute(change, {"s": step, "id": job})
    return job


def test_failed_jobs_are_listed_before_waiting_ones_and_succeeded_ones_not_at_all(session: Session) -> None:
    waiting, failed = enqueue(session, TaskName.HAND_OVER), _ended(session, "failed")
    _ended(session, "succeeded")
    listed = list_jobs(session)
    assert [(job.id, job.status) for job in listed] == [(failed, JobStatus.FAILED), (waiting, JobStatus.TODO)]
    assert listed[0].at is not None
    assert list_jobs(session, statuses=[JobStatus.DOING]) == []


def test_a_failed_job_counts_until_a_later_one_of_its_task_has_succeeded(session: Session) -> None:
    _ended(session, "succeeded", queueing_lock="examine")
    _ended(session, "failed", queueing_lock="examine")
    assert count_jobs(session) == {("data_quality.examine", JobStatus.FAILED): 1}
    _ended(session, "succeeded", queueing_lock="another")
    assert count_jobs(session) == {("data_quality.examine", JobStatus.FAILED): 1}
    _ended(session, "succeeded", queueing_lock="examine")
    assert count_jobs(session) == {}
    _ended(session, "failed")
    _ended(session, "succeeded")
    assert count_jobs(session) == {("data_quality.examine", JobStatus.FAILED): 1}


def test_a_failed_job_is_tried_again_and_no_other(session: Session) -> None:
    failed = _ended(session, "failed", queueing_lock="examine")
    retry(session, failed)
    assert [job.status for job in list_jobs(session)] == [JobStatus.TODO]
    with pytest.raises(JobNotFailedError, match="is todo"):
        retry(session, failed)
    with pytest.raises(JobUnknownError):
        retry(session, failed + 1)


def test_a_failed_job_whose_work_waits_already_is_not_queued_twice(session: Session) -> None:
    first, second = _ended(session, "failed", queueing_lock="e"), _ended(session, "failed", queueing_lock="e")
    retry(session, first)
    with pytest.raises(JobWaitingAlreadyError, match=f"Job {first} waits"):
        retry(session, second)


def test_a_watch_does_not_wait_for_a_database_that_says_nothing(database: Database) -> None:
    watch = DatabaseWatch(database, count_jobs, patience_s=0.3)
    with database.transaction() as session:
        session.execute(text("LOCK TABLE procrastinate_jobs IN ACCESS EXCLUSIVE MODE"))
        assert watch.answer() is None
        assert watch.answer() is None
    patience = iter(range(100))
    while watch.answer() is None:  # the question that was asked first is answered now
        assert next(patience) < 99
    assert watch.answer() == {}
