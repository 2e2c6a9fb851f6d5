"""Mapped classes of the gazetteer.

A release is the whole of one theme (roads, places, addresses, ranges) from one source, and never changes; what counts
at an instant is the latest release of each theme in effect. Wordings are what people call places: proposed in triage,
taken or refused by a person.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Float, ForeignKey, Identity, Integer, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, check_one_of, check_state
from grids.gazetteer.states import WORDING, Parity, Theme, WordingState


class GazetteerRelease(Base):
    """One theme of the gazetteer from one source, immutable: who imported what, from where, under which licence."""

    __tablename__ = "gazetteer_release"
    __table_args__ = (
        UniqueConstraint("theme", "number"),
        check_one_of("theme", Theme),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(always=True), primary_key=True)
    theme: Mapped[str] = mapped_column(Text)
    number: Mapped[int] = mapped_column(Integer)
    author: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, server_default="")
    licence: Mapped[str] = mapped_column(Text, server_default="")
    source: Mapped[dict[str, Any]] = mapped_column(JSONB)
    checksum: Mapped[str] = mapped_column(Text)
    context: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    row_count: Mapped[int] = mapped_column(Integer)
    import_report: Mapped[dict[str, Any]] = mapped_column(JSONB)
    effective_at: Mapped[datetime]
    published_at: Mapped[datetime]


class Road(Base):
    """A piece of a named road: its centre line."""

    __tablename__ = "road"
    __table_args__ = (
        CheckConstraint("name <> ''", name="name"),
        CheckConstraint("NOT ST_IsEmpty(geom)", name="geom"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("gazetteer_release.id"))
    name: Mapped[str] = mapped_column(Text)
    aliases: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    former_names: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    kind: Mapped[str] = mapped_column(Text, server_default="")
    attributes: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    geom: Mapped[WKBElement] = mapped_column(Geometry("MULTILINESTRING", srid=4326, spatial_index=False))


class Crossing(Base):
    """Where two named roads meet, computed when the roads are imported."""

    __tablename__ = "crossing"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("gazetteer_release.id"))
    first_road: Mapped[str] = mapped_column(Text)
    second_road: Mapped[str] = mapped_column(Text)
    geom: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False))


class Place(Base):
    """A named place (小区, 学校, 村委会 …): a point or its outline."""

    __tablename__ = "place"
    __table_args__ = (
        CheckConstraint("name <> ''", name="name"),
        CheckConstraint("NOT ST_IsEmpty(geom)", name="geom"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("gazetteer_release.id"))
    name: Mapped[str] = mapped_column(Text)
    aliases: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    former_names: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    kind: Mapped[str] = mapped_column(Text, server_default="")
    attributes: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    geom: Mapped[WKBElement] = mapped_column(Geometry("GEOMETRY", srid=4326, spatial_index=False))


class AddressPoint(Base):
    """A door number on a road, or a building or house of a place."""

    __tablename__ = "address_point"
    __table_args__ = (CheckConstraint("(number IS NOT NULL) OR (building <> '')", name="numbered"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("gazetteer_release.id"))
    owner: Mapped[str] = mapped_column(Text)
    number: Mapped[int | None] = mapped_column(Integer)
    suffix: Mapped[str] = mapped_column(Text, server_default="")
    building: Mapped[str] = mapped_column(Text, server_default="")
    geom: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False))


class AddressRange(Base):
    """Door numbers low..high along a line, on the odd side, the even side or both."""

    __tablename__ = "address_range"
    __table_args__ = (
        check_one_of("parity", Parity),
        CheckConstraint("low <= high", name="low_high"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("gazetteer_release.id"))
    road: Mapped[str] = mapped_column(Text)
    low: Mapped[int] = mapped_column(Integer)
    high: Mapped[int] = mapped_column(Integer)
    parity: Mapped[str] = mapped_column(Text)
    geom: Mapped[WKBElement] = mapped_column(Geometry("LINESTRING", srid=4326, spatial_index=False))


class Wording(Base):
    """What people call a place: proposed when triage settles a report, counts only once a person has taken it."""

    __tablename__ = "wording"
    __table_args__ = (
        check_state(WORDING),
        CheckConstraint("length(words) BETWEEN 2 AND 60", name="words"),
        CheckConstraint("accuracy_m >= 0", name="accuracy"),
        CheckConstraint(f"(state = '{WordingState.PROPOSED}') = (decided_at IS NULL)", name="decided"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    words: Mapped[str] = mapped_column(Text)
    label: Mapped[str] = mapped_column(Text)
    geom: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False))
    accuracy_m: Mapped[float] = mapped_column(Float)
    report_id: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(Text, server_default=WordingState.PROPOSED)
    proposed_by: Mapped[str] = mapped_column(Text)
    proposed_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None] = mapped_column(Text)
