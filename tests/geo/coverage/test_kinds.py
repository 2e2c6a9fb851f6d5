"""Each kind of defect: told where it is, how large, how grave, and silent where it must be."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import shapely
import shapely.affinity

from geo.coverage import (
    SEVERITY,
    AreaSet,
    DefectKind,
    LayerRules,
    Severity,
    Tolerances,
    check_layer,
)
from geo.datum import areas_m2, metric_crs_for, transform_geometry
from tests.geo.coverage.cells import CELL, SOUTH, WEST, cell, check, kinds, nested


def test_a_clean_layer_has_no_defects_and_neither_has_an_empty_one() -> None:
    assert check([cell(0, 0), cell(1, 0)]) == ()
    assert check([]) == ()


def test_an_overlap_blocks_with_its_size_in_square_metres() -> None:
    (defect,) = check([cell(0, 0, 1.1), cell(1, 0)])
    assert (defect.kind, defect.severity, defect.codes) == (DefectKind.OVERLAP, Severity.BLOCKS, ("G0", "G1"))
    assert defect.size == pytest.approx(areas_m2(cell(1, 0, 0.1)), rel=1e-6)
    assert shapely.area(shapely.symmetric_difference(defect.geometry, cell(1, 0, 0.1))) < 1e-15


@pytest.mark.parametrize("inner", [cell(0.2, 0.2, 0.2, 0.2), cell(0, 0)])
def test_an_area_inside_or_on_top_of_another_overlaps_it(inner: shapely.Polygon) -> None:
    assert kinds(check([cell(0, 0), inner])) == ["overlap"]


def test_three_areas_on_one_place_are_three_pairs() -> None:
    assert kinds(check([cell(0, 0), cell(0.5, 0), cell(0.25, 0.5)])) == ["overlap"] * 3


def test_a_hole_between_areas_is_a_gap() -> None:
    ring = [cell(0, 0, 3, 1), cell(0, 2, 3, 1), cell(0, 1), cell(2, 1)]
    (defect,) = check(ring)
    assert (defect.kind, defect.severity) == (DefectKind.GAP, Severity.BLOCKS)
    assert set(defect.codes) == {"G0", "G1", "G2", "G3"}
    assert defect.size == pytest.approx(areas_m2(cell(1, 1)), rel=1e-6)


def test_a_declared_gap_is_silent_and_the_rest_of_it_is_not() -> None:
    ring = [cell(0, 0, 3, 1), cell(0, 2, 3, 1), cell(0, 1), cell(2, 1)]
    assert check(ring, allowed_gaps=cell(1, 1)) == ()
    (left,) = check(ring, allowed_gaps=cell(1, 1, 0.5))
    assert left.size == pytest.approx(areas_m2(cell(1.5, 1, 0.5)), rel=1e-4)


def test_a_hole_filled_by_an_island_is_no_gap() -> None:
    lake = shapely.difference(cell(0, 0, 3, 3), cell(1, 1))
    assert check([lake, cell(1, 1)]) == ()


@pytest.mark.parametrize(("width_m", "told"), [(0.0005, []), (0.5, ["sliver"]), (2.0, ["overlap"])])
def test_an_overlap_is_noise_a_sliver_or_wide_by_its_width(width_m: float, told: list[str]) -> None:
    width = width_m / 1_112.0 * 1.215  # in cells, at this latitude
    assert kinds(check([cell(0, 0, 1 + width), cell(1, 0)])) == told


def test_corners_on_a_neighbours_border_are_noise_after_reprojection() -> None:
    long, short, rest = shapely.box(0, 0, 200, 50), shapely.box(0, 50, 77, 99), shapely.box(77, 50, 200, 99)
    turned = shapely.affinity.rotate(shapely.MultiPolygon([long, short, rest]), 33, origin=(0, 0))
    placed = shapely.affinity.translate(turned, 430_000, 3_850_000)
    report = check_layer(
        AreaSet.from_areas(
            levels=["grid"] * 3,
            codes=["A", "B", "C"],
            geometries=list(transform_geometry(np.array(placed.geoms), "EPSG:4547")),
        ),
        LayerRules(levels=("grid",)),
    )
    assert report.defects == ()
    assert not report.is_edge_matched


def test_what_was_drawn_too_fine_to_see_is_told_when_the_drawings_system_is_known() -> None:
    drawn = [
        shapely.box(430_000, 3_850_000, 430_100.0001, 3_850_100),
        shapely.box(430_100, 3_850_000, 430_200, 3_850_100),
    ]
    geometries = list(transform_geometry(np.array(drawn), "EPSG:4547"))
    assert check(geometries) == ()
    assert kinds(check(geometries, source_crs="EPSG:4547")) == ["sliver"]


def test_an_area_outside_its_parent_blocks() -> None:
    (defect,) = nested([cell(0, 0), cell(1, 0, 1.2)])
    assert (defect.kind, defect.codes) == (DefectKind.OUTSIDE_PARENT, ("G1", "C"))
    assert defect.size == pytest.approx(areas_m2(cell(2, 0, 0.2)), rel=1e-6)


def test_a_parent_not_covered_blocks_unless_the_layer_need_not_cover() -> None:
    (defect,) = nested([cell(0, 0), cell(1, 0, 0.8)])
    assert (defect.kind, defect.codes[0], defect.level) == (DefectKind.PARENT_NOT_COVERED, "C", "community")
    assert nested([cell(0, 0), cell(1, 0, 0.8)], covers_parent=False) == ()
    assert kinds(nested([])) == []


def test_a_gap_inside_a_parent_is_told_once() -> None:
    holed = shapely.difference(cell(0, 0), cell(0.4, 0.4, 0.2, 0.2))
    assert kinds(nested([holed, cell(1, 0)])) == ["gap"]


def test_an_area_narrower_than_a_metre_is_a_sliver() -> None:
    (defect,) = [one for one in check([cell(0, 0), cell(1, 0, 0.0008)]) if one.cause == "area"]
    assert (defect.kind, defect.codes) == (DefectKind.SLIVER, ("G1",))


@pytest.mark.parametrize("blunt_m", [0.0, 0.3])
@pytest.mark.parametrize("vertices", [2, 12])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_spike_is_found_sharp_or_blunt_plain_or_dense_outward_or_inward(
    blunt_m: float, vertices: int, sign: float
) -> None:
    x, y = np.linspace(0.0, 40.0, vertices), np.linspace(0.4, blunt_m / 2.0, vertices)
    upper = np.column_stack([300.0 + sign * x, 150.0 + y])
    lower = np.column_stack([300.0 + sign * x, 150.0 - y])[::-1]
    ring = np.vstack([[[0, 0], [300, 0]], lower[::-1], upper[::-1], [[300, 300], [0, 300]]])
    corner = metric_crs_for((WEST, SOUTH, WEST + CELL, SOUTH + CELL))
    shape = shapely.Polygon(
        shapely.remove_repeated_points(shapely.LinearRing(ring + np.array([430_000.0, 3_850_000.0])))
    )
    (defect,) = check([transform_geometry(shape, corner)])
    assert (defect.kind, defect.severity, defect.unit) == (DefectKind.SPIKE, Severity.WARNS, "m")
    assert defect.size == pytest.approx(40.0, abs=1.0)


@pytest.mark.parametrize("angle_deg", [5.0, 20.0, 60.0])
def test_a_sharp_corner_is_not_a_spike(angle_deg: float) -> None:
    wedge = shapely.Polygon([(0, 0), (500, 0), (500, 500 * np.tan(np.radians(angle_deg)))])
    placed = shapely.affinity.translate(wedge, 430_000, 3_850_000)
    assert check([transform_geometry(placed, "EPSG:4547")]) == ()


def test_an_invalid_ring_is_told_at_its_crossing() -> None:
    defect, parts = check([shapely.Polygon([(113.2, 34.7), (113.22, 34.72), (113.22, 34.7), (113.2, 34.72)])])
    assert parts.kind is DefectKind.SEVERAL_PARTS
    assert (defect.kind, defect.geometry.wkt) == (DefectKind.INVALID_RING, "POINT (113.21 34.71)")
    assert dict(defect.values)["ring"] == "self_intersection"


def test_several_parts_warn_with_the_size_of_the_small_ones() -> None:
    (defect,) = check([shapely.MultiPolygon([cell(0, 0), cell(3, 0, 0.5)])])
    assert (defect.kind, defect.severity) == (DefectKind.SEVERAL_PARTS, Severity.WARNS)
    assert defect.size == pytest.approx(areas_m2(cell(3, 0, 0.5)), rel=1e-6)


@pytest.mark.parametrize(
    "nothing", [None, shapely.Polygon(), shapely.Point(113.2, 34.7), shapely.LineString([(113.2, 34.7), (113.3, 34.7)])]
)
def test_what_has_no_area_is_empty(nothing: Any) -> None:
    assert kinds(check([nothing, cell(0, 0)])) == ["empty"]


@pytest.mark.parametrize(
    ("coordinates", "cause"),
    [
        ([(430_000, 3_850_000), (430_100, 3_850_000), (430_100, 3_850_100)], None),
        ([(34.7, 113.2), (34.8, 113.2), (34.8, 113.3)], "swapped"),
        ([(113.2, 34.7), (np.nan, 34.7), (113.3, 34.8)], "not_finite"),
        ([(113.2, 34.7), (np.inf, 34.7), (113.3, 34.8)], "not_finite"),
    ],
)
def test_coordinates_that_are_no_degrees_are_told_once_a_layer(
    coordinates: list[tuple[float, float]], cause: str | None
) -> None:
    with np.errstate(invalid="ignore"):
        broken = shapely.Polygon(coordinates)
    defects = check([broken] * 3)
    assert kinds(defects) == ["not_degrees"]
    assert (defects[0].cause, len(defects[0].codes)) == (cause, 3)


def test_a_place_that_is_not_on_earth_is_never_shown() -> None:
    projected = transform_geometry(cell(0, 0), "WGS84", "EPSG:4547")
    defects = check([projected, projected, cell(0, 0)], codes=["", "B", "B"])
    assert sorted(kinds(defects)) == ["duplicate_code", "malformed_code", "not_degrees"]
    for defect in defects:
        bounds = shapely.bounds(defect.geometry)
        assert np.isnan(bounds).all() or (np.abs(bounds) <= 180.0).all()


def test_a_layer_that_is_no_coverage_may_overlap() -> None:
    assert check([cell(0, 0, 1.5), cell(1, 0)], is_coverage=False) == ()


def test_tolerances_are_the_layers_own() -> None:
    wide = Tolerances(sliver_width_m=500.0)
    assert kinds(check([cell(0, 0, 1.1), cell(1, 0)], tolerances=wide)) == ["sliver"]


def test_defects_are_geojson_of_codes_and_values_in_no_language() -> None:
    areas = AreaSet.from_areas(
        levels=["grid"] * 3,
        codes=["A", "B", "B"],
        geometries=[cell(0, 0, 1.1), cell(1, 0), None],
        names=["甲", "乙", None],
    )
    report = check_layer(areas, LayerRules(levels=("grid",)))
    features = json.loads(json.dumps([defect.as_feature() for defect in report.defects]))
    assert (report.summary["blocks"], report.summary["counts"]) == (True, report.counts)
    assert len({feature["id"] for feature in features}) == len(report.defects)
    assert [feature["properties"] for feature in features] == [defect.facts for defect in report.defects]
    overlap = report.of_kind(DefectKind.OVERLAP)[0]
    assert overlap.facts["values"] == {"width_m": 1.0, "areas": ["A 甲", "B 乙"]}
    assert shapely.equals_exact(
        shapely.from_geojson(json.dumps(overlap.as_feature()["geometry"])), overlap.geometry, 1e-9
    )


def test_every_kind_has_a_severity() -> None:
    assert set(SEVERITY) == set(DefectKind)
