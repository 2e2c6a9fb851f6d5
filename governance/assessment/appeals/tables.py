"""Mapped class of appeals: what is contested and why stays as it was filed; what follows is added once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ForeignKey, Identity, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, check_one_of, check_state
from governance.assessment.appeals.states import APPEAL, Ground
from governance.assessment.states import Counted


class Appeal(Base):
    """An appeal against something that was counted (`counted`, `case_id`, `step`: facts.Fact) in a run.

    `effect` is what a granted one changes: the values of indicators before and after.
    """

    __tablename__ = "assessment_appeal"
    __table_args__ = (
        check_state(APPEAL),
        check_one_of("counted", Counted),
        check_one_of("ground", Ground),
        Index(
            "ix_assessment_appeal_once", "run_id", "counted", "case_id", "step", unique=True,
            postgresql_where=text("state <> 'withdrawn'"),
        ),
        Index("ix_assessment_appeal_state", "state", "id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("assessment_run.id"))
    counted: Mapped[str] = mapped_column(Text)
    case_id: Mapped[int] = mapped_column(BigInteger)
    step: Mapped[int] = mapped_column(Integer)
    unit_code: Mapped[str | None] = mapped_column(Text)
    person_id: Mapped[int | None] = mapped_column(Integer)
    ground: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    evidence: Mapped[list[str]] = mapped_column(ARRAY(Text))
    state: Mapped[str] = mapped_column(Text)
    filed_at: Mapped[datetime]
    filed_by_id: Mapped[int] = mapped_column(ForeignKey("principal.id"))
    filed_by: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime]
    answer: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("principal.id"))
    answered_by: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("principal.id"))
    decided_by: Mapped[str | None] = mapped_column(Text)
    effect: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB)
