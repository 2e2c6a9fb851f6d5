"""32 clients ask the same 200 points while releases are published: each answer is of one release, the one in force.

Most of them ask point by point, every eighth all 200 in one call, of two server processes. The border moves and every
name changes with each release, so that an answer tells by its code and by its name which release gave it. Releases are
published with the lead that the service has by default.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import numpy as np
import shapely

from core.settings import Settings
from grids.boundaries import operations, queries
from grids.boundaries.records import AreaRecord

if TYPE_CHECKING:
    from core.db import Database

ROOT = Path(__file__).parents[2]
CLIENTS, POINTS, RELEASES, PROCESSES = 32, 200, 4, 2
LEAD_S = float(Settings.model_fields["release_lead_s"].default)
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


def publish(database: Database, number: int) -> datetime:
    """Publish release `number`; return when it takes effect."""
    with database.transaction() as session:
        if number == 1:
            operations.create_layer(session, code="admin", name="网格", levels=["grid"], actor="t")
        layer = queries.get_layer(session, "admin")
        middle = border(number)
        areas = [
            AreaRecord("grid", "a", f"a{number}", shapely.box(WEST, SOUTH, middle, NORTH)),
            AreaRecord("grid", "b", f"b{number}", shapely.box(middle, SOUTH, EAST, NORTH)),
        ]
        lead_s = 0.0 if number == 1 else LEAD_S
        return operations.publish(session, layer=layer, areas=areas, author="t", lead_s=lead_s).release.effective_at


async def until_ready(client: httpx2.AsyncClient) -> None:
    for _ in range(1200):
        try:
            if (await client.get("/readyz")).status_code == 200:
                return
        except httpx2.TransportError:
            pass
        await asyncio.sleep(0.1)
    raise TimeoutError


async def ask_one(client: httpx2.AsyncClient, lons: list[float], turn: int) -> tuple[Any, ...]:
    lon = lons[turn % POINTS]
    answer = await client.get(f"/v1/assignments?lon={lon}&lat={LAT}")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    area = body["areas"][-1]
    return body["release"], [lon], [area["code"]], [area["name"]]


async def ask_all(client: httpx2.AsyncClient, lons: list[float], _: int) -> tuple[Any, ...]:
    answer = await client.post("/v1/assignments?answer=full", json=[{"lon": lon, "lat": LAT} for lon in lons])
    assert answer.status_code == 200, answer.text
    body = answer.json()
    areas = [one["areas"][-1] for one in body["answers"]]
    assert all(one["release"] == body["release"] for one in body["answers"])
    return body["release"], lons, [area["code"] for area in areas], [area["name"] for area in areas]


async def ask_on(
    client: httpx2.AsyncClient, lons: list[float], who: int, done: asyncio.Event, answers: list[Answer]
) -> None:
    turn = who
    while not done.is_set():
        asked = datetime.now(UTC)
        release, points, codes, names = await (ask_all if who % 8 == 7 else ask_one)(client, lons, turn)
        instant = datetime.fromisoformat(release["effective_at"])
        answers.append(Answer(asked, datetime.now(UTC), release["number"], instant, points, codes, names))
        turn += 1


async def ask_the_past(client: httpx2.AsyncClient, effective: dict[int, datetime]) -> None:
    """Ask either side of each effective instant, to the microsecond."""
    for number in range(2, RELEASES + 1):
        for shift, wanted in ((timedelta(microseconds=-1), number - 1), (timedelta(0), number)):
            at = (effective[number] + shift).isoformat()
            answer = await client.get("/v1/assignments", params={"lon": WEST + 0.001, "lat": LAT, "at": at})
            assert answer.json()["release"]["number"] == wanted


async def play(database: Database, port: int, effective: dict[int, datetime]) -> list[Answer]:
    """Let all clients ask while releases are published; give what they were answered."""
    lons = np.random.default_rng(1).uniform(WEST, EAST, POINTS).round(7).tolist()
    answers: list[Answer] = []
    limits = httpx2.Limits(max_connections=CLIENTS)
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", limits=limits, timeout=60) as client:
        await until_ready(client)
        done = asyncio.Event()
        asking = [asyncio.create_task(ask_on(client, lons, who, done, answers)) for who in range(CLIENTS)]
        for number in range(2, RELEASES + 1):
            effective[number] = await asyncio.to_thread(publish, database, number)
            await asyncio.sleep(LEAD_S + 0.5)
        done.set()
        await asyncio.gather(*asking)
        await ask_the_past(client, effective)
    return answers


def test_no_answer_is_an_error_or_mixes_releases(database: Database, database_url: str, tmp_path: Path) -> None:
    effective = {1: publish(database, 1)}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "DATABASE_URL": database_url,
        "WANGGE_CACHE_DIR": str(tmp_path),
        "WANGGE_LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", "uvicorn", "main:app", "--port", str(port), "--no-access-log"]
    command += ["--workers", str(PROCESSES)]
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        answers = asyncio.run(play(database, port, effective))
    finally:
        server.terminate()
        server.wait(20)
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
