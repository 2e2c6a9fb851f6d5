"""Mapped classes of notifications: targets, messages, their deliveries, and the inboxes of persons."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Text,
    Time,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, check_one_of, check_state
from governance.notifications.states import DELIVERY, TARGET, TargetKind


class NotificationTarget(Base):
    """Where messages go. `secrets` is encrypted JSON; `types`, `units` and `channel` say which messages (none: all).

    `per_minute` bounds how many are sent; between `quiet_from` and `quiet_until`, local time, none is, but urgent ones.
    """

    __tablename__ = "notification_target"
    __table_args__ = (
        check_state(TARGET),
        check_one_of("kind", TargetKind),
        CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name="quiet"),
        CheckConstraint("per_minute BETWEEN 1 AND 6000", name="per_minute"),
        CheckConstraint("kind <> 'platform' OR channel IS NOT NULL", name="channel"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    name: Mapped[str] = mapped_column(Text, unique=True)
    kind: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    recipients: Mapped[list[str]] = mapped_column(ARRAY(Text))
    templates: Mapped[dict[str, str]] = mapped_column(JSONB)
    types: Mapped[list[str]] = mapped_column(ARRAY(Text))
    units: Mapped[list[str]] = mapped_column(ARRAY(Text))
    channel: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    per_minute: Mapped[int] = mapped_column(Integer)
    quiet_from: Mapped[time | None] = mapped_column(Time)
    quiet_until: Mapped[time | None] = mapped_column(Time)
    secrets: Mapped[str | None] = mapped_column(Text)
    former_secret_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("principal.id"))
    created_by: Mapped[str] = mapped_column(Text)
    disabled_at: Mapped[datetime | None]
    disabled_why: Mapped[str | None] = mapped_column(Text)


class NotificationMessage(Base):
    """One happening as it is told to everybody: codes and numbers, and no word about a person. Append-only.

    `id` follows from the row that it tells of, so that it is made once however often the feed is read.
    """

    __tablename__ = "notification_message"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    type: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    urgent: Mapped[bool] = mapped_column(Boolean)
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    recorded_at: Mapped[datetime] = mapped_column(index=True)


class NotificationDelivery(Base):
    """A message on its way to a target: tried from `next_at` on, by nobody else until `claimed_until`."""

    __tablename__ = "notification_delivery"
    __table_args__ = (
        check_state(DELIVERY),
        UniqueConstraint("message_id", "target_id"),
        Index(
            "ix_notification_delivery_waiting", "target_id", "next_at", "id",
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_notification_delivery_target_id", "target_id", "last_at"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    message_id: Mapped[str] = mapped_column(ForeignKey("notification_message.id"))
    target_id: Mapped[int] = mapped_column(ForeignKey("notification_target.id"))
    state: Mapped[str] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(Integer)
    next_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    last_at: Mapped[datetime | None]
    last_answer: Mapped[int | None] = mapped_column(Integer)
    last_fault: Mapped[str | None] = mapped_column(Text)
    delivered_at: Mapped[datetime | None]


class InboxEntry(Base):
    """A message in a person's inbox; `read_at` is when the person has marked it as read."""

    __tablename__ = "inbox_entry"
    __table_args__ = (UniqueConstraint("person_id", "message_id"), Index("ix_inbox_entry_person_id", "person_id", "id"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    message_id: Mapped[str] = mapped_column(ForeignKey("notification_message.id"), index=True)
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]
