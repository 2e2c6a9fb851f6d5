"""The setting of the assignment benchmarks: 10,000 wiggly grids in four levels in a database, and servers over it."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import psycopg
import shapely
import uvloop

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.wiggly import wiggly_coverage  # noqa: E402 (after the path)
from cli.cluster import provide  # noqa: E402
from core.db import Database  # noqa: E402
from core.settings import Settings  # noqa: E402
from grids.boundaries import operations, queries  # noqa: E402
from grids.boundaries.errors import LayerNotFoundError  # noqa: E402
from grids.boundaries.records import AreaRecord  # noqa: E402
from identity.actors import SERVICE  # noqa: E402
from migrations.run import move_to  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI

GRIDS = 10_000
SIDE = 100


def areas() -> list[AreaRecord]:
    """10,000 grids of 200 vertices, in 400 communities, 16 streets, one district: a true coverage at each level."""
    grids = wiggly_coverage(GRIDS)
    row, column = np.divmod(np.arange(GRIDS), SIDE)
    street = (row // 25) * 4 + column // 25
    community = (row // 5) * 20 + column // 5
    found = [AreaRecord("district", "410106", "上街区", shapely.coverage_union_all(grids), None, "410106", "上街区")]
    for n in range(16):
        outline = shapely.coverage_union_all(grids[street == n])
        found.append(AreaRecord("street", f"410106{n + 1:03d}", f"街道{n}", outline, "410106", f"s{n}", f"街道办{n}"))
    for n in range(400):
        inside = np.flatnonzero(community == n)
        parent = f"410106{street[inside[0]] + 1:03d}"
        outline = shapely.coverage_union_all(grids[inside])
        found.append(AreaRecord("community", f"{parent}{n:03d}", f"社区{n}", outline, parent, f"c{n}", f"居委会{n}"))
    for n in range(GRIDS):
        parent = f"410106{street[n] + 1:03d}{community[n]:03d}"
        found.append(AreaRecord("grid", f"{parent}{n:05d}", f"网格{n}", grids[n], parent, f"c{community[n]}"))
    return found


@contextmanager
def grid_database() -> Iterator[str]:
    """Give the URL of a private database that has the grids as the release of layer `admin`; kept between runs."""
    with provide(name="pg-bench", durable=True, database="bench") as server:
        with psycopg.connect(server, autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = 'assignments'").fetchone()
            if known is None:
                connection.execute("CREATE DATABASE assignments")
        url = f"{server.rpartition('/')[0]}/assignments"
        move_to(url)
        database = Database(Settings(DATABASE_URL=url))
        try:
            with database.transaction() as session:
                try:
                    queries.get_layer(session, "admin")
                except LayerNotFoundError:
                    print("  making the database of 10,000 grids (once)")
                    layer = operations.create_layer(
                        session,
                        code="admin",
                        name="bench",
                        levels=["district", "street", "community", "grid"],
                        actor=SERVICE,
                    )
                    operations.publish(
                        session,
                        layer=layer,
                        areas=areas(),
                        publication=operations.Publication(author=SERVICE),
                        lead_s=0.0,
                    )
        finally:
            database.close()
        yield url


def make_app() -> FastAPI:
    """Build the application as it is served, with one empty FastAPI route: first, so that routing costs it little."""
    from api.app import create_app

    app = create_app()

    async def empty() -> dict[str, str]:
        return {}

    app.add_api_route("/bench/empty", empty)
    app.router.routes.insert(0, app.router.routes.pop())
    return app


class Server:
    """A server process with one worker."""

    def __init__(self, target: str, *, factory: bool = False, ready: str, environment: dict[str, str]) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [sys.executable, "-m", "uvicorn", target, "--port", str(self.port), "--no-access-log"]
        command += ["--log-level", "error", *(["--factory"] if factory else [])]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + 120
        while True:
            try:
                if b" 200 " in self.once(ready).partition(b"\r\n")[0]:
                    break
            except OSError:
                pass
            if time.monotonic() > until or self.process.poll() is not None:
                self.close()
                raise RuntimeError(f"{target} did not start")
            time.sleep(0.2)

    def close(self) -> None:
        """End the process."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def cpu_s(self) -> float:
        """Return the processor time the server has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def once(self, path: str) -> bytes:
        """Send one GET and return the raw answer."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as connection:
            connection.sendall(request(path, close=True))
            found = b""
            while part := connection.recv(65536):
                found += part
        return found

    def rate(self, requests: list[bytes], seconds: float, clients: int = 16) -> tuple[float, float]:
        """Give requests a second by the wall clock, and the server's processor microseconds a request."""
        before = self.cpu_s()
        started = time.perf_counter()
        answered = uvloop.run(_load(self.port, requests, seconds, clients))
        elapsed = time.perf_counter() - started
        return answered / elapsed, (self.cpu_s() - before) / answered * 1e6


def request(path: str, *, body: bytes | None = None, media_type: str = "", close: bool = False) -> bytes:
    """Write one request."""
    head = f"{'GET' if body is None else 'POST'} {path} HTTP/1.1\r\nHost: bench\r\n"
    head += "Connection: close\r\n" if close else ""
    if body is not None:
        head += f"Content-Type: {media_type}\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + (body or b"")


class _Client(asyncio.Protocol):
    """One connection that sends the next request when the last is answered."""

    def __init__(self, requests: list[bytes], at: int, until: float) -> None:
        self.requests, self.at, self.until = requests, at, until
        self.answered = 0
        self.missing = -1
        self.buffer = b""
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401 (asyncio's own)
        self.transport = transport
        self._send()

    def _send(self) -> None:
        self.transport.write(self.requests[self.at % len(self.requests)])
        self.at += 1

    def data_received(self, data: bytes) -> None:
        if self.missing < 0:
            self.buffer += data
            head, found, rest = self.buffer.partition(b"\r\n\r\n")
            if not found:
                return
            if not head.startswith(b"HTTP/1.1 200"):
                self.done.set_exception(RuntimeError(head.decode() + rest.decode(errors="replace")[:500]))
                self.transport.close()
                return
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            self.missing = int(length) - len(rest)
            self.buffer = b""
        else:
            self.missing -= len(data)
        if self.missing == 0:
            self.missing = -1
            self.answered += 1
            if time.perf_counter() < self.until:
                self._send()
            else:
                self.transport.close()
                self.done.set_result(None)


async def _load(port: int, requests: list[bytes], seconds: float, clients: int) -> int:
    loop = asyncio.get_running_loop()
    until = time.perf_counter() + seconds
    opened = [
        (await loop.create_connection(lambda n=n: _Client(requests, n * 37, until), "127.0.0.1", port))[1]
        for n in range(clients)
    ]
    await asyncio.gather(*(client.done for client in opened))
    return sum(client.answered for client in opened)


def random_points(count: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Points inside the grids' box."""
    random = np.random.default_rng(seed)
    return random.uniform(113.0, 114.0, count), random.uniform(34.5, 35.5, count)
