"""Mapped classes of cases: what a case is now, and its history, which is only added to.

A case bears the id of the report that opened it, and so its number. The history and its words are partitioned by the
month of that id (docs/adr/0017).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import ARRAY, BigInteger, Boolean, CheckConstraint, ForeignKey, Index, Integer, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, check_one_of, check_state
from governance.cases.lifecycle.states import LIFECYCLE, Verb
from governance.categories.states import Step, Urgency


class Case(Base):
    """A case as it stands (案件); all of it follows from its history, and `version` is its last step.

    `category_path` are the codes of the category and those above it. `due_at` is the next deadline of the clocks that
    run, and `due_step` whose it is.
    """

    __tablename__ = "case_record"
    __table_args__ = (
        check_state(LIFECYCLE),
        check_one_of("urgency", Urgency),
        CheckConstraint("due_step IS NULL OR " + str(check_one_of("due_step", Step).sqltext), name="due_step"),
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
        Index("ix_case_record_state", "state", "id"),
        Index("ix_case_record_unit_code", "unit_code", "id"),
        Index("ix_case_record_due_at", "due_at", postgresql_where=text("due_at IS NOT NULL")),
        Index("ix_case_record_running", "id", postgresql_where=text("due_at IS NOT NULL")),
        Index("ix_case_record_supervised", "id", postgresql_include=["unit_code"], postgresql_where=text("supervised")),
        Index("ix_case_record_changed_at", "changed_at"),
        Index("ix_case_record_opened_at", "opened_at"),
        Index("ix_case_record_category_path", "category_path", postgresql_using="gin"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    category_path: Mapped[list[str]] = mapped_column(ARRAY(Text))
    urgency: Mapped[str] = mapped_column(Text)
    unit_code: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    opened_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    due_step: Mapped[str | None] = mapped_column(Text)
    supervised: Mapped[bool] = mapped_column(Boolean)
    rating: Mapped[int | None] = mapped_column(SmallInteger)


class PlaceOfCase(Base):
    """Where the report of a case belongs now, its point, its channel and the word that this sent for the category.

    Lists of cases are filtered by it. It follows from the report and the decisions on it, and only triggers write it.
    """

    __tablename__ = "case_place"
    __table_args__ = (
        Index("ix_case_place_area_path", "area_path", postgresql_using="gin"),
        Index("ix_case_place_geom", "geom", postgresql_using="gist"),
        Index("ix_case_place_channel", "channel", "case_id"),
    )

    case_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    channel: Mapped[str] = mapped_column(Text)
    word: Mapped[str] = mapped_column(Text)
    layer_id: Mapped[int | None] = mapped_column(Integer)
    area_path: Mapped[list[str]] = mapped_column(ARRAY(Text))
    geom: Mapped[WKBElement | None] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False))


IDS_A_CASE: Final = 10_000
"""The id of a step, and of its words, is that of the case times this, plus the number of the step: seals name it."""


def row_id(case_id: int, number: int) -> int:
    """Return the id of a step, or of its words."""
    return case_id * IDS_A_CASE + number


_NUMBERED: Final = f"id = case_id * {IDS_A_CASE} + number AND number BETWEEN 1 AND {IDS_A_CASE - 1}"


class CaseStep(Base):
    """One step of a case's history: who, when by the server's clock, what, from where to where, and what it set.

    Append-only. `device_at` is what the sender's device said. `detail` holds codes and values, never words of people:
    those stand in CaseWords.
    """

    __tablename__ = "case_step"
    __table_args__ = (
        check_one_of("verb", Verb),
        CheckConstraint(_NUMBERED, name="id"),
        Index("ix_case_step_id", "id"),
        {"postgresql_partition_by": "RANGE (case_id)"},
    )

    case_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
    device_at: Mapped[datetime | None]
    verb: Mapped[str] = mapped_column(Text)
    came_from: Mapped[str | None] = mapped_column(Text)
    led_to: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[int] = mapped_column(ForeignKey("principal.id"))
    actor: Mapped[str] = mapped_column(Text)
    unit_code: Mapped[str | None] = mapped_column(Text)
    category_code: Mapped[str | None] = mapped_column(Text)
    geom: Mapped[WKBElement | None] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False))
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB)


class CaseWords(Base):
    """What somebody wrote to a step (why, what was found or done) and the names of its photos. It can be erased."""

    __tablename__ = "case_words"
    __table_args__ = (
        CheckConstraint(_NUMBERED, name="id"),
        Index("ix_case_words_id", "id"),
        {"postgresql_partition_by": "RANGE (case_id)"},
    )

    case_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    id: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str | None] = mapped_column(Text)
    opinion: Mapped[str | None] = mapped_column(Text)
    photos: Mapped[list[str]] = mapped_column(ARRAY(Text))
