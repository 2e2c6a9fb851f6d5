"""Signing in, and knowing who asks: 1,000 people, 300 of them with a role in an area, signed in at once.

    .venv/bin/python benchmarks/bench_sign_in.py

Peer in the same run: argon2's own check of a password. Wanted: a sign-in within 150 ms beside that, the principal of a
request with a session within 0.2 ms.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from fastapi.testclient import TestClient

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from api.app import create_app  # noqa: E402 (after the path)
from benchmarks.verdict import machine, verdict  # noqa: E402
from cli.cluster import provide  # noqa: E402
from core.settings import Settings  # noqa: E402
from identity import principals  # noqa: E402
from identity.actors import COMMAND_LINE  # noqa: E402
from identity.granting import add_grant  # noqa: E402
from identity.grants import Grant  # noqa: E402
from identity.sign_in import accounts, sessions  # noqa: E402
from identity.sign_in.hashing import Hashing  # noqa: E402
from identity.sign_in.sessions import Origin  # noqa: E402
from identity.sign_in.tables import SignInMethod  # noqa: E402
from migrations.run import move_to  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.http.services import Services

PEOPLE, AT_WORK, SIGN_INS, REQUESTS = 1000, 300, 40, 20_000
PASSWORD = "violet anvil pamphlet"  # noqa: S105 (of a database that is dropped)


def median_ms(run: Callable[[int], object], times: int) -> float:
    """Return the median of so many runs, in milliseconds of the clock."""
    found = []
    for n in range(times):
        started = time.perf_counter()
        run(n)
        found.append((time.perf_counter() - started) * 1000)
    return statistics.median(found)


def settle(services: Services) -> list[str]:
    """Add the people, one password for all; return the tokens of the sessions of those at work."""
    tokens, hashed = [], Hashing(services.settings).hash(PASSWORD)
    with services.database.transaction() as session:
        for n in range(PEOPLE):
            person = principals.named(session, f"person {n}")
            accounts.invite(session, person=person, settings=services.settings, actor=COMMAND_LINE)
            account = accounts.account_of(session, person)
            account.password_hash = hashed
            if n < AT_WORK:
                grant = Grant("dispatcher", f"admin/{n}")
                add_grant(session, principal=person, grant=grant, actor=COMMAND_LINE)
                origin = Origin("192.0.2.1", "bench")
                made = sessions.begin(session, account, services.settings, method=SignInMethod.PASSWORD, origin=origin)
                tokens.append(made.token)
    return tokens


def principal_ms(services: Services, client: TestClient, tokens: list[str]) -> float:
    """Return how long it takes to know who sent a request, once each session was looked up."""
    connections = [
        {
            "type": "http", "method": "GET", "scheme": "http", "app": client.app, "client": ("192.0.2.1", 1),
            "headers": [(b"host", b"testserver"), (b"cookie", f"wangge-session={token}".encode())],
        }
        for token in tokens
    ]  # fmt: skip

    async def ask() -> float:
        for _ in range(2):  # the first starts listening for notices
            for connection in connections:
                await services.gate.identify(connection)
        started = time.perf_counter()
        for n in range(REQUESTS):
            await services.gate.identify(connections[n % AT_WORK])
        return (time.perf_counter() - started) / REQUESTS * 1000

    return asyncio.run(ask())


def main() -> int:
    """Measure and print."""
    print(machine())
    with provide(name="pg-bench", durable=True, database="bench") as server:
        url = f"{server.rpartition('/')[0]}/sign_in"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS sign_in WITH (FORCE)")
            connection.execute("CREATE DATABASE sign_in")
        move_to(url)
        with TestClient(create_app(Settings(DATABASE_URL=url, log_level="CRITICAL"))) as client:
            services: Services = client.app.state.services  # type: ignore[attr-defined]
            tokens = settle(services)
            hashing = Hashing(services.settings)
            stored = hashing.hash(PASSWORD)
            argon2 = median_ms(lambda _: hashing.is_right(stored, PASSWORD), SIGN_INS)

            def sign_in(n: int) -> None:
                client.cookies.clear()
                answer = client.post("/v1/sessions", json={"login": f"person {n}", "password": PASSWORD})
                assert answer.status_code == 201, answer.text  # noqa: S101

            whole = median_ms(sign_in, SIGN_INS)
            print(f"argon2 alone: {argon2:.1f} ms; a sign-in: {whole:.1f} ms")
            kept = [
                verdict("a sign-in beside argon2", whole - argon2, 150, at_least=False, unit=" ms"),
                verdict(
                    "the principal of a request",
                    principal_ms(services, client, tokens),
                    0.2,
                    at_least=False,
                    unit=" ms",
                ),
            ]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    raise SystemExit(main())
