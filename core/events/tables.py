"""Mapped classes of the feed: its epoch, its events, and how far each consumer has read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Identity, Integer, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import INT8MULTIRANGE, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from core.db import Base


class TransactionId(UserDefinedType[str]):
    """PostgreSQL's xid8: the number of a transaction, which is never used again in the same cluster."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Return the type's name in SQL."""
        return "xid8"


class EventFeed(Base):
    """The one row that names the cluster which numbers the transactions of new events, and from which epoch on."""

    __tablename__ = "event_feed"
    __table_args__ = (CheckConstraint("only_row", name="only_row"),)

    only_row: Mapped[bool] = mapped_column(Boolean, primary_key=True, server_default=text("true"))
    epoch: Mapped[int] = mapped_column(Integer)
    cluster: Mapped[int] = mapped_column(BigInteger)


class Event(Base):
    """One statement or batch of what happened. Partitioned by week; nothing in it names a person by their data."""

    __tablename__ = "event"

    epoch: Mapped[int] = mapped_column(Integer, primary_key=True, server_default=text("event_epoch()"))
    xid: Mapped[str] = mapped_column(TransactionId, primary_key=True, server_default=text("pg_current_xact_id()"))
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    slot: Mapped[int] = mapped_column(SmallInteger, primary_key=True, server_default=text("event_slot(now())"))
    at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    kind: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    ids: Mapped[Any] = mapped_column(INT8MULTIRANGE)
    actor: Mapped[str | None] = mapped_column(Text)
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")


class EventConsumer(Base):
    """How far a consumer has read: the last event whose effect is stored."""

    __tablename__ = "event_consumer"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    epoch: Mapped[int] = mapped_column(Integer, server_default="0")
    xid: Mapped[str] = mapped_column(TransactionId, server_default=text("'0'::xid8"))
    event_id: Mapped[int] = mapped_column(BigInteger, server_default="0")
    moved_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
