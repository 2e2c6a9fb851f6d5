"""A job exists if and only if the transaction that asked for it was committed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from core.queue import TaskName, enqueue

if TYPE_CHECKING:
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
