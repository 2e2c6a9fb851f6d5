"""`jobs` lists what failed, runs or waits, and tries a failed job again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from cli import app
from core.queue import JobUnknownError, TaskName, enqueue

if TYPE_CHECKING:
    from core.db import Database


def test_a_failed_job_is_listed_and_tried_again(database: Database, database_url: str) -> None:
    runner = CliRunner(env={"DATABASE_URL": database_url})
    with database.transaction() as session:
        job = enqueue(session, TaskName.HOTSPOT_RUN, run=7)
        for status in ("doing", "failed"):
            change = text("UPDATE procrastinate_jobs SET status = CAST(:s AS procrastinate_job_status) WHERE id = :id")
            session.execute(change, {"s": status, "id": job})
    listed = runner.invoke(app, ["jobs"])
    assert listed.exit_code == 0, listed.output
    assert "hotspots.run" in listed.output
    assert '{"run":7}' in listed.output
    assert "1 failed, 0 doing, 0 todo" in listed.output
    again = runner.invoke(app, ["jobs", "retry", str(job)])
    assert again.exit_code == 0, again.output
    assert "0 failed, 0 doing, 1 todo" in runner.invoke(app, ["jobs", "list", "--status", "todo"]).output
    with pytest.raises(JobUnknownError):
        runner.invoke(app, ["jobs", "retry", "999"], catch_exceptions=False)
