"""The queue's application: connects, knows every task, runs the worker."""

from __future__ import annotations

import asyncio

import psycopg
from procrastinate import PsycopgConnector

from core.db import Database
from core.observability import configure_logging
from core.settings import Settings
from spatial_jobs.tasks import tasks


def run_worker(*, concurrency: int = 1, wait: bool = True, settings: Settings | None = None) -> None:
    """Work off the queue; with `wait` until stopped, without until the queue is empty."""
    settings = settings or Settings()
    configure_logging(settings)
    database = Database(settings)
    connector = PsycopgConnector(conninfo=settings.libpq_url, kwargs={"connect_timeout": 3})

    async def work() -> None:
        # Periodic tasks belong to the registry itself: it gets the connection, not a copy of it.
        with tasks.replace_connector(connector) as app:
            async with app.open_async():
                await app.run_worker_async(
                    concurrency=concurrency,
                    wait=wait,
                    install_signal_handlers=wait,
                    additional_context={"database": database, "settings": settings},
                )

    try:
        asyncio.run(work())
    finally:
        database.close()


def is_worker_alive(settings: Settings) -> bool:
    """Tell whether some worker's heart has beaten within the last minute (it beats every ten seconds)."""
    with psycopg.connect(settings.libpq_url, connect_timeout=3) as connection:
        row = connection.execute(
            "SELECT EXISTS (SELECT FROM procrastinate_workers WHERE last_heartbeat > now() - interval '60 seconds')"
        ).fetchone()
    return bool(row and row[0])
