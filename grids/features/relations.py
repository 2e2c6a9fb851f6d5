"""Geometries of CQL2 as SQL: taken apart by dimension, and compared by the eight spatial functions.

A geometry collection is the set of its points. PostGIS compares no collection of several dimensions, so that one is
taken as its areas, its lines and its points, and a function is put together from what it says of each of these.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable

FUNCTIONS = {
    "s_intersects": "ST_Intersects",
    "s_disjoint": "ST_Disjoint",
    "s_equals": "ST_Equals",
    "s_touches": "ST_Touches",
    "s_crosses": "ST_Crosses",
    "s_within": "ST_Within",
    "s_contains": "ST_Contains",
    "s_overlaps": "ST_Overlaps",
}


@dataclass(frozen=True, slots=True)
class Part:
    """What a geometry has of one dimension: 2, 1 or 0, and its SQL."""

    dimension: int
    sql: str


Parts = tuple[Part, ...]
"""A geometry, its highest dimension first; all but mixed collections have one part."""


def taken_apart(shape: Any) -> list[tuple[int, Any]]:  # noqa: ANN401 (shapely)
    """Return a valid geometry's parts by dimension, highest first; what a higher part covers anyway is left out."""
    if shape.geom_type != "GeometryCollection":
        return [(shapely.get_dimensions(shape), shape)]
    pieces = _flat(shape)
    found: list[tuple[int, Any]] = []
    for dimension, joined in ((2, shapely.union_all), (1, shapely.multilinestrings), (0, shapely.multipoints)):
        own = pieces[shapely.get_dimensions(pieces) == dimension]
        for _, higher in found:
            shapely.prepare(higher)
            own = own[~shapely.covers(higher, own)]
        if len(own):
            found.append((dimension, joined(own)))
    return found


def _flat(shape: Any) -> Any:  # noqa: ANN401 (shapely)
    """Return the points, lines and polygons of a collection of any depth."""
    pieces = np.array([shape])
    while (shapely.get_type_id(pieces) > shapely.GeometryType.POLYGON).any():
        pieces = shapely.get_parts(pieces)
    return pieces[~shapely.is_empty(pieces)]


def compared(function: str, one: Parts, two: Parts) -> str:
    """Return the SQL of a spatial function."""
    if len(one) == len(two) == 1:
        return f"{FUNCTIONS[function]}({one[0].sql}, {two[0].sql})"
    return _MIXED[function](one, two)


def _intersects(one: Parts, two: Parts) -> str:
    return _any(f"ST_Intersects({a.sql}, {b.sql})" for a in one for b in two)


def _meets(a: Part, b: Part) -> str:
    """Return whether two interiors have a point in common."""
    return f"(ST_Intersects({a.sql}, {b.sql}) AND NOT ST_Touches({a.sql}, {b.sql}))"


def _any_meets(one: Parts, two: Parts) -> str:
    return _any(_meets(a, b) for a in one for b in two)


def _covers(one: Parts, two: Parts) -> str:
    return "(" + " AND ".join(_covers_part(one, part) for part in two) + ")"


def _covers_part(one: Parts, part: Part) -> str:
    high = [a.sql for a in one if a.dimension >= part.dimension]
    ways = [f"ST_Covers({sql}, {part.sql})" for sql in high]
    if len(high) > 1:
        # No part alone, but all together: nothing is left when each is taken away.
        rest = part.sql
        for sql in high:
            rest = f"ST_Difference({rest}, {sql})"
        ways.append(f"ST_IsEmpty({rest})")
    return _any(ways)


def _contains(one: Parts, two: Parts) -> str:
    return f"({_covers(one, two)} AND {_any_meets(one, two)})"


def _crosses(one: Parts, two: Parts) -> str:
    # OGC 06-103r4: the lower dimension meets the inside of the higher but is not within it; lines share points only.
    low, high = sorted((one, two), key=lambda parts: parts[0].dimension)
    if low[0].dimension < high[0].dimension:
        return f"({_any_meets(one, two)} AND NOT {_covers(high, low)})"
    if high[0].dimension == 1:
        return f"({_any_meets(one, two)} AND NOT {_share_a_line(one, two)})"
    return "FALSE"


def _overlaps(one: Parts, two: Parts) -> str:
    if one[0].dimension != two[0].dimension:
        return "FALSE"
    shared = _share_a_line(one, two) if one[0].dimension == 1 else _meets(one[0], two[0])
    return f"({shared} AND NOT {_covers(one, two)} AND NOT {_covers(two, one)})"


def _share_a_line(one: Parts, two: Parts) -> str:
    return f"ST_Relate({one[0].sql}, {two[0].sql}, '1********')"


def _any(ways: Any) -> str:  # noqa: ANN401 (an iterable of SQL)
    return "(" + (" OR ".join(ways) or "FALSE") + ")"


_MIXED: dict[str, Callable[[Parts, Parts], str]] = {
    "s_intersects": _intersects,
    "s_disjoint": lambda one, two: f"(NOT {_intersects(one, two)})",
    "s_equals": lambda one, two: f"({_covers(one, two)} AND {_covers(two, one)})",
    "s_touches": lambda one, two: f"({_intersects(one, two)} AND NOT {_any_meets(one, two)})",
    "s_crosses": _crosses,
    "s_within": lambda one, two: _contains(two, one),
    "s_contains": _contains,
    "s_overlaps": _overlaps,
}
"""OGC 21-065r2, table of spatial functions, with the dimensions of OGC 06-103r4 for crosses and overlaps."""
