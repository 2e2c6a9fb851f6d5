"""A geometry in a body is read once and refused in words; in an answer its rings run as RFC 7946 says."""

from __future__ import annotations

from typing import Any

import pytest
import shapely

from core.errors import DomainError
from grids.geojson import geojson, read_geometry

SQUARE = {"type": "Polygon", "coordinates": [[[113.0, 34.0], [113.0, 34.1], [113.1, 34.1], [113.0, 34.0]]]}


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({}, "not GeoJSON"),
        ({"type": "Polygon"}, "not GeoJSON"),
        ({"type": "Polygon", "coordinates": [[[113, "x"]]]}, "not GeoJSON"),
        ({"type": "Point", "coordinates": [10**400, 0]}, "not GeoJSON"),
        ({"type": "Polygon", "coordinates": []}, "empty"),
        ({"type": "LineString", "coordinates": [[113, 34]] * 6}, "more than 5 points"),
        ({"type": "Point", "coordinates": [34.0, 113.0]}, "longitude first"),
        ({"type": "Point", "coordinates": [500_000.0, 3_850_000.0]}, "longitude first"),
    ],
)
def test_what_is_no_geometry_is_refused_in_words(value: dict[str, Any], why: str) -> None:
    with pytest.raises(DomainError, match=why):
        read_geometry(value, lambda told: DomainError(told, field="geometry"), most_points=5)


def test_metres_are_taken_where_another_system_is_named() -> None:
    point = {"type": "Point", "coordinates": [500_000.0, 3_850_000.0]}
    assert read_geometry(point, DomainError, in_degrees=False).x == 500_000


def test_what_is_read_is_answered_with_its_exterior_counter_clockwise() -> None:
    read = read_geometry(SQUARE, DomainError)
    answered = geojson(read)
    assert not read.exterior.is_ccw
    assert shapely.geometry.shape(answered).exterior.is_ccw
    assert shapely.equals(read, shapely.geometry.shape(answered))
    assert geojson(None) is None
