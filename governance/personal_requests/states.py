"""What a person may ask of the own data, and the life of such a request."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from core.states import Lifecycle, Transition


class RequestKind(StrEnum):
    """To read it (查阅), to get a copy (复制), to have it corrected (更正), to have it deleted (删除)."""

    ACCESS = "access"
    COPY = "copy"
    CORRECTION = "correction"
    DELETION = "deletion"


class RequestState(StrEnum):
    """Received until somebody decides; granted until it is done."""

    RECEIVED = "received"
    GRANTED = "granted"
    REFUSED = "refused"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class RequestAction(StrEnum):
    """What changes a request's state."""

    GRANT = "grant"
    REFUSE = "refuse"
    FINISH = "finish"
    WITHDRAW = "withdraw"


OPEN: Final = (RequestState.RECEIVED, RequestState.GRANTED)
"""States in which the deadline runs."""
REQUEST: Final = Lifecycle(
    RequestState,
    RequestAction,
    (RequestState.RECEIVED,),
    {
        RequestAction.GRANT: Transition((RequestState.RECEIVED,), RequestState.GRANTED),
        RequestAction.REFUSE: Transition((RequestState.RECEIVED,), RequestState.REFUSED),
        RequestAction.FINISH: Transition((RequestState.GRANTED,), RequestState.DONE),
        RequestAction.WITHDRAW: Transition(OPEN, RequestState.WITHDRAWN),
    },
)
