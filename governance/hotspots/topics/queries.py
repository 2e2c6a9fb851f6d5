"""Reads of topics and their histories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from core.errors import DomainError, Kind
from governance.hotspots.runs.tables import HotspotRun
from governance.hotspots.topics.states import TopicEventKind
from governance.hotspots.topics.tables import HotspotTopic, HotspotTopicEvent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session


class TopicNotFoundError(DomainError):
    """There is no such topic."""

    code = "hotspot-topic-not-found"
    kind = Kind.NOT_FOUND


def list_topics(session: Session, *, layer_id: int, status: str | None = None) -> Sequence[HotspotTopic]:
    """Return topics, those seen last first."""
    query = select(HotspotTopic).where(HotspotTopic.layer_id == layer_id)
    if status is not None:
        query = query.where(HotspotTopic.status == status)
    return session.scalars(query.order_by(HotspotTopic.last_seen_on.desc(), HotspotTopic.id)).all()


def get_topic(session: Session, topic_id: int) -> HotspotTopic:
    """Return a topic, or raise TopicNotFoundError."""
    topic = session.get(HotspotTopic, topic_id)
    if topic is None:
        raise TopicNotFoundError("There is no topic {topic_id}.", values={"topic_id": topic_id}, field="topic")
    return topic


def events_of(session: Session, topic_ids: Sequence[int]) -> dict[int, list[HotspotTopicEvent]]:
    """Return the history of topics, oldest first."""
    found: dict[int, list[HotspotTopicEvent]] = {topic: [] for topic in topic_ids}
    rows = session.scalars(
        select(HotspotTopicEvent).where(HotspotTopicEvent.topic_id.in_(topic_ids)).order_by(HotspotTopicEvent.id)
    )
    for event in rows:
        found[event.topic_id].append(event)
    return found


def taken_back(session: Session) -> set[int]:
    """Return the runs whose follow-up was taken back."""
    return set(
        session.scalars(
            select(HotspotTopicEvent.run_id).where(HotspotTopicEvent.kind == TopicEventKind.TAKEN_BACK).distinct()
        )
    )


def standing(events: Sequence[HotspotTopicEvent]) -> list[HotspotTopicEvent]:
    """Return the events that stand: without those of runs that were taken back."""
    back = {event.run_id for event in events if event.kind == TopicEventKind.TAKEN_BACK}
    return [event for event in events if event.run_id is None or event.run_id not in back]


def latest_followed(session: Session, layer_id: int) -> HotspotRun | None:
    """Return the run of the latest period that went into the topics and was not taken back."""
    back = taken_back(session)
    return session.scalar(
        select(HotspotRun)
        .join(HotspotTopicEvent, HotspotTopicEvent.run_id == HotspotRun.id)
        .where(HotspotRun.layer_id == layer_id, HotspotRun.id.not_in(back))
        .order_by(HotspotRun.period_end.desc(), HotspotRun.id.desc())
        .limit(1)
    )


def followed(session: Session, run_id: int) -> bool:
    """Return whether a run has gone into the topics."""
    return bool(session.scalar(select(func.count()).where(HotspotTopicEvent.run_id == run_id)))


def topics_of_run(session: Session, run_id: int) -> list[tuple[HotspotTopic, HotspotTopicEvent]]:
    """Return the topics a run was followed in, with the event of each, in the order of the events.

    A run that was taken back has none.
    """
    if run_id in taken_back(session):
        return []
    rows = session.execute(
        select(HotspotTopic, HotspotTopicEvent)
        .join(HotspotTopicEvent, HotspotTopicEvent.topic_id == HotspotTopic.id)
        .where(HotspotTopicEvent.run_id == run_id)
        .order_by(HotspotTopicEvent.id)
    )
    return [(topic, event) for topic, event in rows]
