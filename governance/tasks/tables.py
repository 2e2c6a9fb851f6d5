"""Mapped classes of tasks: what was asked, where it is at each unit, and its history, which is only added to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, ForeignKey, Identity, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, check_one_of, check_state
from governance.tasks.states import LIFECYCLE, TaskKind, TaskVerb


class Task(Base):
    """What was asked of units, by whom, and until when. Append-only."""

    __tablename__ = "task"
    __table_args__ = (check_one_of("kind", TaskKind),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    issued_at: Mapped[datetime]
    due_at: Mapped[datetime]
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("principal.id"))
    issued_by: Mapped[str] = mapped_column(Text)


class TaskPart(Base):
    """A task at one unit as it stands; `version` counts its steps, `reminders` those that chased it."""

    __tablename__ = "task_part"
    __table_args__ = (
        check_state(LIFECYCLE),
        Index("ix_task_part_unit_code", "unit_code", "task_id"),
        Index("ix_task_part_due_at", "due_at", postgresql_where=text("state IN ('issued', 'acknowledged')")),
    )

    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), primary_key=True)
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"), primary_key=True)
    state: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    due_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    reminders: Mapped[int] = mapped_column(Integer)


class TaskStep(Base):
    """A step of a task at a unit: who, when by our clock, what; `words` can be erased, the step stays. Sealed."""

    __tablename__ = "task_step"
    __table_args__ = (check_one_of("verb", TaskVerb), Index("ix_task_step_task_id", "task_id", "unit_code", "id"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    unit_code: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    verb: Mapped[str] = mapped_column(Text)
    led_to: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[int] = mapped_column(ForeignKey("principal.id"))
    actor: Mapped[str] = mapped_column(Text)
    attachments: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    words: Mapped[str | None] = mapped_column(Text)
