"""Cases over HTTP in a ledger of 1,000,000 cases of a year with whole histories: read, queued, moved on.

    .venv/bin/python benchmarks/bench_cases.py [--rows 1000000] [--asked 80] [--seconds 10] [--workers 2]

Wanted: lists, filters, maps and queues 50 ms in the 95th percentile (tests/api/cases/test_large_ledger.py checks their
plans); one client's transition 15 ms; 32 clients 200 transitions a second. The peer in the same run is pgbench with 32
clients, which writes the same rows without asking whether it may.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import signal
import socket
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import httpx2
from sqlalchemy import text

from benchmarks.bench_intake_http import serve
from benchmarks.case_histories import CATEGORIES, UNITS, lay_histories, state_offices
from benchmarks.case_ledger import fill
from benchmarks.case_transitions import WAITING, move, pgbench
from benchmarks.intake_setting import district_database
from benchmarks.verdict import machine, verdict
from core.db import Database
from core.settings import Settings
from governance.reports.numbers import report_number
from identity import principals
from identity.actors import COMMAND_LINE, ActorKind
from identity.granting import add_grants
from identity.grants import ROLES, Grant
from identity.keys import create_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

ROWS, ASKED, CLIENTS = 1_000_000, 80, 32
SINCE: Final = datetime(2020, 1, 1, tzinfo=UTC)
STREET: Final = "410106001"


class Read(NamedTuple):
    """A question: its name, its address with values drawn anew each time, and whether a person of one street asks."""

    name: str
    address: Callable[[random.Random], str]
    by_street: bool = False


def _cases(**asked: Any) -> str:  # noqa: ANN401 (values of a query)
    return "/v1/cases?" + urlencode(asked)


def _box(drawn: random.Random, width: float) -> str:
    west, south = drawn.uniform(113.20, 113.33 - width), drawn.uniform(34.76, 34.85 - width / 2)
    return f"{west:.5f},{south:.5f},{west + width:.5f},{south + width / 2:.5f}"


def _day(drawn: random.Random) -> dict[str, str]:
    day = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=drawn.randint(1, 360))
    return {"opened_from": day.isoformat(), "opened_before": (day + timedelta(days=1)).isoformat()}


def reads(ids: list[int]) -> list[Read]:
    """Return what desks and maps ask."""

    def unit(drawn: random.Random) -> str:
        return drawn.choice(UNITS)

    return [
        Read("list, the latest", lambda _: _cases()),
        Read("list, a page of any day", lambda drawn: _cases(after=drawn.choice(ids))),
        Read("list of one street, the latest", lambda _: _cases(), by_street=True),
        Read("list of one street, a page of any day", lambda drawn: _cases(after=drawn.choice(ids)), by_street=True),
        Read("filter: closed of a category", lambda drawn: _cases(state="closed", category=drawn.choice(CATEGORIES))),
        Read("filter: suspended", lambda _: _cases(state="suspended")),
        Read("filter: a day", lambda drawn: _cases(**_day(drawn))),
        Read("filter: a community, closed", lambda drawn: _cases(
            state="closed", area=f"{STREET}00{drawn.randint(1, 9)}")),
        Read("filter: a grid", lambda drawn: _cases(area=f"{STREET}00{drawn.randint(1, 9)}00{drawn.randint(1, 5)}")),
        Read("filter: a grid and a category", lambda drawn: _cases(
            area=f"{STREET}00{drawn.randint(1, 9)}001", category=drawn.choice(CATEGORIES))),
        Read("filter: a category and a day", lambda drawn: _cases(category=drawn.choice(CATEGORIES), **_day(drawn))),
        Read("filter: changed lately", lambda drawn: _cases(
            updated_after=(datetime.now(UTC) - timedelta(hours=drawn.randint(1, 48))).isoformat())),
        Read("filter: another channel", lambda _: _cases(channel="zhenghaopai")),
        Read("filter: supervised of a unit", lambda drawn: _cases(supervised="true", unit=unit(drawn))),
        Read("map: a screen of 300 m", lambda drawn: _cases(bbox=_box(drawn, 0.003))),
        Read("map: a screen of 3 km", lambda drawn: _cases(bbox=_box(drawn, 0.03), limit=500)),
        Read("map: the district", lambda _: _cases(bbox="113.1,34.7,113.5,34.9", limit=500)),
        Read("map: overdue in 3 km", lambda drawn: _cases(bbox=_box(drawn, 0.03), overdue="true")),
        Read("map: a day in 3 km, of one street", lambda drawn: _cases(
            bbox=_box(drawn, 0.03), **_day(drawn)), by_street=True),
        Read("queue: a unit's to take over", lambda drawn: _cases(state="dispatched", unit=unit(drawn))),
        Read("queue: a unit's in hand", lambda drawn: _cases(state="acknowledged", unit=unit(drawn))),
        Read("queue: overdue", lambda _: _cases(overdue="true")),
        Read("queue: overdue of a unit", lambda drawn: _cases(overdue="true", unit=unit(drawn))),
        Read("queue: to verify", lambda _: _cases(state="handled")),
        Read("queue: overdue of one street", lambda _: _cases(overdue="true"), by_street=True),
        Read("queue: to dispatch, of one street", lambda _: _cases(state="filed"), by_street=True),
        Read("a case", lambda drawn: f"/v1/cases/{report_number(drawn.choice(ids))}"),
        Read("a history", lambda drawn: f"/v1/cases/{report_number(drawn.choice(ids))}/history"),
    ]  # fmt: skip


def street_key(session: Session) -> str:
    """Make the key of a person of one street."""
    person = principals.named(session, "street", kind=ActorKind.PERSON)
    add_grants(session, [(person.id, Grant("street-staff", f"admin/{STREET}"))], actor=COMMAND_LINE)
    scopes = list(ROLES["street-staff"])
    return create_key(session, name="street-key", scopes=scopes, holder=person, quota_per_minute=10**9)


def measure_reads(base: str, keys: tuple[str, str], ids: list[int], asked: int) -> bool:
    """Ask each question so often, one after the other; tell whether all keep the bound."""
    drawn, kept = random.Random(13), True
    with httpx2.Client(base_url=base, timeout=60, trust_env=False) as client:
        for one in reads(ids):
            headers = {"X-API-Key": keys[one.by_street]}
            taken = []
            for number in range(asked + 2):
                address = one.address(drawn)
                begin = time.perf_counter()
                answer = client.get(address, headers=headers)
                if number > 1:
                    taken.append((time.perf_counter() - begin) * 1e3)
                if answer.status_code != 200:
                    raise RuntimeError(f"{address}: {answer.text[:300]}")
            found = len(answer.json().get("items", ()))
            p95 = statistics.quantiles(taken, n=20)[-1]
            name = f"{one.name} (median {statistics.median(taken):.1f} ms, {found} found), p95"
            kept &= verdict(name, p95, 50, at_least=False, unit=" ms")
    return kept


def measure_transitions(url: str, port: int, key: str, seconds: float) -> bool:
    """Let one client and then many move cases on; tell whether both bounds are kept."""
    database = Database(Settings(DATABASE_URL=url, log_level="ERROR"))
    with database.snapshot() as session:
        waiting = [(row.id, row.state) for row in session.execute(text(WAITING))]
    database.close()
    first, rest = waiting[: len(waiting) // 3], waiting[len(waiting) // 3 :]
    asyncio.run(move(port, key, first[:9], seconds=1, clients=1))
    alone = asyncio.run(move(port, key, first[9:], seconds=seconds, clients=1))
    many = asyncio.run(move(port, key, rest, seconds=seconds, clients=CLIENTS))
    peer, rate = pgbench(url, seconds, CLIENTS), len(many.seconds) / seconds
    if refused := alone.refused | many.refused:
        print(f"refused: {refused}")
    print(f"pgbench writes the rows of {peer:,.0f} transitions a second: {peer / rate:.1f} times as many")
    middle = statistics.median(alone.seconds) * 1e3
    name = f"one client (median {middle:.1f} ms, {len(alone.seconds)} transitions), p95"
    kept = verdict(name, alone.p95_ms(), 15, at_least=False, unit=" ms")
    return verdict(f"{CLIENTS} clients (p95 {many.p95_ms():.0f} ms)", rate, 200, at_least=True, unit="/s") and kept


def main() -> int:
    """Make the ledger, serve it, measure, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--asked", type=int, default=ASKED)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--workers", type=int, default=2)
    words = parser.parse_args()
    print(machine())
    with district_database("bench_cases") as (url, _):
        database = Database(Settings(DATABASE_URL=url, log_level="ERROR"))
        with database.transaction() as session:
            state_offices(session, SINCE)
            scopes = list(ROLES["administrator"])
            keys = create_key(session, name="all", scopes=scopes, quota_per_minute=10**9), street_key(session)
        fill(database, words.rows, cases=False)
        print(f"{words.rows:,} cases with {lay_histories(database):,} steps")
        with database.snapshot() as session:
            ids = list(session.scalars(text("SELECT id FROM case_record ORDER BY id")))
        database.close()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = serve(url, port, workers=words.workers)
        try:
            kept = measure_reads(f"http://127.0.0.1:{port}", keys, ids, words.asked)
            kept &= measure_transitions(url, port, keys[0], words.seconds)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)
    print(machine())
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
