"""Mapped class of samples. Append-only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Identity, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class BackCheckSample(Base):
    """Cases drawn of frozen results: by unit as their closed cases are, those with the least rules.draw of the seed."""

    __tablename__ = "assessment_sample"
    __table_args__ = (CheckConstraint("size > 0", name="size"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("assessment_run.id"))
    size: Mapped[int] = mapped_column(Integer)
    seed: Mapped[str] = mapped_column(Text)
    cases: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    drawn_at: Mapped[datetime]
    drawn_by_id: Mapped[int] = mapped_column(ForeignKey("principal.id"))
    drawn_by: Mapped[str] = mapped_column(Text)
