"""Mapped classes of the knowledge base: dated entries (core/db/dated.py), and questions that found no answer."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import BigInteger, Boolean, ForeignKey, Identity, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base
from core.db.dated import DatedBase, holds_once


class KnowledgeEntry(Base):
    """That an entry of this code is or was."""

    __tablename__ = "knowledge_entry"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    created_at: Mapped[datetime]


class KnowledgeState(DatedBase):
    """What an entry answers for a time, and the source that says so."""

    __tablename__ = "knowledge_state"
    __table_args__ = (*holds_once("entry_code", name="knowledge_once_at_a_time"),)
    KEY: ClassVar = ("entry_code",)

    entry_code: Mapped[str] = mapped_column(ForeignKey("knowledge_entry.code"))
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    category_code: Mapped[str | None] = mapped_column(ForeignKey("category.code"))
    is_public: Mapped[bool] = mapped_column(Boolean)


class KnowledgeGap(Base):
    """A question for which there was no answer; people's data is masked in it. Open until an entry answers it."""

    __tablename__ = "knowledge_gap"
    __table_args__ = (Index("ix_knowledge_gap_open", "id", postgresql_where=text("closed_at IS NULL")),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    question: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(Text)
    entry_code: Mapped[str | None] = mapped_column(ForeignKey("knowledge_entry.code"))
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None] = mapped_column(Text)
