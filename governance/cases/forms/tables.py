"""Mapped class of office forms: which number a form of a step of a case has. Append-only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, check_one_of
from governance.cases.forms.states import FormKind


class OfficeForm(Base):
    """A numbered form: `serial` counts those of its kind in a local year from 1 on, without a gap."""

    __tablename__ = "office_form"
    __table_args__ = (
        check_one_of("kind", FormKind),
        CheckConstraint("serial > 0", name="serial"),
        UniqueConstraint("kind", "year", "serial"),
        UniqueConstraint("case_id", "kind", "step"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    year: Mapped[int] = mapped_column(Integer)
    serial: Mapped[int] = mapped_column(Integer)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_record.id"))
    step: Mapped[int] = mapped_column(Integer)
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("principal.id"))
    issued_by: Mapped[str] = mapped_column(Text)
