"""A group commit answers each caller after the commit that holds its row, whatever becomes of its neighbours."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from core.db.group_commit import GroupCommit, OverloadedError
from core.errors import DatabaseUnavailableError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

Numbers = GroupCommit[int, int]


@pytest.fixture
def url(database_url: str) -> str:
    with psycopg.connect(database_url) as connection:
        connection.execute("CREATE TABLE number (value integer PRIMARY KEY CHECK (value > 0), group_size integer)")
    return database_url


async def insert(connection: psycopg.AsyncConnection[Any], rows: Sequence[int]) -> list[int]:
    await connection.execute("INSERT INTO number SELECT v, %s FROM unnest(%s::int[]) v", [len(rows), list(rows)])
    return [10 * row for row in rows]


def stored(url: str) -> list[tuple[int, int]]:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT value, group_size FROM number ORDER BY 1").fetchall()


def run(url: str, story: Callable[[Numbers], Awaitable[None]], **knobs: Any) -> None:
    async def played() -> None:
        commits: Numbers = GroupCommit(url, insert, **knobs)
        commits.start()
        try:
            await asyncio.wait_for(story(commits), 30)
        finally:
            await commits.close()

    asyncio.run(played())


def test_callers_at_once_share_a_commit_and_each_gets_its_own_result(url: str) -> None:
    async def story(commits: Numbers) -> None:
        assert await asyncio.gather(*(commits.submit(n) for n in range(1, 101))) == [10 * n for n in range(1, 101)]

    run(url, story)
    rows = stored(url)
    assert [value for value, _ in rows] == list(range(1, 101))
    assert max(size for _, size in rows) > 1


def test_a_refused_row_fails_alone(url: str) -> None:
    async def story(commits: Numbers) -> None:
        outcomes = await commits.submit_many([1, 2, -1, 3, 2])
        assert outcomes[:2] == [10, 20]
        assert isinstance(outcomes[2], psycopg.errors.CheckViolation)
        assert outcomes[3] == 30
        assert isinstance(outcomes[4], psycopg.errors.UniqueViolation)

    run(url, story, lanes=1)
    assert [value for value, _ in stored(url)] == [1, 2, 3]


def test_too_many_waiting_rows_are_turned_away(url: str) -> None:
    async def story(commits: Numbers) -> None:
        first = [commits.submit(n) for n in range(1, 5)]
        with pytest.raises(OverloadedError):
            commits.submit(5)
        await asyncio.gather(*first)
        await commits.submit(6)

    run(url, story, max_waiting=4)
    assert [value for value, _ in stored(url)] == [1, 2, 3, 4, 6]


def test_what_waits_is_stored_at_the_end_and_nothing_is_taken_after(url: str) -> None:
    async def story(commits: Numbers) -> None:
        waiting = [asyncio.ensure_future(commits.submit(n)) for n in range(1, 50)]
        await commits.close()
        assert all(future.done() and not future.exception() for future in waiting)
        with pytest.raises(DatabaseUnavailableError):
            commits.submit(99)

    run(url, story, max_group=5)
    assert len(stored(url)) == 49


def test_without_a_database_every_caller_is_told_at_once() -> None:
    async def story(commits: Numbers) -> None:
        for outcome in await commits.submit_many(list(range(1, 300))):
            assert isinstance(outcome, DatabaseUnavailableError)

    run("postgresql://nobody@127.0.0.1:1/none", story)


def test_a_lane_whose_connection_is_cut_recovers_by_itself(url: str) -> None:
    async def story(commits: Numbers) -> None:
        await commits.submit(1)
        with psycopg.connect(url, autocommit=True) as connection:
            # With a patience of 5 s: it returns when the backend is gone, not when it was told to go.
            connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE application_name = 'wangge-intake' AND datname = current_database()"
            )
        assert await commits.submit(2) == 20

    run(url, story, lanes=1)
    assert [value for value, _ in stored(url)] == [1, 2]


def test_a_row_locked_elsewhere_does_not_hold_the_others_for_ever(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from core.db import group_commit

    options = {**group_commit._CONNECT, "options": "-c lock_timeout=200ms"}  # noqa: SLF001 (a shorter patience)
    monkeypatch.setattr(group_commit, "_CONNECT", options)

    async def story(commits: Numbers) -> None:
        with psycopg.connect(url) as elsewhere:
            elsewhere.execute("INSERT INTO number VALUES (2, 0)")
            outcomes = await commits.submit_many([1, 2, 3])
            assert (outcomes[0], outcomes[2]) == (10, 30)
            assert isinstance(outcomes[1], DatabaseUnavailableError)

    run(url, story, lanes=1)
