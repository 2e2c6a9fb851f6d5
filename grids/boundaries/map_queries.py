"""Reads for maps: one level of a layer at an instant as columns, geometry as the bytes the database keeps."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from core.errors import DomainError, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    import psycopg
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

    @classmethod
    def from_pieces(cls, pieces: Iterable[LevelColumns]) -> LevelColumns:
        """Join pieces in their order."""
        whole = cls([], [], [], [], [], [], [])
        for piece in pieces:
            for field in fields(cls):
                getattr(whole, field.name).extend(getattr(piece, field.name))
        return whole


# The geometry itself in binary is EWKB: half the time of ST_AsBinary or of a cast to bytea.
_LEVEL = """
SELECT a.code, a.name, a.parent_code, a.unit_code, u.name, a.area_m2, a.geom
FROM area a LEFT JOIN responsible_unit u ON u.code = a.unit_code
WHERE a.layer_id = %(layer)s AND a.level = %(level)s AND a.valid_during @> %(at)s
ORDER BY a.code COLLATE "C"
"""
# Of the other levels only who belongs to whom, for "below an area".
_PARENTS = """
SELECT code, parent_code FROM area
WHERE layer_id = %(layer)s AND level <> %(level)s AND valid_during @> %(at)s
"""
PIECE_ROWS = 500


def level_at(session: Session, layer: Layer, level: str, at: datetime) -> Iterator[LevelColumns]:
    """Yield the level's areas valid at an instant in pieces, each as soon as the database has sent it."""
    with _cursor(session) as cursor:
        rows = cursor.stream(_LEVEL, {"layer": layer.id, "level": level, "at": at}, binary=True, size=PIECE_ROWS)
        while piece := list(itertools.islice(rows, PIECE_ROWS)):
            yield LevelColumns(*map(list, zip(*piece, strict=True)))


def parents_elsewhere_at(session: Session, layer: Layer, level: str, at: datetime) -> dict[str, str | None]:
    """Return the parent code of every area of the other levels valid at an instant."""
    with _cursor(session) as cursor:
        return dict(cursor.execute(_PARENTS, {"layer": layer.id, "level": level, "at": at}).fetchall())


def _cursor(session: Session) -> psycopg.Cursor[tuple[Any, ...]]:
    """Return a cursor of the driver's own: an ORM's row costs more than reading it."""
    driver = session.connection().connection.driver_connection
    if driver is None:  # pragma: no cover (SQLAlchemy's type allows it)
        raise RuntimeError
    cursor: psycopg.Cursor[tuple[Any, ...]] = driver.cursor(binary=True)
    return cursor
