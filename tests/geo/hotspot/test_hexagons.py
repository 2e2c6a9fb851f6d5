"""Hexagons cover an extent without gaps, are found by arithmetic, and are the same for every extent."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo.hotspot.arrays import HotspotInputError
from geo.hotspot.local import Neighbours, hexagons_over

EXTENT = shapely.Polygon(
    [(435000, 3850000), (441000, 3850500), (440000, 3856000), (437000, 3854000), (435500, 3855000)]
)


def test_they_cover_the_extent_without_gap_or_overlap() -> None:
    made = hexagons_over(EXTENT, 250.0)
    assert shapely.area(made.shapes_m).sum() == pytest.approx(EXTENT.area)
    assert shapely.union_all(made.shapes_m).symmetric_difference(EXTENT).area < 1e-3
    assert len(np.unique(made.cells, axis=0)) == len(made)


def test_a_whole_hexagon_is_regular_and_has_six_neighbours() -> None:
    made = hexagons_over(EXTENT, 250.0)
    area = 1.5 * np.sqrt(3) * 250.0**2
    whole = np.flatnonzero(shapely.area(made.shapes_m) > area - 1e-3)
    inner = [k for k in whole if made.shapes_m[k].distance(EXTENT.exterior) > 500]
    assert len(inner) > 20
    assert (Neighbours.touching(made.shapes_m, tolerance_m=1.0).cardinalities[inner] == 6).all()
    corners = shapely.get_coordinates(made.shapes_m[inner[0]])
    assert np.allclose(np.linalg.norm(np.diff(corners, axis=0), axis=1), 250.0, atol=1e-5)


def test_every_point_gets_the_hexagon_that_holds_it() -> None:
    made = hexagons_over(EXTENT, 120.0)
    west, south, east, north = EXTENT.bounds
    points = np.random.default_rng(0).uniform([west - 500, south - 500], [east + 500, north + 500], (4000, 2))
    position = made.positions_of(points)
    for point, number in zip(shapely.points(points), position.tolist(), strict=True):
        if number >= 0 and EXTENT.covers(point):
            assert made.shapes_m[number].distance(point) < 1e-6
    assert all(position[EXTENT.covers(shapely.points(points))] >= 0)


def test_two_extents_share_their_hexagons() -> None:
    left = hexagons_over(shapely.box(435000, 3850000, 438000, 3853000), 250.0)
    right = hexagons_over(shapely.box(436000, 3851000, 440000, 3854000), 250.0)
    shared = {tuple(cell) for cell in left.cells.tolist()} & {tuple(cell) for cell in right.cells.tolist()}
    assert len(shared) > 20


def test_nothing_has_none_and_too_many_are_refused() -> None:
    assert len(hexagons_over(shapely.Polygon(), 250.0)) == 0
    assert hexagons_over(EXTENT, 250.0).positions_of(np.empty((0, 2))).tolist() == []
    with pytest.raises(HotspotInputError, match="too many"):
        hexagons_over(EXTENT, 5.0)
    with pytest.raises(HotspotInputError, match="positive"):
        hexagons_over(EXTENT, 0.0)
