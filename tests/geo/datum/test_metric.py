"""Areas and lengths are metres and square metres, wherever the layer lies."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
import shapely

from geo.datum import areas_m2, lengths_m, metric_crs_for

GEOD = pyproj.Geod(ellps="WGS84")


@pytest.mark.parametrize(
    ("bounds", "epsg"),
    [
        ((113.2, 34.7, 113.4, 34.9), 4547),  # the sample district
        ((121.6, 30.9, 122.0, 31.3), 4550),  # Shanghai
        ((-74.3, 40.4, -73.6, 40.95), 32618),  # New York
        ((139.0, 35.4, 140.2, 36.0), 32654),  # Tokyo
        ((151.0, -34.0, 151.3, -33.7), 32756),  # Sydney
    ],
)
def test_the_local_system_is_the_countrys_zone_or_utm(bounds: tuple[float, float, float, float], epsg: int) -> None:
    assert metric_crs_for(bounds).epsg == epsg


@pytest.mark.parametrize("bounds", [(73.0, 18.0, 135.0, 53.0), (-10.0, 80.0, 10.0, 89.0), (90.0, 30.0, 120.0, 40.0)])
def test_a_wide_or_polar_extent_gets_an_equal_area_projection(
    bounds: tuple[float, float, float, float],
) -> None:
    assert "laea" in metric_crs_for(bounds).definition


@pytest.mark.parametrize("bounds", [(np.nan, 0.0, 1.0, 1.0), (0.0, 0.0, 1e6, 2e6)])
def test_bounds_that_are_no_degrees_are_refused(bounds: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="not bounds in degrees"):
        metric_crs_for(bounds)


@pytest.mark.parametrize("corner", [(113.2, 34.7), (120.9, 24.0), (-74.0, 40.6), (10.0, 85.0), (138.9, 35.4)])
def test_areas_and_lengths_agree_with_the_ellipsoid(corner: tuple[float, float]) -> None:
    square = shapely.segmentize(shapely.box(*corner, corner[0] + 0.02, corner[1] + 0.02), 0.001)
    area, length = GEOD.geometry_area_perimeter(square)
    assert areas_m2([square])[0] == pytest.approx(abs(area), rel=2e-3)
    assert lengths_m([square])[0] == pytest.approx(length, rel=2e-3)


def test_nothing_has_no_area() -> None:
    assert areas_m2(np.array([shapely.Polygon()], dtype=object)).tolist() == [0.0]
    assert areas_m2(np.array([], dtype=object)).tolist() == []
    assert np.isnan(areas_m2(np.array([None, shapely.box(113, 34, 113.1, 34.1)]))[0])
