"""32 clients ask the same 200 points while releases are published: each answer is of one release, the one in force."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import numpy as np
import shapely

from grids.boundaries import operations, queries
from grids.boundaries.records import AreaRecord

if TYPE_CHECKING:
    from core.db import Database

ROOT = Path(__file__).parents[2]
CLIENTS, POINTS, RELEASES, LEAD_S = 32, 200, 4, 1.0
WEST, EAST, SOUTH, NORTH = 113.30, 113.32, 34.80, 34.81


def border(number: int) -> float:
    """Where the border between the two grids runs in a release: it moves with each."""
    return 113.307 + 0.001 * number


def expected(number: int, lon: float) -> str:
    return "a" if lon <= border(number) else "b"


def publish(database: Database, number: int) -> datetime:
    """Publish release `number`; return when it takes effect."""
    with database.transaction() as session:
        if number == 1:
            operations.create_layer(session, code="admin", name="网格", levels=["grid"], actor="t")
        layer = queries.get_layer(session, "admin")
        middle = border(number)
        areas = [
            AreaRecord("grid", "a", "甲", shapely.box(WEST, SOUTH, middle, NORTH)),
            AreaRecord("grid", "b", "乙", shapely.box(middle, SOUTH, EAST, NORTH)),
        ]
        lead_s = 0.0 if number == 1 else LEAD_S
        return operations.publish(session, layer=layer, areas=areas, author="t", lead_s=lead_s).release.effective_at


async def until_ready(client: httpx2.AsyncClient) -> None:
    for _ in range(600):
        try:
            if (await client.get("/readyz")).status_code == 200:
                return
        except httpx2.TransportError:
            pass
        await asyncio.sleep(0.1)
    raise TimeoutError


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
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    lons = np.random.default_rng(1).uniform(WEST, EAST, POINTS).round(7)
    answers: list[tuple[datetime, datetime, float, int, str]] = []

    async def ask(client: httpx2.AsyncClient, who: int, done: asyncio.Event) -> None:
        turn = who
        while not done.is_set():
            lon = float(lons[turn % POINTS])
            turn += 1
            asked = datetime.now(UTC)
            answer = await client.get(f"/v1/assignments?lon={lon}&lat=34.805")
            assert answer.status_code == 200, answer.text
            body = answer.json()
            answers.append((asked, datetime.now(UTC), lon, body["release"]["number"], body["areas"][-1]["code"]))

    async def play() -> None:
        limits = httpx2.Limits(max_connections=CLIENTS)
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", limits=limits, timeout=30) as client:
            await until_ready(client)
            done = asyncio.Event()
            asking = [asyncio.create_task(ask(client, who, done)) for who in range(CLIENTS)]
            for number in range(2, RELEASES + 1):
                effective[number] = await asyncio.to_thread(publish, database, number)
                await asyncio.sleep(LEAD_S + 0.5)
            done.set()
            await asyncio.gather(*asking)

    try:
        asyncio.run(play())
    finally:
        server.terminate()
        server.wait(20)
    assert {number for *_, number, _ in answers} == set(effective)
    assert len(answers) > CLIENTS * RELEASES
    for asked, received, lon, number, code in answers:
        assert code == expected(number, lon)
        assert effective[number] <= received
        assert number == RELEASES or effective[number + 1] >= asked
