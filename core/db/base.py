"""The declarative base every mapped class stands on."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import CheckConstraint, DateTime, MetaData
from sqlalchemy.orm import DeclarativeBase

if TYPE_CHECKING:
    from collections.abc import Sequence
    from enum import StrEnum

    from core.states import Lifecycle

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Mapped classes: timestamps are always with a time zone, constraints always named."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[type, DateTime]] = {datetime: DateTime(timezone=True)}


def check_one_of(column: str, values: type[StrEnum] | Sequence[StrEnum]) -> CheckConstraint:
    """Return the constraint that a text column holds a value of an enumeration; it is named after the column."""
    allowed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({allowed})", name=column)


def check_state(lifecycle: Lifecycle[Any, Any]) -> CheckConstraint:
    """Return the constraint that a row is in a state of its lifecycle, which stands in the constraint's info."""
    constraint = check_one_of(lifecycle.column, lifecycle.states)
    constraint.info["lifecycle"] = lifecycle
    return constraint
