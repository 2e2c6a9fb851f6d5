"""Group commit: rows of concurrent requests gathered for a moment, stored by one statement and one COMMIT.

A durable commit costs one wait for the disk, however many rows it carries; gathering what is in flight anyway lets
32 clients share that wait. Each caller is answered after the commit that holds its row, never before. What the rows
are and how they are stored is the caller's: `store` gets a connection in autocommit mode and must use ONE writing
statement, which is then the transaction.
"""

from __future__ import annotations

import asyncio
import select
from collections import deque
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import psycopg
import structlog

from core.db.silence import cut
from core.errors import DatabaseUnavailableError, DomainError, Kind

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

log = structlog.get_logger("wangge.group_commit")

Row = TypeVar("Row")
Result = TypeVar("Result")
_Waiting = tuple[Row, "asyncio.Future[Result]"]

# A server that vanished without a word is noticed within these seconds; a lock held elsewhere is not waited for longer.
_CONNECT: dict[str, Any] = {
    "autocommit": True,
    "connect_timeout": 3,
    "application_name": "wangge-intake",
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "options": "-c timezone=UTC -c lock_timeout=5s -c statement_timeout=30s",
}
SILENT_AFTER_S = 8.0
"""A server that has not answered for so long is given up: more than a lock may be waited for (lock_timeout)."""
_PING_AFTER_S = 10.0
_REST_AFTER_FAILURE_S = 0.25


class OverloadedError(DomainError):
    """More is being sent than can be stored; nothing of this request was. Send it again in a moment."""

    code = "overloaded"
    kind = Kind.UNAVAILABLE


_Row_contra = TypeVar("_Row_contra", contravariant=True)
_Result_co = TypeVar("_Result_co", covariant=True)


class Store(Protocol[_Row_contra, _Result_co]):
    """Stores rows by one writing statement and returns one result a row, in order."""

    def __call__(
        self, connection: psycopg.AsyncConnection[Any], rows: Sequence[_Row_contra], /
    ) -> Awaitable[Sequence[_Result_co]]:
        """Store the rows, all or none."""


