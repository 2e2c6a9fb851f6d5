"""The queue's application: connects, knows every task, runs the worker."""

from __future__ import annotations

import asyncio
import functools
import signal
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

import psycopg
import structlog
from procrastinate import PsycopgConnector
from procrastinate.exceptions import ConnectorException

import migrations.tables  # noqa: F401 (its tables)
from core.db import Database
from core.errors import DatabaseUnavailableError
from core.observability import configure_logging
from core.queue_names import Queue
from core.settings import Settings
from spatial_jobs.consumers import keep_waking
from spatial_jobs.queue_log import forwarded
from spatial_jobs.tasks import tasks

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator, Sequence

    from procrastinate import App

log = structlog.get_logger("wangge.worker")

_REST_S: Final = 1.0
"""Between two tries to reach a database that is away."""
_GONE_AFTER_S: Final = 60.0
"""Without a heartbeat for so long a worker counts as gone, and its jobs are given to others."""
_PULL_BACK: Final = (
    "UPDATE procrastinate_workers SET last_heartbeat = now() WHERE last_heartbeat > now() + interval '60 seconds'"
)


def run_worker(
    *,
    queues: Sequence[Queue] = tuple(Queue),
    concurrency: int = 1,
    wait: bool = True,
    settings: Settings | None = None,
    heartbeat_s: float = 10.0,
    leave: Callable[[int], None] | None = None,
) -> None:
    """Work off the queues, each with `concurrency` places of its own; with `wait` until stopped, else until empty.

    A waiting worker outlives the absence of its database. What was running when a worker or the database went away
    is delivered again: every task may run twice. A second signal to stop, while running jobs are waited for, calls
    `leave` with its number, which must not return.
    """
    settings = settings or Settings()
    configure_logging(settings)
    database = Database(settings)
    options = {
        "concurrency": concurrency,
        "wait": wait,
        "install_signal_handlers": False,
        "update_heartbeat_interval": heartbeat_s,
        "stalled_worker_timeout": _GONE_AFTER_S,
        "additional_context": {"database": database, "settings": settings},
    }
    try:
        with forwarded():
            working = functools.partial(_work, settings, tuple(queues), options)
            asyncio.run(_until_stopped(working, leave) if wait else working())
    finally:
        database.close()


async def _until_stopped(work: Callable[[], Coroutine[None, None, None]], leave: Callable[[int], None] | None) -> None:
    """Work until SIGINT or SIGTERM; the first lets running jobs end, a second one does not."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def stopped() -> None:
        stop.set()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
            if leave is not None:
                loop.add_signal_handler(number, leave, number)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped)
    stopping = asyncio.create_task(stop.wait())
    while not stop.is_set():
        working = asyncio.create_task(work())
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            working.cancel()
        try:
            await working
        except asyncio.CancelledError:
            return
        except DatabaseUnavailableError:
            log.warning("the database is away; the worker tries again")
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _REST_S)


async def _work(settings: Settings, queues: Sequence[Queue], options: dict[str, Any]) -> None:
    """Work; a database that goes away ends it.

    Raises
    ------
    DatabaseUnavailableError
    """
    connector = PsycopgConnector(conninfo=settings.libpq_url, kwargs={"connect_timeout": 3}, timeout=3)
    # Periodic tasks belong to the registry itself: it gets the connection, not a copy of it.
    with _away_said(), tasks.replace_connector(connector) as app:
        async with app.open_async():
            await _deliver_again(app)
            beside = [asyncio.create_task(_keep_delivering_again(app))]
            if options["wait"]:
                beside.append(asyncio.create_task(keep_waking(app, options["additional_context"]["database"])))
            try:
                await _work_each(app, queues, options)
            finally:
                for task in beside:
                    task.cancel()


async def _work_each(app: App, queues: Sequence[Queue], options: dict[str, Any]) -> None:
    """Run one worker a queue; the end of one ends all, after the jobs that are running.

    Raises
    ------
    procrastinate.exceptions.ConnectorException
        When the database goes away.
    """
    workers = [asyncio.create_task(app.run_worker_async(queues=[str(queue)], **options)) for queue in queues]
    try:
        await asyncio.gather(*workers)
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)


@contextmanager
def _away_said() -> Iterator[None]:
    """Tell an absent database from whatever else the queue wraps in its one error."""
    try:
        yield
    except ConnectorException as error:
        if isinstance(error.__cause__, psycopg.OperationalError):
            raise DatabaseUnavailableError from error
        raise


async def _keep_delivering_again(app: App) -> None:
    while True:
        await asyncio.sleep(_GONE_AFTER_S / 2)
        with suppress(DatabaseUnavailableError), _away_said():
            await _deliver_again(app)


async def _deliver_again(app: App) -> None:
    """Put back into the queue what was running at a worker that is gone.

    A heartbeat ahead of the clock is from before the clock was put back, and would keep a dead worker's jobs for as
    long as it lies ahead: it is taken for one of now. A living worker's next one comes in seconds.
    """
    await app.connector.execute_query_async(_PULL_BACK)
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=_GONE_AFTER_S):
        with suppress(ConnectorException):  # another worker was first
            await app.job_manager.retry_job(job)
            log.warning("a worker is gone; its job is delivered again", task=job.task_name, job=job.id)
