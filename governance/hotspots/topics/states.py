"""The states of a topic with their transitions, what can happen to it, and why it is followed."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from core.states import Lifecycle, Transition


class TopicStatus(StrEnum):
    """Followed; resolved by a person; not found for as many runs as the policy sets; or taken back with its run."""

    OPEN = "open"
    RESOLVED = "resolved"
    GONE = "gone"
    TAKEN_BACK = "taken_back"


class TopicEventKind(StrEnum):
    """What a run found about a topic, or that a person decided."""

    APPEARED = "appeared"
    GREW = "grew"
    STEADY = "steady"
    SHRANK = "shrank"
    ABSENT = "absent"
    GONE = "gone"
    RETURNED = "returned"
    DECIDED = "decided"
    TAKEN_BACK = "taken_back"


class TopicAction(StrEnum):
    """What moves a topic from one state to another: what a run found, that its follow-up is taken back, a person."""

    FIND = "find"
    GIVE_UP = "give up"
    RESTORE_FOUND = "restore as found"
    RESTORE_GIVEN_UP = "restore as given up"
    TAKE_BACK = "take back"
    RESOLVE = "resolve"
    REOPEN = "reopen"


_FOLLOWED: Final = (TopicStatus.OPEN, TopicStatus.GONE)
TOPIC: Final = Lifecycle(
    TopicStatus,
    TopicAction,
    (TopicStatus.OPEN,),
    {
        TopicAction.FIND: Transition(_FOLLOWED, TopicStatus.OPEN),
        TopicAction.GIVE_UP: Transition((TopicStatus.OPEN,), TopicStatus.GONE),
        TopicAction.RESTORE_FOUND: Transition(_FOLLOWED, TopicStatus.OPEN),
        TopicAction.RESTORE_GIVEN_UP: Transition(_FOLLOWED, TopicStatus.GONE),
        TopicAction.TAKE_BACK: Transition(_FOLLOWED, TopicStatus.TAKEN_BACK),
        TopicAction.RESOLVE: Transition((*_FOLLOWED, TopicStatus.RESOLVED), TopicStatus.RESOLVED),
        TopicAction.REOPEN: Transition((*_FOLLOWED, TopicStatus.RESOLVED), TopicStatus.OPEN),
    },
    column="status",
)
"""Runs leave a resolved topic as it is; nothing leaves `taken_back`, a topic that no run found after all."""


class TopicKind(StrEnum):
    """Why a run found that a topic is worth following; see `rules`."""

    HIGH_FREQUENCY = "high_frequency"
    COMMON = "common"
    CONCENTRATED = "concentrated"
    HOT = "hot"


#: Events that a run makes where it found the topic, and where it did not.
FOUND: Final = (
    TopicEventKind.APPEARED, TopicEventKind.RETURNED, TopicEventKind.GREW, TopicEventKind.STEADY, TopicEventKind.SHRANK
)  # fmt: skip
MISSED: Final = (TopicEventKind.ABSENT, TopicEventKind.GONE)
