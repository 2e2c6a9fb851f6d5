"""Wake the consumers of events: a job is enqueued for each that has something to read, and for no other.

The worker asks the feed itself, twice a minute. A notice at each commit (NOTIFY) would make the commits of all
processes wait for one another, which the intake cannot afford.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import structlog
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException

from core.errors import DatabaseUnavailableError
from core.events import upkeep
from core.events.kinds import Consumer
from core.queue import TaskName

if TYPE_CHECKING:
    from procrastinate import App

    from core.db import Database

log = structlog.get_logger("wangge.worker")

LOOK_EVERY_S: Final = 30.0
"""Half of what a consumer may lag before there is an alarm."""
TASKS: Final = {
    Consumer.EXAMINE: TaskName.EXAMINE,
    Consumer.HAND_OVER: TaskName.HAND_OVER,
    Consumer.SEAL: TaskName.SEAL,
    Consumer.OPEN_CASES: TaskName.OPEN_CASES,
    Consumer.FOLLOW_PLACES: TaskName.FOLLOW_PLACES,
    Consumer.NOTIFY: TaskName.NOTIFY,
}
"""The task that runs each consumer."""


async def keep_waking(app: App, database: Database) -> None:
    """Wake consumers and log those that lag, until cancelled; whatever fails is tried again the next time."""
    while True:
        try:
            await wake(app, database)
        except (DatabaseUnavailableError, ConnectorException):
            log.warning("the database is away; consumers of events are woken later")
        except Exception:
            log.exception("the consumers of events could not be woken")
        await asyncio.sleep(LOOK_EVERY_S)


async def wake(app: App, database: Database) -> list[TaskName]:
    """Enqueue the task of each consumer that has something to read; return which. One that waits already is left.

    Raises
    ------
    DatabaseUnavailableError, procrastinate.exceptions.ConnectorException
    """
    state = await asyncio.to_thread(_state, database)
    if state.is_restored:
        log.error("the database was restored into another cluster: run `wangge events rebase`")
        return []
    for lag in state.lags:
        if lag.is_alarming:
            behind_s = round(lag.behind.total_seconds())
            log.warning("a consumer of events lags", consumer=lag.consumer, lag_s=behind_s, next=lag.next_kind)
    waiting = {lag.consumer for lag in state.lags if lag.next_at is not None}
    woken = []
    for consumer, task in TASKS.items():
        if consumer in waiting:
            with suppress(AlreadyEnqueued):
                await app.configure_task(task, queueing_lock=task).defer_async()
                woken.append(task)
    return woken


def _state(database: Database) -> upkeep.FeedState:
    with database.transaction() as session:
        return upkeep.state(session)
