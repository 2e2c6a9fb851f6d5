"""No process answers from a release after its successor took effect, however late it hears of that."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import text

from core import clock
from core.errors import DatabaseUnavailableError
from grids.assignment import lease, operations, queries
from grids.assignment.release_cache import ReleaseCache
from grids.boundaries import operations as boundaries
from grids.boundaries import queries as registry
from grids.boundaries.errors import EffectiveInstantError
from grids.boundaries.operations import release_rows
from tests.factories.identity import who

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from typing import Any

    from core.db import Database
    from core.settings import Settings
    from grids.boundaries.records import AreaRecord
    from grids.boundaries.tables import Release

LEAD_S = 1.5


@pytest.fixture
def database(announced: Database) -> Database:
    """The database as a service has it: it holds releases to their lead."""
    return announced


@pytest.fixture
def process(
    database: Database, settings: Settings, publish: Callable[..., Release], district: list[AreaRecord]
) -> Iterator[ReleaseCache]:
    """A process that answers from release 1."""
    publish(district)
    opened = ReleaseCache(database, settings)
    opened.start()
    yield opened
    opened.close()


def code_at(process: ReleaseCache, at: datetime | None = None) -> str | None:
    return operations.assign(process, x=113.005, y=34.005, at=at).code


def publish_next(
    database: Database, district: Sequence[AreaRecord], code: str = "new", lead_s: float = LEAD_S, **named: Any
) -> Release:
    """Publish a release in which grid g00 is called `code`."""
    areas = [replace(area, code=code) if area.code == "g00" else area for area in district]
    with database.transaction() as session:
        layer = registry.get_layer(session, "admin")
        return boundaries.publish(
            session,
            layer=layer,
            areas=areas,
            publication=boundaries.Publication(author=who("t"), **named),
            lead_s=lead_s,
        ).release


def until(instant: datetime) -> None:
    time.sleep(max(0.0, (instant - clock.now()).total_seconds()))


@contextmanager
def asked(process: ReleaseCache) -> Iterator[Any]:
    """Ask in a thread of its own, as a request does."""
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(code_at, process)


def test_process_and_database_mean_the_same_lease(database: Database) -> None:
    with psycopg.connect(database.libpq_url) as connection:
        assert connection.execute("SELECT release_lease()").fetchone() == (timedelta(seconds=lease.LEASE_S),)
    assert lease.RENEWED_EVERY_S < lease.LEASE_S / 2


def test_a_lease_ends_by_itself_and_the_next_reading_begins_another() -> None:
    held = lease.Lease()
    assert not held.holds()
    held.confirm(asked=time.monotonic(), at=clock.now())
    assert held.holds()
    held.confirm(asked=time.monotonic() - lease.LEASE_S, at=clock.now())
    assert not held.holds()
    threading.Timer(0.2, lambda: held.confirm(asked=time.monotonic(), at=clock.now())).start()
    held.wait()
    assert held.holds()
    assert held.unconfirmed_since is None


def test_a_database_that_says_nothing_counts_as_away_until_it_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "PATIENCE_S", 0.2)
    held, heard = lease.Lease(), clock.now()
    held.confirm(asked=time.monotonic() - lease.LEASE_S, at=heard)
    held.wait()
    assert (held.holds(), held.unconfirmed_since) == (True, heard)
    held.give_up()
    assert held.unconfirmed_since == heard
    held.confirm(asked=time.monotonic(), at=clock.now())
    assert (held.holds(), held.unconfirmed_since) == (True, None)


def test_the_database_refuses_a_release_that_processes_could_not_know_of_in_time(
    database: Database, process: ReleaseCache
) -> None:
    late = "INSERT INTO release (layer_id, number, author, checksum, effective_at, published_at, area_count,"
    late += " nearest_tolerance_m) SELECT id, 2, 't', '', clock_timestamp() + interval '0.9 s', now(), 1, 50 FROM layer"
    with psycopg.connect(database.libpq_url) as connection:
        connection.execute(late)
        with pytest.raises(psycopg.errors.SerializationFailure, match="before every process knows"):
            connection.commit()
    assert code_at(process) == "g00"


@pytest.mark.usefixtures("process")
def test_an_instant_that_is_too_near_is_refused_in_words(database: Database, district: list[AreaRecord]) -> None:
    with pytest.raises(EffectiveInstantError, match=r"at least 1\.5 s ahead"):
        publish_next(database, district, effective_at=clock.now() + timedelta(seconds=1))


def test_a_release_that_takes_long_to_write_takes_effect_later(
    database: Database, process: ReleaseCache, district: list[AreaRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = release_rows.copy

    def slow(*given: Any) -> None:
        time.sleep(2 * LEAD_S)
        copy(*given)

    monkeypatch.setattr(release_rows, "copy", slow)
    release = publish_next(database, district)
    assert release.effective_at >= clock.now() + timedelta(seconds=lease.LEASE_S)
    assert code_at(process) == "g00"
    until(release.effective_at)
    assert code_at(process) == "new"


def test_who_reads_while_a_release_is_committed_has_it(
    database: Database, process: ReleaseCache, district: list[AreaRecord]
) -> None:
    areas = [replace(area, code="new") if area.code == "g00" else area for area in district]
    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as session:
            layer = registry.get_layer(session, "admin")
            release = boundaries.publish(
                session, layer=layer, areas=areas, publication=boundaries.Publication(author=who("t")), lead_s=LEAD_S
            ).release
            session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))  # the commit's first half
            until(release.effective_at)
            answer = pool.submit(code_at, process)
            time.sleep(0.3)
            assert not answer.done()
        assert answer.result(5) == "new"


def test_a_process_that_cannot_read_lets_questions_wait(
    database: Database, process: ReleaseCache, district: list[AreaRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on, look = threading.Event(), queries.read_releases

    def held(connection: psycopg.Connection) -> Any:
        goes_on.wait()
        return look(connection)

    monkeypatch.setattr(queries, "read_releases", held)
    time.sleep(2 * lease.RENEWED_EVERY_S)  # it is in that call by now
    until(publish_next(database, district).effective_at)
    with asked(process) as answer:
        time.sleep(0.5)
        assert not answer.done()
        goes_on.set()
        assert answer.result(5) == "new"
    assert process.timeline.unconfirmed_since is None


def test_a_process_whose_connection_is_cut_makes_another_before_it_answers(
    database: Database, process: ReleaseCache, district: list[AreaRecord]
) -> None:
    cut = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND application_name = 'wangge-releases'"
    )
    release = publish_next(database, district)
    with psycopg.connect(database.libpq_url, autocommit=True) as connection:
        while clock.now() < release.effective_at + timedelta(seconds=0.5):
            connection.execute(cut)
            for _ in range(20):
                before, code = clock.now(), code_at(process)
                assert code == ("new" if before >= release.effective_at else code)
                assert process.timeline.unconfirmed_since is None
                time.sleep(0.005)
    assert code_at(process) == "new"


def test_a_question_waits_for_a_release_that_is_still_being_loaded(
    database: Database, process: ReleaseCache, district: list[AreaRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on, load = threading.Event(), queries.load_release

    def slow(*given: Any) -> Any:
        goes_on.wait(10)
        return load(*given)

    monkeypatch.setattr(queries, "load_release", slow)
    release = publish_next(database, district)
    while clock.now() < release.effective_at - timedelta(seconds=0.2):
        assert code_at(process) == "g00"
    until(release.effective_at)
    with asked(process) as answer:
        time.sleep(0.3)
        assert not answer.done()
        goes_on.set()
        assert answer.result(5) == "new"


def test_a_release_that_could_not_be_loaded_before_the_database_went_is_owned_up_to(
    database: Database, process: ReleaseCache, district: list[AreaRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any) -> None:
        raise DatabaseUnavailableError

    monkeypatch.setattr(queries, "load_release", away)
    release = publish_next(database, district)
    until(release.effective_at)
    monkeypatch.setattr(queries, "read_releases", away)
    assert code_at(process) == "g00"
    assert process.timeline.unconfirmed_since is not None


def test_every_report_is_stored_with_the_release_of_its_instant(
    database: Database, process: ReleaseCache, district: list[AreaRecord]
) -> None:
    from governance.reports.placement import PlacementContext
    from grids.gazetteer.memory import GazetteerCache

    release = publish_next(database, district)
    gazetteer = GazetteerCache(database, poll_s=60.0)
    seen = set()
    while clock.now() < release.effective_at + timedelta(seconds=0.2):
        ground = PlacementContext.at_hand(process, gazetteer) or PlacementContext.now(process, gazetteer)
        assert ground.release is not None
        assert ground.release.release.number == (2 if ground.at >= release.effective_at else 1)
        seen.add(ground.release.release.number)
    assert seen == {1, 2}
