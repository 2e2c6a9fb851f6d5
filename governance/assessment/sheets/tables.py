"""Mapped classes of sheets: forms as dated versions, and the sheet of a unit and period."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Identity, Index, Integer, Numeric, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, check_one_of, check_state
from governance.assessment.sheets.states import SHEET, Dimension
from governance.assessment.states import INDICATOR


class SheetForm(Base):
    """A version of the items of a dimension (rules.ItemJson): from a day on it counts, if it is in force."""

    __tablename__ = "assessment_form"
    __table_args__ = (
        check_one_of("dimension", Dimension),
        check_state(INDICATOR),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided"),
        Index("ix_assessment_form_dimension", "dimension", "version", unique=True),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    dimension: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    valid_from: Mapped[date] = mapped_column(Date)
    source: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    stated_at: Mapped[datetime]
    stated_by_id: Mapped[int] = mapped_column(ForeignKey("principal.id"))
    stated_by: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("principal.id"))
    decided_by: Mapped[str | None] = mapped_column(Text)


class Sheet(Base):
    """The sheet of a unit for local days [first_day, until_day): what each item got (rules.ScoreJson), and the sum.

    `most` is what the items that could be scored come to: where nothing was to be counted, an item is left out.
    """

    __tablename__ = "assessment_sheet"
    __table_args__ = (
        check_state(SHEET),
        CheckConstraint("first_day < until_day", name="days"),
        Index("ix_assessment_sheet_once", "first_day", "until_day", "unit_code", "form_id", unique=True),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    form_id: Mapped[int] = mapped_column(ForeignKey("assessment_form.id"))
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    first_day: Mapped[date] = mapped_column(Date)
    until_day: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(Text)
    scores: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    points: Mapped[Decimal | None] = mapped_column(Numeric)
    most: Mapped[Decimal | None] = mapped_column(Numeric)
    scored_at: Mapped[datetime | None]
    scored_by_id: Mapped[int | None] = mapped_column(ForeignKey("principal.id"))
    scored_by: Mapped[str | None] = mapped_column(Text)
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("principal.id"))
    confirmed_by: Mapped[str | None] = mapped_column(Text)
