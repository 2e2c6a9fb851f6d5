"""Mapped classes of rules of dispatch: sets that are never changed, and the ordered rules in them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, check_one_of
from governance.cases.dispatch.states import When


class DispatchRuleSet(Base):
    """A version of the rules: made, then published once, to count from an instant until a later set does."""

    __tablename__ = "dispatch_rule_set"
    __table_args__ = (
        CheckConstraint("(effective_at IS NULL) = (published_by IS NULL)", name="published"),
        CheckConstraint("(effective_at IS NULL) = (published_at IS NULL)", name="published_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    note: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(Text)
    effective_at: Mapped[datetime | None] = mapped_column(unique=True)
    published_at: Mapped[datetime | None]
    published_by: Mapped[str | None] = mapped_column(Text)


class DispatchRuleRow(Base):
    """A rule of a set, in its order; a condition that is null limits nothing.

    `area` is `LAYER/CODE`; a season goes from a day of the year to another, as MM-DD, the last included; `level` is
    that of the finest area in which the case lies. Without `unit_code` the case goes to who answers for both.
    """

    __tablename__ = "dispatch_rule"
    __table_args__ = (
        CheckConstraint("during IS NULL OR " + str(check_one_of("during", When).sqltext), name="during"),
        CheckConstraint("(season_from IS NULL) = (season_until IS NULL)", name="season"),
    )

    set_id: Mapped[int] = mapped_column(ForeignKey("dispatch_rule_set.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    area: Mapped[str | None] = mapped_column(Text)
    category: Mapped[str | None] = mapped_column(Text)
    during: Mapped[str | None] = mapped_column(Text)
    season_from: Mapped[str | None] = mapped_column(Text)
    season_until: Mapped[str | None] = mapped_column(Text)
    level: Mapped[str | None] = mapped_column(Text)
    unit_code: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    note: Mapped[str] = mapped_column(Text)
