"""Periodic tasks that survive a clock that jumps.

procrastinate remembers in the process when it last deferred each periodic task, and goes on from there. After a jump
ahead and back nothing would be deferred until the clock has caught up, perhaps in years; after a jump ahead each run in
between would be made up for. Here what lies ahead of the clock, or more than a day behind it, is forgotten.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from procrastinate import App
from procrastinate.periodic import PeriodicDeferrer
from procrastinate.worker import Worker

from core.queue_names import Queue

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_MADE_UP_FOR_S: Final = 25 * 3600.0


class Schedule(PeriodicDeferrer):
    """Tells which periodic tasks are due."""

    def get_previous_tasks(self, at: float) -> Iterable[Any]:
        """Return the tasks that may be due, with the instants they are due at (Unix seconds)."""
        self.last_defers = {
            task: last for task, last in self.last_defers.items() if at - LONGEST_MADE_UP_FOR_S <= last <= at
        }
        found: Iterable[Any] = super().get_previous_tasks(at)
        return found


class _Worker(Worker):
    async def _periodic_deferrer(self) -> None:
        if self.queues is not None and Queue.DEFAULT not in self.queues:
            return  # what is due by the clock is deferred where it is worked off
        await Schedule(registry=self.app.periodic_registry, **self.app.periodic_defaults).worker()


class ScheduledApp(App):
    """The queue's application, whose workers keep to `Schedule`."""

    def _worker(self, **options: Any) -> Worker:  # noqa: ANN401 (the worker's own)
        return _Worker(app=self, **{**self.worker_defaults, **options})
