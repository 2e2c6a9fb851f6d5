"""Mapped classes: the releases whose handover is done."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class ReleaseHandover(Base):
    """Open matters were given the areas of this release: how many were looked at, how many changed their area."""

    __tablename__ = "release_handover"

    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"), primary_key=True)
    done_at: Mapped[datetime]
    examined: Mapped[int] = mapped_column(Integer)
    moved: Mapped[int] = mapped_column(Integer)
