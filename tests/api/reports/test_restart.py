"""PostgreSQL is restarted under load, with two processes on it: no acknowledged report is lost, look-ups go on."""

from __future__ import annotations

import asyncio
import signal
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
import shapely
from sqlalchemy import text

from core.db import Database
from core.settings import Settings
from grids.boundaries import operations, queries
from grids.boundaries.records import AreaRecord
from identity.grants import ROLES
from tests.factories.identity import issue_key, who
from tests.factories.serving import start_service, until_ready

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.fresh import FreshProcesses
    from tests.stoppable import Server

CLIENTS, EACH, RESTART_AFTER = 12, 12, 40
POINT = {"lon": 113.005, "lat": 34.005}


@pytest.fixture
def database(own_server: Server) -> Iterator[Database]:
    opened = Database(Settings.for_database(own_server.url))
    yield opened
    opened.close()


@pytest.fixture
def bases(
    own_server: Server,
    database: Database,
    publish_squares: Callable[[Database], None],
    services: FreshProcesses,
    tmp_path: Path,
) -> Iterator[list[str]]:
    """Where two processes of the application answer."""
    publish_squares(database)
    started = [start_service(services, own_server.url, tmp_path) for _ in range(2)]
    yield [service.base for service in started]
    for service in started:
        service.process.send_signal(signal.SIGTERM)
    assert {service.process.wait(20) for service in started} == {-signal.SIGTERM}


class Clients:
    """Send reports until each is acknowledged; look a point up in between."""

    def __init__(self, headers: dict[str, str], report: dict[str, Any]) -> None:
        self.headers, self.report = headers, report
        self.numbers: dict[str, str] = {}
        self.refused = 0
        self.looked_up_while_away = 0
        self.under_way = asyncio.Event()
        self.is_away = False

    async def run(self, base: str, who: int) -> None:
        async with httpx2.AsyncClient(base_url=base, timeout=30, trust_env=False) as client:
            for n in range(EACH):
                key = f"{who}-{n}"
                while key not in self.numbers:
                    answer = await client.post(
                        "/v1/reports", json=self.report | {"external_id": key}, headers=self.headers
                    )
                    assert answer.status_code in {200, 201, 503}, answer.text
                    if answer.status_code == 503:
                        self.refused += 1
                        assert int(answer.headers["retry-after"]) >= 1
                        await asyncio.sleep(0.1)
                    else:
                        self.numbers[key] = answer.json()["number"]
                    away = self.is_away
                    assert (await client.get("/v1/assignments", params=POINT)).status_code == 200
                    self.looked_up_while_away += away and self.is_away
                if len(self.numbers) >= RESTART_AFTER:
                    self.under_way.set()


def publish_whole_district_as_one_grid(database: Database) -> None:
    square = shapely.box(113, 34, 113.03, 34.01)
    with database.transaction() as session:
        layer = queries.get_layer(session, "admin")
        areas = [AreaRecord("district", "D", "区", square), AreaRecord("grid", "a", "合", square, "D")]
        operations.publish(
            session, layer=layer, areas=areas, publication=operations.Publication(author=who("t")), lead_s=0
        )


def test_nothing_acknowledged_is_lost_and_both_processes_take_up_what_is_published_afterwards(
    own_server: Server, database: Database, bases: list[str], report: dict[str, Any]
) -> None:
    with database.transaction() as session:
        key = issue_key(session, name="t", scopes=list(ROLES["intake"]), channel="12345")

    async def story() -> Clients:
        clients = Clients({"X-API-Key": key}, report)
        await asyncio.gather(*map(until_ready, bases))
        tasks = [asyncio.create_task(clients.run(bases[who % 2], who)) for who in range(CLIENTS)]
        await asyncio.wait_for(clients.under_way.wait(), 60)
        await asyncio.to_thread(own_server.stop)
        clients.is_away = True
        await asyncio.sleep(1)
        clients.is_away = False
        await asyncio.to_thread(own_server.start)
        await asyncio.wait_for(asyncio.gather(*tasks), 60)
        await asyncio.gather(*map(until_ready, bases))
        return clients

    clients = asyncio.run(story())
    assert clients.refused > 0, "the restart met no request"
    assert clients.looked_up_while_away > 0
    with database.transaction() as session:
        stored = Counter(session.scalars(text("SELECT external_id FROM report")))
    assert stored == Counter(dict.fromkeys(clients.numbers, 1))
    assert len(stored) == CLIENTS * EACH

    publish_whole_district_as_one_grid(database)
    end = time.monotonic() + 15
    answers: dict[str, str] = {}
    while time.monotonic() < end and set(answers.values()) != {"合"}:
        answers = {
            base: httpx2.get(f"{base}/v1/assignments", params=POINT).json()["areas"][-1]["name"] for base in bases
        }
    assert answers == dict.fromkeys(bases, "合")
