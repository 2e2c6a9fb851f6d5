"""Mapped classes of assessment: indicators, runs over periods, what was counted, and what it came to.

What belongs to a run is written once, and by trigger only while the run is provisional.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Numeric,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, check_one_of, check_state
from governance.assessment.states import INDICATOR, RUN, Counted, Grouping


class Indicator(Base):
    """A version of an indicator (指标): from a day on its rule counts, if it is in force. Decided on once."""

    __tablename__ = "assessment_indicator"
    __table_args__ = (
        check_state(INDICATOR),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided"),
        Index("ix_assessment_indicator_code", "code", "version", unique=True),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    code: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(Text)
    rule: Mapped[dict[str, Any]] = mapped_column(JSONB)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    source: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    stated_at: Mapped[datetime]
    stated_by_id: Mapped[int] = mapped_column(ForeignKey("principal.id"))
    stated_by: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("principal.id"))
    decided_by: Mapped[str | None] = mapped_column(Text)


class AssessmentRun(Base):
    """The results of a period, in local days [first_day, until_day), as the histories stood at the cut-off.

    `digest` is that of all that was counted and its values; it is set when the run is frozen, and audited.
    """

    __tablename__ = "assessment_run"
    __table_args__ = (
        check_state(RUN),
        CheckConstraint("first_day < until_day", name="days"),
        Index(
            "ix_assessment_run_one_open", "first_day", "until_day", unique=True,
            postgresql_where=text("state = 'provisional'"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    first_day: Mapped[date] = mapped_column(Date)
    until_day: Mapped[date] = mapped_column(Date)
    version: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(Text)
    cut_at: Mapped[datetime]
    cases: Mapped[int] = mapped_column(Integer)
    facts: Mapped[int] = mapped_column(Integer)
    computed_by_id: Mapped[int] = mapped_column(ForeignKey("principal.id"))
    computed_by: Mapped[str] = mapped_column(Text)
    frozen_at: Mapped[datetime | None]
    frozen_by_id: Mapped[int | None] = mapped_column(ForeignKey("principal.id"))
    frozen_by: Mapped[str | None] = mapped_column(Text)
    published_at: Mapped[datetime | None]
    digest: Mapped[str | None] = mapped_column(Text)


class AssessedCase(Base):
    """A case that counts in a run: up to which step of its history, and where it belonged at the cut-off."""

    __tablename__ = "assessment_case"

    run_id: Mapped[int] = mapped_column(ForeignKey("assessment_run.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    last_step: Mapped[int] = mapped_column(Integer)
    channel: Mapped[str] = mapped_column(Text)
    category_code: Mapped[str | None] = mapped_column(Text)
    urgency: Mapped[str] = mapped_column(Text)
    area_path: Mapped[list[str]] = mapped_column(ARRAY(Text))


class AssessedFact(Base):
    """Something that was counted in a run (facts.Fact)."""

    __tablename__ = "assessment_fact"
    __table_args__ = (
        check_one_of("counted", Counted),
        ForeignKeyConstraint(["run_id", "case_id"], ["assessment_case.run_id", "assessment_case.case_id"]),
        Index("ix_assessment_fact_case", "run_id", "case_id"),
    )

    run_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    counted: Mapped[str] = mapped_column(Text, primary_key=True)
    case_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    unit_code: Mapped[str | None] = mapped_column(Text)
    person_id: Mapped[int | None] = mapped_column(Integer)
    marks: Mapped[list[str]] = mapped_column(ARRAY(Text))


class AssessedValue(Base):
    """What an indicator came to for a subject of a grouping (a unit, a person …; `""` for the district)."""

    __tablename__ = "assessment_value"
    __table_args__ = (check_one_of("grouping", Grouping),)

    run_id: Mapped[int] = mapped_column(ForeignKey("assessment_run.id"), primary_key=True)
    indicator_id: Mapped[int] = mapped_column(ForeignKey("assessment_indicator.id"), primary_key=True)
    grouping: Mapped[str] = mapped_column(Text, primary_key=True)
    subject: Mapped[str] = mapped_column(Text, primary_key=True)
    numerator: Mapped[int] = mapped_column(Integer)
    denominator: Mapped[int] = mapped_column(Integer)
    excluded: Mapped[int] = mapped_column(Integer)
    percent: Mapped[Decimal | None] = mapped_column(Numeric)
    points: Mapped[Decimal | None] = mapped_column(Numeric)
