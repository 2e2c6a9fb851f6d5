"""Mapped class of the dated policy."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import (
    Date,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class HotspotPolicy(Base):
    """From a date on: what counts as high-frequency, common, concentrated, hot.

    Never changed, only added to.
    """

    __tablename__ = "hotspot_policy"

    valid_from: Mapped[date] = mapped_column(Date, primary_key=True)
    thresholds: Mapped[dict[str, Any]] = mapped_column(JSONB)
    note: Mapped[str] = mapped_column(Text, server_default="")
    added_by: Mapped[str] = mapped_column(Text, server_default="")
