"""The life of a change set: its states, and which action leads from which states to which."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from core.states import Lifecycle, Transition


class ChangeSetState(StrEnum):
    """Where a change set stands."""

    OPEN = "open"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


PENDING: Final = (ChangeSetState.OPEN, ChangeSetState.SUBMITTED, ChangeSetState.APPROVED)
"""The states of a draft that may still become a release."""


class EditLocking(StrEnum):
    """What an edit over OGC API has to show of the state of the feature that was seen."""

    IF_MATCH = "if-match"
    """The feature's tag, in the header If-Match."""
    LAST_READ = "last-read"
    """Nothing: it counts what the same key last read of the feature. For programs that send no If-Match."""


class Action(StrEnum):
    """What moves a change set from one state to another."""

    SUBMIT = "submit"
    APPROVE = "approve"
    SEND_BACK = "send back"
    REBASE = "rebase"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"


CHANGE_SET: Final = Lifecycle(
    ChangeSetState,
    Action,
    (ChangeSetState.OPEN,),
    {
        Action.SUBMIT: Transition((ChangeSetState.OPEN,), ChangeSetState.SUBMITTED),
        Action.APPROVE: Transition((ChangeSetState.SUBMITTED,), ChangeSetState.APPROVED),
        Action.SEND_BACK: Transition((ChangeSetState.SUBMITTED, ChangeSetState.APPROVED), ChangeSetState.OPEN),
        Action.REBASE: Transition(PENDING, ChangeSetState.OPEN),
        Action.PUBLISH: Transition((ChangeSetState.APPROVED,), ChangeSetState.PUBLISHED),
        Action.WITHDRAW: Transition(PENDING, ChangeSetState.WITHDRAWN),
        Action.REOPEN: Transition((ChangeSetState.PUBLISHED,), ChangeSetState.OPEN),
    },
)
"""A change set opens again (reopen) when its release is withdrawn before it took
effect; nothing leaves `withdrawn`."""
