"""Mapped classes of duplicates: into which case one is merged now, and which are linked. Histories say how it came."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class CaseMerge(Base):
    """A case that is merged, and the main one that goes on for both; the main one is not merged itself.

    `is_repeat`: the caller of the main one said the same once more, without new facts.
    """

    __tablename__ = "case_merge"
    __table_args__ = (
        CheckConstraint("case_id <> main_id", name="other"),
        Index("ix_case_merge_main_id", "main_id"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("case_record.id"), primary_key=True, autoincrement=False)
    main_id: Mapped[int] = mapped_column(ForeignKey("case_record.id"))
    merged_at: Mapped[datetime]
    is_repeat: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))


class CaseLink(Base):
    """Two cases that have to do with each other, neither a duplicate of the other; the earlier id first."""

    __tablename__ = "case_link"
    __table_args__ = (
        CheckConstraint("first_id < second_id", name="order"),
        Index("ix_case_link_second_id", "second_id"),
    )

    first_id: Mapped[int] = mapped_column(ForeignKey("case_record.id"), primary_key=True, autoincrement=False)
    second_id: Mapped[int] = mapped_column(ForeignKey("case_record.id"), primary_key=True, autoincrement=False)
    linked_at: Mapped[datetime]
