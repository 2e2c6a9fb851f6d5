"""Mapped classes of quick notes. Text, point, contact and files of a note are its report's; a row is never changed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, check_one_of
from governance.quick_notes.states import NoteSource


class QuickNote(Base):
    """What makes a report a quick note: how it was met, who wrote it, when it was and when it was written down.

    `in_own_area`: whether the place lies in an area of its author; None: there is no place, or the author has no areas.
    """

    __tablename__ = "quick_note"
    __table_args__ = (
        check_one_of("source", NoteSource),
        Index("ix_quick_note_author_id", "author_id", "noted_at"),
    )

    report_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int] = mapped_column(ForeignKey("principal.id"))
    author: Mapped[str] = mapped_column(Text)
    noted_at: Mapped[datetime]
    written_at: Mapped[datetime]
    in_own_area: Mapped[bool | None]


class QuickNotePolicy(Base):
    """From a day on: for how many days back notes may be written down. Only added to."""

    __tablename__ = "quick_note_policy"
    __table_args__ = (CheckConstraint("back_fill_days BETWEEN 0 AND 31", name="back_fill_days"),)

    valid_from: Mapped[date] = mapped_column(Date, primary_key=True)
    back_fill_days: Mapped[int] = mapped_column(SmallInteger)
    added_by: Mapped[str] = mapped_column(Text)
