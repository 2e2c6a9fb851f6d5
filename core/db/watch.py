"""Ask the database something for those who watch the service, who never wait long for the answer."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Generic, TypeVar

from core.errors import DatabaseUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from core.db.engine import Database

Answer = TypeVar("Answer")


class DatabaseWatch(Generic[Answer]):
    """One question to the database; asking never waits longer than `patience_s` for it."""

    def __init__(self, database: Database, question: Callable[[Session], Answer], *, patience_s: float = 2.0) -> None:
        self._database = database
        self._question = question
        self._patience_s = patience_s
        self._lock = threading.Lock()
        self._reading: Future[Answer] | None = None

    def answer(self) -> Answer | None:
        """Return the answer; None when the database does not send it in time.

        A question that the database has not answered yet is waited for, not asked again.
        """
        with self._lock:
            if self._reading is None or self._reading.done():
                self._reading = Future()
                threading.Thread(target=self._read, args=(self._reading,), daemon=True).start()
            reading = self._reading
        try:
            return reading.result(self._patience_s)
        except (TimeoutError, DatabaseUnavailableError):
            return None

    def _read(self, reading: Future[Answer]) -> None:
        try:
            with self._database.transaction() as session:
                answer = self._question(session)
        except Exception as error:  # noqa: BLE001 (whoever waits gets it)
            reading.set_exception(error)
        else:
            reading.set_result(answer)
