"""32 clients ask the same 200 points while releases are published: each answer is of one release, the one in force.

Most of them ask point by point, every eighth all 200 in one call, of two server processes. The border moves and every
name changes with each release, so that an answer tells by its code and by its name which release gave it. Releases are
published with the shortest lead that the service takes: at ease, on a machine with four times as much to do as it has
processors, and with one of the servers halted from before the publication until after the effective instant. A halted
server goes on before it can read of the release: it may answer late then, but not from memory.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx2
import numpy as np
import psycopg
import pytest
import shapely

from grids.boundaries import operations, queries
from grids.boundaries.records import AreaRecord
from tests.factories.identity import who
from tests.factories.serving import Service, start_service, until_ready

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from core.db import Database
    from tests.fresh import FreshProcesses

CLIENTS, POINTS, RELEASES, PROCESSES = 32, 200, 3, 2
PAUSE_S = 0.1
"""Between two questions of a client: 32 of them still ask within 3 ms of each instant."""
LEAD_S = 1.5
LAT = 34.805
WEST, EAST, SOUTH, NORTH = 113.30, 113.32, 34.80, 34.81


def border(number: int) -> float:
    """Where the border between the two grids runs in a release: it moves with each."""
    return 113.307 + 0.001 * number


def expected(number: int, lon: float) -> str:
    return "a" if lon <= border(number) else "b"


@dataclass(frozen=True)
class Answer:
    """One answer with its release as it says itself, and when it was asked for and received."""

    asked: datetime
    received: datetime
    number: int
    effective_at: datetime
    lons: list[float]
    codes: list[str]
    names: list[str]
    is_unconfirmed: bool


def publish(database: Database, number: int) -> datetime:
    """Publish release `number`; return when it takes effect."""
    with database.transaction() as session:
        if number == 1:
            operations.create_layer(session, code="admin", name="网格", levels=["grid"], actor=who("t"))
        layer = queries.get_layer(session, "admin")
        middle = border(number)
        areas = [
            AreaRecord("grid", "a", f"a{number}", shapely.box(WEST, SOUTH, middle, NORTH)),
            AreaRecord("grid", "b", f"b{number}", shapely.box(middle, SOUTH, EAST, NORTH)),
        ]
        lead_s = 0.0 if number == 1 else LEAD_S
        return operations.publish(
            session, layer=layer, areas=areas, publication=operations.Publication(author=who("t")), lead_s=lead_s
        ).release.effective_at


async def ask_one(client: httpx2.AsyncClient, lons: list[float], turn: int) -> tuple[Any, ...]:
    lon = lons[turn % POINTS]
    answer = await client.get(f"/v1/assignments?lon={lon}&lat={LAT}")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    area = body["areas"][-1]
    return body["release"], [lon], [area["code"]], [area["name"]], "unconfirmed-since" in answer.headers


async def ask_all(client: httpx2.AsyncClient, lons: list[float], _: int) -> tuple[Any, ...]:
    answer = await client.post("/v1/assignments?answer=full", json=[{"lon": lon, "lat": LAT} for lon in lons])
    assert answer.status_code == 200, answer.text
    body = answer.json()
    areas = [one["areas"][-1] for one in body["answers"]]
    assert all(one["release"] == body["release"] for one in body["answers"])
    codes, names = [area["code"] for area in areas], [area["name"] for area in areas]
    return body["release"], lons, codes, names, "unconfirmed-since" in answer.headers


async def ask(client: httpx2.AsyncClient, lons: list[float], who: int, turn: int, answers: list[Answer]) -> None:
    asked = datetime.now(UTC)
    release, *found = await (ask_all if who // PROCESSES % 8 == 7 else ask_one)(client, lons, turn)
    instant = datetime.fromisoformat(release["effective_at"])
    answers.append(Answer(asked, datetime.now(UTC), release["number"], instant, *found))


async def ask_on(
    client: httpx2.AsyncClient, lons: list[float], who: int, done: asyncio.Event, answers: list[Answer]
) -> None:
    turn = who
    while not done.is_set():
        await ask(client, lons, who, turn, answers)
        await asyncio.sleep(PAUSE_S)
        turn += 1


async def ask_the_past(client: httpx2.AsyncClient, effective: dict[int, datetime]) -> None:
    """Ask either side of each effective instant, to the microsecond."""
    for number in range(2, RELEASES + 1):
        for shift, wanted in ((timedelta(microseconds=-1), number - 1), (timedelta(0), number)):
            at = (effective[number] + shift).isoformat()
            answer = await client.get("/v1/assignments", params={"lon": WEST + 0.001, "lat": LAT, "at": at})
            assert answer.json()["release"]["number"] == wanted


async def play(
    database: Database, servers: Sequence[Service], *, others: int, halt: bool
) -> tuple[dict[int, datetime], list[Answer]]:
    """Let all clients ask while releases are published and others take processor time.

    Gives when the releases took effect, and what was answered.
    """
    lons = np.random.default_rng(1).uniform(WEST, EAST, POINTS).round(7).tolist()
    effective, answers = {1: publish(database, 1)}, list[Answer]()
    limits = httpx2.Limits(max_connections=2 * CLIENTS)
    clients = [
        httpx2.AsyncClient(base_url=server.base, limits=limits, timeout=60, trust_env=False) for server in servers
    ]
    await asyncio.gather(*(until_ready(server.base) for server in servers))
    with busy(others):
        done = asyncio.Event()
        asking = [
            asyncio.create_task(ask_on(clients[who % PROCESSES], lons, who, done, answers)) for who in range(CLIENTS)
        ]
        for number in range(2, RELEASES + 1):
            client, server = clients[number % PROCESSES], servers[number % PROCESSES].process
            if halt:
                server.send_signal(signal.SIGSTOP)
            effective[number] = await asyncio.to_thread(publish, database, number)
            await asyncio.sleep((effective[number] - datetime.now(UTC)).total_seconds() + 0.1)
            # Asked for certain when the new release is in force, also of a process that cannot know of it yet.
            late = [asyncio.create_task(ask(client, lons, 0, turn, answers)) for turn in range(CLIENTS)]
            await asyncio.sleep(0.4)
            with readings_held(database) if halt else nullcontext():
                server.send_signal(signal.SIGCONT)
                await asyncio.sleep(0.5)
            await asyncio.gather(*late)
        done.set()
        await asyncio.gather(*asking)
    for client in clients:
        await ask_the_past(client, effective)
        await client.aclose()
    return effective, answers


@contextmanager
def serving(services: FreshProcesses, url: str, cache: Path) -> Iterator[list[Service]]:
    """Two processes of the service, each on a port of its own."""
    servers = [start_service(services, url, cache) for _ in range(PROCESSES)]
    try:
        yield servers
    finally:
        for server in servers:
            server.process.send_signal(signal.SIGCONT)
            server.process.send_signal(signal.SIGTERM)
        for server in servers:
            server.process.wait(60)


@contextmanager
def readings_held(database: Database) -> Iterator[None]:
    """Let no process read which releases there are, as a commit in flight does: who has not read yet cannot know."""
    with psycopg.connect(database.libpq_url) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(x'77616E67'::int, 0)")  # the gate of docs/adr/0009
        yield


@contextmanager
def busy(processes: int) -> Iterator[None]:
    """Processes that take whatever processor time they get."""
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(processes)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


@pytest.mark.parametrize(("others", "halt"), [(0, False), (4, False), (0, True)], ids=["at ease", "loaded", "halted"])
def test_no_answer_is_an_error_stale_or_mixes_releases(
    announced: Database, database_url: str, services: FreshProcesses, tmp_path: Path, others: int, *, halt: bool
) -> None:
    with serving(services, database_url, tmp_path) as servers:
        effective, answers = asyncio.run(play(announced, servers, others=others * (os.cpu_count() or 1), halt=halt))
    assert {answer.number for answer in answers} == set(effective)
    assert {len(answer.lons) for answer in answers} == {1, POINTS}
    assert len(answers) > CLIENTS * RELEASES
    for answer in answers:
        number = answer.number
        assert answer.effective_at == effective[number]
        assert answer.codes == [expected(number, lon) for lon in answer.lons]
        assert answer.names == [f"{code}{number}" for code in answer.codes]
        # It was in force at some instant between the question and the answer.
        assert effective[number] <= answer.received
        assert number == RELEASES or effective[number + 1] >= answer.asked
        assert not answer.is_unconfirmed
