"""Mapped classes of joint handling: kinds of whistles, dated, and where each whistle and each called unit is.

What happened stands in the history of the case (its steps, sealed); these rows follow from it, for lists and counts.
What people wrote is with the steps.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, check_one_of, check_state
from core.db.dated import DatedBase, holds_once
from governance.cases.joint_handling.states import ANSWER, WHISTLE
from governance.categories.states import LimitUnit


class WhistleKind(DatedBase):
    """A kind of whistle: which kinds of units and roles may blow it, by when each step is due, and what it pauses."""

    __tablename__ = "whistle_kind"
    __table_args__ = (
        *holds_once("code", name="whistle_kind_once_at_a_time"),
        *(check_one_of(f"{step}_unit", LimitUnit) for step in ("sign", "contact", "arrive")),
        CheckConstraint("sign_amount > 0 AND contact_amount > 0 AND arrive_amount > 0", name="amounts"),
        CheckConstraint("near_m > 0", name="near_m"),
    )
    KEY: ClassVar = ("code",)

    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    unit_kinds: Mapped[list[str]] = mapped_column(ARRAY(Text))
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    sign_amount: Mapped[int] = mapped_column(Integer)
    sign_unit: Mapped[str] = mapped_column(Text)
    contact_amount: Mapped[int] = mapped_column(Integer)
    contact_unit: Mapped[str] = mapped_column(Text)
    arrive_amount: Mapped[int] = mapped_column(Integer)
    arrive_unit: Mapped[str] = mapped_column(Text)
    near_m: Mapped[int] = mapped_column(Integer)
    pauses: Mapped[bool] = mapped_column(Boolean)


class Whistle(Base):
    """A whistle of a case (吹哨): of which kind, by which unit, and where it is. `number` counts those of the case."""

    __tablename__ = "whistle"
    __table_args__ = (
        check_state(WHISTLE),
        UniqueConstraint("case_id", "number"),
        Index("ix_whistle_open", "case_id", postgresql_where=text("state = 'called'")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_record.id"))
    number: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    called_at: Mapped[datetime]
    called_by: Mapped[str] = mapped_column(Text)
    near_m: Mapped[int] = mapped_column(Integer)
    pauses: Mapped[bool] = mapped_column(Boolean)
    ended_at: Mapped[datetime | None]


class WhistleAnswer(Base):
    """A unit that a whistle calls (报到): by when it owes what, when it did it, how far off, and how it is rated.

    `remind_at` is an hour before the arrival is due, in the time in which that counts.
    """

    __tablename__ = "whistle_answer"
    __table_args__ = (
        check_state(ANSWER),
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
        Index("ix_whistle_answer_unit_code", "unit_code", "whistle_id"),
    )

    whistle_id: Mapped[int] = mapped_column(ForeignKey("whistle.id"), primary_key=True)
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"), primary_key=True)
    state: Mapped[str] = mapped_column(Text)
    sign_due_at: Mapped[datetime]
    contact_due_at: Mapped[datetime]
    arrive_due_at: Mapped[datetime]
    remind_at: Mapped[datetime]
    signed_at: Mapped[datetime | None]
    contacted_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    distance_m: Mapped[float | None] = mapped_column(Float)
    is_distant: Mapped[bool | None] = mapped_column(Boolean)
    agrees: Mapped[bool | None] = mapped_column(Boolean)
    rating: Mapped[int | None] = mapped_column(SmallInteger)
