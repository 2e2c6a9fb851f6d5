"""Mapped classes of seats and of who sits in them, of absences and who stands in: dated rows (core/db/dated.py)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base
from core.db.dated import DatedBase, holds_once


class Seat(Base):
    """That a seat of this code is or was."""

    __tablename__ = "seat"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    created_at: Mapped[datetime]


class SeatState(DatedBase):
    """What a seat is called, in which zone of the hall it stands, and which unit sends who sits there."""

    __tablename__ = "seat_state"
    __table_args__ = holds_once("seat_code", name="seat_once_at_a_time")
    KEY: ClassVar = ("seat_code",)

    seat_code: Mapped[str] = mapped_column(ForeignKey("seat.code"))
    name: Mapped[str] = mapped_column(Text)
    zone: Mapped[str] = mapped_column(Text)
    unit_code: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))


class SeatDuty(DatedBase):
    """A person sits in a seat: one at a time, and a person in one seat at a time."""

    __tablename__ = "seat_duty"
    __table_args__ = (
        *holds_once("seat_code", name="seat_duty_once_at_a_time"),
        holds_once("person_id", name="person_in_one_seat")[0],
    )
    KEY: ClassVar = ("seat_code",)

    seat_code: Mapped[str] = mapped_column(ForeignKey("seat.code"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))


class Absence(DatedBase):
    """A person is away; somebody stands in, or nobody. Why is nobody's business and is not kept."""

    __tablename__ = "absence"
    __table_args__ = (
        *holds_once("person_id", name="absence_once_at_a_time"),
        CheckConstraint("stand_in_id <> person_id", name="stand_in"),
    )
    KEY: ClassVar = ("person_id",)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    stand_in_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
