"""Reads for maps: one level of a layer at an instant as columns, geometry as the bytes the database keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

from core.errors import DomainError, Kind

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from grids.boundaries.tables import Layer


class LevelNotFoundError(DomainError):
    """The layer has no such level."""

    code = "level-not-found"
    kind = Kind.NOT_FOUND


@dataclass(frozen=True, slots=True)
class LevelColumns:
    """The areas of one level, in byte order of their codes; all lists have the same length; `wkb` is EWKB."""

    codes: list[str]
    names: list[str]
    parent_codes: list[str | None]
    unit_codes: list[str | None]
    unit_names: list[str | None]
    areas_m2: list[float]
    wkb: list[bytes]


# The geometry itself in binary is EWKB: half the time of ST_AsBinary or of a cast to bytea.
_LEVEL = """
SELECT a.code, a.name, a.parent_code, a.unit_code, u.name, a.area_m2, a.geom
FROM area a LEFT JOIN responsible_unit u ON u.code = a.unit_code
WHERE a.layer_id = %(layer)s AND a.level = %(level)s AND a.valid_during @> %(at)s
ORDER BY a.code COLLATE "C"
"""


def level_at(session: Session, layer: Layer, level: str, at: datetime) -> LevelColumns:
    """Return the level's areas valid at an instant."""
    driver = session.connection().connection.driver_connection
    if driver is None:  # pragma: no cover (SQLAlchemy's type allows it)
        raise RuntimeError
    with driver.cursor(binary=True) as cursor:
        rows = cursor.execute(_LEVEL, {"layer": layer.id, "level": level, "at": at}).fetchall()
    columns: list[list[object]] = [list(column) for column in zip(*rows, strict=True)] if rows else [[]] * 7
    return LevelColumns(*columns)  # type: ignore[arg-type]


def parents_at(session: Session, layer: Layer, at: datetime) -> dict[str, str | None]:
    """Return the parent code of every area valid at an instant."""
    rows = session.execute(
        text("SELECT code, parent_code FROM area WHERE layer_id = :layer AND valid_during @> CAST(:at AS timestamptz)"),
        {"layer": layer.id, "at": at},
    )
    return {code: parent for code, parent in rows}  # noqa: C416 (rows are not tuples to a type checker)
