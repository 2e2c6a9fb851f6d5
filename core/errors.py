"""Domain errors: a class whose docstring is its message, with a stable code and a kind.

How a kind becomes an HTTP status is decided in api/http/problems.py alone.
"""

from __future__ import annotations

import inspect
from enum import StrEnum
from typing import Any, ClassVar


class Kind(StrEnum):
    """What sort of failure an error is, independent of any transport."""

    INVALID = "invalid"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    TOO_SLOW = "too_slow"
    TOO_LARGE = "too_large"
    UNSUPPORTED = "unsupported"
    QUOTA = "quota"
    PRECONDITION = "precondition"
    UNAVAILABLE = "unavailable"


class DomainError(Exception):
    """The request cannot be carried out."""

    code: ClassVar[str] = "error"
    kind: ClassVar[Kind] = Kind.INVALID

    def __init__(self, detail: str | None = None, *, field: str | None = None, **context: Any) -> None:  # noqa: ANN401 (context is free-form)
        self.title = inspect.cleandoc(type(self).__doc__ or "").partition("\n")[0]
        self.detail = detail or self.title
        self.field = field
        self.context = context
        super().__init__(self.detail)


class DatabaseUnavailableError(DomainError):
    """The database does not answer; nothing was stored. Send the request again."""

    code = "database-unavailable"
    kind = Kind.UNAVAILABLE


class StatementTooLongError(DomainError):
    """The database worked on this for longer than it may; nothing was stored. Ask for less, or try again later."""

    code = "statement-too-long"
    kind = Kind.UNAVAILABLE


class DatabaseRightMissingError(DomainError):
    """The service's role in the database may not do that. Do it as the database's owner, or grant what is missing."""

    code = "database-right-missing"
    kind = Kind.UNAVAILABLE
