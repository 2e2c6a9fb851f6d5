"""Reads of the registry: layers, releases, and the areas of a release or of any instant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from sqlalchemy import func, select, text

from grids.boundaries.errors import (
    AreaNotFoundError,
    LayerNotFoundError,
    ParameterInvalidError,
    ReleaseNotFoundError,
    ReleaseWithdrawnError,
)
from grids.boundaries.records import AreaRecord
from grids.boundaries.release_rules import Gap, ReleaseRules
from grids.boundaries.states import TieBreak
from grids.boundaries.tables import AllowedGap, Layer, Release, ReleaseWithdrawal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class StoredArea:
    """An area as it is stored: the record, its size and the span and release it belongs to."""

    id: int
    record: AreaRecord
    area_m2: float
    valid_from: datetime
    valid_to: datetime | None
    release_number: int


@dataclass(frozen=True, slots=True)
class AreaFilter:
    """Which areas are wanted; None asks for all."""

    level: str | None = None
    within: str | None = None
    code: str | None = None
    bbox: tuple[float, float, float, float] | None = None
    after: tuple[str, str] | None = None
    near: Sequence[tuple[float, float, float, float]] | None = None
    codes: Sequence[str] | None = None


_EVERYTHING = AreaFilter()


def list_layers(session: Session) -> Sequence[Layer]:
    """Return every layer, by code."""
    return session.scalars(select(Layer).order_by(Layer.code)).all()


def get_layer(session: Session, code: str) -> Layer:
    """Return one layer, or raise LayerNotFoundError."""
    layer = session.scalar(select(Layer).where(Layer.code == code))
    if layer is None:
        raise LayerNotFoundError("There is no layer '{code}'.", values={"code": code[:80]}, field="layer")
    return layer


def layer_name(session: Session, code: str) -> str:
    """Return what a layer is called; empty where there is none of that code."""
    return session.scalar(select(Layer.name).where(Layer.code == code)) or ""


def list_releases(session: Session, layer: Layer) -> Sequence[Release]:
    """Return the layer's releases, latest first, withdrawn ones too."""
    return session.scalars(select(Release).where(Release.layer_id == layer.id).order_by(Release.number.desc())).all()


def latest_release(session: Session, layer: Layer) -> Release | None:
    """Return the release with the highest number, in force or about to be, or None; withdrawn ones do not count."""
    return session.scalar(
        select(Release)
        .where(Release.layer_id == layer.id, Release.withdrawn_at.is_(None))
        .order_by(Release.number.desc())
        .limit(1)
    )


def highest_number(session: Session, layer: Layer) -> int:
    """Return the highest number that a release of the layer bears, withdrawn ones too; 0 when there is none."""
    return session.scalar(select(func.max(Release.number)).where(Release.layer_id == layer.id)) or 0


def get_release(session: Session, layer: Layer, number: int) -> Release:
    """Return one release, also a withdrawn one, or raise ReleaseNotFoundError."""
    found = session.scalar(select(Release).where(Release.layer_id == layer.id, Release.number == number))
    if found is None:
        raise ReleaseNotFoundError(
            "Layer '{code}' has no release {number}.", values={"code": layer.code, "number": number}, field="release"
        )
    return found


def standing_release(session: Session, layer: Layer, number: int) -> Release:
    """Return one release that has areas, or raise ReleaseNotFoundError or ReleaseWithdrawnError."""
    found = get_release(session, layer, number)
    if found.withdrawn_at is not None:
        raise _withdrawn(layer, found)
    return found


def withdrawal_of(session: Session, release: Release) -> ReleaseWithdrawal | None:
    """Return who asked for a release's withdrawal and who approved it; None when nobody did."""
    return session.get(ReleaseWithdrawal, release.id)


def release_at(session: Session, layer: Layer, at: datetime | None = None) -> Release | None:
    """Return the release in force at an instant, or None before the first one.

    Named no instant, it is the transaction's beginning by the database's clock: what is read after it has every release
    that was in force then.
    """
    return session.scalar(
        select(Release)
        .where(
            Release.layer_id == layer.id,
            Release.withdrawn_at.is_(None),
            Release.effective_at <= (func.now() if at is None else at),
        )
        .order_by(Release.effective_at.desc())
        .limit(1)
    )


def database_time(session: Session) -> datetime:
    """Return the time of the database's clock."""
    found: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return found


def is_announced_in_time(session: Session, at: datetime) -> bool:
    """Return whether a release committed now may take effect at an instant (docs/adr/0009)."""
    return bool(session.execute(select(func.is_announced_in_time(at))).scalar_one())


