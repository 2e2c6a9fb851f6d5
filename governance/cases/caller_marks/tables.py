"""Mapped class of marks on callers: the caller is whoever sent a report, and no mark outlives that report's words."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Identity, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, check_one_of, check_state
from governance.cases.caller_marks.states import CALLER_MARK, CallerMarkKind


class CallerMark(Base):
    """A caller is marked until the end of a day, once a second person has confirmed it; decided on once, lifted once.

    The caller is not named: it is who sent the report of `report_id`, by the digest of the telephone number there.
    """

    __tablename__ = "caller_mark"
    __table_args__ = (
        check_one_of("kind", CallerMarkKind),
        check_state(CALLER_MARK),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("(state = 'lifted') = (lifted_at IS NOT NULL)", name="lifted"),
        Index("ix_caller_mark_report_id", "report_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    report_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    last_day: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(Text)
    proposed_at: Mapped[datetime]
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("principal.id"))
    proposed_by: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("principal.id"))
    decided_by: Mapped[str | None] = mapped_column(Text)
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None] = mapped_column(Text)
    lifted_for: Mapped[str | None] = mapped_column(Text)
