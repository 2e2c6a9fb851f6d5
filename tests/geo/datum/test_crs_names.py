"""A reference system is recognised by every name it goes by."""

from __future__ import annotations

import pytest

from geo.datum import BD09, CGCS2000, GCJ02, WGS84, UnknownCrsError, area_of_use, latitude_first, parse_crs

NYC_WKT = (
    'PROJCS["NAD_1983_StatePlane_New_York_Long_Island_FIPS_3104_Feet",GEOGCS["GCS_North_American_1983",'
    'DATUM["D_North_American_1983",SPHEROID["GRS_1980",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],'
    'UNIT["Degree",0.0174532925199433]],PROJECTION["Lambert_Conformal_Conic"],PARAMETER["False_Easting",984250.0],'
    'PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",-74.0],'
    'PARAMETER["Standard_Parallel_1",40.66666666666666],PARAMETER["Standard_Parallel_2",41.03333333333333],'
    'PARAMETER["Latitude_Of_Origin",40.16666666666666],UNIT["Foot_US",0.3048006096012192]]'
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("WGS84", WGS84),
        (" wgs 84 ", WGS84),
        ("WGS-84", WGS84),
        ("EPSG:4326", WGS84),
        ("OGC:CRS84", WGS84),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", WGS84),
        ("urn:ogc:def:crs:EPSG::4326", WGS84),
        ("http://www.opengis.net/def/crs/OGC/1.3/CRS84", WGS84),
        ("http://www.opengis.net/def/crs/EPSG/0/4326", WGS84),
        ("CGCS2000", CGCS2000),
        ("cgcs 2000", CGCS2000),
        ("国家2000", CGCS2000),
        ("EPSG:4490", CGCS2000),
        ("SRID=4490", CGCS2000),
        ("GCJ-02", GCJ02),
        ("gcj02", GCJ02),
        ("GCJ_02", GCJ02),
        ("火星坐标系", GCJ02),
        ("高德", GCJ02),
        ("BD-09", BD09),
        ("bd09ll", BD09),
        ("百度坐标系", BD09),
    ],
)
def test_common_spellings_name_one_system(name: str, expected: object) -> None:
    assert parse_crs(name) == expected


@pytest.mark.parametrize("name", ["EPSG:2263", "epsg::2263", "2263", "urn:ogc:def:crs:EPSG::2263", NYC_WKT])
def test_an_epsg_code_is_known_by_code_urn_and_wkt(name: str) -> None:
    assert parse_crs(name).epsg == 2263
    assert not parse_crs(name).is_geographic


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [("WSG84", "WGS84"), ("gjc02", "GCJ-02"), ("BD-90", "BD-09"), ("CGCS200", "CGCS2000")],
)
def test_a_misspelt_name_is_refused_with_the_name_that_was_meant(name: str, suggestion: str) -> None:
    with pytest.raises(UnknownCrsError, match="did you mean") as caught:
        parse_crs(name)
    assert suggestion in caught.value.suggestions


@pytest.mark.parametrize("name", ["", "  ", "EPSG:999999", "EPSG:5773", "EPSG:4978", "PROJCS[nonsense", "x" * 30_000])
def test_what_is_no_horizontal_system_is_refused(name: str) -> None:
    with pytest.raises(UnknownCrsError):
        parse_crs(name)


def test_only_the_registry_by_uri_puts_latitude_first() -> None:
    assert latitude_first("http://www.opengis.net/def/crs/EPSG/0/4326")
    assert latitude_first("urn:ogc:def:crs:EPSG::4490")
    assert not latitude_first("EPSG:4326")
    assert not latitude_first("urn:ogc:def:crs:OGC:1.3:CRS84")
    assert not latitude_first("http://www.opengis.net/def/crs/EPSG/0/3857")


def test_the_area_of_use_is_the_registrys_or_the_algorithms() -> None:
    assert area_of_use(parse_crs("EPSG:4547"))[0] == pytest.approx(112.5)
    assert area_of_use(GCJ02) == (72.004, 0.8293, 137.8347, 55.8271)
    assert area_of_use(WGS84) == (-180.0, -90.0, 180.0, 90.0)
