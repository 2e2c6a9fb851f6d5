"""The queue's application: connects, knows every task, runs the worker."""

from __future__ import annotations

import asyncio

from procrastinate import App, PsycopgConnector

from core.observability import configure_logging
from core.settings import Settings
from spatial_jobs.tasks import blueprint


def create_app(settings: Settings) -> App:
    """Build the application on the settings' database."""
    connector = PsycopgConnector(conninfo=settings.libpq_url, kwargs={"connect_timeout": 3})
    app = App(connector=connector)
    app.add_tasks_from(blueprint, namespace="")
    return app


def run_worker(*, concurrency: int = 1, wait: bool = True) -> None:
    """Work off the queue; with `wait` until stopped, without until the queue is empty."""
    settings = Settings()
    configure_logging(settings)
    app = create_app(settings)

    async def work() -> None:
        async with app.open_async():
            await app.run_worker_async(concurrency=concurrency, wait=wait, install_signal_handlers=wait)

    asyncio.run(work())
