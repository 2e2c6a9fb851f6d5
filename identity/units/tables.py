"""Mapped classes of units: dated rows of the tree, of the codes that stand for units, and of what they answer for.

A row is added or superseded, never changed (core/db/dated.py); a trigger holds it. Areas (`LAYER/CODE`) and categories
are opaque here; `""` stands for all of them.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, check_one_of
from core.db.dated import DatedBase, holds_once
from identity.units.states import UnitKind


class Unit(Base):
    """That a unit of this code is or was; its code never changes."""

    __tablename__ = "unit"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    created_at: Mapped[datetime]


class UnitState(DatedBase):
    """What a unit is called, of what kind it is, and which unit it belongs to."""

    __tablename__ = "unit_state"
    __table_args__ = (
        check_one_of("kind", UnitKind),
        *holds_once("unit_code", name="unit_once_at_a_time"),
    )
    KEY: ClassVar = ("unit_code",)

    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))


class UnitCode(DatedBase):
    """A unit code of releases stands for a unit."""

    __tablename__ = "unit_code"
    __table_args__ = holds_once("release_code", name="release_code_once_at_a_time")
    KEY: ClassVar = ("release_code",)

    release_code: Mapped[str] = mapped_column(Text)
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))


class UnitAnswer(DatedBase):
    """A unit answers for an area and a category."""

    __tablename__ = "unit_answer"
    __table_args__ = holds_once("unit_code", "area", "category", name="unit_answer_once_at_a_time")
    KEY: ClassVar = ("unit_code", "area", "category")

    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    area: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(Text)
