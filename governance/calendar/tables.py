"""Mapped class of the centre's own arrangements of days off."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    ARRAY,
    Date,
    Identity,
    Integer,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class HolidayNotice(Base):
    """A year's days off and weekend days worked instead, as the centre entered them; the latest of a year counts.

    Append-only.
    """

    __tablename__ = "holiday_notice"

    id: Mapped[int] = mapped_column(Integer, Identity(always=True), primary_key=True)
    year: Mapped[int] = mapped_column(Integer)
    days_off: Mapped[list[date]] = mapped_column(ARRAY(Date))
    make_up_workdays: Mapped[list[date]] = mapped_column(ARRAY(Date))
    source: Mapped[str] = mapped_column(Text)
    added_by: Mapped[str] = mapped_column(Text)
    added_at: Mapped[datetime]
