"""Mapped class of hotspot runs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, check_state
from governance.hotspots.runs.states import RUN, RunStatus


class HotspotRun(Base):
    """One analysis with all that is needed to repeat it, and its result as the bytes it was written in."""

    __tablename__ = "hotspot_run"
    __table_args__ = (
        CheckConstraint("period_start < period_end", name="period"),
        check_state(RUN),
        CheckConstraint(f"(status = '{RunStatus.DONE}') = (result IS NOT NULL)", name="result"),
        Index("ix_hotspot_run_status", "status", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    layer_id: Mapped[int] = mapped_column(ForeignKey("layer.id"))
    level: Mapped[str] = mapped_column(Text)
    within: Mapped[str | None] = mapped_column(Text)
    period_start: Mapped[date] = mapped_column(Date)
    period_end: Mapped[date] = mapped_column(Date)
    categories: Mapped[list[str]] = mapped_column(ARRAY(Text))
    methods: Mapped[list[str]] = mapped_column(ARRAY(Text))
    parameters: Mapped[dict[str, Any]] = mapped_column(JSONB)
    seed: Mapped[int] = mapped_column(BigInteger)
    requested_by: Mapped[str] = mapped_column(Text)
    requested_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(Text, server_default=RunStatus.QUEUED)
    progress: Mapped[float] = mapped_column(Float, server_default="0")
    cancel_requested: Mapped[bool] = mapped_column(Boolean, server_default="false")
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)
    # The data cut-off is a snapshot: exactly the reports listed, placed by exactly the reassignments listed. The last
    # numbers are told beside; before the reassignments were listed, the last of them was their bound.
    release_number: Mapped[int | None] = mapped_column(Integer)
    last_report_id: Mapped[int | None] = mapped_column(BigInteger)
    last_reassignment_id: Mapped[int | None] = mapped_column(BigInteger)
    report_ids: Mapped[bytes | None] = mapped_column(LargeBinary)
    reassignment_ids: Mapped[bytes | None] = mapped_column(LargeBinary)
    effort_import_ids: Mapped[list[int] | None] = mapped_column(ARRAY(Integer))
    code_version: Mapped[str | None] = mapped_column(Text)
    result: Mapped[bytes | None] = mapped_column(LargeBinary)
    result_sha256: Mapped[bytes | None] = mapped_column(LargeBinary)
