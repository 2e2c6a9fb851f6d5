"""Notices that transactions send at their commit (NOTIFY), heard by a process while it runs.

What a process remembers of the database may be answered from memory while `is_sure`: the connection that listens was
confirmed within LEASE_S, so that no notice was missed that is older. After a connection was lost, `lost` is called:
notices may have passed unheard.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg import sql

from core.db.silence import cut

if TYPE_CHECKING:
    from collections.abc import Callable

LEASE_S: Final = 2.0
_CONFIRM_EVERY_S: Final = 0.5
_CONNECT: Final[dict[str, Any]] = {"autocommit": True, "connect_timeout": 3, "application_name": "wangge-notices"}


class Notices:
    """One channel of notices, heard by a thread from `start` to `close`."""

    def __init__(self, libpq_url: str, channel: str, *, heard: Callable[[str], None], lost: Callable[[], None]) -> None:
        self._libpq_url = libpq_url
        self._channel = channel
        self._heard = heard
        self._lost = lost
        self._confirmed = -LEASE_S
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._connection: psycopg.Connection[Any] | None = None

    @property
    def is_sure(self) -> bool:
        """Whether every notice up to a moment ago has been heard."""
        return monotonic() - self._confirmed < LEASE_S

    def start(self) -> None:
        """Listen from now on; more than one call does no more."""
        with self._lock:
            if self._thread is None and not self._stop.is_set():
                self._thread = threading.Thread(target=self._run, name=f"notices-{self._channel}", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """End."""
        self._stop.set()
        with self._lock:
            thread, connection = self._thread, self._connection
        if connection is not None:
            cut(connection)
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            with suppress(psycopg.Error):
                self._listen()
            self._confirmed = -LEASE_S
            self._stop.wait(_CONFIRM_EVERY_S)

    def _listen(self) -> None:
        with psycopg.connect(self._libpq_url, **_CONNECT) as connection:
            with self._lock:
                self._connection = connection
            connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(self._channel)))
            self._lost()
            while not self._stop.is_set():
                asked = monotonic()
                connection.execute("SELECT 1")
                for notice in connection.notifies(timeout=0):
                    self._heard(notice.payload)
                self._confirmed = asked
                for notice in connection.notifies(timeout=_CONFIRM_EVERY_S):
                    self._heard(notice.payload)
