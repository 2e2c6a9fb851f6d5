"""Mapped classes of channels: dated rows, only added to; the latest that has begun counts."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, Date, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, check_one_of
from governance.channels.states import SourceKind


class ChannelKind(Base):
    """From a day on: what kind of source a channel is. A channel without a row is of citizens."""

    __tablename__ = "channel_kind"
    __table_args__ = (check_one_of("kind", SourceKind),)

    channel: Mapped[str] = mapped_column(Text, primary_key=True)
    valid_from: Mapped[date] = mapped_column(Date, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, server_default="")
    added_by: Mapped[str] = mapped_column(Text)


class ChannelBinding(Base):
    """From an instant on: a key sends for a channel, its coordinates in `crs`; without `crs` it sends no longer."""

    __tablename__ = "channel_binding"

    client_id: Mapped[int] = mapped_column(ForeignKey("api_client.id"), primary_key=True)
    channel: Mapped[str] = mapped_column(Text, primary_key=True)
    valid_from: Mapped[datetime] = mapped_column(primary_key=True)
    crs: Mapped[str | None] = mapped_column(Text)
    added_by: Mapped[str] = mapped_column(Text)


class ChannelOpening(Base):
    """From an instant on: whether each report of a channel opens its case by itself.

    Where nothing is stated the reports of every channel do but those of quick notes, which are apart from cases.
    """

    __tablename__ = "channel_opening"

    channel: Mapped[str] = mapped_column(Text, primary_key=True)
    valid_from: Mapped[datetime] = mapped_column(primary_key=True)
    opens_cases: Mapped[bool] = mapped_column(Boolean)
    added_by: Mapped[str] = mapped_column(Text)
