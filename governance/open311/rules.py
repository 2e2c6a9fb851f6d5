"""Pure decisions about GeoReport v2: statuses, spans of time, and which steps of a case are updates."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from core.errors import DomainError, Kind
from governance.cases.lifecycle.states import OPEN, CaseState, Verb
from governance.public_trace.rules import SHOWN

if TYPE_CHECKING:
    from datetime import datetime

LONGEST_SPAN: Final = timedelta(days=90)
MOST: Final = 1000
"""Requests or updates of an answer: the standard's bounds are 90 days or 1,000 requests."""
DONE: Final = frozenset(set(CaseState) - set(OPEN))
ENDING: Final = (Verb.CLOSE, Verb.REJECT, Verb.VOID, Verb.TRANSFER, Verb.ANSWER)
UPDATES: Final = SHOWN
"""Steps that are told to others: those that the public sees too."""


class RequestStatus(StrEnum):
    """The two statuses of the standard."""

    OPEN = "open"
    CLOSED = "closed"


class RequestNotFoundError(DomainError):
    """There is no such request, or none that this key may see."""

    code = "open311-request-not-found"
    kind = Kind.NOT_FOUND


class ServiceNotFoundError(DomainError):
    """There is no such service. The list of services has the codes."""

    code = "open311-service-not-found"
    kind = Kind.NOT_FOUND


class Open311InvalidError(DomainError):
    """What was sent is not what GeoReport v2 asks for; the detail names the field."""

    code = "open311-invalid"
    kind = Kind.INVALID


class Open311KeyError(DomainError):
    """A key that may do it is needed: api_key, X-API-Key, or the password of HTTP Basic."""

    code = "open311-key"
    kind = Kind.FORBIDDEN


def status_of(state: CaseState | None) -> RequestStatus:
    """Return the status of a request by the state of its case; None: it waits to be accepted."""
    return RequestStatus.CLOSED if state in DONE else RequestStatus.OPEN


def span_of(start: datetime | None, end: datetime | None, now: datetime) -> tuple[datetime, datetime]:
    """Return the span that is asked for: of 90 days at most, the last 90 where nothing is given.

    Raises
    ------
    Open311InvalidError
    """
    behind = end or (now if start is None else min(now, start + LONGEST_SPAN))
    first = start or behind - LONGEST_SPAN
    if first > behind:
        raise Open311InvalidError("start_date is behind end_date.", field="start_date")
    if behind - first > LONGEST_SPAN:
        raise Open311InvalidError("From start_date to end_date are 90 days at most.", field="start_date")
    return first, behind
