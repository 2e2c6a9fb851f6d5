"""Clients that move cases on over HTTP, one or many at once, and pgbench writing the same rows."""

from __future__ import annotations

import asyncio
import re
import statistics
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import orjson
import psycopg

from cli.cluster import _binaries
from governance.cases.lifecycle.states import CaseState
from governance.reports.numbers import report_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Waiting = tuple[int, str]
    """A case and its state."""

_UNIT: Final = {"unit_code": "CG", "reason": "示例"}
_AFTER: Final[dict[str, tuple[dict[str, str], ...]]] = {
    CaseState.OPENED: ({"verb": "accept"}, {"verb": "file"}),
    CaseState.ACCEPTED: ({"verb": "file"},),
    CaseState.FILED: (),
}
_ON: Final = (
    {"verb": "dispatch", **_UNIT}, {"verb": "acknowledge"}, {"verb": "supervise", "reason": "示例"},
    {"verb": "redispatch", **_UNIT}, {"verb": "acknowledge"}, {"verb": "suspend", "reason": "示例"}, {"verb": "resume"},
    {"verb": "extend", "reason": "示例"},
)  # fmt: skip
WAITING: Final = """
SELECT id, state FROM case_record
WHERE state IN ('opened', 'accepted', 'filed') ORDER BY state DESC, id DESC LIMIT 20000
"""
"""The cases that clients move on: what is not dispatched yet."""


@dataclass
class Moved:
    """How long each transition took, in seconds, and what was refused."""

    seconds: list[float] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)

    def p95_ms(self) -> float:
        """Return the 95th percentile in milliseconds."""
        return statistics.quantiles(self.seconds, n=20)[-1] * 1e3


def acts_of(state: str) -> Iterator[dict[str, str]]:
    """Yield what a case in a state goes through until it waits for its handling."""
    yield from (*_AFTER[state], *_ON)


async def move(port: int, key: str, cases: Sequence[Waiting], *, seconds: float, clients: int) -> Moved:
    """Let clients move cases on for some seconds, each its own ones, one step after the other."""
    moved, until = Moved(), time.perf_counter() + seconds

    async def client(own: Sequence[Waiting]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for case_id, state in own:
            for act in acts_of(state):
                if time.perf_counter() > until:
                    writer.close()
                    return
                await _send(reader, writer, key, report_number(case_id), act, moved)
        raise RuntimeError("there are too few cases that wait")

    await asyncio.gather(*(client(cases[place::clients]) for place in range(clients)))
    return moved


async def _send(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, key: str, number: str, act: dict[str, str], moved: Moved
) -> None:
    body = orjson.dumps(act)
    begin = time.perf_counter()
    writer.write(
        f"POST /v1/cases/{number}/steps HTTP/1.1\r\nhost: 127.0.0.1\r\nx-api-key: {key}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode()
        + body
    )
    head = await reader.readuntil(b"\r\n\r\n")
    found = re.search(rb"content-length: (\d+)", head)
    answer = await reader.readexactly(int(found.group(1)) if found else 0)
    if head.startswith(b"HTTP/1.1 200"):
        moved.seconds.append(time.perf_counter() - begin)
    else:
        code = str(orjson.loads(answer).get("code", head[:20]))
        moved.refused[code] = moved.refused.get(code, 0) + 1


def pgbench(url: str, seconds: float, clients: int) -> float:
    """Return the transactions a second of pgbench that writes the rows of a transition."""
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS bench_case (place integer PRIMARY KEY, case_id bigint)")
        connection.execute(
            "INSERT INTO bench_case SELECT row_number() OVER (), id FROM"
            " (SELECT id FROM case_record WHERE state = 'acknowledged' ORDER BY id LIMIT 2000) c ON CONFLICT DO NOTHING"
        )
    script = Path(__file__).with_name("case_step.sql")
    done = subprocess.run(
        [_binaries() / "pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(int(seconds)),
         "-f", str(script), url],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    found = re.search(r"tps = ([\d.]+) \(without", done.stdout)
    assert found, done.stdout  # noqa: S101
    return float(found.group(1))
