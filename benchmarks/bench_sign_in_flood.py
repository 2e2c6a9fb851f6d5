"""Look-ups and intake beside a flood of sign-ins: what they lose while stolen passwords are tried.

    .venv/bin/python benchmarks/bench_sign_in_flood.py [--seconds 5] [--rounds 3] [--attempts 100]

One server process. 16 connections ask `GET /v1/assignments`, or 32 send reports, as fast as they are answered; a
process of its own tries so many passwords a second, each for another login: all from one address (which the brake slows
down after a hundred), and each from another address (which it cannot know by address). Peer in the same run: as many
requests a second to `/healthz`, so that what the flood costs as requests alone is seen beside it. Rounds alternate; the
first flood of a kind is not counted, as the brake begins in it. Wanted: 0.95 of the rate without a flood, no request
lost. On a machine whose cores are full the flood's own processor time is in the ratio, as it would be in service; a
connection whose attempt waits for the one place to check a password tries nothing meanwhile.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import signal
import socket
import statistics
import sys
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import uvloop

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.bench_intake_http import drive, serve  # noqa: E402 (after the path)
from benchmarks.intake_setting import district_database  # noqa: E402
from benchmarks.verdict import machine, verdict  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

ASKING = 16
QUESTION = b"GET /v1/assignments?lon=113.2934&lat=34.8021 HTTP/1.1\r\nhost: bench\r\n\r\n"
CONNECTIONS = 8
"""Over which the flood comes."""


def attempt(number: int, kind: str) -> bytes:
    """Return one request of the flood: a login and a password, of one address or of many, or the peer's."""
    if kind == "requests alone":
        return b"GET /healthz HTTP/1.1\r\nhost: bench\r\n\r\n"
    body = json.dumps({"login": f"stolen.{number}", "password": f"password {number}"}).encode()
    last = number if kind == "many addresses" else 0
    address = f"198.18.{last // 256 % 256}.{last % 256}"
    return (
        f"POST /v1/sessions HTTP/1.1\r\nhost: bench\r\nx-forwarded-for: {address}\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    ).encode() + body


async def exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> int:
    """Send a request, read its answer whole and return its status."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
    )
    await reader.readexactly(length)
    return int(head.split(b" ", 2)[1])


async def _pour(port: int, kind: str, first: int, rate: float, until: float, counts: Counter[int]) -> None:
    """Send every so many milliseconds, whether or not the one before took long; one connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    number, due = first, time.perf_counter()
    while time.perf_counter() < until:
        counts[await exchange(reader, writer, attempt(number, kind))] += 1
        number += CONNECTIONS
        due += 1 / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
    writer.close()


def _flood(port: int, kind: str, rate: float, seconds: float, told: Connection) -> None:
    counts: Counter[int] = Counter()

    async def pour() -> None:
        until = time.perf_counter() + seconds
        start = os.getpid() * 10_000  # other logins each time
        each = rate / CONNECTIONS
        await asyncio.gather(*(_pour(port, kind, start + n, each, until, counts) for n in range(CONNECTIONS)))

    asyncio.run(pour())
    told.send(dict(counts))


@contextmanager
def flood(port: int, kind: str, rate: float, seconds: float) -> Iterator[Counter[int]]:
    """Flood the server in a process of its own; what it was answered, by status, is there at the end."""
    answered: Counter[int] = Counter()
    if kind == "nothing":
        yield answered
        return
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_flood, args=(port, kind, rate, seconds, there))
    process.start()
    time.sleep(1.0)  # it has started and sends
    yield answered
    process.join()
    answered.update(here.recv())


async def _ask(port: int, seconds: float) -> float:
    """Return the answered look-ups a second.

    Raises
    ------
    RuntimeError
        When one was not answered with 200.
    """
    done = 0

    async def one(until: float) -> None:
        nonlocal done
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < until:
            status = await exchange(reader, writer, QUESTION)
            if status != 200:
                raise RuntimeError(f"a look-up was answered {status}")
            done += 1
        writer.close()

    start = time.perf_counter()
    await asyncio.gather(*(one(start + seconds) for _ in range(ASKING)))
    return done / (time.perf_counter() - start)


def rates(port: int, key: str, kind: str, options: argparse.Namespace) -> tuple[float, float]:
    """Return look-ups and reports a second beside a flood of a kind; a request that is not answered right ends it."""
    with flood(port, kind, options.attempts, 2 * options.seconds + 2) as answered:
        asked = uvloop.run(_ask(port, options.seconds))
        stored, median, tail = uvloop.run(drive(port, key, options.seconds))
    told = ", ".join(f"{count} × {status}" for status, count in sorted(answered.items())) or "none"
    print(
        f"  {kind:>15}: look-ups {asked:6.0f}/s   reports {stored:6.0f}/s (median {median:.1f} ms, p99 {tail:.1f} ms)"
        f"   flood answered: {told}"
    )
    return asked, stored


def main() -> int:
    """Run the rounds and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--attempts", type=float, default=100, help="Attempts a second.")
    options = parser.parse_args()
    print(machine())
    floods = ("requests alone", "one address", "many addresses")
    found: dict[tuple[str, str], list[float]] = {}
    with district_database("bench_flood") as (url, key):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = serve(url, port)
        try:
            for kind in ("nothing", *floods):
                rates(port, key, kind, options)  # warm, and the brake has begun
            print("  counted from here")
            for _ in range(options.rounds):
                asked, stored = rates(port, key, "nothing", options)
                for kind in floods:
                    beside_asked, beside_stored = rates(port, key, kind, options)
                    found.setdefault((kind, "look-ups"), []).append(beside_asked / asked)
                    found.setdefault((kind, "reports"), []).append(beside_stored / stored)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(20)
    kept = [
        verdict(f"{what} beside {kind}", statistics.median(ratios), 0.95, at_least=True)
        for (kind, what), ratios in found.items()
    ]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    raise SystemExit(main())
