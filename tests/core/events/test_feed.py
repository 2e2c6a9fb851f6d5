"""Nothing slips past a consumer, and each event takes effect once."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from sqlalchemy import text

from core.events import feed, upkeep
from core.events.kinds import EventKind
from tests.factories.identity import who

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.db import Database
    from core.settings import Settings

WRITE = "INSERT INTO event (kind, subject, ids) VALUES (%s, 'test', '{}')"


def consume(database: Database, limit: int = 100) -> list[str]:
    with database.transaction() as session:
        batch = feed.read_batch(session, "test", limit=limit)
        feed.advance(session, batch)
    return [event.kind for event in batch.events if event.kind != EventKind.ROWS_RECORDED]


def consume_until(database: Database, wanted: list[str]) -> list[str]:
    """Consume until so many came: other databases of the cluster may hold the feed up for a moment."""
    found: list[str] = []
    end = time.monotonic() + 60
    while len(found) < len(wanted) and time.monotonic() < end:
        found += consume(database)
    return found


@pytest.fixture
def writers(settings: Settings) -> Iterator[list[psycopg.Connection[Any]]]:
    opened = [psycopg.connect(settings.libpq_url) for _ in range(3)]
    yield opened
    for connection in opened:
        connection.close()


def test_what_began_first_and_is_committed_last_is_not_skipped(
    database: Database, writers: list[psycopg.Connection[Any]]
) -> None:
    first, second, third = writers
    first.execute(WRITE, ["first"])
    second.execute(WRITE, ["second"])
    third.execute(WRITE, ["third"])
    third.commit()
    second.commit()
    assert consume(database) == []
    first.commit()
    wanted = ["first", "second", "third"]
    assert consume_until(database, wanted) == wanted
    assert consume(database) == []


def test_a_rollback_leaves_no_event(database: Database, writers: list[psycopg.Connection[Any]]) -> None:
    writers[0].execute(WRITE, ["gone"])
    writers[1].execute(WRITE, ["kept"])
    writers[0].rollback()
    writers[1].commit()
    assert consume_until(database, ["kept"]) == ["kept"]


def test_an_event_whose_consumer_fails_is_read_again(
    database: Database, writers: list[psycopg.Connection[Any]]
) -> None:
    writers[0].execute(WRITE, ["once"])
    writers[0].commit()

    def fails() -> None:
        with database.transaction() as session:
            feed.advance(session, feed.read_batch(session, "test", limit=1))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fails()
    assert consume_until(database, ["once"]) == ["once"]
    assert consume(database) == []


def test_in_another_cluster_nothing_is_read_until_the_feed_is_rebased_and_then_everything(
    database: Database, writers: list[psycopg.Connection[Any]]
) -> None:
    """As after a restore: the position and an event of the old cluster have higher transaction numbers."""
    with database.transaction() as session:
        session.execute(text("UPDATE event_feed SET cluster = 42"))
        session.execute(text("INSERT INTO event_consumer (name, epoch, xid) VALUES ('test', 1, '8000000000')"))
        session.execute(
            text("INSERT INTO event (epoch, xid, kind, subject, ids) VALUES (1, '9000000000', 'old', 'test', '{}')")
        )
    writers[0].execute(WRITE, ["new"])
    writers[0].commit()
    with pytest.raises(feed.FeedNotRebasedError):
        consume(database)
    with database.transaction() as session:
        assert upkeep.state(session).is_restored
        assert upkeep.rebase(session, actor=who("test")) == 2
        assert upkeep.rebase(session, actor=who("test")) is None
    assert consume_until(database, ["old", "new"]) == ["old", "new"]


def test_an_event_can_not_be_changed(database: Database, writers: list[psycopg.Connection[Any]]) -> None:
    writers[0].execute(WRITE, ["kept"])
    with pytest.raises(psycopg.errors.IntegrityError):
        writers[0].execute("UPDATE event SET kind = 'other'")
    assert consume(database) == []


def test_a_week_is_emptied_when_it_is_old_and_everybody_has_read_it(
    database: Database, writers: list[psycopg.Connection[Any]]
) -> None:
    writers[0].execute(
        "INSERT INTO event (slot, at, kind, subject, ids) VALUES (3, now() - interval '30 days', 'old', 'test', '{}')"
    )
    writers[0].commit()
    with database.transaction() as session:
        session.execute(text("DELETE FROM event_consumer"))
        feed.read_batch(session, "test", limit=1)
        before = session.execute(text("SELECT now() - interval '14 days'")).scalar_one()
    assert upkeep.prune(database, before=before) == []
    assert consume_until(database, ["old"]) == ["old"]
    assert upkeep.prune(database, before=before) == ["event_3"]


def test_overlapping_ranges_are_merged() -> None:
    assert feed.merged([range(5, 7), range(1, 3), range(2, 5), range(9, 9)]) == [range(1, 7)]
