"""The spatial functions on collections of several dimensions find what sets of cells say.

Shapes on whole numbers are sets of cells: corners, edges and squares. What a function says of two of them then follows
from its definition in the standard (OGC 21-065r2, table of spatial functions) by intersecting sets; no geometry
library takes part.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
import shapely
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from grids.features import filters, reference_systems

if TYPE_CHECKING:
    from collections.abc import Iterator

FUNCTIONS = ("intersects", "disjoint", "equals", "touches", "crosses", "within", "contains", "overlaps")
Cell = tuple[int, int]
"""Twice the middle of a cell: a corner is even, even; a square odd, odd; an edge one of each."""


@dataclass(frozen=True)
class Cells:
    """A geometry: its cells, those of its interior, and its dimension."""

    closed: frozenset[Cell]
    interior: frozenset[Cell]
    dimension: int


def between(one: int, two: int) -> range:
    return range(2 * min(one, two), 2 * max(one, two) + 1)


def area(boxes: list[tuple[int, int, int, int]]) -> Cells:
    closed = frozenset((x, y) for a, b, c, d in boxes for x in between(a, c) for y in between(b, d))
    squares = {(x, y) for x, y in closed if x % 2 and y % 2}

    def around(x: int, y: int) -> set[Cell]:
        return {(x + i, y + j) for i in ((0,) if x % 2 else (-1, 1)) for j in ((0,) if y % 2 else (-1, 1))}

    return Cells(closed, frozenset(cell for cell in closed if around(*cell) <= squares), 2)


def lines(segments: list[tuple[int, int, int, int]]) -> Cells:
    closed = frozenset((x, y) for a, b, c, d in segments for x in between(a, c) for y in between(b, d))
    ends = Counter(end for a, b, c, d in segments for end in ((2 * a, 2 * b), (2 * c, 2 * d)))
    return Cells(closed, closed - {end for end, count in ends.items() if count % 2}, 1)


def cells(shapes: list[tuple[int, int, int, int]]) -> Cells:
    """Boxes, segments and points, each by its bounds: what a part of more dimensions covers is left out."""
    parts: list[Cells] = []
    for dimension, make in ((2, area), (1, lines), (0, None)):
        own = [s for s in shapes if (s[0] != s[2]) + (s[1] != s[3]) == dimension]
        own = [
            s for s in own if not any((lines([s]) if dimension < 2 else area([s])).closed <= p.closed for p in parts)
        ]
        if own and make:
            parts.append(make(own))
        elif own:
            points = frozenset((2 * x, 2 * y) for x, y, _, _ in own)
            parts.append(Cells(points, points, 0))
    return Cells(
        frozenset().union(*(p.closed for p in parts)),
        frozenset().union(*(p.interior for p in parts)),
        parts[0].dimension,
    )


def says(function: str, a: Cells, b: Cells) -> bool:
    shared, inside = a.closed & b.closed, a.interior & b.interior
    dimension = max((x % 2 + y % 2 for x, y in inside), default=-1)
    low, high = sorted((a, b), key=lambda shape: shape.dimension)
    match function:
        case "intersects":
            return bool(shared)
        case "disjoint":
            return not shared
        case "equals":
            return a.closed == b.closed
        case "touches":
            return bool(shared) and not inside
        case "within":
            return a.closed <= b.closed and bool(inside)
        case "contains":
            return b.closed <= a.closed and bool(inside)
        case "crosses" if low.dimension == high.dimension:
            return low.dimension == 1 and dimension == 0
        case "crosses":
            return bool(inside) and not low.closed <= high.closed
        case _:
            equal = a.dimension == b.dimension == dimension
            return equal and not a.closed <= b.closed and not b.closed <= a.closed


def drawn(shape: tuple[int, int, int, int]) -> Any:
    a, b, c, d = shape
    if a != c and b != d:
        return shapely.box(min(a, c), min(b, d), max(a, c), max(b, d))
    return shapely.Point(a, b) if shape[:2] == shape[2:] else shapely.LineString([(a, b), (c, d)])


@pytest.fixture(scope="module")
def connection(module_database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(module_database_url) as connection:
        connection.execute("CREATE TEMP TABLE lands (geom geometry)")
        yield connection


def asked(connection: psycopg.Connection, function: str, one: Any, two: Any) -> bool:
    tree = {"op": f"s_{function}", "args": [one, two]}
    condition = filters.cql(json.dumps(tree), "cql2-json", reference_systems.CRS84, {})
    row = connection.execute(f"SELECT {condition.sql} FROM lands f", condition.values).fetchone()
    return bool(row and row[0])


place = st.integers(0, 5)
box = st.tuples(place, place, place, place).filter(lambda s: s[0] != s[2] and s[1] != s[3])
level = st.tuples(place, place, place).filter(lambda s: s[0] != s[2]).map(lambda s: (s[0], s[1], s[2], s[1]))
segment = st.one_of(level, level.map(lambda s: (s[1], s[0], s[3], s[2])))
point = st.tuples(place, place).map(lambda s: (*s, *s))
mixtures = st.lists(st.one_of(box, segment, point), min_size=1, max_size=4)


def collection(shapes: list[tuple[int, int, int, int]]) -> Any:
    return json.loads(shapely.to_geojson(shapely.GeometryCollection([drawn(s) for s in shapes])))


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(land=st.lists(box, min_size=1, max_size=2), shapes=mixtures)
def test_an_area_and_a_collection(
    connection: psycopg.Connection, land: list[tuple[int, int, int, int]], shapes: list[tuple[int, int, int, int]]
) -> None:
    connection.execute("TRUNCATE lands")
    polygons = shapely.to_wkb(shapely.union_all([drawn(s) for s in land]))
    connection.execute("INSERT INTO lands VALUES (ST_GeomFromWKB(%s, 4326))", (polygons,))
    own, literal = {"property": "geometry"}, collection(shapes)
    for function in FUNCTIONS:
        assert asked(connection, function, own, literal) is says(function, cells(land), cells(shapes)), function
        assert asked(connection, function, literal, own) is says(function, cells(shapes), cells(land)), function


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(one=mixtures, two=mixtures)
@example(one=[(0, 0, 2, 2), (2, 1, 5, 1)], two=[(1, 1, 4, 1)])  # covered by an area and a line together
@example(one=[(0, 0, 2, 2), (2, 1, 5, 1)], two=[(1, 1, 1, 1), (4, 1, 4, 1)])
@example(one=[(0, 0, 2, 2), (2, 1, 5, 1)], two=[(1, 1, 4, 1), (5, 2, 5, 2)])
def test_two_collections(
    connection: psycopg.Connection, one: list[tuple[int, int, int, int]], two: list[tuple[int, int, int, int]]
) -> None:
    connection.execute("TRUNCATE lands")
    connection.execute("INSERT INTO lands VALUES (NULL)")
    for function in FUNCTIONS:
        found = asked(connection, function, collection(one), collection(two))
        assert found is says(function, cells(one), cells(two)), function
