"""kill -9 of the service under 32 parallel clients loses no acknowledged report, and retries double none."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from typing import TYPE_CHECKING, Any

import httpx2
from sqlalchemy import text

from governance.reports.numbers import report_id
from tests.factories.serving import free_port, start_service, until_ready

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fastapi import FastAPI

    from core.db import Database
    from tests.fresh import FreshProcesses

CLIENTS, EACH = 32, 6
KILLS_AFTER = (64,)


class Acknowledged:
    """What the clients were told, key by key."""

    def __init__(self) -> None:
        self.numbers: dict[str, str] = {}
        self.goals: dict[int, asyncio.Event] = {count: asyncio.Event() for count in KILLS_AFTER}
        self.retries = 0
        self.replays = 0

    async def send(self, client: httpx2.AsyncClient, headers: dict[str, str], who: int, report: dict[str, Any]) -> None:
        for n in range(EACH):
            key = f"{who}-{n}"
            # Half of the clients rely on the header, half on their external id.
            keyed = {"Idempotency-Key": key} if who % 2 else {}
            body = report | {"external_id": None if who % 2 else key}
            while key not in self.numbers:
                try:
                    answer = await client.post("/v1/reports", json=body, headers=headers | keyed)
                except httpx2.TransportError:
                    self.retries += 1
                    await asyncio.sleep(0.1)
                    continue
                assert answer.status_code in {200, 201, 503}, answer.text
                if answer.status_code != 503:
                    self.replays += answer.status_code == 200
                    self.numbers[key] = answer.json()["number"]
                    for count, goal in self.goals.items():
                        if len(self.numbers) >= count:
                            goal.set()

    async def reach(self, count: int) -> None:
        await self.goals[count].wait()


def test_no_acknowledged_report_is_lost_and_none_doubled_when_the_service_is_killed(
    app: FastAPI,
    database: Database,
    make_key: Callable[..., dict[str, str]],
    report: dict[str, Any],
    services: FreshProcesses,
    tmp_path: Path,
) -> None:
    headers = make_key("intake", channel="12345")
    port = free_port()
    acknowledged = Acknowledged()
    url = app.state.services.settings.database_url
    kills = 0

    async def story() -> None:
        nonlocal kills
        service = start_service(services, url, tmp_path, port)
        try:
            await until_ready(service.base)
            limits = httpx2.Limits(max_connections=CLIENTS)
            async with httpx2.AsyncClient(base_url=service.base, timeout=20, limits=limits, trust_env=False) as client:
                tasks = [asyncio.create_task(acknowledged.send(client, headers, who, report)) for who in range(CLIENTS)]
                for count in KILLS_AFTER:
                    await asyncio.wait_for(acknowledged.reach(count), 120)
                    service.process.send_signal(signal.SIGKILL)
                    assert service.process.wait(20) == -signal.SIGKILL
                    kills += 1
                    service = start_service(services, url, tmp_path, port)
                await asyncio.wait_for(asyncio.gather(*tasks), 120)
        finally:
            service.process.send_signal(signal.SIGKILL)
            service.process.wait(20)

    asyncio.run(story())
    assert kills == len(KILLS_AFTER)
    assert acknowledged.retries > 0, "the kills met no request"
    with database.transaction() as session:
        stored = {
            row.id: row.idempotency_key or row.external_id
            for row in session.execute(text("SELECT id, external_id, idempotency_key FROM report"))
        }
    assert Counter(stored.values()) == Counter({f"{who}-{n}": 1 for who in range(CLIENTS) for n in range(EACH)})
    told = {key: report_id(number) for key, number in acknowledged.numbers.items()}
    assert {identity: key for key, identity in told.items()} == stored
