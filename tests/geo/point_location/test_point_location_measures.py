"""Distances, nearest areas and shares of a circle, against shapely and closed formulas."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from geo.point_location import metric_kernels
from geo.point_location.index import PointLocationIndex, metres_per_degree

LAT = 34.8
X_M, Y_M = metres_per_degree(LAT)


def local(*metres: tuple[float, float]) -> list[tuple[float, float]]:
    """Points given in metres east and north of 113.3 E, 34.8 N."""
    return [(113.3 + x / X_M, LAT + y / Y_M) for x, y in metres]


def box(x1: float, y1: float, x2: float, y2: float) -> shapely.Polygon:
    return shapely.Polygon(local((x1, y1), (x2, y1), (x2, y2), (x1, y2)))


def test_a_degree_is_as_long_as_on_the_ellipsoid() -> None:
    geod = Geod(ellps="WGS84")
    for lat in (-60.0, 0.0, 22.5, 34.8, 53.0):
        x, y = metres_per_degree(lat)
        assert x == pytest.approx(geod.inv(113, lat, 113.001, lat)[2] * 1000, rel=1e-6)
        assert y == pytest.approx(geod.inv(113, lat - 0.0005, 113, lat + 0.0005)[2] * 1000, rel=1e-6)


def test_distance_to_the_edge_counts_holes_and_both_sides() -> None:
    ring = shapely.Polygon(box(0, 0, 100, 100).exterior, [box(40, 40, 60, 60).exterior])
    index = PointLocationIndex.from_geometries([ring])
    for point, metres in [((30, 50), 10), ((5, 50), 5), ((50, 50), 10), ((-7, 50), 7), ((-3, -4), 5), ((0, 50), 0)]:
        assert index.distance_to_edge_m(0, *local(point)[0]) == pytest.approx(metres, rel=1e-5, abs=1e-6)


def test_nearest_respects_the_tolerance_and_prefers_the_lowest_of_equals() -> None:
    index = PointLocationIndex.from_geometries([box(0, 0, 10, 10), box(10, 0, 20, 10), box(40, 0, 50, 10)])
    assert index.nearest(*local((10, -5))[0], 4.9) == (-1, math.inf)
    area, metres = index.nearest(*local((10, -5))[0], 5.1)
    assert (area, metres) == (0, pytest.approx(5, rel=1e-5))
    assert index.nearest(*local((30.5, 5))[0], 100)[0] == 2
    assert index.nearest(*local((30, 5))[0], 100)[0] == 1


def test_whole_numbers_are_not_compiled_for_anew() -> None:
    index = PointLocationIndex.from_geometries([box(0, 0, 10, 10)])
    measures = (metric_kernels.distance_to_boundary, metric_kernels.nearest, metric_kernels.circle_shares)

    def ask(number: float, area: Any) -> list[int]:
        point = local((10, -5))[0]
        index.distance_to_edge_m(area, *point)
        index.nearest(*point, number)
        index.shares(*point, number)
        return [len(kernel.signatures) for kernel in measures]

    assert ask(7.0, 0) == ask(7, np.int32(0))


def test_shares_at_corners_edges_and_outside() -> None:
    index = PointLocationIndex.from_geometries([box(0, 0, 10, 10), box(10, 0, 20, 10), box(0, 10, 10, 20)])
    corner = index.shares(*local((10, 10))[0], 2.0)
    assert [(s.area, round(s.share, 6)) for s in corner.areas] == [(0, 0.25), (1, 0.25), (2, 0.25)]
    assert corner.outside == pytest.approx(0.25)
    edge = index.shares(*local((10, 5))[0], 1.0)
    assert [(s.area, round(s.share, 6)) for s in edge.areas] == [(0, 0.5), (1, 0.5)]
    assert edge.outside == 0.0
    deep = index.shares(*local((5, 5))[0], 1.0)
    assert deep.areas == ((0, pytest.approx(1.0)),)
    assert index.shares(*local((-50, -50))[0], 1.0) == ((), 1.0)
    segment = math.acos(0.5) - 0.5 * math.sqrt(0.75)
    assert index.shares(*local((9.5, 5))[0], 1.0).areas[1].share == pytest.approx(segment / math.pi, rel=1e-6)


def test_where_areas_overlap_outside_is_measured_on_their_union() -> None:
    index = PointLocationIndex.from_geometries([box(-10, -10, 0, 10), box(-5, -10, 0, 10)])
    shares = index.shares(*local((0, 0))[0], 2.0, overlapping=True)
    assert [round(s.share, 6) for s in shares.areas] == [0.5, 0.5]
    assert shares.outside == pytest.approx(0.5, abs=1e-3)


@pytest.mark.parametrize("radius", [0.0, -1.0, math.nan, math.inf])
def test_a_radius_that_is_no_length_is_refused(radius: float) -> None:
    with pytest.raises(ValueError, match="radius_m"):
        PointLocationIndex.from_geometries([box(0, 0, 1, 1)]).shares(113.3, LAT, radius)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(1, 300))
def test_shares_of_random_polygons_with_holes_are_those_of_shapely(seed: int, radius: float) -> None:
    random = np.random.default_rng(seed)
    star = shapely.Polygon(
        np.column_stack([np.cos(a := np.linspace(0, 2 * np.pi, 40)[:-1]), np.sin(a)])
        * random.uniform(40, 150, 39)[:, None]
    )
    hole = shapely.Point(0, 0).buffer(20, quad_segs=3)
    metric = shapely.Polygon(star.exterior, [hole.exterior])
    centre = random.uniform(-150, 150, 2)
    face = shapely.transform(metric, lambda xy: np.array(local(*map(tuple, xy))))
    lon, lat = local(tuple(centre))[0]
    # The metric is taken at the point's own latitude.
    x_m, y_m = metres_per_degree(lat)
    there = shapely.transform(face, lambda xy: (xy - [lon, lat]) * [x_m, y_m])
    expected = there.intersection(shapely.Point(0, 0).buffer(radius, quad_segs=512)).area / (math.pi * radius**2)
    index = PointLocationIndex.from_geometries([face])
    shares = index.shares(lon, lat, radius)
    assert sum(s.share for s in shares.areas) == pytest.approx(expected, abs=1e-5)
    assert shares.outside == pytest.approx(1 - expected, abs=2e-5)
    assert index.distance_to_edge_m(0, lon, lat) == pytest.approx(
        there.boundary.distance(shapely.Point(0, 0)), abs=1e-6
    )


def test_the_geometry_comes_back_as_it_went_in() -> None:
    ring = shapely.Polygon(box(0, 0, 100, 100).exterior, [box(40, 40, 60, 60).exterior, box(10, 10, 20, 20).exterior])
    faces = [shapely.MultiPolygon([ring, box(200, 0, 300, 100)]), box(-10, 0, 0, 10)]
    index = PointLocationIndex.from_geometries(faces)
    assert len(index) == 2
    assert index.geometry(0).equals(faces[0])
    assert index.geometry(1).equals(faces[1])
