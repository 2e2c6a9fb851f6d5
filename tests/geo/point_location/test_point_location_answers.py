"""Differential: the index against shapely's exact predicates, on layers and points made to mislead it.

Coordinates here are small integers and their halves, so that a point meant to lie on a slanted edge lies on it
exactly; what happens in the last bit is held against PostGIS itself in tests/grids/assignment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.point_location.index import Place, PointLocationIndex

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

SETTINGS = settings(max_examples=60, deadline=None)


def lowest_covering(faces: Sequence[Any], x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int64]:
    """What the index must say: the lowest of the faces that shapely says cover the point."""
    point, face = shapely.STRtree(faces).query(shapely.points(x, y), predicate="covered_by")
    answer = np.full(x.size, len(faces))
    np.minimum.at(answer, point, face)
    answer[answer == len(faces)] = -1
    return answer


def rings_of(faces: Sequence[Any]) -> NDArray[np.object_]:
    return shapely.get_rings(shapely.get_parts(faces))


def provoking_points(faces: Sequence[Any], random: np.random.Generator) -> tuple[NDArray[np.float64], ...]:
    """Vertices, exact middles of edges, points level with or below vertices, points inside, around and far away."""
    vertices = np.unique(shapely.get_coordinates(faces), axis=0)
    middles = np.concatenate([(ring[1:] + ring[:-1]) / 2 for ring in map(shapely.get_coordinates, rings_of(faces))])
    low, high = vertices.min(axis=0) - 3, vertices.max(axis=0) + 3
    around = random.uniform(low, high, (300, 2))
    level = np.column_stack([random.uniform(low[0], high[0], len(vertices)), vertices[:, 1]])
    below = np.column_stack([vertices[:, 0], random.uniform(low[1], high[1], len(vertices))])
    grid = random.integers(low * 2, high * 2, (200, 2)) / 2
    points = np.concatenate([vertices, middles, around, level, below, grid, vertices + 1e-13, [[1e6, -1e6]]])
    return points[:, 0].copy(), points[:, 1].copy()


def assert_same(faces: Sequence[Any], seed: int = 0) -> None:
    index = PointLocationIndex.from_geometries(faces)
    x, y = provoking_points(faces, np.random.default_rng(seed))
    # 1e-13 beside a vertex is within rounding of the edge: there PostGIS's arithmetic counts, not shapely's.
    certain = np.ones(x.size, bool)
    near = shapely.STRtree(rings_of(faces)).query(shapely.points(x, y), predicate="dwithin", distance=1e-9)[0]
    exactly_on = (x * 4 == np.round(x * 4)) & (y * 4 == np.round(y * 4))
    certain[near] = exactly_on[near]
    located = index.locate_many(x, y)
    expected = lowest_covering(faces, x, y)
    np.testing.assert_array_equal(located.areas[certain], expected[certain])
    one_by_one = [index.locate(*point) for point in zip(x.tolist(), y.tolist(), strict=True)]
    assert [area for area, _ in one_by_one] == located.areas.tolist()
    assert [place for _, place in one_by_one] == located.places.tolist()


def squares(side: int) -> list[shapely.Polygon]:
    return [shapely.box(column, row, column + 1, row + 1) for row in range(side) for column in range(side)]


@st.composite
def triangulated_coverages(draw: st.DrawFn) -> list[Any]:
    """True coverages with slanted edges, holes, islands and multipolygons: triangles merged at random."""
    seed = draw(st.integers(0, 2**32 - 1))
    random = np.random.default_rng(seed)
    points = 2 * random.integers(0, draw(st.sampled_from([6, 20, 1000])), (draw(st.integers(4, 40)), 2))
    triangles = shapely.get_parts(shapely.delaunay_triangles(shapely.multipoints(points)))
    if not len(triangles):
        return [shapely.box(0, 0, 2, 2)]
    owner = random.integers(0, draw(st.integers(1, 12)), len(triangles))
    kept = random.random(len(triangles)) > draw(st.sampled_from([0.0, 0.3]))
    faces = [shapely.coverage_union_all(triangles[(owner == n) & kept]) for n in np.unique(owner[kept])]
    return [face for face in faces if not face.is_empty] or [shapely.box(0, 0, 2, 2)]


@st.composite
def overlapping_layers(draw: st.DrawFn) -> list[Any]:
    """Boxes and triangles thrown on one another, some twice, some drawn clockwise."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    corners = 2 * random.integers(0, 8, (draw(st.integers(2, 25)), 3, 2))
    faces = [
        shapely.box(*np.minimum(a, b), *(np.maximum(a, b) + 2)) if n % 2 else shapely.Polygon([a, b, c])
        for n, (a, b, c) in enumerate(corners)
    ]
    faces = [face for face in faces if face.is_valid and face.area > 0] or [shapely.box(0, 0, 2, 2)]
    return faces + [face.reverse() for face in faces[::3]]


@SETTINGS
@given(triangulated_coverages())
def test_each_point_of_a_random_coverage_gets_the_lowest_covering_face(faces: list[Any]) -> None:
    assert_same(faces)


