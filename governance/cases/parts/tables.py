"""Mapped class of parts of cases: where each is now. What happened stands in the history of the case."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Integer, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, check_one_of, check_state
from governance.cases.parts.states import LIFECYCLE
from governance.categories.states import Step


class CasePart(Base):
    """A part of a case at a unit. `number` counts those of the case; `due_at` is its next deadline, of `due_step`."""

    __tablename__ = "case_part"
    __table_args__ = (
        check_state(LIFECYCLE),
        CheckConstraint("due_step IS NULL OR " + str(check_one_of("due_step", Step).sqltext), name="due_step"),
        UniqueConstraint("case_id", "number"),
        Index("ix_case_part_unit_code", "unit_code", "id"),
        Index("ix_case_part_due_at", "due_at", postgresql_where=text("due_at IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_record.id"))
    number: Mapped[int] = mapped_column(Integer)
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    state: Mapped[str] = mapped_column(Text)
    given_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    due_step: Mapped[str | None] = mapped_column(Text)
