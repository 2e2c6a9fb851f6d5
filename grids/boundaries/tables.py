"""Mapped classes of the boundary registry, with the constraints PostgreSQL keeps.

Releases and areas are append-only: a trigger refuses every change but closing an area's validity, and the withdrawal
of a release that is not in force (migrations/versions/0015_release_withdrawal.py, docs/adr/0011).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, check_one_of
from grids.boundaries.states import TieBreak


class ResponsibleUnit(Base):
    """A department, street/town office, community committee or grid team that answers for areas (责任单位)."""

    __tablename__ = "responsible_unit"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text, server_default="unit")


class Layer(Base):
    """One coverage with ordered levels, coarsest first.

    `nearest_tolerance_m` is what its first release will answer by; from then on each release has its own.
    """

    __tablename__ = "layer"
    __table_args__ = (
        CheckConstraint("cardinality(levels) >= 1", name="levels"),
        CheckConstraint("code_rule IN ('gb15', 'free')", name="code_rule"),
        CheckConstraint("nearest_tolerance_m >= 0", name="nearest_tolerance"),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(always=True), primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    levels: Mapped[list[str]] = mapped_column(ARRAY(Text))
    code_rule: Mapped[str] = mapped_column(Text, server_default="free")
    is_coverage: Mapped[bool] = mapped_column(Boolean, server_default="true")
    nearest_tolerance_m: Mapped[float] = mapped_column(Float, server_default="50")
    field_mapping: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    created_at: Mapped[datetime]


class AllowedGap(Base):
    """A hole of a release that is meant to be there: a lake, a park, a neighbour's enclave.

    Without a release it waits for the layer's first one. A release's own are append-only.
    """

    __tablename__ = "allowed_gap"
    __table_args__ = (Index("ix_allowed_gap_release_id", "release_id"),)

    id: Mapped[int] = mapped_column(Integer, Identity(always=True), primary_key=True)
    layer_id: Mapped[int] = mapped_column(ForeignKey("layer.id"))
    release_id: Mapped[int | None] = mapped_column(ForeignKey("release.id"))
    name: Mapped[str] = mapped_column(Text)
    geom: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", srid=4326, spatial_index=False))


class Release(Base):
    """A published, immutable state of a layer (版本): its areas, and the rules that it answers by."""

    __tablename__ = "release"
    __table_args__ = (
        UniqueConstraint("layer_id", "number"),
        CheckConstraint("nearest_tolerance_m >= 0", name="nearest_tolerance"),
        check_one_of("tie_break", TieBreak),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(always=True), primary_key=True)
    layer_id: Mapped[int] = mapped_column(ForeignKey("layer.id"))
    number: Mapped[int] = mapped_column(Integer)
    author: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, server_default="")
    checksum: Mapped[str] = mapped_column(Text)
    effective_at: Mapped[datetime]
    published_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    area_count: Mapped[int] = mapped_column(Integer)
    nearest_tolerance_m: Mapped[float] = mapped_column(Float)
    tie_break: Mapped[str] = mapped_column(Text, server_default=TieBreak.LOWEST_CODE)
    source: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    check_report: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")


class ReleaseWithdrawal(Base):
    """That a release shall not take effect: asked for by one person, approved by another."""

    __tablename__ = "release_withdrawal"
    __table_args__ = (
        CheckConstraint(
            "(approved_by IS NULL) = (approved_at IS NULL) AND (approved_by IS NULL) = (approved_by_id IS NULL)",
            name="approved",
        ),
        CheckConstraint("approved_by_id <> requested_by_id", name="second_person"),
    )

    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("principal.id"))
    requested_by: Mapped[str] = mapped_column(Text)
    requested_at: Mapped[datetime]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("principal.id"))
    approved_by: Mapped[str | None] = mapped_column(Text)
    approved_at: Mapped[datetime | None]


class Area(Base):
    """A polygon of one level, valid for a half-open span; an unchanged area lives on through later releases.

    The areas of a withdrawn release are valid at no instant (an empty span).
    """

    __tablename__ = "area"
    __table_args__ = (
        CheckConstraint("ST_IsValid(geom) AND NOT ST_IsEmpty(geom)", name="geom_valid"),
        ExcludeConstraint(
            ("layer_id", "="),
            ("code", "="),
            ("valid_during", "&&"),
            name="area_code_once_at_a_time",
            using="gist",
        ),
        Index("ix_area_geom", "geom", postgresql_using="spgist"),
        Index("ix_area_layer_level", "layer_id", "level", postgresql_where=text("upper_inf(valid_during)")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    layer_id: Mapped[int] = mapped_column(ForeignKey("layer.id"))
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"))
    level: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    parent_code: Mapped[str | None] = mapped_column(Text)
    unit_code: Mapped[str | None] = mapped_column(ForeignKey("responsible_unit.code"))
    attributes: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    area_m2: Mapped[float] = mapped_column(Float)
    geom: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", srid=4326, spatial_index=False))
    valid_during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)


class AreaLineage(Base):
    """How much of one area's land became another's, at one release."""

    __tablename__ = "area_lineage"

    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"), primary_key=True)
    predecessor: Mapped[str] = mapped_column(Text, primary_key=True)
    successor: Mapped[str] = mapped_column(Text, primary_key=True)
    layer_id: Mapped[int] = mapped_column(ForeignKey("layer.id"))
    share_of_predecessor: Mapped[float] = mapped_column(Float)
    share_of_successor: Mapped[float] = mapped_column(Float)
