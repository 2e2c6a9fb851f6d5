"""The compiled GeoJSON writer says the same as shapely, in RFC 7946's winding."""

from __future__ import annotations

import json

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.map.geojson import WkbError, polygon_geojson

HOLED = shapely.Polygon(
    [(113.1, 34.1), (113.1, 34.9), (113.9, 34.9), (113.9, 34.1)],  # clockwise
    [[(113.3, 34.3), (113.6, 34.3), (113.6, 34.6), (113.3, 34.6)]],  # counter-clockwise
)


def test_rings_are_wound_as_rfc_7946_asks_whichever_way_they_came() -> None:
    for shape in (HOLED, HOLED.reverse()):
        written = json.loads(polygon_geojson([shape.wkb])[0])
        outer, hole = written["coordinates"]
        assert shapely.is_ccw(shapely.linearrings(outer))
        assert not shapely.is_ccw(shapely.linearrings(hole))
        assert outer[0] == [113.1, 34.1]


def test_types_stay_and_ewkb_is_read() -> None:
    both = shapely.set_srid(shapely.MultiPolygon([HOLED, shapely.box(-1.5, -0.25, 0, 0)]), 4326)
    plain, ewkb = shapely.to_wkb(both), shapely.to_wkb(both, include_srid=True)
    assert polygon_geojson([plain]) == polygon_geojson([ewkb])
    assert json.loads(polygon_geojson([plain])[0])["type"] == "MultiPolygon"
    assert shapely.from_geojson(polygon_geojson([plain])[0].decode()).equals(both)


@given(
    st.lists(
        st.tuples(st.floats(-180, 180, allow_nan=False), st.floats(-90, 90, allow_nan=False)), min_size=3, max_size=12
    )
)
def test_numbers_are_those_of_numpy_rounded_to_seven_decimals(points: list[tuple[float, float]]) -> None:
    ring = np.array([*points, points[0]])
    wkb = shapely.to_wkb(shapely.Polygon(ring))
    written = np.array(json.loads(polygon_geojson([wkb])[0])["coordinates"][0])
    expected = np.round(ring, 7) + 0.0
    assert np.array_equal(written, expected) or np.array_equal(written, expected[::-1])


def test_many_pieces_keep_their_order() -> None:
    boxes = shapely.box(np.arange(300) / 10, 0, np.arange(300) / 10 + 0.05, 1)
    boxes = shapely.segmentize(boxes, 0.001)  # 9 MB: more than one piece
    written = polygon_geojson(list(shapely.to_wkb(boxes)))
    read = shapely.from_geojson([text.decode() for text in written])
    assert np.allclose(shapely.bounds(read), shapely.bounds(boxes), atol=1e-7)


def test_nothing_in_nothing_out() -> None:
    assert polygon_geojson([]) == []
    assert json.loads(polygon_geojson([shapely.MultiPolygon().wkb])[0]) == {"type": "MultiPolygon", "coordinates": []}


@pytest.mark.parametrize(
    "wkb",
    [
        shapely.Point(1, 2).wkb,
        HOLED.wkb[:-3],
        HOLED.wkb + b"\0",
        shapely.to_wkb(HOLED, byte_order=0),
        shapely.box(0, 0, 500, 1).wkb,
        shapely.to_wkb(shapely.force_3d(HOLED)),
        b"",
    ],
)
def test_other_bytes_are_refused_by_position(wkb: bytes) -> None:
    with pytest.raises(WkbError, match="geometry 1"):
        polygon_geojson([HOLED.wkb, wkb])
