"""Mapped classes of hotspot runs, the topics followed from run to run, and the dated thresholds."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class HotspotRun(Base):
    """One analysis with all that is needed to repeat it, and its result as the bytes it was written in."""

    __tablename__ = "hotspot_run"
    __table_args__ = (
        CheckConstraint("period_start < period_end", name="period"),
        CheckConstraint("status IN ('queued', 'running', 'done', 'failed', 'cancelled')", name="status"),
        CheckConstraint("(status = 'done') = (result IS NOT NULL)", name="result"),
        Index("ix_hotspot_run_status", "status", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    layer_id: Mapped[int] = mapped_column(ForeignKey("layer.id"))
    level: Mapped[str] = mapped_column(Text)
    within: Mapped[str | None] = mapped_column(Text)
    period_start: Mapped[date] = mapped_column(Date)
    period_end: Mapped[date] = mapped_column(Date)
    categories: Mapped[list[str]] = mapped_column(ARRAY(Text))
    methods: Mapped[list[str]] = mapped_column(ARRAY(Text))
    parameters: Mapped[dict[str, Any]] = mapped_column(JSONB)
    seed: Mapped[int] = mapped_column(BigInteger)
    requested_by: Mapped[str] = mapped_column(Text)
    requested_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(Text, server_default="queued")
    progress: Mapped[float] = mapped_column(Float, server_default="0")
    cancel_requested: Mapped[bool] = mapped_column(Boolean, server_default="false")
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)
    # The data cut-off: everything up to these numbers, and exactly the reports listed.
    release_number: Mapped[int | None] = mapped_column(Integer)
    last_report_id: Mapped[int | None] = mapped_column(BigInteger)
    last_reassignment_id: Mapped[int | None] = mapped_column(BigInteger)
    report_ids: Mapped[bytes | None] = mapped_column(LargeBinary)
    code_version: Mapped[str | None] = mapped_column(Text)
    result: Mapped[bytes | None] = mapped_column(LargeBinary)
    result_sha256: Mapped[bytes | None] = mapped_column(LargeBinary)


class HotspotPolicy(Base):
    """From a date on: what counts as high-frequency, common, concentrated, hot. Never changed, only added to."""

    __tablename__ = "hotspot_policy"

    valid_from: Mapped[date] = mapped_column(Date, primary_key=True)
    thresholds: Mapped[dict[str, Any]] = mapped_column(JSONB)
    note: Mapped[str] = mapped_column(Text, server_default="")


class HotspotTopic(Base):
    """A matter followed from run to run (热点事项): what, where, who takes care of it."""

    __tablename__ = "hotspot_topic"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'resolved', 'gone')", name="status"),
        Index("ix_hotspot_topic_status", "layer_id", "status"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    layer_id: Mapped[int] = mapped_column(ForeignKey("layer.id"))
    category: Mapped[str] = mapped_column(Text)
    scope: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    area_codes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    status: Mapped[str] = mapped_column(Text, server_default="open")
    opened_on: Mapped[date] = mapped_column(Date)
    last_seen_on: Mapped[date] = mapped_column(Date)
    owner: Mapped[str | None] = mapped_column(Text)
    measures: Mapped[str | None] = mapped_column(Text)
    follow_up_on: Mapped[date | None] = mapped_column(Date)


class HotspotTopicEvent(Base):
    """What one run said about a topic, or what a person decided. Append-only."""

    __tablename__ = "hotspot_topic_event"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('appeared', 'grew', 'steady', 'shrank', 'absent', 'gone', 'returned', 'decided')", name="kind"
        ),
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
