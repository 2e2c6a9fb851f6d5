"""Mapped classes: how far the handover of each release has come."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, check_state
from governance.boundary_changes.states import HANDOVER


class ReleaseHandover(Base):
    """Open cases are given the areas of this release, batch by batch: how far it is, what it did.

    `state` is running, done, or overtaken: a later release took effect before it was through, and hands over instead.
    `reached_id` names the last case that was looked at, so that a killed worker goes on behind it.
    """

    __tablename__ = "release_handover"
    __table_args__ = (check_state(HANDOVER),)

    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"), primary_key=True)
    state: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    to_examine: Mapped[int] = mapped_column(Integer)
    examined: Mapped[int] = mapped_column(Integer)
    moved: Mapped[int] = mapped_column(Integer)
    posts_moved: Mapped[int] = mapped_column(Integer)
    reached_id: Mapped[int] = mapped_column(BigInteger)
