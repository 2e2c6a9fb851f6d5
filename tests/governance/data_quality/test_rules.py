"""What is noticed about a point, and what is not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.data_quality.rules import Flag, ReportEvidenceFacts, datum_of, decimals, flags

GOOD: dict[str, Any] = {"x": 113.2841234, "y": 34.8012345, "declared": "WGS84", "in_coverage": {"WGS84": True}}


def names(**facts: Any) -> set[str]:
    return {f["flag"] for f in flags(ReportEvidenceFacts(**(GOOD | facts)))}


def test_a_good_point_is_not_noticed() -> None:
    assert names(distance_m={"WGS84": 40.0, "GCJ-02": 590.0}, in_named_area={"WGS84": True}) == set()


@pytest.mark.parametrize(
    ("facts", "noticed"),
    [
        ({"x": 34.8012345, "y": 113.2841234, "in_coverage": {}}, {Flag.SWAPPED}),
        ({"in_coverage": {"WGS84": False}, "swapped_in_coverage": True}, {Flag.SWAPPED}),
        ({"in_coverage": {"WGS84": False}}, {Flag.OUTSIDE_COVERAGE}),
        ({"x": 113.28, "y": 34.8}, {Flag.TRUNCATED}),
        ({"same_point": (12, 12)}, {Flag.DEFAULT_GEOCODE}),
        ({"same_point": (12, 1)}, set()),
        ({"centroid_of": "上街区"}, {Flag.CENTROID}),
        ({"distance_m": {"WGS84": 700.0, "GCJ-02": 400.0}}, {Flag.FAR_FROM_ADDRESS}),
        ({"distance_m": {"WGS84": 590.0, "GCJ-02": 20.0}}, {Flag.FAR_FROM_ADDRESS, Flag.FITS_SHIFTED}),
        ({"distance_m": {"WGS84": 590.0, "GCJ-02": 20.0}, "point_accuracy_m": 500.0}, set()),
        ({"in_named_area": {"WGS84": False, "GCJ-02": True}}, {Flag.OUTSIDE_NAMED_AREA}),
        ({"jump": (8000.0, 30.0)}, {Flag.IMPOSSIBLE_JUMP}),
        ({"jump": (8000.0, 3600.0)}, set()),
        ({"jump": (2000.0, 0.0)}, set()),
    ],
)
def test_each_fault_is_noticed_as_what_it_is(facts: dict[str, Any], noticed: set[Flag]) -> None:
    assert names(**facts) == noticed


def test_projected_coordinates_have_no_decimals_to_count() -> None:
    assert (
        names(x=434_000.0, y=3_852_000.0, declared="EPSG:4547", geographic=False, in_coverage={"EPSG:4547": True})
        == set()
    )


def test_cgcs2000_is_wgs84_within_what_addresses_can_tell() -> None:
    assert datum_of("CGCS2000") == datum_of("WGS84") == "WGS84"
    assert datum_of("BD-09") == "BD-09"


@given(st.integers(0, 9), st.integers(1, 10**6))
def test_decimals_are_those_that_were_sent(places: int, number: int) -> None:
    text = f"{113}.{number:0{places}d}"[: 4 + places] if places else "113"
    assert decimals(float(text)) == len(text.partition(".")[2].rstrip("0"))


def test_not_a_number_has_no_decimals() -> None:
    assert decimals(float("nan")) == 0
