"""Reads of the gazetteer: the releases in effect, and their rows as the locating index wants them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from geo.address.rows import AddressRow, AreaRow, CrossingRow, GazetteerRows, PlaceRow, RangeRow, RoadRow
from grids.boundaries.tables import Area, Layer, Release
from grids.gazetteer.states import WordingState
from grids.gazetteer.tables import (
    AddressPoint,
    AddressRange,
    Crossing,
    GazetteerRelease,
    Place,
    Road,
    Wording,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session


def releases(session: Session, *, theme: str | None = None) -> Sequence[GazetteerRelease]:
    """List releases, the latest first."""
    query = select(GazetteerRelease).order_by(GazetteerRelease.published_at.desc(), GazetteerRelease.id.desc())
    if theme is not None:
        query = query.where(GazetteerRelease.theme == theme)
    return session.scalars(query).all()


def releases_in_effect(
    session: Session, *, at: datetime, known_by: datetime | None = None
) -> dict[str, GazetteerRelease]:
    """Return each theme's release in effect at an instant, as published by another (None: whenever)."""
    query = (
        select(GazetteerRelease)
        .ext(distinct_on(GazetteerRelease.theme))
        .where(GazetteerRelease.effective_at <= at)
        .order_by(GazetteerRelease.theme, GazetteerRelease.effective_at.desc(), GazetteerRelease.number.desc())
    )
    if known_by is not None:
        query = query.where(GazetteerRelease.published_at <= known_by)
    return {release.theme: release for release in session.scalars(query)}


def boundary_release(session: Session, *, layer: str, at: datetime) -> Release | None:
    """Return the boundary release whose areas are the administrative words of addresses."""
    query = (
        select(Release)
        .join(Layer, Layer.id == Release.layer_id)
        .where(Layer.code == layer, Release.effective_at <= at, Release.withdrawn_at.is_(None))
        .order_by(Release.effective_at.desc(), Release.number.desc())
        .limit(1)
    )
    return session.scalar(query)


def wordings_version(session: Session, *, at: datetime) -> tuple[int, int]:
    """Return a number pair that changes whenever the wordings taken by an instant do."""
    query = select(func.count(), func.coalesce(func.max(Wording.id), 0)).where(
        Wording.state == WordingState.TAKEN, Wording.decided_at <= at
    )
    count, latest = session.execute(query).one()
    return int(count), int(latest)


def rows(
    session: Session, *, in_effect: dict[str, GazetteerRelease], boundaries: Release | None, at: datetime
) -> GazetteerRows:
    """Read everything the index is built from."""
    number = {theme: release.id for theme, release in in_effect.items()}
    context = sorted({name for release in in_effect.values() for name in release.context})
    return GazetteerRows(
        roads=_roads(session, number.get("roads")),
        places=[*_places(session, number.get("places")), *_wordings(session, at)],
        addresses=_addresses(session, number.get("addresses")),
        ranges=_ranges(session, number.get("ranges")),
        areas=_areas(session, boundaries, at),
        context=context,
        crossings=_crossings(session, number.get("roads")),
    )


def road_lines(session: Session, *, at: datetime, known_by: datetime | None = None) -> list[RoadRow]:
    """Return the roads in effect at an instant, with their names; empty where no roads were imported.

    `known_by` leaves out what was imported later, also when it claims to count from before.
    """
    release = releases_in_effect(session, at=at, known_by=known_by).get("roads")
    return [] if release is None else _roads(session, release.id)


def wordings(session: Session, *, state: WordingState | None = None) -> Sequence[Wording]:
    """List wordings, the oldest first."""
    query = select(Wording).order_by(Wording.id)
    return session.scalars(query if state is None else query.where(Wording.state == state)).all()


def _roads(session: Session, release: int | None) -> list[RoadRow]:
    query = select(Road.name, Road.aliases, Road.former_names, func.ST_AsBinary(Road.geom)).where(
        Road.release_id == release
    )
    return [
        RoadRow(name, shapely.from_wkb(bytes(wkb)), tuple(aliases), tuple(former))
        for name, aliases, former, wkb in session.execute(query.order_by(Road.id))
    ]


def _places(session: Session, release: int | None) -> list[PlaceRow]:
    query = select(Place.name, Place.aliases, Place.former_names, Place.kind, func.ST_AsBinary(Place.geom))
    return [
        PlaceRow(name, shapely.from_wkb(bytes(wkb)), tuple(aliases), tuple(former), kind)
        for name, aliases, former, kind, wkb in session.execute(
            query.where(Place.release_id == release).order_by(Place.id)
        )
    ]


def _wordings(session: Session, at: datetime) -> list[PlaceRow]:
    query = select(Wording.words, func.ST_AsBinary(Wording.geom)).where(
        Wording.state == WordingState.TAKEN, Wording.decided_at <= at
    )
    return [PlaceRow(words, shapely.from_wkb(bytes(wkb)), kind="wording") for words, wkb in session.execute(query)]


def _addresses(session: Session, release: int | None) -> list[AddressRow]:
    columns = (AddressPoint.owner, AddressPoint.number, AddressPoint.suffix, AddressPoint.building)
    query = select(*columns, func.ST_X(AddressPoint.geom), func.ST_Y(AddressPoint.geom)).where(
        AddressPoint.release_id == release
    )
    return [
        AddressRow(owner, lon, lat, number, suffix, building)
        for owner, number, suffix, building, lon, lat in session.execute(query.order_by(AddressPoint.id))
    ]


def _ranges(session: Session, release: int | None) -> list[RangeRow]:
    columns = (AddressRange.road, AddressRange.low, AddressRange.high, AddressRange.parity)
    query = select(*columns, func.ST_AsBinary(AddressRange.geom)).where(AddressRange.release_id == release)
    return [
        RangeRow(road, low, high, parity, shapely.from_wkb(bytes(wkb)))
        for road, low, high, parity, wkb in session.execute(query.order_by(AddressRange.id))
    ]


def _crossings(session: Session, release: int | None) -> list[CrossingRow]:
    query = select(Crossing.first_road, Crossing.second_road, func.ST_X(Crossing.geom), func.ST_Y(Crossing.geom))
    return [
        CrossingRow(*row) for row in session.execute(query.where(Crossing.release_id == release).order_by(Crossing.id))
    ]


def _areas(session: Session, boundaries: Release | None, at: datetime) -> list[AreaRow]:
    """Read the areas of every level but the finest: people say the names of communities, not of grids."""
    if boundaries is None:
        return []
    levels = session.scalar(select(Layer.levels).where(Layer.id == boundaries.layer_id)) or []
    spoken = levels[:-1] if len(levels) > 1 else levels
    query = (
        select(Area.name, Area.level, Area.code, func.ST_AsBinary(Area.geom))
        .where(Area.layer_id == boundaries.layer_id, Area.level.in_(spoken), Area.valid_during.contains(at))
        .order_by(Area.code)
    )
    return [
        AreaRow(name, level, code, shapely.from_wkb(bytes(wkb))) for name, level, code, wkb in session.execute(query)
    ]
