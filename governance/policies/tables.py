"""Mapped class of values of policy: only added to, and decided on once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, check_one_of, check_state
from governance.policies.states import POLICY, PolicyCode


class PolicyValue(Base):
    """From an instant on a value of policy counts, if it is in force; a later one takes its place."""

    __tablename__ = "policy_value"
    __table_args__ = (
        check_one_of("code", PolicyCode),
        check_state(POLICY),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided"),
        Index("ix_policy_value_code", "code", "effective_from"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    code: Mapped[str] = mapped_column(Text)
    value: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    effective_from: Mapped[datetime]
    note: Mapped[str] = mapped_column(Text)
    stated_at: Mapped[datetime]
    stated_by_id: Mapped[int] = mapped_column(ForeignKey("principal.id"))
    stated_by: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("principal.id"))
    decided_by: Mapped[str | None] = mapped_column(Text)
