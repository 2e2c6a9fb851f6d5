"""The words of topics, of their board and of the monthly notice (`zh`, `en`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.words import FIRST_LANGUAGE, Catalogue, Message
from governance.hotspots.topics.states import MISSED, TopicEventKind
from presentation.words.hotspots import message_of

if TYPE_CHECKING:
    from core.words import Words
    from governance.hotspots.topics.tables import HotspotTopic, HotspotTopicEvent

CATALOGUE = Catalogue("presentation.words.topics")


def topic_title(topic: HotspotTopic, language: str = FIRST_LANGUAGE) -> str:
    """Return the title of a topic: where it is, and what it is about."""
    return message_of(Message.model_validate(topic.title), language)


def became(event: HotspotTopicEvent, words: Words) -> str:
    """Return what became of a topic, with both counts where they can be compared."""
    last, label = event.finding.get("last_time"), words(f"event/{event.kind}")
    if event.kind == TopicEventKind.STEADY and not last:
        return words("event/not_comparable")
    if event.kind in MISSED:
        now = event.finding.get("reports_now")
        return label if now is None else words("event/missed", event=label, reports=now)
    if not last:
        return label
    is_wider = last.get("way") == "warning" and event.finding.get("method") != "warning"
    now = last.get("now", event.finding["reports"])
    return words("event/street_counts" if is_wider else "event/counts", event=label, before=last["reports"], now=now)


__all__ = ["CATALOGUE", "became", "topic_title"]
