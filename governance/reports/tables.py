"""Mapped classes of intake: what a channel sent, and where it was found to belong.

A report is immutable (a trigger refuses UPDATE and DELETE). Where it belongs *now* is its own first assignment, or
its latest row in report_reassignment; the view report_place answers that in one place.

Report, Reporter, ReportReassignment and report_evidence are partitioned by month of receipt, which stands in the ids
(docs/adr/0017). The foreign keys to a report join partitions of the same month, so they are not declared here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, check_one_of
from governance.reports.states import Sensitivity
from grids.assignment.rules import AssignmentMethod


class Report(Base):
    """What a channel sent (上报), with its first assignment, the release it was made by and the reason."""

    __tablename__ = "report"
    __table_args__ = (
        check_one_of("method", AssignmentMethod),
        CheckConstraint("accuracy_m >= 0", name="accuracy"),
        # What lets a query by reported_at leave out months (rules.LATEST_BEHIND_RECEIPT; report_first_id in SQL).
        CheckConstraint("reported_at < received_at + interval '24:00:00'", name="reported_at"),
        Index("ix_report_reported_at", "reported_at", "id"),
        Index("ix_report_area_path", "area_path", postgresql_using="gin"),
        Index("ix_report_geom", "geom", postgresql_using="gist"),
        Index(
            "ix_report_words",
            "description",
            "address_text",
            postgresql_using="gin",
            postgresql_ops={"description": "gin_trgm_ops", "address_text": "gin_trgm_ops"},
        ),
        {"postgresql_partition_by": "RANGE (id)"},
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, server_default=text("report_new_id(now())"))
    client_id: Mapped[int] = mapped_column(ForeignKey("api_client.id"))
    channel: Mapped[str] = mapped_column(Text)
    external_id: Mapped[str | None] = mapped_column(Text)
    idempotency_key: Mapped[str | None] = mapped_column(Text)
    body_sha256: Mapped[bytes] = mapped_column(LargeBinary)
    category: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text, server_default="")
    address_text: Mapped[str | None] = mapped_column(Text)
    # As sent: what was acknowledged can always be read again, whatever is later learnt about the datum.
    x: Mapped[float | None] = mapped_column(Float)
    y: Mapped[float | None] = mapped_column(Float)
    crs: Mapped[str] = mapped_column(Text)
    geom: Mapped[WKBElement | None] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False))
    accuracy_m: Mapped[float | None] = mapped_column(Float)
    reported_at: Mapped[datetime]
    received_at: Mapped[datetime]
    photos: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    # The first assignment.
    layer_id: Mapped[int | None] = mapped_column(ForeignKey("layer.id"))
    release_number: Mapped[int | None] = mapped_column(Integer)
    method: Mapped[str] = mapped_column(Text)
    area_path: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    distance_to_edge_m: Mapped[float | None] = mapped_column(Float)
    candidates: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB)
    # Why, as a code with values; presentation/words/places has the sentences.
    reason_code: Mapped[str] = mapped_column(Text)
    reason_values: Mapped[dict[str, Any]] = mapped_column(JSONB)


class ReportKey(Base):
    """By which keys a report is known, for all time: unique over all months, also over those that are detached.

    Written in the report's transaction, by the intake's statement or by a trigger. `old_id` is the id of a report from
    before ids bore their month; its number is made of it.
    """

    __tablename__ = "report_key"
    __table_args__ = (
        Index(
            "uq_report_key_channel_external_id",
            "channel",
            "external_id",
            unique=True,
            postgresql_where=text("external_id IS NOT NULL"),
        ),
        Index(
            "uq_report_key_client_id_idempotency_key",
            "client_id",
            "idempotency_key",
            unique=True,
            postgresql_where=text("idempotency_key IS NOT NULL"),
        ),
        Index("uq_report_key_old_id", "old_id", unique=True, postgresql_where=text("old_id IS NOT NULL")),
    )

    report_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    client_id: Mapped[int] = mapped_column(Integer)
    idempotency_key: Mapped[str | None] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    external_id: Mapped[str | None] = mapped_column(Text)
    body_sha256: Mapped[bytes] = mapped_column(LargeBinary)
    old_id: Mapped[int | None] = mapped_column(BigInteger)


class Reporter(Base):
    """The reporter's personal data, kept apart; masked by default, every clear read is audited."""

    __tablename__ = "reporter"
    __table_args__ = ({"postgresql_partition_by": "RANGE (report_id)"},)

    report_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    name: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    caller_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    # Side values of the report that could not be read, as sent, by field; here because phones are among them.
    set_aside: Mapped[dict[str, str] | None] = mapped_column(JSONB)


class ReportReassignment(Base):
    """A later decision on where a report belongs: by triage, or by a new release. Append-only; the latest counts."""

    __tablename__ = "report_reassignment"
    __table_args__ = (
        Index("ix_report_reassignment_id", "id"),
        {"postgresql_partition_by": "RANGE (report_id)"},
    )

    report_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    decided_at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(Text)
    cause: Mapped[str] = mapped_column(Text)
    layer_id: Mapped[int] = mapped_column(ForeignKey("layer.id"))
    release_number: Mapped[int] = mapped_column(Integer)
    method: Mapped[str] = mapped_column(Text)
    area_path: Mapped[list[str]] = mapped_column(ARRAY(Text))
    geom: Mapped[WKBElement | None] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False))
    accuracy_m: Mapped[float | None] = mapped_column(Float)
    reason_code: Mapped[str] = mapped_column(Text)
    reason_values: Mapped[dict[str, Any]] = mapped_column(JSONB)


class ReportSensitivity(Base):
    """A mark that a report is sensitive, and who set it: a person, or the channel that sent it."""

    __tablename__ = "report_sensitivity"
    __table_args__ = (check_one_of("kind", Sensitivity),)

    report_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    set_at: Mapped[datetime]
    set_by: Mapped[str] = mapped_column(Text)
