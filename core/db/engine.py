"""Engine and transactions: one request or one job is one transaction, and only this module commits it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session, sessionmaker

from core.errors import DatabaseUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from core.settings import Settings


class Database:
    """The connection pool of a process and the transactions that run on it."""

    def __init__(self, settings: Settings) -> None:
        self.libpq_url = settings.libpq_url
        self.engine: Engine = create_engine(
            settings.sqlalchemy_url,
            pool_size=settings.database_pool_size,
            max_overflow=settings.database_pool_size,
            pool_pre_ping=True,
            pool_timeout=10,
            hide_parameters=True,  # an error in the log quotes nobody's words
            connect_args={"connect_timeout": 3, "application_name": "wangge", "options": "-c timezone=UTC"},
        )
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Give a session whose work is committed at the end, or rolled back whole on any error.

        Raises
        ------
        DatabaseUnavailableError
            When the database cannot be reached or drops the connection.
        """
        with unavailable_translated(), self._sessions.begin() as session:
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """Give a read-only session on one REPEATABLE READ snapshot, for reports that must be consistent."""
        with unavailable_translated(), self._sessions.begin() as session:
            session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
            yield session

    @contextmanager
    def bulk(self) -> Iterator[psycopg.Connection]:
        """Give a raw psycopg connection of its own for COPY; committed at the end, rolled back on any error."""
        with unavailable_translated(), psycopg.connect(self.libpq_url, connect_timeout=3) as connection:
            yield connection

    def is_up(self) -> bool:
        """Tell whether the database answers."""
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except (DBAPIError, PoolTimeoutError):
            return False
        return True

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


@contextmanager
def unavailable_translated() -> Iterator[None]:
    """Turn the drivers' many ways of saying "the database is away" into the one domain error."""
    try:
        yield
    except PoolTimeoutError as error:
        raise DatabaseUnavailableError from error
    except DBAPIError as error:
        if error.connection_invalidated or isinstance(error, OperationalError):
            raise DatabaseUnavailableError from error
        raise
    except psycopg.OperationalError as error:
        raise DatabaseUnavailableError from error
