"""Coordinates come back from every datum to the centimetre, and shared vertices stay shared."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from geo.datum import from_wgs84, outside_area_of_use, to_wgs84, transform_geometry

GEOD = pyproj.Geod(ellps="WGS84")
SYSTEMS = ["WGS84", "CGCS2000", "GCJ-02", "BD-09"]
CHINA = st.tuples(st.floats(73.5, 135.1), st.floats(18.0, 53.6))
LON_LAT = hnp.arrays(np.float64, st.tuples(st.integers(0, 40)), elements=st.floats(0.0, 1.0))


def distance_m(lon: np.ndarray, lat: np.ndarray, to_lon: np.ndarray, to_lat: np.ndarray) -> np.ndarray:
    return np.asarray(GEOD.inv(lon, lat, to_lon, to_lat)[2])


# Source: eviltransform, python/test.py (BSD): WGS 84 latitude, longitude -> GCJ-02 latitude, longitude.
EVILTRANSFORM = [
    ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
    ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
    ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
]


@pytest.mark.parametrize(("wgs84", "gcj02"), EVILTRANSFORM)
def test_gcj02_agrees_with_the_published_vectors(wgs84: tuple[float, float], gcj02: tuple[float, float]) -> None:
    lon, lat = from_wgs84(wgs84[1], wgs84[0], "GCJ-02")
    assert distance_m(lon, lat, np.asarray(gcj02[1]), np.asarray(gcj02[0])) < 0.05


def test_bd09_agrees_with_the_published_vector() -> None:
    # Source: coordtransform (wandergis), gcj02tobd09(116.404, 39.915).
    lon, lat = from_wgs84(*to_wgs84(116.404, 39.915, "GCJ-02"), "BD-09")
    assert (float(lon), float(lat)) == pytest.approx((116.41036949371029, 39.92133699351021), abs=1e-9)


def test_gcj02_agrees_with_the_second_published_implementation() -> None:
    # Source: coordtransform (wandergis), wgs84togcj02(116.404, 39.915).
    lon, lat = from_wgs84(116.404, 39.915, "GCJ-02")
    assert (float(lon), float(lat)) == pytest.approx((116.41024449916938, 39.91640428150164), abs=1e-9)


def test_the_shift_in_the_sample_district_is_as_measured() -> None:
    here = (np.asarray(113.29), np.asarray(34.80))
    assert distance_m(*here, *from_wgs84(*here, "GCJ-02")) == pytest.approx(591, abs=1)
    assert distance_m(*here, *from_wgs84(*here, "BD-09")) == pytest.approx(1309, abs=1)


@pytest.mark.parametrize("crs", SYSTEMS)
@settings(deadline=None)
@given(point=CHINA)
def test_a_point_in_china_comes_back_within_a_centimetre(crs: str, point: tuple[float, float]) -> None:
    there = from_wgs84(*point, crs)
    back = to_wgs84(*there, crs)
    assert distance_m(*map(np.asarray, point), *back) < 0.01
    again = from_wgs84(*back, crs)
    assert distance_m(*there, *again) < 0.01


@pytest.mark.parametrize("crs", ["EPSG:4547", "EPSG:3857"])
@settings(deadline=None)
@given(lon=st.floats(111.0, 117.0), lat=st.floats(20.0, 50.0))
def test_a_point_comes_back_from_a_projection_within_a_centimetre(crs: str, lon: float, lat: float) -> None:
    back = to_wgs84(*from_wgs84(lon, lat, crs), crs)
    assert distance_m(np.asarray(lon), np.asarray(lat), *back) < 0.01


@pytest.mark.parametrize("crs", ["GCJ-02", "BD-09"])
@settings(deadline=None)
@given(
    lon=st.one_of(st.floats(-180.0, 72.0), st.floats(137.84, 180.0)),
    lat=st.floats(-90.0, 90.0),
)
def test_a_point_outside_china_is_unchanged(crs: str, lon: float, lat: float) -> None:
    assert tuple(map(float, from_wgs84(lon, lat, crs))) == (lon, lat)
    assert tuple(map(float, to_wgs84(lon, lat, crs))) == (lon, lat)


@pytest.mark.parametrize("crs", [*SYSTEMS, "EPSG:4547"])
@settings(deadline=None)
@given(unit=LON_LAT)
def test_an_array_converts_as_its_points_do_and_the_input_is_kept(crs: str, unit: np.ndarray) -> None:
    lon, lat = 112.0 + 4.0 * unit, 30.0 + 8.0 * unit[::-1]
    kept = lon.copy(), lat.copy()
    x, y = from_wgs84(lon, lat, crs)
    assert x.shape == y.shape == unit.shape
    assert x.dtype == y.dtype == np.float64
    for index in range(len(unit)):
        one = from_wgs84(lon[index], lat[index], crs)
        assert (x[index], y[index]) == pytest.approx(tuple(map(float, one)), abs=1e-8)
    assert (lon == kept[0]).all()
    assert (lat == kept[1]).all()


@pytest.mark.parametrize("crs", [*SYSTEMS, "EPSG:4547"])
def test_what_is_not_finite_never_becomes_a_place(crs: str) -> None:
    lon, lat = to_wgs84([np.nan, np.inf], [34.8, 34.8], crs)
    assert not np.isfinite(lon).any() or not np.isfinite(lat).any()


def test_epsg_4547_takes_east_before_north() -> None:
    x, y = from_wgs84(114.0, 34.8, "EPSG:4547")
    assert float(x) == pytest.approx(500_000.0)
    assert 3_800_000.0 < float(y) < 3_900_000.0


def test_x_and_y_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="differ in shape"):
        to_wgs84([1.0], [1.0, 2.0], "WGS84")


@pytest.mark.parametrize("crs", ["GCJ-02", "BD-09", "EPSG:4547", "EPSG:3857"])
def test_a_coverage_stays_a_coverage(crs: str) -> None:
    rng = np.random.default_rng(7)
    corners = np.stack(np.meshgrid(np.arange(6.0), np.arange(6.0)), axis=-1) * 0.01 + (113.2, 34.7)
    corners += rng.uniform(-0.003, 0.003, corners.shape)
    cells = np.array(
        [
            shapely.Polygon([corners[i, j], corners[i, j + 1], corners[i + 1, j + 1], corners[i + 1, j]])
            for i in range(5)
            for j in range(5)
        ]
    )
    assert shapely.coverage_is_valid(transform_geometry(cells, "WGS84", crs))
    assert shapely.coverage_is_valid(transform_geometry(cells, crs if not crs.startswith("EPSG") else "WGS84"))


def test_empty_and_missing_geometries_pass() -> None:
    moved = transform_geometry(np.array([None, shapely.Polygon()]), "GCJ-02")
    assert moved[0] is None
    assert moved[1].is_empty


def test_a_point_far_from_the_systems_area_is_told() -> None:
    assert outside_area_of_use([-74.0, 113.3, np.nan], [40.7, 34.8, 1.0], "GCJ-02").tolist() == [
        True,
        False,
        True,
    ]
    assert outside_area_of_use([113.3, 121.5], [34.8, 31.2], "EPSG:4547").tolist() == [False, True]
    assert outside_area_of_use([-74.0, 200.0], [40.7, 0.0], "WGS84").tolist() == [False, True]
