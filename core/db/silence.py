"""A database that no longer answers, although its connections stand: noticed within seconds, for the whole process.

A server that was stopped (SIGSTOP), swaps itself to death or hangs on its disk keeps its sockets open: its kernel
acknowledges what is sent, no time limit of the server runs, and whoever waits for an answer waits for ever. The watch
asks it something trivial once a second. When that stays without an answer the connections in use are cut, so that
their threads go on with an error, and no new transaction begins until the server answers again.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import psycopg
import structlog

if TYPE_CHECKING:
    from core.db.engine import Database

log = structlog.get_logger("wangge.database")

SILENT_AFTER_S: Final = 4.0
"""Without an answer for so long the database counts as silent."""
_ASK_EVERY_S: Final = 1.0
_CONNECT: Final[dict[str, Any]] = {"autocommit": True, "connect_timeout": 3, "application_name": "wangge-silence"}


def cut(connection: psycopg.Connection[Any] | psycopg.AsyncConnection[Any]) -> None:
    """Shut a connection's socket down: whoever waits on it gets an OperationalError. It stays to be closed."""
    with suppress(psycopg.Error, OSError), socket.socket(fileno=os.dup(connection.fileno())) as copy:
        copy.shutdown(socket.SHUT_RDWR)


class SilenceWatch:
    """Asks the database of a process once a second, and notifies the process when it is silent."""

    def __init__(self, database: Database, *, silent_after_s: float = SILENT_AFTER_S) -> None:
        self._database = database
        self._silent_after_s = silent_after_s
        self._stop = threading.Event()
        self._asked_at: float | None = None
        self._connection: psycopg.Connection[Any] | None = None
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Watch from now on, in two threads: one asks, one looks how long it has been waiting."""
        self._stop.clear()
        self._threads = [
            threading.Thread(target=self._ask, name="database-silence-ask", daemon=True),
            threading.Thread(target=self._look, name="database-silence-look", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """End the watch."""
        self._stop.set()
        if self._connection is not None:
            cut(self._connection)
        for thread in self._threads:
            thread.join()

    def _ask(self) -> None:
        while not self._stop.is_set():
            self._asked_at = time.monotonic()
            try:
                if self._connection is None:
                    self._connection = psycopg.connect(self._database.libpq_url, **_CONNECT)
                self._connection.execute("SELECT 1")
            except psycopg.Error:
                # Away is not silent: the driver raises at once.
                self._drop()
            else:
                self._asked_at = None
                if self._database.is_silent:
                    log.warning("the database answers again")
                    self._database.is_silent = False
            self._stop.wait(_ASK_EVERY_S)
        self._drop()

    def _look(self) -> None:
        while not self._stop.wait(_ASK_EVERY_S / 4):
            asked_at, connection = self._asked_at, self._connection
            if asked_at is None or connection is None or time.monotonic() - asked_at < self._silent_after_s:
                continue
            log.error("the database is silent; its connections are cut", for_s=round(time.monotonic() - asked_at, 1))
            self._asked_at = None
            self._database.is_silent = True
            self._database.cut_connections()
            cut(connection)

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error):
                connection.close()
