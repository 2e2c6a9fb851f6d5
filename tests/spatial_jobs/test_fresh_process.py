"""Each job does its work in a worker that has imported nothing but itself."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from sqlalchemy import text

from core import clock
from core.queue import TaskName, enqueue
from governance.bulletins import operations as bulletins
from governance.hotspots.catalogue import HotspotMethod
from governance.hotspots.runs import operations as hotspots
from grids.boundaries import operations as boundaries
from grids.boundaries.records import AreaRecord
from identity.actors import SCHEDULE
from tests.factories.cases import open_case_of
from tests.factories.identity import who
from tests.factories.reports import store_report

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from core.db import Database
    from tests.fresh import FreshProcesses


@pytest.fixture
def town(database: Database) -> Database:
    """A layer whose border moved: release 2 gave the report's place to the eastern grid."""
    with database.transaction() as session:
        layer = boundaries.create_layer(session, code="admin", name="网格", levels=["grid"], actor=who("t"))
        for border in (113.31, 113.302):
            areas = [
                AreaRecord("grid", "a", "甲", shapely.box(113.30, 34.80, border, 34.81)),
                AreaRecord("grid", "b", "乙", shapely.box(border, 34.80, 113.32, 34.81)),
            ]
            boundaries.publish(
                session, layer=layer, areas=areas, publication=boundaries.Publication(author=who("t")), lead_s=0
            )
        at = clock.now() - timedelta(minutes=1)
        open_case_of(session, store_report(session, lon=113.305, lat=34.805, path=["a"], at=at))
    return database


def _request_run(session: Session) -> int:
    today = clock.now().astimezone(clock.LOCAL).date()
    period = (today - timedelta(days=7), today)
    run = hotspots.request_run(
        session, layer="admin", period=period, methods=[HotspotMethod.WARNING], actor=who("t"), queued=False
    )
    return run.id


def _release_bulletin(session: Session) -> int:
    number = bulletins.draft_due(session, actor=SCHEDULE)[-1]
    return bulletins.release(session, number, actor=SCHEDULE).id


ARGUMENTS: dict[TaskName, Callable[[Session], dict[str, Any]]] = {
    TaskName.HOTSPOT_RUN: lambda session: {"run": _request_run(session)},
    TaskName.DRAW_BULLETIN: lambda session: {"bulletin": _release_bulletin(session)},
}
DONE = {
    TaskName.EXAMINE: "SELECT count(*) FROM report_evidence",
    TaskName.HAND_OVER: "SELECT count(*) FROM report_reassignment WHERE area_path = '{b}'",
    TaskName.SEAL: "SELECT count(*) FROM seal WHERE position = 1",
    TaskName.OPEN_CASES: "SELECT count(*) FROM case_record",
    TaskName.FOLLOW_PLACES: "SELECT 1",  # no report was given another area; test_following_places.py says what it adds
    TaskName.REMIND: "SELECT 1",  # no case has a deadline; tests/governance/cases/reminders says what it tells
    TaskName.PRUNE_EVENTS: "SELECT 1",  # it ends without an error; tests/core/events says what it prunes
    TaskName.MAKE_PARTITIONS: "SELECT 1",  # the months are there by migration; test_partitions.py tells what it makes
    TaskName.RETAIN: "SELECT count(*) FROM report_erasure",
    TaskName.NOTIFY: "SELECT 1",  # nobody is told of anything; tests/governance/notifications says who is, of what
    TaskName.DELIVER: "SELECT 1",
    TaskName.PRUNE_NOTIFICATIONS: "SELECT 1",
    TaskName.TRAIN_SUGGESTIONS: "SELECT count(DISTINCT lack) FROM suggestion_model",
    TaskName.DRAFT_BULLETINS: "SELECT count(DISTINCT state) FROM bulletin",
    TaskName.DRAW_BULLETIN: "SELECT count(*) FROM bulletin_print WHERE form = 'png'",
    TaskName.ASSESS: "SELECT 1",  # no indicator counts; tests/governance/assessment says what it computes
    TaskName.DISCARD_FILES: "SELECT 1",  # tests/governance/attachments says which files it and the next delete
    TaskName.SWEEP_FILES: "SELECT 1",
    TaskName.HOTSPOT_RUN: "SELECT count(*) FROM hotspot_run WHERE status = 'done'",
    TaskName.HOTSPOT_SCHEDULE: "SELECT count(*) FROM hotspot_run WHERE kind = 'daily'",
}
"""What counts one or more once a job has done its work."""

READS_FEED = {TaskName.EXAMINE, TaskName.HAND_OVER, TaskName.SEAL, TaskName.OPEN_CASES}
"""What reads behind the oldest transaction of the cluster: one of another test's database holds it up for a moment."""
TRIES = 20

LATER = """
CREATE FUNCTION later() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.scheduled_at := now() + interval '1 day'; RETURN NEW; END $$;
CREATE TRIGGER later BEFORE INSERT ON procrastinate_jobs FOR EACH ROW
WHEN (NEW.task_name = 'hotspots.run') EXECUTE FUNCTION later()
"""


@pytest.mark.parametrize("task", list(TaskName))
def test_a_job_does_its_work_in_a_worker_of_its_own(
    town: Database, database_url: str, fresh: FreshProcesses, task: TaskName
) -> None:
    with town.transaction() as session:
        if task is TaskName.HOTSPOT_SCHEDULE:
            session.execute(text(LATER))  # the run that it requests is not done by the same worker
        if task is TaskName.RETAIN:
            old = clock.now() - timedelta(days=100)
            store_report(session, at=old, received_at=old, description="很久以前的话")
        arguments = ARGUMENTS.get(task, lambda _: {})(session)
    for _ in range(TRIES):
        with town.transaction() as session:
            job = enqueue(session, task, **arguments)
        done = fresh.command(["worker", "--once"], DATABASE_URL=database_url, WANGGE_WORDS_KEPT_DAYS="90")
        assert done.code == 0, done.said
        with town.transaction() as session:
            status = session.scalar(text("SELECT status FROM procrastinate_jobs WHERE id = :id"), {"id": job})
            assert status == "succeeded", done.said
            found = session.scalar(text(DONE[task]))
        if found == 1 or task not in READS_FEED:
            break
    assert found == 1
