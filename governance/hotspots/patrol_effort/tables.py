"""Mapped classes of patrol effort."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Date,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class PatrolEffortImport(Base):
    """One file or message of patrol effort: who sent it, in which unit, and which of its rows were refused."""

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
