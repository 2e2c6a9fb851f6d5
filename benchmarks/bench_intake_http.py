"""One report through HTTP, keyed, idempotent and durable, 32 clients at once, against pgbench inserting the same row.

    .venv/bin/python benchmarks/bench_intake_http.py [--seconds 5] [--rounds 3]

A private cluster with fsync on is started and left as it was. Rounds alternate pgbench and HTTP, so that both meet the
same disk; pg_test_fsync's time of one sync stands beside them, because it varies tenfold between machines and hours.
The result is the median of the rounds' ratios. Wanted: 0.20 or more.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

import orjson
import psycopg
import uvloop

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.intake_setting import district_database  # noqa: E402 (after the path)
from cli.cluster import _binaries  # noqa: E402

CLIENTS = 32
ROW = {
    "category": "暴露垃圾",
    "text": "新乡路与孟津路交叉口东北角有暴露垃圾，请尽快清理",
    "lon": 113.2934,
    "lat": 34.8021,
    "accuracy_m": 12.5,
    "reported_at": "2026-07-01T09:30:00+08:00",
    "reporter": {"name": "张三", "phone": "13800001234"},
    "photos": ["https://photos.example/2026/07/1.jpg"],
}


class _Client(asyncio.Protocol):
    """One connection that sends the next report when the last is acknowledged; as cheap as Python can be."""

    def __init__(self, head: bytes, tag: str, until: float) -> None:
        self.head, self.tag, self.until = head, tag, until
        self.sent = self.acknowledged = 0
        self.began = 0.0
        self.seconds: list[float] = []
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.next()

    def next(self) -> None:
        self.sent += 1
        body = orjson.dumps(ROW | {"external_id": f"{self.tag}-{self.sent}"})
        key = f"{self.tag}-{self.sent}".encode()
        self.began = time.perf_counter()
        self.transport.write(  # type: ignore[attr-defined]
            b"%sidempotency-key: %s\r\ncontent-length: %d\r\n\r\n%s" % (self.head, key, len(body), body)
        )

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, _, body = self.buffer.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        if length is None or len(body) < int(length.group(1)):
            return
        if not head.startswith(b"HTTP/1.1 201"):
            self.done.set_exception(RuntimeError(self.buffer[:600].decode()))
            return
        self.buffer = b""
        now = time.perf_counter()
        self.seconds.append(now - self.began)
        self.acknowledged += 1
        if now > self.until:
            self.transport.close()
            self.done.set_result(None)
        else:
            self.next()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error or RuntimeError("the server closed the connection"))


async def drive(port: int, key: str, seconds: float) -> tuple[float, float, float]:
    """Send for some seconds; return acknowledged reports a second, and the median and 99th-percentile milliseconds."""
    head = (
        f"POST /v1/reports HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nx-api-key: {key}\r\ncontent-type: application/json\r\n"
    ).encode()
    loop = asyncio.get_running_loop()
    run, start = uuid.uuid4().hex[:8], time.perf_counter()
    clients = []
    for n in range(CLIENTS):
        _, client = await loop.create_connection(
            lambda n=n: _Client(head, f"{run}-{n}", start + seconds),
            "127.0.0.1",
            port,  # type: ignore[misc]
        )
        clients.append(client)
    await asyncio.gather(*(client.done for client in clients))
    took = time.perf_counter() - start
    times = sorted(t for client in clients for t in client.seconds)
    return len(times) / took, times[len(times) // 2] * 1e3, times[int(len(times) * 0.99)] * 1e3


def pgbench(url: str, seconds: float) -> float:
    """Return the transactions a second of pgbench storing the same row, one INSERT each, 32 clients."""
    script = ROOT / "benchmarks" / "intake_row.sql"
    with psycopg.connect(url) as connection:
        connection.execute("CREATE SEQUENCE IF NOT EXISTS bench_row")
    done = subprocess.run(
        [_binaries() / "pgbench", "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2", "-T", str(int(seconds)),
         "-f", str(script), url],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    found = re.search(r"tps = ([\d.]+) \(without", done.stdout)
    assert found, done.stdout  # noqa: S101
    return float(found.group(1))


def sync_microseconds() -> float:
    """Return the time of one fdatasync on the disk of the cluster, as pg_test_fsync tells it."""
    with tempfile.TemporaryDirectory(dir=ROOT / ".wangge") as folder:
        command = [_binaries() / "pg_test_fsync", "-s", "1", "-f", f"{folder}/sync"]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(re.findall(r"fdatasync\s+[\d.]+ ops/sec\s+([\d.]+) usecs/op", done.stdout)[0])


def serve(url: str, port: int, *, workers: int = 1) -> subprocess.Popen[bytes]:
    """Start the service and wait until it answers."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "uvicorn",
            "main:app",
            "--port",
            str(port),
            "--log-level",
            "warning",
            "--no-access-log",
            "--workers",
            str(workers),
        ],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url, "WANGGE_LOG_LEVEL": os.environ.get("WANGGE_LOG_LEVEL", "WARNING")},
    )
    for _ in range(900):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return process
    process.kill()
    raise RuntimeError("the server did not start")


def main() -> None:
    """Run the rounds and print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    words = parser.parse_args()
    with district_database("bench_intake") as (url, key):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = serve(url, port)
        try:
            uvloop.run(drive(port, key, 2))  # warm
            pgbench(url, 2)
            ratios = []
            for _ in range(words.rounds):
                peer = pgbench(url, words.seconds)
                ours, median, tail = uvloop.run(drive(port, key, words.seconds))
                ratios.append(ours / peer)
                print(
                    f"sync {sync_microseconds():7.0f} µs   pgbench {peer:8.0f}/s   HTTP {ours:8.0f}/s "
                    f"(median {median:.1f} ms, p99 {tail:.1f} ms)   ratio {ratios[-1]:.3f}"
                )
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(10)
    print(f"ratio (median of {words.rounds}): {statistics.median(ratios):.3f}   wanted: 0.20")


if __name__ == "__main__":
    main()
