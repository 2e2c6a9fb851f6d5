"""Periodic tasks go on after the clock has jumped, ahead or back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from procrastinate import testing

from spatial_jobs.schedule import Schedule, ScheduledApp
from spatial_jobs.tasks import tasks

NOW = datetime(2026, 7, 1, 8, 0, 1, tzinfo=UTC).timestamp()


@pytest.fixture
def schedule() -> Schedule:
    app = ScheduledApp(connector=testing.InMemoryConnector())

    @app.periodic(cron="* * * * *")
    @app.task(name="each_minute")
    def each_minute(timestamp: int) -> None:
        del timestamp

    return Schedule(registry=app.periodic_registry)


def due(schedule: Schedule, at: float) -> list[float]:
    return [instant for _, instant in schedule.get_previous_tasks(at)]


def test_a_task_is_due_once_a_minute(schedule: Schedule) -> None:
    assert due(schedule, NOW) == [NOW - 1]
    assert due(schedule, NOW + 10) == []
    assert due(schedule, NOW + 60) == [NOW + 59]


def test_after_a_jump_ahead_and_back_a_task_is_due_the_next_minute(schedule: Schedule) -> None:
    due(schedule, datetime(2062, 1, 1, tzinfo=UTC).timestamp())
    assert due(schedule, NOW) == [NOW - 1]
    assert due(schedule, NOW + 60) == [NOW + 59]


def test_a_jump_of_years_is_not_made_up_for(schedule: Schedule) -> None:
    due(schedule, NOW)
    assert len(due(schedule, datetime(2062, 1, 1, tzinfo=UTC).timestamp())) == 1


def test_an_hour_in_which_the_process_was_halted_is_made_up_for(schedule: Schedule) -> None:
    due(schedule, NOW)
    assert len(due(schedule, NOW + 3600)) == 60


def test_the_worker_keeps_to_this_schedule() -> None:
    assert type(tasks._worker()).__module__ == "spatial_jobs.schedule"  # noqa: SLF001
