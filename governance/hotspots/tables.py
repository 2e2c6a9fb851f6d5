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
    effort_import_ids: Mapped[list[int] | None] = mapped_column(ARRAY(Integer))
    code_version: Mapped[str | None] = mapped_column(Text)
    result: Mapped[bytes | None] = mapped_column(LargeBinary)
    result_sha256: Mapped[bytes | None] = mapped_column(LargeBinary)


class HotspotPolicy(Base):
    """From a date on: what counts as high-frequency, common, concentrated, hot, and what kind of source a channel is.

    Never changed, only added to.
    """

    __tablename__ = "hotspot_policy"

    valid_from: Mapped[date] = mapped_column(Date, primary_key=True)
    thresholds: Mapped[dict[str, Any]] = mapped_column(JSONB)
    note: Mapped[str] = mapped_column(Text, server_default="")
    sources: Mapped[dict[str, str]] = mapped_column(JSONB)
    added_by: Mapped[str] = mapped_column(Text, server_default="")


class PatrolEffortImport(Base):
    """One file or message of patrol effort: who gave it, in which unit, and which of its rows were refused."""

    __tablename__ = "patrol_effort_import"
    __table_args__ = (CheckConstraint("unit IN ('hours', 'km')", name="unit"),)

    id: Mapped[int] = mapped_column(Integer, Identity(always=True), primary_key=True)
    layer_id: Mapped[int] = mapped_column(ForeignKey("layer.id"))
    unit: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    row_count: Mapped[int] = mapped_column(Integer)
    rejected: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    added_by: Mapped[str] = mapped_column(Text)
    added_at: Mapped[datetime]


class PatrolEffort(Base):
    """How much a channel's patrols looked at an area on a day. Of several imports the latest counts. Append-only."""

    __tablename__ = "patrol_effort"
    __table_args__ = (
        CheckConstraint("amount >= 0 AND amount < 'Infinity'", name="amount"),
        Index("ix_patrol_effort_day", "day"),
    )

    import_id: Mapped[int] = mapped_column(ForeignKey("patrol_effort_import.id"), primary_key=True)
    channel: Mapped[str] = mapped_column(Text, primary_key=True)
    area_code: Mapped[str] = mapped_column(Text, primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    amount: Mapped[float] = mapped_column(Float)


class HolidayNotice(Base):
    """A year's days off and weekend days worked instead, as the centre entered them; the latest of a year counts.

    Append-only.
    """

    __tablename__ = "holiday_notice"

    id: Mapped[int] = mapped_column(Integer, Identity(always=True), primary_key=True)
    year: Mapped[int] = mapped_column(Integer)
    days_off: Mapped[list[date]] = mapped_column(ARRAY(Date))
    make_up_workdays: Mapped[list[date]] = mapped_column(ARRAY(Date))
    source: Mapped[str] = mapped_column(Text)
    added_by: Mapped[str] = mapped_column(Text)
    added_at: Mapped[datetime]


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
