"""No process answers from a withdrawn release, however late it hears of that, nor keeps anything under its name."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest

from core import clock
from grids.assignment import operations, queries
from grids.assignment.release_cache import ReleaseCache
from grids.boundaries import operations as boundaries
from grids.boundaries import queries as registry
from grids.boundaries.errors import ReleaseWithdrawnError
from grids.change_sets import operations as desk
from tests.factories.identity import who

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from core.db import Database
    from core.settings import Settings
    from grids.boundaries.records import AreaRecord
    from grids.boundaries.tables import Release


@pytest.fixture
def database(announced: Database) -> Database:
    """The database as a service has it: it holds releases to their lead."""
    return announced


def renamed(district: Sequence[AreaRecord]) -> list[AreaRecord]:
    return [replace(area, code="new") if area.code == "g00" else area for area in district]


def publish_at(database: Database, areas: Sequence[AreaRecord], at: datetime) -> Release:
    with database.transaction() as session:
        layer = registry.get_layer(session, "admin")
        return boundaries.publish(
            session,
            layer=layer,
            areas=areas,
            publication=boundaries.Publication(author=who("t"), effective_at=at),
            lead_s=1.5,
        ).release


def withdraw(database: Database, number: int) -> None:
    with database.transaction() as session:
        layer = registry.get_layer(session, "admin")
        desk.request_withdrawal(session, layer=layer, number=number, actor=who("one"), reason="wrong")
    with database.transaction() as session:
        layer = registry.get_layer(session, "admin")
        desk.approve_withdrawal(session, layer=layer, number=number, actor=who("two"))


def code_at(process: ReleaseCache, at: datetime | None = None) -> str | None:
    return operations.assign(process, x=113.005, y=34.005, at=at).code


def test_a_process_that_loaded_a_release_ahead_never_answers_from_it_once_it_is_withdrawn(
    database: Database, settings: Settings, publish: Callable[..., Release], district: list[AreaRecord]
) -> None:
    publish(district)
    process = ReleaseCache(database, settings)
    process.start()
    try:
        at = clock.now() + timedelta(seconds=5)
        publish_at(database, renamed(district), at)
        while code_at(process, at) != "new":
            time.sleep(0.02)
        withdraw(database, 2)
        while clock.now() < at + timedelta(seconds=0.5):
            assert code_at(process) == "g00"
            time.sleep(0.01)
        assert code_at(process, at) == "g00"
        # The same content under the same checksum, later: the right areas, though the withdrawn release had them first.
        again = publish_at(database, renamed(district), clock.now() + timedelta(seconds=2))
        while clock.now() < again.effective_at:
            time.sleep(0.05)
        assert code_at(process) == "new"
        assert again.number == 3
    finally:
        process.close()


def test_the_database_refuses_a_withdrawal_that_processes_could_not_know_of_in_time(
    database: Database, publish: Callable[..., Release], district: list[AreaRecord]
) -> None:
    publish(district)
    release = publish_at(database, renamed(district), clock.now() + timedelta(seconds=3))
    with psycopg.connect(database.libpq_url) as connection:
        connection.execute(
            "INSERT INTO release_withdrawal VALUES (%s, 'wrong', 'one', now(), 'two', now(), %s, %s)",
            [release.id, who("one").id, who("two").id],
        )
        connection.execute("UPDATE release SET withdrawn_at = now() WHERE id = %s", [release.id])
        while clock.now() < release.effective_at - timedelta(seconds=0.9):
            time.sleep(0.05)
        with pytest.raises(psycopg.errors.SerializationFailure, match="every process knows of its withdrawal"):
            connection.commit()


def test_an_index_is_not_built_under_the_name_of_a_release_that_was_withdrawn_meanwhile(
    database: Database, settings: Settings, publish: Callable[..., Release], district: list[AreaRecord]
) -> None:
    publish(district)
    at = clock.now() + timedelta(days=400)
    publish_at(database, renamed(district), at)
    with database.snapshot() as session:
        layer, releases = queries.timelines(session)["admin"]
    process = ReleaseCache(database, settings)
    process.timeline.refresh()  # it has read of the release, and not loaded it yet
    withdraw(database, 2)
    with database.snapshot() as session, pytest.raises(ReleaseWithdrawnError):
        queries.load_release(session, layer, releases[-1], None)
    assert code_at(process, at) == "g00"
    process.close()