class GroupCommit(Generic[Row, Result]):
    """A queue in front of a table: `submit` returns when the row is on disk.

    A group that the database refuses is stored row by row, so that one bad row fails alone. When the database is
    away every waiting caller gets DatabaseUnavailableError at once; the next group tries to connect anew.
    """

    def __init__(
        self,
        libpq_url: str,
        store: Store[Row, Result],
        *,
        lanes: int = 2,
        max_group: int = 256,
        max_waiting: int = 20_000,
        gather_s: float = 0.001,
    ) -> None:
        self._url = libpq_url
        self._store = store
        self._lanes = lanes
        self._max_group = max_group
        self._max_waiting = max_waiting
        self._gather_s = gather_s
        self._queue: deque[_Waiting[Row, Result]] = deque()
        self._idle: deque[asyncio.Future[None]] = deque()
        self._tasks: list[asyncio.Task[None]] = []
        self._closing = False

    def start(self) -> None:
        """Start the lanes on the running event loop; no connection is opened before the first row."""
        self._closing = False
        self._tasks = [asyncio.create_task(self._lane(), name=f"group-commit-{n}") for n in range(self._lanes)]

    async def close(self) -> None:
        """Take nothing more, store what is waiting, close the connections."""
        self._closing = True
        while self._idle:
            self._wake()
        await asyncio.gather(*self._tasks)
        self._tasks = []

    @property
    def waiting(self) -> int:
        """How many rows wait for their group."""
        return len(self._queue)

    def submit(self, row: Row) -> asyncio.Future[Result]:
        """Queue a row; the future's result comes after the commit that holds it.

        Raises
        ------
        OverloadedError
            When too many rows wait already.
        DatabaseUnavailableError
            From the future, when the database is away; and at once when the service is closing.
        """
        if self._closing or not self._tasks:
            raise DatabaseUnavailableError("The service is closing; send the request again.", retry_after_s=1)
        if len(self._queue) >= self._max_waiting:
            raise OverloadedError(retry_after_s=1)
        answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._queue.append((row, answer))
        if self._idle:
            self._wake()
        return answer

    async def submit_many(self, rows: Sequence[Row]) -> list[Result | BaseException]:
        """Store many rows, each for itself, a few groups at a time so that single rows get their turn between them."""
        outcomes: list[Result | BaseException] = []
        step = self._max_group * self._lanes
        for start in range(0, len(rows), step):
            futures = [self._submitted(row) for row in rows[start : start + step]]
            outcomes += await asyncio.gather(*futures, return_exceptions=True)
        return outcomes

    def _submitted(self, row: Row) -> asyncio.Future[Result]:
        try:
            return self.submit(row)
        except DomainError as error:
            refused: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
            refused.set_exception(error)
            return refused

    def _wake(self) -> None:
        lane = self._idle.popleft()
        if not lane.done():
            lane.set_result(None)

    async def _lane(self) -> None:
        lane = _Lane(self._url)
        try:
            while True:
                if not self._queue:
                    if self._closing:
                        return
                    turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                    self._idle.append(turn)
                    await turn
                # Under load a short wait makes groups larger; a single caller is never delayed.
                if lane.last_group > 1 and not self._closing:
                    await asyncio.sleep(self._gather_s)
                group = [self._queue.popleft() for _ in range(min(len(self._queue), self._max_group))]
                if group:
                    lane.last_group = len(group)
                    await self._settle(lane, group)
        finally:
            await lane.drop()

    async def _settle(self, lane: _Lane, group: list[_Waiting[Row, Result]]) -> None:
        """Store a group and answer its callers, whatever happens."""
        try:
            results = await self._stored(lane, group)
            for (_, answer), result in zip(group, results, strict=True):
                if not answer.done():
                    answer.set_result(result)
        except psycopg.OperationalError as error:
            if not lane.is_lost():
                await self._one_by_one(lane, group, error)
                return
            await lane.failed()
            log.warning("database away", rows=len(group), error=type(error).__name__)
            _fail(group, DatabaseUnavailableError())
        except Exception as error:  # noqa: BLE001 (every caller must be answered)
            await self._one_by_one(lane, group, error)

    async def _stored(self, lane: _Lane, group: list[_Waiting[Row, Result]]) -> Sequence[Result]:
        """Store a group by one statement; a server that stays silent is given up."""
        giving_up = asyncio.get_running_loop().call_later(SILENT_AFTER_S, lane.cut)
        try:
            connection = await lane.connected()
            return await self._store(connection, [row for row, _ in group])
        finally:
            giving_up.cancel()

    async def _one_by_one(self, lane: _Lane, group: list[_Waiting[Row, Result]], error: Exception) -> None:
        if len(group) > 1:
            for item in group:
                await self._settle(lane, [item])
            return
        log.error("row refused", error=type(error).__name__, detail=str(error)[:300])
        busy = isinstance(error, psycopg.OperationalError)
        _fail(group, DatabaseUnavailableError("The row is locked elsewhere.", retry_after_s=1) if busy else error)


def _fail(group: list[_Waiting[Row, Result]], error: Exception) -> None:
    for _, answer in group:
        if not answer.done():
            answer.set_exception(error)


class _Lane:
    """One connection, opened when needed, looked at before use when it has rested."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._used_at = 0.0
        self._rest_until = 0.0
        self.last_group = 1

    async def connected(self) -> psycopg.AsyncConnection[Any]:
        now = asyncio.get_running_loop().time()
        # A server that closed the connection has made the socket readable; one that vanished has not.
        if self._connection is not None and (self._is_readable() or now - self._used_at > _PING_AFTER_S):
            try:
                await self._connection.execute("SELECT 1")
            except psycopg.OperationalError:
                await self.drop()
        if self._connection is None:
            if now < self._rest_until:
                raise psycopg.OperationalError("the database was away a moment ago")
            self._connection = await psycopg.AsyncConnection.connect(self._url, **_CONNECT)
        self._used_at = now
        return self._connection

    def _is_readable(self) -> bool:
        return self._connection is not None and bool(select.select([self._connection.fileno()], [], [], 0)[0])

    def is_lost(self) -> bool:
        return self._connection is None or self._connection.broken or self._connection.closed

    def cut(self) -> None:
        """Let whoever waits for a silent server go on with an error."""
        if self._connection is not None:
            cut(self._connection)

    async def failed(self) -> None:
        await self.drop()
        self._rest_until = asyncio.get_running_loop().time() + _REST_AFTER_FAILURE_S

    async def drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
