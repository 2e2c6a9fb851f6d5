"""Mapped classes of change sets (变更单).

An edit writes one row for each area it leaves different; the newest row of a code is the area as the draft has it. So
an edit is undone by deleting it, and what the draft did is the list of its edits in order.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Integer,
    PrimaryKeyConstraint,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, check_one_of, check_state
from grids.change_sets.states import CHANGE_SET, ChangeSetState, EditLocking


class ChangeSet(Base):
    """A draft on top of one release of one layer; without one, of the layer's first content."""

    __tablename__ = "change_set"
    __table_args__ = (check_state(CHANGE_SET), check_one_of("locking", EditLocking))

    id: Mapped[int] = mapped_column(Integer, Identity(always=True), primary_key=True)
    layer_id: Mapped[int] = mapped_column(ForeignKey("layer.id"))
    base_release_id: Mapped[int | None] = mapped_column(ForeignKey("release.id"))
    title: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default=ChangeSetState.OPEN)
    locking: Mapped[str] = mapped_column(Text, server_default=EditLocking.IF_MATCH)
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    # Conflicts decided for the draft: code to the number of the release it was decided against.
    settled: Mapped[dict[str, int]] = mapped_column(JSONB, server_default="{}")
    # Digest of the content and of the rules it was held to when it was last found without a blocking defect.
    checked: Mapped[str | None] = mapped_column(Text)
    submitted_by: Mapped[str | None] = mapped_column(Text)
    approved_by: Mapped[str | None] = mapped_column(Text)
    approved_at: Mapped[datetime | None]
    effective_at: Mapped[datetime | None]
    published_release_id: Mapped[int | None] = mapped_column(ForeignKey("release.id"))


class ChangeSetEdit(Base):
    """One edit: the verb with its arguments as they were given."""

    __tablename__ = "change_set_edit"

    change_set_id: Mapped[int] = mapped_column(ForeignKey("change_set.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    verb: Mapped[str] = mapped_column(Text)
    arguments: Mapped[dict[str, Any]] = mapped_column(JSONB)
    actor: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]


class ChangeSetRead(Base):
    """The state in which somebody last read a feature of a draft whose edits are locked by that."""

    __tablename__ = "change_set_read"

    change_set_id: Mapped[int] = mapped_column(ForeignKey("change_set.id"), primary_key=True)
    reader_id: Mapped[int] = mapped_column(ForeignKey("principal.id"), primary_key=True)
    code: Mapped[str] = mapped_column(Text, primary_key=True)
    state: Mapped[str] = mapped_column(Text)
    read_at: Mapped[datetime]


class ChangeSetHand(Base):
    """Somebody who worked on a draft: opened, edited, undid, rebased or submitted it. Append-only."""

    __tablename__ = "change_set_hand"

    change_set_id: Mapped[int] = mapped_column(ForeignKey("change_set.id"), primary_key=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("principal.id"), primary_key=True)
    actor: Mapped[str] = mapped_column(Text)
    first_at: Mapped[datetime]


class ChangeSetArea(Base):
    """An area as one edit left it; retired areas have no geometry."""

    __tablename__ = "change_set_area"
    __table_args__ = (
        PrimaryKeyConstraint("change_set_id", "code", "edit_number"),
        CheckConstraint("is_retired = (geom IS NULL)", name="geom"),
        ForeignKeyConstraint(
            ["change_set_id", "edit_number"],
            ["change_set_edit.change_set_id", "change_set_edit.number"],
            ondelete="CASCADE",
        ),
    )

    change_set_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    edit_number: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(Text, primary_key=True)
    level: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    parent_code: Mapped[str | None] = mapped_column(Text)
    unit_code: Mapped[str | None] = mapped_column(Text)
    unit_name: Mapped[str | None] = mapped_column(Text)
    attributes: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    is_retired: Mapped[bool] = mapped_column(Boolean, server_default="false")
    geom: Mapped[WKBElement | None] = mapped_column(Geometry("MULTIPOLYGON", srid=4326, spatial_index=False))
