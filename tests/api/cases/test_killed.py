"""kill -9 of the service in transitions, of the worker in reminders and escalations: nothing lost, nothing twice."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx2
from sqlalchemy import text

from core.queue import TaskName, enqueue
from governance.cases.lifecycle.verifying import verify_cases
from governance.reports.numbers import report_id, report_number
from tests.factories.cases import WORD, acts, open_case_of
from tests.factories.reports import PlacedRow, store_reports
from tests.factories.serving import start_service, until_ready
from tests.factories.streets import MONDAY

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from core.db import Database
    from tests.factories.streets import Street
    from tests.fresh import FreshProcesses

VERBS = ("accept", "file", "dispatch", "acknowledge", "supervise")
CLIENTS, EACH = 6, 3
KILLED_AFTER = CLIENTS * EACH * len(VERBS) // 3
WORKER = """
from datetime import datetime
from core import clock
clock.now = lambda: datetime.fromisoformat("{now}")
from core.settings import Settings
from spatial_jobs.app import run_worker
run_worker(wait=False, settings=Settings())
"""


class Movers:
    """Clients that lead cases step by step, each step under a key of its own, and send again what was not answered."""

    def __init__(self, base: str, key: dict[str, str], cases: list[int]) -> None:
        self.base, self.key, self.cases = base, key, cases
        self.answered: list[tuple[int, str]] = []
        self.unanswered = 0

    def run(self, place: int) -> None:
        with httpx2.Client(base_url=self.base, headers=self.key, trust_env=False, timeout=30) as client:
            for case_id in self.cases[place::CLIENTS]:
                for verb in VERBS:
                    self._move(client, case_id, verb)

    def _move(self, client: httpx2.Client, case_id: int, verb: str) -> None:
        path, end = f"/v1/cases/{report_number(case_id)}/steps", time.monotonic() + 60
        while time.monotonic() < end:
            try:
                sent = client.post(path, json=acts(verb), headers={"Idempotency-Key": f"{case_id}-{verb}"})
            except httpx2.TransportError:
                self.unanswered += 1
                time.sleep(0.05)
                continue
            if sent.status_code != 503:
                assert sent.status_code == 200, sent.text
                self.answered.append((case_id, verb))
                return
        raise TimeoutError(path)


def test_transitions_of_a_killed_service_are_done_once_each(
    street: Street, services: FreshProcesses, tmp_path: Path
) -> None:
    with street.database.transaction() as session:
        rows = [PlacedRow(category=WORD, lon=113.5, lat=34.5, path=["S", "g1"]) for _ in range(CLIENTS * EACH)]
        cases = [open_case_of(session, one) for one in store_reports(session, rows)]
    service = start_service(services, street.settings.database_url, tmp_path)
    asyncio.run(until_ready(service.base))
    movers = Movers(service.base, street.key, cases)
    threads = [threading.Thread(target=movers.run, args=(place,)) for place in range(CLIENTS)]
    for one in threads:
        one.start()
    while len(movers.answered) < KILLED_AFTER and any(one.is_alive() for one in threads):
        time.sleep(0.005)
    service.process.send_signal(signal.SIGKILL)
    assert service.process.wait(20) == -signal.SIGKILL
    again = start_service(services, street.settings.database_url, tmp_path, int(service.base.rpartition(":")[2]))
    for one in threads:
        one.join(90)
    again.process.send_signal(signal.SIGKILL)
    again.process.wait(20)
    assert movers.unanswered > 0, "the kill met no request"
    assert Counter(movers.answered) == {(case_id, verb): 1 for case_id in cases for verb in VERBS}
    with street.database.transaction() as session:
        for case_id in cases:
            steps = session.execute(
                text("SELECT number, verb FROM case_step WHERE case_id = :id ORDER BY number"), {"id": case_id}
            ).all()
            assert [tuple(row) for row in steps] == list(enumerate(("open", *VERBS), 1))
        assert [one for one in verify_cases(session, cases).findings if one.kind != "unsealed"] == []


def _is_waiting(database: Database) -> bool:
    with database.snapshot() as session:
        return bool(session.scalar(text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            " AND query LIKE '%case_record%FOR UPDATE%'"
        )))  # fmt: skip


def _work(street: Street, services: FreshProcesses, now: datetime, *, kill_at: int | None = None) -> None:
    """Let a worker tell of deadlines as of an instant; it is killed while it waits for a case, when one is named."""
    environment = {"DATABASE_URL": street.settings.database_url, "WANGGE_LOG_LEVEL": "CRITICAL"}
    with street.database.transaction() as session:
        enqueue(session, TaskName.REMIND)
    with street.database.transaction() as session:
        if kill_at is not None:
            session.execute(text("SELECT FROM case_record WHERE id = :id FOR UPDATE"), {"id": kill_at})
        worker = services.start(WORKER.format(now=now.isoformat()), environment)
        if kill_at is None:
            assert worker.wait(90) == 0
            return
        end = time.monotonic() + 60
        while not _is_waiting(street.database):
            assert worker.is_running(), "the worker ended before it came to the case"
            assert time.monotonic() < end
            time.sleep(0.02)
        worker.send_signal(signal.SIGKILL)
        assert worker.wait(20) == -signal.SIGKILL


def test_reminders_and_escalations_of_a_killed_worker_are_told_once_each(
    street: Street, at: Callable[[datetime], None], services: FreshProcesses
) -> None:
    later = MONDAY + timedelta(days=14)
    at(MONDAY)
    numbers = [street.case() for _ in range(6)]
    for number in numbers:
        assert street.blow(number).status_code == 201
    ids = [report_id(number) for number in numbers]
    for killed_at in (ids[3], ids[4]):
        _work(street, services, later, kill_at=killed_at)
        with street.database.transaction() as session:
            session.execute(text("DELETE FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"))
    _work(street, services, later)
    _work(street, services, later)
    with street.database.snapshot() as session:
        values = {"ids": ids}
        told = session.execute(text(
            "SELECT case_id, step, kind, unit_code, count(*) FROM case_alert WHERE case_id = ANY (:ids)"
            " GROUP BY 1, 2, 3, 4"
        ), values).all()  # fmt: skip
        raised = session.execute(text(
            "SELECT case_id, count(*) FROM case_step WHERE case_id = ANY (:ids) AND verb = 'supervise' GROUP BY 1"
        ), values).all()  # fmt: skip
    whistled = {(step, "overdue", unit) for step in ("sign", "contact", "arrive") for unit in ("bureau", "land")}
    for case_id in ids:
        mine = {(step, kind, unit): count for row, step, kind, unit, count in told if row == case_id}
        assert mine == dict.fromkeys({*whistled, ("handle", "overdue", None)}, 1), mine
    assert dict(map(tuple, raised)) == dict.fromkeys(ids, 1)
