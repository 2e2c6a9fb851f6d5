"""Mapped classes: grid workers, and the posts they hold."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Text
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class GridWorker(Base):
    """A grid worker (网格员): the staff number under which posts are kept, the person, and the worker's own unit."""

    __tablename__ = "grid_worker"
    __table_args__ = (Index("ix_grid_worker_person_id", "person_id"),)

    staff_number: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    unit_code: Mapped[str | None] = mapped_column(ForeignKey("responsible_unit.code"))


class GridWorkerPost(Base):
    """A grid worker works one area for a half-open span.

    `follows_post_id` is the post of the same person that this one continues, because a release ended its area.
    """

    __tablename__ = "grid_worker_post"
    __table_args__ = (
        CheckConstraint("NOT isempty(valid_during)", name="valid_during"),
        ExcludeConstraint(
            ("layer_id", "="),
            ("area_code", "="),
            ("staff_number", "="),
            ("valid_during", "&&"),
            name="grid_worker_once_on_an_area",
            using="gist",
        ),
        Index("ix_grid_worker_post_staff_number", "staff_number"),
        Index("ix_grid_worker_post_follows_post_id", "follows_post_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    staff_number: Mapped[str] = mapped_column(ForeignKey("grid_worker.staff_number"))
    layer_id: Mapped[int] = mapped_column(ForeignKey("layer.id"))
    area_code: Mapped[str] = mapped_column(Text)
    valid_during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    follows_post_id: Mapped[int | None] = mapped_column(ForeignKey("grid_worker_post.id", ondelete="SET NULL"))
