"""Streams of events as server-sent events: each at its own place in the feed, so that a reconnection misses nothing.

A process looks for news once a second while anybody listens, and wakes its streams; these read what is new from their
places. Between two readings a stream holds no connection of the database.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

import orjson
from starlette.concurrency import run_in_threadpool

from core.errors import DatabaseUnavailableError, DomainError, Kind
from core.events import reading
from core.events.kinds import EventKind
from core.events.reading import Place, PlaceLostError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence

    from core.db import Database
    from core.events.feed import StoredEvent

OF_BOUNDARIES: Final = (EventKind.DRAFT_CHANGED, EventKind.RELEASE_PUBLISHED, EventKind.RELEASE_WITHDRAWN)
"""Told to who may read all reports and boundaries, with the numbers of drafts and releases."""
OF_CASES: Final = (EventKind.CASE_OPENED, EventKind.CASE_MOVED)
"""Told to who may read cases somewhere, without numbers: not every case is everybody's to know of."""
OF_REPORTS: Final = (EventKind.REPORT_STORED, EventKind.REPORT_REASSIGNED)
"""Told to who may settle places, without numbers."""
KINDS: Final = (*OF_BOUNDARIES, *OF_CASES, *OF_REPORTS)
"""What is told; no other kind leaves the service by a stream."""
_LOOK_EVERY_S: Final = 1.0
_HEARTBEAT_S: Final = 15.0
_EACH: Final = 8
_ALL: Final = 400
_BATCH: Final = 200


class StreamsBusyError(DomainError):
    """As many streams of events are open as are kept at once. Close one, or read again in a moment."""

    code = "streams-busy"
    kind = Kind.QUOTA


class LiveEvents:
    """The streams of a process, and the one look at the feed that wakes them; each ends after `longest_s`."""

    def __init__(self, database: Database, longest_s: float = 600.0) -> None:
        self._database = database
        self.longest_s = longest_s
        self._streams: Counter[int] = Counter()
        self._news = asyncio.Event()
        self._watch: asyncio.Task[None] | None = None

    @property
    def open_streams(self) -> int:
        """How many streams the process has open."""
        return self._streams.total()

    def require_room(self, caller: int) -> None:
        """Refuse one stream too many.

        Raises
        ------
        StreamsBusyError
        """
        if self._streams[caller] >= _EACH or self._streams.total() >= _ALL:
            raise StreamsBusyError

    @contextmanager
    def opened(self, caller: int) -> Iterator[None]:
        """Count a stream of a caller for as long as it is open."""
        self._streams[caller] += 1
        if self._watch is None or self._watch.done():
            self._watch = asyncio.get_running_loop().create_task(self._look())
        try:
            yield
        finally:
            self._streams[caller] -= 1
            self._streams += Counter()  # forget who has none left
            if not self._streams and self._watch is not None:
                self._watch.cancel()
                self._watch = None

    async def told(
        self,
        place: Place | None,
        kinds: Sequence[EventKind],
        *,
        follow: bool,
        is_allowed: Callable[[], Awaitable[bool]],
    ) -> AsyncIterator[bytes]:
        """Give the events of some kinds behind a place as server-sent events, and with `follow` those to come.

        It ends when `is_allowed`, asked with each heartbeat, says no, and after some minutes: who listens connects
        again at the last id.
        """
        until = time.monotonic() + self.longest_s
        allowed_until = time.monotonic() + _HEARTBEAT_S
        yield b"retry: 3000\n\n"
        if place is None:
            place = await run_in_threadpool(self._end)
            yield _framed("ready", place, {})
        while True:
            news = self._news
            try:
                events = await run_in_threadpool(self._read, place, kinds)
            except PlaceLostError:
                place = await run_in_threadpool(self._end)
                yield _framed("reset", place, {})
                continue
            except DatabaseUnavailableError:
                events = []
            for event in events:
                place = _behind(event, place)
                yield _framed(event.kind, place, _facts(event))
            if len(events) == _BATCH:
                continue
            if not follow or time.monotonic() >= until:
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(news.wait(), _HEARTBEAT_S)
            if time.monotonic() >= allowed_until:
                allowed_until = time.monotonic() + _HEARTBEAT_S
                if not await is_allowed():
                    return
                yield b": still here\n\n"

    async def _look(self) -> None:
        place: Place | None = None
        while True:
            with suppress(DomainError):  # the database is away: streams stay open, and read on when it is back
                if place is None:
                    place = await run_in_threadpool(self._end)
                events = await run_in_threadpool(self._read, place, KINDS)
                if events:
                    place = _behind(events[-1], place)
                    news, self._news = self._news, asyncio.Event()
                    news.set()
            await asyncio.sleep(_LOOK_EVERY_S)

    def _end(self) -> Place:
        with self._database.snapshot() as session:
            return reading.end(session)

    def _read(self, place: Place, kinds: Sequence[EventKind]) -> Sequence[StoredEvent]:
        with self._database.snapshot() as session:
            return reading.events_from(session, place, kinds=kinds, limit=_BATCH)


def place_of(text: str) -> Place | None:
    """Return the place that an id of a stream names, or None where it is none."""
    words = text.split(".")
    if len(words) != len(Place._fields) or not all(word.isascii() and word.isdigit() for word in words):
        return None
    epoch, xid, event_id, seen = map(int, words)
    return Place(epoch, xid, event_id, seen) if epoch < 2**31 and max(xid, event_id, seen) < 2**63 else None


def _behind(event: StoredEvent, place: Place) -> Place:
    epoch, xid, event_id = event.position
    return Place(epoch, xid, event_id + 1, place.seen)


def _facts(event: StoredEvent) -> dict[str, object]:
    """Return what is told of an event: which rows, of which layer. Nobody's name, no words; of a case no number."""
    if event.kind not in OF_BOUNDARIES:
        return {"at": event.at, "ids": None, "layer": None}
    ids = [number for span in event.ids for number in span]
    return {"at": event.at, "ids": ids, "layer": event.payload.get("layer")}


def _framed(kind: str, place: Place, facts: dict[str, object]) -> bytes:
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (
        ".".join(map(str, place)).encode(), kind.encode(), orjson.dumps(facts)
    )  # fmt: skip
