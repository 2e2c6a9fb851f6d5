"""Mapped classes of topics and their histories."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Date,
    ForeignKey,
    Identity,
    Index,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, check_one_of, check_state
from governance.hotspots.topics.states import TOPIC, TopicEventKind, TopicStatus


class HotspotTopic(Base):
    """A matter followed from run to run (热点事项): what, where, who takes care of it. `title` is a message."""

    __tablename__ = "hotspot_topic"
    __table_args__ = (
        check_state(TOPIC),
        Index("ix_hotspot_topic_status", "layer_id", "status"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    layer_id: Mapped[int] = mapped_column(ForeignKey("layer.id"))
    category: Mapped[str] = mapped_column(Text)
    scope: Mapped[str] = mapped_column(Text)
    title: Mapped[dict[str, Any]] = mapped_column(JSONB)
    area_codes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    status: Mapped[str] = mapped_column(Text, server_default=TopicStatus.OPEN)
    opened_on: Mapped[date] = mapped_column(Date)
    last_seen_on: Mapped[date] = mapped_column(Date)
    owner: Mapped[str | None] = mapped_column(Text)
    measures: Mapped[str | None] = mapped_column(Text)
    follow_up_on: Mapped[date | None] = mapped_column(Date)


class HotspotTopicEvent(Base):
    """What one run found about a topic, or what a person decided. Append-only."""

    __tablename__ = "hotspot_topic_event"
    __table_args__ = (
        check_one_of("kind", TopicEventKind),
        Index("ix_hotspot_topic_event_topic_id", "topic_id", "id"),
        Index("ix_hotspot_topic_event_run_id", "run_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("hotspot_topic.id"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("hotspot_run.id"))
    happened_at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    finding: Mapped[dict[str, Any]] = mapped_column(JSONB)
