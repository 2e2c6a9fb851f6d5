"""The states of a topic, and the kinds of what can happen to it, with their labels."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


class TopicStatus(StrEnum):
    """Followed; resolved by a person; or not found any more for as many runs as the policy says."""

    OPEN = "open"
    RESOLVED = "resolved"
    GONE = "gone"


class TopicEventKind(StrEnum):
    """What a run said about a topic, or that a person decided."""

    APPEARED = "appeared"
    GREW = "grew"
    STEADY = "steady"
    SHRANK = "shrank"
    ABSENT = "absent"
    GONE = "gone"
    RETURNED = "returned"
    DECIDED = "decided"


EVENT_LABELS: Final[Mapping[str, str]] = {
    TopicEventKind.APPEARED: "新出现",
    TopicEventKind.RETURNED: "再次出现",
    TopicEventKind.GREW: "增多",
    TopicEventKind.STEADY: "持平",
    TopicEventKind.SHRANK: "减少",
    TopicEventKind.ABSENT: "本期未再出现",
    TopicEventKind.GONE: "已消退",
    TopicEventKind.DECIDED: "处置意见",
}
