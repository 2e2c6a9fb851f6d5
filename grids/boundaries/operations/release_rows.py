"""The rows that a release writes: the areas it ends and brings, their units and lineage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import psycopg
import shapely
from psycopg.types.json import Jsonb
from sqlalchemy import text

from geo import datum
from grids.boundaries.errors import EffectiveInstantError, ImportBlockedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

    from grids.boundaries.descent import Descent
    from grids.boundaries.records import AreaRecord
    from grids.boundaries.tables import Layer, Release


def keep_units(session: Session, areas: Iterable[AreaRecord]) -> None:
    """Add the units that areas name, and take over new names; a unit without a name keeps the one it has."""
    units: dict[str, str | None] = {}
    for area in areas:
        if area.unit_code:
            units[area.unit_code] = area.unit_name or units.get(area.unit_code)
    rows = [{"code": code, "name": name} for code, name in sorted(units.items())]
    if rows:
        session.execute(
            text(
                "INSERT INTO responsible_unit (code, name) VALUES (:code, COALESCE(:name, :code)) ON CONFLICT (code)"
                " DO UPDATE SET name = :name WHERE CAST(:name AS text) IS NOT NULL AND responsible_unit.name <> :name"
            ),
            rows,
        )


def close(session: Session, release: Release, ids: Sequence[int]) -> None:
    """End the areas that a release changes or retires at the instant it takes effect."""
    if ids:
        session.execute(
            text(
                "UPDATE area SET valid_during = tstzrange(lower(valid_during), :at)"
                " WHERE id = ANY(CAST(:ids AS bigint[]))"
            ),
            {"at": release.effective_at, "ids": list(ids)},
        )


def copy(session: Session, layer: Layer, release: Release, areas: Sequence[AreaRecord]) -> None:
    """Store the areas that a release brings.

    Raises
    ------
    EffectiveInstantError, ImportBlockedError
    """
    if not areas:
        return
    geometries = np.array([area.geom for area in areas], dtype=object)
    wkb = shapely.to_wkb(shapely.set_srid(geometries, 4326), hex=True, include_srid=True)
    span = f"[{release.effective_at.isoformat()},)"
    driver = session.connection().connection.driver_connection
    if driver is None:  # pragma: no cover (SQLAlchemy's type allows it)
        raise RuntimeError
    command = (
        "COPY area (layer_id, release_id, level, code, name, parent_code, unit_code, attributes, area_m2, geom,"
        " valid_during) FROM STDIN"
    )
    try:
        with driver.cursor() as cursor, cursor.copy(command) as rows:
            for area, size_m2, geom in zip(areas, datum.areas_m2(geometries), wkb, strict=True):
                rows.write_row(
                    (layer.id, release.id, area.level, area.code, area.name, area.parent_code, area.unit_code or None,
                     Jsonb(area.attributes), float(size_m2), geom, span)
                )  # fmt: skip
    except psycopg.errors.ExclusionViolation as error:
        raise EffectiveInstantError("These areas already exist at that instant.") from error
    except psycopg.errors.CheckViolation as error:
        # GEOS versions may differ between the process and the database: theirs has the last word.
        raise ImportBlockedError("An area is not a valid polygon for the database.") from error


def record_lineage(session: Session, layer: Layer, release: Release, steps: Sequence[Descent]) -> None:
    """Store which areas of each level the land of changed areas came from."""
    if not steps:
        return
    driver = session.connection().connection.driver_connection
    if driver is None:  # pragma: no cover (SQLAlchemy's type allows it)
        raise RuntimeError
    command = (
        "COPY area_lineage (layer_id, release_id, predecessor, successor, share_of_predecessor, share_of_successor)"
        " FROM STDIN"
    )
    with driver.cursor() as cursor, cursor.copy(command) as rows:
        for step in steps:
            rows.write_row(
                (layer.id, release.id, step.predecessor, step.successor, step.share_of_predecessor,
                 step.share_of_successor)
            )  # fmt: skip