def rules_of_release(session: Session, layer: Layer, release: Release | None) -> ReleaseRules:
    """Return the rules that a release answers by; without a stored one, those of the layer's first release to come."""
    if release is None or release.id is None:
        return ReleaseRules(layer.nearest_tolerance_m, gaps=_gaps(session, layer, None))
    return ReleaseRules(
        release.nearest_tolerance_m, TieBreak(release.tie_break), gaps=_gaps(session, layer, release.id)
    )


def current_rules(session: Session, layer: Layer) -> ReleaseRules:
    """Return the rules of the layer's latest release, or before the first the layer's own."""
    return rules_of_release(session, layer, latest_release(session, layer))


def _gaps(session: Session, layer: Layer, release_id: int | None) -> tuple[Gap, ...]:
    rows = session.execute(
        select(AllowedGap.name, func.ST_AsBinary(AllowedGap.geom))
        .where(AllowedGap.layer_id == layer.id, AllowedGap.release_id.is_not_distinct_from(release_id))
        .order_by(AllowedGap.id)
    )
    return tuple(Gap(name, shapely.from_wkb(bytes(wkb))) for name, wkb in rows)


# The descendants of one area at one instant, itself included.
_WITHIN = """
WITH RECURSIVE below AS (
    SELECT code FROM area WHERE layer_id = %(layer)s AND code = %(within)s AND valid_during @> %(at)s
    UNION
    SELECT a.code FROM area a JOIN below b ON a.parent_code = b.code
    WHERE a.layer_id = %(layer)s AND a.valid_during @> %(at)s
)
"""
# By boxes and not by one union of them: each is a search of its own in the spatial index.
_NEAR = """
 AND a.id IN (
    SELECT b.id FROM unnest(%(wests)s::float8[], %(souths)s::float8[], %(easts)s::float8[], %(norths)s::float8[])
        AS box (w, s, e, n) JOIN area b ON b.geom && ST_MakeEnvelope(w, s, e, n, 4326)
)
"""
_AREAS = """
SELECT a.id, a.level, a.code, a.name, a.parent_code, a.unit_code, u.name, a.attributes, a.area_m2,
       lower(a.valid_during), upper(a.valid_during), r.number, {geometry}
FROM area a JOIN release r ON r.id = a.release_id LEFT JOIN responsible_unit u ON u.code = a.unit_code
WHERE a.layer_id = %(layer)s AND a.valid_during @> %(at)s {conditions}
ORDER BY array_position(%(levels)s::text[], a.level), a.code COLLATE "C"
LIMIT %(limit)s
"""


def areas_at(
    session: Session,
    layer: Layer,
    at: datetime,
    *,
    only: AreaFilter = _EVERYTHING,
    geometry: bool = True,
    limit: int | None = None,
) -> list[StoredArea]:
    """Return the areas valid at an instant, coarsest level first, then in byte order of the codes.

    `only.within` asks for the descendants of one area (itself included), `only.bbox` for what touches a box
    (west, south, east, north; west > east crosses the antimeridian), `only.near` for what touches one of many boxes,
    `only.after` (level, code) for what follows one in this order. Without `geometry` each record's geom is None.

    Raises
    ------
    AreaNotFoundError
        When `within` names no area of that instant.
    """
    values: dict[str, Any] = {"layer": layer.id, "at": at, "levels": layer.levels, "limit": limit}
    conditions, prefix = "", ""
    if only.level is not None:
        conditions += " AND a.level = %(level)s"
        values["level"] = only.level
    if only.code is not None:
        conditions += " AND a.code = %(code)s"
        values["code"] = only.code
    if only.after is not None:
        conditions += (
            ' AND (array_position(%(levels)s::text[], a.level), a.code COLLATE "C")'
            " > (array_position(%(levels)s::text[], %(after_level)s), %(after_code)s)"
        )
        values |= {"after_level": only.after[0], "after_code": only.after[1]}
    if only.within is not None:
        prefix, values["within"] = _WITHIN, only.within
        conditions += " AND a.code IN (SELECT code FROM below)"
    if only.bbox is not None:
        condition, box = _bbox(only.bbox)
        conditions += condition
        values |= box
    if only.codes is not None:
        conditions += " AND a.code = ANY(%(codes)s::text[])"
        values["codes"] = list(only.codes)
    if only.near is not None:
        conditions += _NEAR
        values |= {side: [box[i] for box in only.near] for i, side in enumerate(("wests", "souths", "easts", "norths"))}
    sql = prefix + _AREAS.format(geometry="ST_AsBinary(a.geom)" if geometry else "NULL", conditions=conditions)
    driver = session.connection().connection.driver_connection
    if driver is None:  # pragma: no cover (SQLAlchemy's type allows it)
        raise RuntimeError
    with driver.cursor(binary=True) as cursor:
        rows = cursor.execute(sql, values).fetchall()
    if not rows and only.within is not None and not _exists(session, layer, only.within, at):
        raise AreaNotFoundError(
            "Layer '{code}' has no area '{within}' then.",
            values={"code": layer.code, "within": only.within[:80]},
            field="within",
        )
    geometries: Any = shapely.from_wkb(np.array([row[12] for row in rows], dtype=object))
    return [
        StoredArea(
            id=row[0],
            record=_record(row, geom),
            area_m2=row[8],
            valid_from=row[9],
            valid_to=row[10],
            release_number=row[11],
        )
        for row, geom in zip(rows, geometries, strict=True)
    ]


