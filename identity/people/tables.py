"""Mapped classes of people.

A person is a principal of kind person, with the same number, and this row: what may change and be erased, which the
principal's name may not.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base
from core.db.dated import DatedBase, holds_once


class Person(Base):
    """A person at work; `ended_at` is since when no longer. `version` counts changes.

    `external_id` is the number that a directory which keeps people by SCIM knows the person by.
    """

    __tablename__ = "person"
    __table_args__ = (CheckConstraint("erased_at IS NULL OR (phone IS NULL AND staff_number IS NULL)", name="erased"),)

    id: Mapped[int] = mapped_column(ForeignKey("principal.id"), primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(Text)
    staff_number: Mapped[str | None] = mapped_column(Text, unique=True)
    phone: Mapped[str | None] = mapped_column(Text)
    external_id: Mapped[str | None] = mapped_column(Text, unique=True)
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]


class PersonUnit(DatedBase):
    """A person belongs to a unit."""

    __tablename__ = "person_unit"
    __table_args__ = holds_once("person_id", "unit_code", name="person_once_in_a_unit")
    KEY: ClassVar = ("person_id", "unit_code")

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
