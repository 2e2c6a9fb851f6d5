"""Mapped classes of meetings: the topics they are about, the units called to them, and what they decided."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, ForeignKey, Identity, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, check_state
from governance.meetings.states import MEETING


class Meeting(Base):
    """A joint consultation on topics."""

    __tablename__ = "meeting"
    __table_args__ = (check_state(MEETING),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text)
    begins_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(Text)
    planned_at: Mapped[datetime]
    planned_by_id: Mapped[int] = mapped_column(ForeignKey("principal.id"))
    planned_by: Mapped[str] = mapped_column(Text)
    minutes: Mapped[str | None] = mapped_column(Text)
    minutes_by: Mapped[str | None] = mapped_column(Text)


class MeetingTopic(Base):
    """A point of the agenda: a topic, and what is asked about it."""

    __tablename__ = "meeting_topic"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("hotspot_topic.id"), primary_key=True)
    asked: Mapped[str] = mapped_column(Text)


class MeetingUnit(Base):
    """A unit that is called, with what it is to bring; the task by which it was called."""

    __tablename__ = "meeting_unit"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"), primary_key=True)
    brings: Mapped[str] = mapped_column(Text)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))


class MeetingDecision(Base):
    """What a meeting decided about a topic: a unit owns it until a day, as a task. Append-only."""

    __tablename__ = "meeting_decision"
    __table_args__ = (Index("ix_meeting_decision_topic_id", "topic_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    topic_id: Mapped[int] = mapped_column(ForeignKey("hotspot_topic.id"))
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    words: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date] = mapped_column(Date)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    decided_at: Mapped[datetime]
    decided_by: Mapped[str] = mapped_column(Text)