def areas_of_release(
    session: Session, layer: Layer, release: Release, *, only: AreaFilter = _EVERYTHING, geometry: bool = True
) -> list[StoredArea]:
    """Return the areas of a release: those valid at its effective instant; ReleaseWithdrawnError if it never took."""
    if release.withdrawn_at is not None:
        raise _withdrawn(layer, release)
    return areas_at(session, layer, release.effective_at, only=only, geometry=geometry)


def area_history(session: Session, layer: Layer, code: str) -> list[StoredArea]:
    """Return every state an area has had, oldest first, without geometries; AreaNotFoundError when there is none."""
    rows = session.execute(
        text(
            "SELECT a.id, a.level, a.code, a.name, a.parent_code, a.unit_code, u.name, a.attributes, a.area_m2,"
            " lower(a.valid_during), upper(a.valid_during), r.number FROM area a JOIN release r ON r.id = a.release_id"
            " LEFT JOIN responsible_unit u ON u.code = a.unit_code"
            " WHERE a.layer_id = :layer AND a.code = :code AND NOT isempty(a.valid_during)"
            " ORDER BY lower(a.valid_during)"
        ),
        {"layer": layer.id, "code": code},
    ).all()
    if not rows:
        raise AreaNotFoundError(
            "Layer '{code}' never had an area '{area}'.",
            values={"code": layer.code, "area": code[:80]},
            field="code",
        )
    return [StoredArea(r[0], _record(r, None), r[8], r[9], r[10], r[11]) for r in rows]


def require_named_area(session: Session, named: str, *, field: str = "area") -> None:
    """Make sure that a layer has or had an area; both are named as grants name them, `LAYER/CODE`.

    Raises
    ------
    ParameterInvalidError, LayerNotFoundError, AreaNotFoundError
    """
    layer, slash, code = named.partition("/")
    if not slash or not code:
        raise ParameterInvalidError(
            "'{named}' is not LAYER/CODE, for example admin/410106003.", values={"named": named[:80]}, field=field
        )
    area_history(session, get_layer(session, layer), code)


def _withdrawn(layer: Layer, release: Release) -> ReleaseWithdrawnError:
    return ReleaseWithdrawnError(
        "Release {number} of layer '{code}' was withdrawn before it took effect; it has no areas.",
        values={"number": release.number, "code": layer.code},
        field="release",
    )


def _record(row: Sequence[Any], geom: shapely.Geometry | None) -> AreaRecord:
    _, level, code, name, parent_code, unit_code, unit_name, attributes, *_ = row
    return AreaRecord(level, code, name, geom, parent_code, unit_code, unit_name, attributes)


def _exists(session: Session, layer: Layer, code: str, at: datetime) -> bool:
    return bool(
        session.scalar(
            text(
                "SELECT EXISTS (SELECT FROM area WHERE layer_id = :l AND code = :c"
                " AND valid_during @> CAST(:at AS timestamptz))"
            ),
            {"l": layer.id, "c": code, "at": at},
        )
    )


def _bbox(bbox: tuple[float, float, float, float]) -> tuple[str, dict[str, float]]:
    west, south, east, north = bbox
    box = "a.geom && ST_MakeEnvelope({}, %(south)s, {}, %(north)s, 4326)"
    values = {"west": west, "south": south, "east": east, "north": north}
    if west <= east:
        return " AND " + box.format("%(west)s", "%(east)s"), values
    return f" AND ({box.format('%(west)s', '180')} OR {box.format('-180', '%(east)s')})", values
