"""Databases for training: an empty one is marked, and a marked one is emptied; a mark is never taken away."""

from __future__ import annotations

from typing import Final

import psycopg

from core import training
from core.errors import DomainError, Kind
from core.settings import Settings
from migrations.run import move_to

_IN_USE: Final = """
SELECT EXISTS (SELECT FROM report) OR EXISTS (SELECT FROM api_client) OR EXISTS (SELECT FROM release)
    OR EXISTS (SELECT FROM account)
"""
_MARK: Final = """
CREATE TABLE training_database (marked_at timestamptz NOT NULL DEFAULT now(), marked_by text NOT NULL);
COMMENT ON TABLE training_database IS 'This database is for training: nothing in it is real (core/training.py).';
"""


class TrainingOffError(DomainError):
    """The command is for training environments alone. Set WANGGE_TRAINING=1, and DATABASE_URL to their database."""

    code = "training-off"
    kind = Kind.CONFLICT


class TrainingNotEmptyError(DomainError):
    """The database holds reports, keys, boundaries or accounts: only an empty one is marked for training."""

    code = "training-not-empty"
    kind = Kind.CONFLICT


def create(url: str, *, by: str) -> bool:
    """Bring an empty database to the newest schema and mark it for training; False when it was marked before.

    Raises
    ------
    TrainingOffError, TrainingNotEmptyError
    """
    _require_on()
    move_to(url, marking=True)
    with psycopg.connect(Settings.for_database(url).libpq_url) as connection:
        if _is_marked(connection):
            return False
        connection.execute("LOCK TABLE report, api_client, release, account IN SHARE MODE")
        if (connection.execute(_IN_USE).fetchone() or (True,))[0]:
            raise TrainingNotEmptyError
        connection.execute(_MARK.encode())
        connection.execute("INSERT INTO training_database (marked_by) VALUES (%s)", (by,))
    return True


def reset(url: str) -> None:
    """Empty a database for training: its schema goes and is made anew.

    Raises
    ------
    TrainingOffError
    TrainingMismatchError
        When the database is not marked; nothing is changed.
    """
    _require_on()
    move_to(url, "base")
    move_to(url)


def _require_on() -> None:
    if not training.is_on():
        raise TrainingOffError


def _is_marked(connection: psycopg.Connection) -> bool:
    row = connection.execute(training.IS_MARKED).fetchone()
    return bool(row and row[0])
