"""Mapped classes of data quality: evidence beside each report, and corrections offered to sources.

Evidence never changes a report. A correction changes what a key declares from now on, and only when a person takes it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import BigInteger, CheckConstraint, Float, ForeignKey, Identity, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, check_one_of, check_state
from geo.address.verdicts import Verdict
from governance.data_quality.states import CORRECTION, CorrectionState


class ReportEvidence(Base):
    """The evidence of a report's address on its point: distances under each datum, and what was noticed."""

    __tablename__ = "report_evidence"
    __table_args__ = (check_one_of("verdict", Verdict), {"postgresql_partition_by": "RANGE (report_id)"})

    report_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    client_id: Mapped[int] = mapped_column(ForeignKey("api_client.id"))
    declared_crs: Mapped[str] = mapped_column(Text)
    verdict: Mapped[str | None] = mapped_column(Text)
    address_geom: Mapped[WKBElement | None] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False))
    address_accuracy_m: Mapped[float | None] = mapped_column(Float)
    distance_m: Mapped[dict[str, float]] = mapped_column(JSONB, server_default="{}")
    in_named_area: Mapped[dict[str, bool]] = mapped_column(JSONB, server_default="{}")
    in_coverage: Mapped[dict[str, bool]] = mapped_column(JSONB, server_default="{}")
    flags: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    gazetteer: Mapped[dict[str, int]] = mapped_column(JSONB)
    examined_at: Mapped[datetime]


class SourceCorrection(Base):
    """A datum offered in place of the declared one, with its evidence; taken or refused by a person."""

    __tablename__ = "source_correction"
    __table_args__ = (
        check_state(CORRECTION),
        CheckConstraint(f"(state = '{CorrectionState.OFFERED}') = (decided_at IS NULL)", name="decided"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    client_id: Mapped[int] = mapped_column(Integer, ForeignKey("api_client.id"))
    declared_crs: Mapped[str] = mapped_column(Text)
    detected_crs: Mapped[str] = mapped_column(Text)
    evidence: Mapped[dict[str, Any]] = mapped_column(JSONB)
    state: Mapped[str] = mapped_column(Text, server_default=CorrectionState.OFFERED)
    offered_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None] = mapped_column(Text)
