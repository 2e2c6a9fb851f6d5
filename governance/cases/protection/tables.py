"""Mapped classes of protection: whom a report accuses, and which reporters stay unknown to who handles their case."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class ReportAccused(Base):
    """A unit or a person that a report accuses, as the history of its case has it now.

    Neither the person nor anybody of the unit, or of one below it, is shown the report or its case: the function
    `reports_hidden_from` reads this in every query that a person's reach limits.
    """

    __tablename__ = "report_accused"
    __table_args__ = (
        CheckConstraint("(unit_code IS NULL) <> (person_id IS NULL)", name="one"),
        Index("uq_report_accused_unit_code", "unit_code", "report_id", unique=True),
        Index("uq_report_accused_person_id", "person_id", "report_id", unique=True),
        Index("ix_report_accused_report_id", "report_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    report_id: Mapped[int] = mapped_column(BigInteger)
    unit_code: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("principal.id"))


class ReportConfidential(Base):
    """A report whose reporter stays unknown to the units that handle its case, those below and those above them."""

    __tablename__ = "report_confidential"

    report_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    set_at: Mapped[datetime]
    set_by: Mapped[str] = mapped_column(Text)
