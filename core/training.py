"""Training mode (培训环境): a database of its own, marked as such; nothing in it is real, nothing is sent outward.

The environment sets whether a process is one of training (WANGGE_TRAINING); a database is one of training when it holds
the table `training_database`, which `wangge training create` adds and no migration does. The two have to agree.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from core.errors import DomainError, Kind
from core.settings import Settings

if TYPE_CHECKING:
    import psycopg

IS_MARKED: Final = "SELECT to_regclass('public.training_database') IS NOT NULL"


class TrainingMismatchError(DomainError):
    """Training needs a database marked for it, and service one that is not. Check WANGGE_TRAINING and DATABASE_URL."""

    code = "training-mismatch"
    kind = Kind.UNAVAILABLE


@cache
def is_on() -> bool:
    """Tell whether this process is one of training."""
    return Settings().training


def require_agreement(*, marked: bool) -> None:
    """Make sure that a database is for this process.

    Raises
    ------
    TrainingMismatchError
    """
    if marked and not is_on():
        raise TrainingMismatchError(
            "This is a database for training, and WANGGE_TRAINING is not set: set it, or name the service's database."
        )
    if is_on() and not marked:
        raise TrainingMismatchError(
            "WANGGE_TRAINING is set, and this database is not marked for training: name another in DATABASE_URL, or"
            " mark an empty one (wangge training create)."
        )


def check_connection(connection: psycopg.Connection) -> None:
    """Refuse a new connection to a database that is not for this process.

    Raises
    ------
    TrainingMismatchError
    """
    row = connection.execute(IS_MARKED).fetchone()
    connection.rollback()
    require_agreement(marked=bool(row and row[0]))
