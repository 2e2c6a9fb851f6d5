"""The setting of the intake benchmarks: a durable private database with boundaries and an intake key."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from cli.cluster import provide  # noqa: E402 (after the path)
from core.db import Database  # noqa: E402
from core.security import ROLES, create_key  # noqa: E402
from core.settings import Settings  # noqa: E402
from migrations.run import move_to  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def district_database(name: str) -> Iterator[tuple[str, str]]:
    """Give the URL of a fresh durable database and the clear API key of channel 12345 in it."""
    with provide(name="pg-bench", durable=True, database="bench") as server:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {name}")
        url = f"{server.rpartition('/')[0]}/{name}"
        move_to(url)
        database = Database(Settings(DATABASE_URL=url))
        try:
            with database.transaction() as session:
                key = create_key(
                    session, name="hotline", scopes=list(ROLES["intake"]), channel="12345", quota_per_minute=10**9
                )
            yield url, key
        finally:
            database.close()
