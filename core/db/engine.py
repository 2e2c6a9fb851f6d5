"""Engine and transactions: one request or one job is one transaction, and only this module commits it."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast
from weakref import WeakSet

import psycopg
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session, sessionmaker

from core import training
from core.db.silence import cut
from core.errors import DatabaseRightMissingError, DatabaseUnavailableError, StatementTooLongError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from core.settings import Settings


class _Kept(Protocol):
    def __init__(self, settings: Settings) -> None: ...


KeptT = TypeVar("KeptT", bound=_Kept)


class Database:
    """The connection pool of a process and the transactions that run on it.

    With `statement_longest_s` the server ends a statement of the pool that takes longer. While `is_silent` (set by
    core/db/silence.py) no transaction begins.
    """

    def __init__(self, settings: Settings, *, statement_longest_s: float | None = None) -> None:
        self.libpq_url = settings.libpq_url
        self.is_silent = False
        self._open: WeakSet[psycopg.Connection[Any]] = WeakSet()
        longest = "" if statement_longest_s is None else f" -c statement_timeout={round(statement_longest_s * 1000)}"
        self.engine: Engine = create_engine(
            settings.sqlalchemy_url,
            pool_size=settings.database_pool_size,
            max_overflow=settings.database_pool_size,
            pool_pre_ping=True,
            pool_timeout=10,
            hide_parameters=True,  # an error in the log quotes nobody's words
            connect_args={"connect_timeout": 3, "application_name": "wangge", "options": f"-c timezone=UTC{longest}"},
        )
        event.listen(self.engine, "connect", lambda connection, _: self._open.add(connection))
        event.listen(self.engine, "connect", lambda connection, _: training.check_connection(connection))
        self._settings = settings
        self._kept: dict[type, Any] = {}
        self._keeping = Lock()
        self._sessions = sessionmaker(self.engine, expire_on_commit=False, info={"database": self})

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Yield a session whose work is committed at the end, or rolled back whole on any error.

        Raises
        ------
        DatabaseUnavailableError
            When the database cannot be reached or drops the connection.
        """
        self._refuse_silent()
        with unavailable_translated(), self._sessions.begin() as session:
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """Yield a read-only session on one REPEATABLE READ snapshot, for reports that must be consistent."""
        self._refuse_silent()
        with unavailable_translated(), self._sessions.begin() as session:
            session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
            yield session

    @contextmanager
    def bulk(self) -> Iterator[psycopg.Connection]:
        """Yield a raw psycopg connection of its own for COPY; committed at the end, rolled back on any error."""
        self._refuse_silent()
        with unavailable_translated(), psycopg.connect(self.libpq_url, connect_timeout=3) as connection:
            training.check_connection(connection)
            self._open.add(connection)
            yield connection

    def kept(self, kind: type[KeptT]) -> KeptT:
        """Return what this process keeps of a kind beside this database, made from its settings the first time."""
        with self._keeping:
            if kind not in self._kept:
                self._kept[kind] = kind(self._settings)
            return cast("KeptT", self._kept[kind])

    def is_up(self) -> bool:
        """Return whether the database answers."""
        if self.is_silent:
            return False
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except (DBAPIError, PoolTimeoutError, training.TrainingMismatchError):
            return False
        return True

    def check_purpose(self) -> None:
        """Connect, which makes sure that the database is for training where this process is, and else for service.

        Raises
        ------
        TrainingMismatchError, DatabaseUnavailableError
        """
        with unavailable_translated(), self.engine.connect():
            pass

    def cut_connections(self) -> None:
        """Shut the sockets of all connections down: whoever waits on one gets DatabaseUnavailableError."""
        for connection in list(self._open):
            cut(connection)

    def _refuse_silent(self) -> None:
        if self.is_silent:
            raise DatabaseUnavailableError

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def database_of(session: Session) -> Database:
    """Return the database that a session belongs to."""
    return cast("Database", session.info["database"])


@contextmanager
def unavailable_translated() -> Iterator[None]:
    """Turn the drivers' many errors for "the database is away" into the one domain error."""
    try:
        yield
    except PoolTimeoutError as error:
        raise DatabaseUnavailableError from error
    except DBAPIError as error:
        if isinstance(error.orig, psycopg.errors.QueryCanceled):
            raise StatementTooLongError from error
        if isinstance(error.orig, psycopg.errors.InsufficientPrivilege):
            raise DatabaseRightMissingError from error
        if error.connection_invalidated or isinstance(error, OperationalError):
            raise DatabaseUnavailableError from error
        raise
    except psycopg.errors.QueryCanceled as error:
        raise StatementTooLongError from error
    except psycopg.errors.InsufficientPrivilege as error:
        raise DatabaseRightMissingError from error
    except psycopg.OperationalError as error:
        raise DatabaseUnavailableError from error
