"""Mapped class of alerts: each deadline of a case is told of once a kind. Append-only; each row is an event."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, check_one_of
from governance.cases.reminders.states import AlertKind, WhistleStep
from governance.categories.states import Step


class CaseAlert(Base):
    """That a deadline of a case was told of; a deadline that moves is told of again.

    `part` where it is one of a part's clocks, `whistle` where it is what the unit owes that it calls.
    """

    __tablename__ = "case_alert"
    __table_args__ = (
        check_one_of("step", [*Step, *WhistleStep]),
        check_one_of("kind", AlertKind),
        UniqueConstraint(
            "case_id",
            "step",
            "kind",
            "due_at",
            "part",
            "whistle",
            "unit_code",
            name="case_alert_told_once",
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_record.id"))
    step: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime]
    at: Mapped[datetime]
    part: Mapped[int | None] = mapped_column(Integer)
    whistle: Mapped[int | None] = mapped_column(Integer)
    unit_code: Mapped[str | None] = mapped_column(Text)