@SETTINGS
@given(overlapping_layers())
def test_each_point_of_an_overlapping_layer_gets_the_lowest_covering_face(faces: list[Any]) -> None:
    assert_same(faces)


@pytest.mark.parametrize("side", [1, 2, 7, 30])
def test_axis_aligned_squares_agree_on_every_edge_and_vertex(side: int) -> None:
    assert_same(squares(side))


def test_holes_islands_and_parts_are_told_apart() -> None:
    lake = shapely.box(4, 4, 8, 8)
    assert_same(
        [
            shapely.box(0, 0, 12, 12) - lake,
            lake - shapely.box(5, 5, 7, 7),
            shapely.MultiPolygon([shapely.box(5, 5, 7, 7), shapely.box(20, 0, 22, 2)]),
            shapely.MultiPolygon([shapely.box(22, 0, 24, 2), shapely.box(30, 30, 31, 31)]),
        ]
    )


def test_a_vertex_on_one_side_of_a_border_only_changes_nothing() -> None:
    assert_same([shapely.box(0, 0, 4, 8), shapely.box(4, 0, 8, 3), shapely.box(4, 3, 8, 8)])


def test_a_slanted_border_with_an_unmatched_vertex_leaves_a_gap_or_an_overlap_and_both_are_answered() -> None:
    rounded = (1 / 3 * 10, 1 / 7 * 10)
    left = shapely.Polygon([(0, 0), (10, 0), rounded, (0, 10)])
    right = shapely.Polygon([(10, 0), (10, 10), (0, 10)])
    assert_same([left, right])
    assert_same([right, left])


def test_an_area_nested_in_another_without_touching_it_is_found_as_an_overlap() -> None:
    faces = [shapely.box(0, 0, 100, 100), shapely.box(40, 40, 41, 41)]
    assert_same(faces)
    assert_same(faces[::-1])
    index = PointLocationIndex.from_geometries(faces)
    assert index.locate(40.5, 40.5) == (0, Place.OVERLAP)
    assert index.covering(40.5, 40.5) == [0, 1]


def test_twenty_copies_of_one_area_answer_as_the_first() -> None:
    index = PointLocationIndex.from_geometries([shapely.box(0, 0, 4, 4)] * 20)
    assert index.locate(1.3, 1.7) == (0, Place.OVERLAP)
    assert index.locate(0.0, 1.0) == (0, Place.BOUNDARY)
    assert index.locate(5.0, 1.0)[0] == -1
    assert len(index.covering(1.3, 1.7)) == 20


def test_one_area_of_the_size_of_a_country_among_small_ones_is_right() -> None:
    assert_same([*squares(5), shapely.Polygon([(-900, -700), (1000, -690), (990, 800), (-880, 790)])])


def test_segments_too_short_for_postgis_send_every_point_to_the_exact_path() -> None:
    index = PointLocationIndex.from_geometries([shapely.Polygon([(0, 0), (4, 0), (4, 4), (4 - 5e-13, 4), (0, 4)])])
    located = index.locate_many(np.array([1.0, 5.0]), np.array([1.0, 1.0]))
    assert located.areas.tolist() == [0, -1]
    assert located.exact == 2


def test_an_empty_layer_covers_nothing() -> None:
    index = PointLocationIndex.from_geometries([])
    assert index.locate(1.0, 2.0)[0] == -1
    assert index.locate_many(np.array([1.0]), np.array([2.0])).areas.tolist() == [-1]
    assert index.nearest(1.0, 2.0, 100.0)[0] == -1
    assert index.shares(1.0, 2.0, 10.0) == ((), 1.0)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e300])
def test_a_point_that_is_not_finite_is_covered_by_nothing(bad: float) -> None:
    index = PointLocationIndex.from_geometries(squares(2))
    assert index.locate(bad, 1.0)[0] == -1
    assert index.locate_many(np.array([bad, 0.5]), np.array([0.5, bad])).areas.tolist() == [-1, -1]


@pytest.mark.parametrize(
    "geometry", [shapely.Point(1, 1), shapely.LineString([(0, 0), (1, 1)]), shapely.Polygon(), None]
)
def test_what_is_no_polygon_is_refused(geometry: Any) -> None:
    with pytest.raises(ValueError, match="polygons"):
        PointLocationIndex.from_geometries([shapely.box(0, 0, 1, 1), geometry])


def test_arrays_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="same length"):
        PointLocationIndex.from_geometries(squares(1)).locate_many(np.zeros(2), np.zeros(3))


def test_almost_every_point_of_a_coverage_takes_the_quick_path() -> None:
    random = np.random.default_rng(7)
    corners = np.stack(np.meshgrid(np.arange(31.0), np.arange(31.0)), axis=-1) + random.uniform(-0.2, 0.2, (31, 31, 2))
    faces = shapely.polygons(
        np.stack([corners[:-1, :-1], corners[:-1, 1:], corners[1:, 1:], corners[1:, :-1]], axis=2).reshape(-1, 4, 2)
    )
    points = random.uniform(0, 30, (2, 200_000))
    located = PointLocationIndex.from_geometries(faces).locate_many(points[0], points[1])
    np.testing.assert_array_equal(located.areas, lowest_covering(faces, points[0], points[1]))
    assert located.exact < 20
