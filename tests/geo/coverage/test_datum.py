"""A layer in the wrong datum or system is suspected, and borders that moved are not."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
import shapely.affinity

from geo.coverage import (
    DefectKind,
    Reference,
)
from geo.datum import from_wgs84, to_wgs84, transform_geometry
from tests.geo.coverage.cells import SOUTH, WEST, cell, check


@pytest.mark.parametrize("system", ["EPSG:4547", "EPSG:4526", "EPSG:3857"])
def test_a_system_that_fits_the_reference_is_suggested(system: str) -> None:
    projected = transform_geometry(cell(0, 0), "WGS84", system)
    reference = Reference(np.array([cell(-2, -2, 6, 6)], dtype=object))
    (defect,) = check([projected], reference=reference)
    assert dict(defect.values)["system"] == system


@pytest.mark.parametrize("datum", ["GCJ-02", "BD-09"])
@pytest.mark.parametrize("evidence", ["codes", "outline"])
def test_a_layer_in_an_undeclared_datum_is_suspected(datum: str, evidence: str) -> None:
    true = np.array([cell(column, row) for column in range(6) for row in range(6)], dtype=object)
    codes = np.array([f"G{index}" for index in range(36)], dtype=object)
    outline = np.array([shapely.union_all(true)], dtype=object)
    reference = Reference(true, codes) if evidence == "codes" else Reference(outline)
    assert check(list(true), reference=reference) == ()

    shifted = transform_geometry(true, "WGS84", datum)
    (defect,) = check(list(shifted), reference=reference)
    assert (defect.kind, defect.cause) == (DefectKind.SUSPECTED_DATUM, None)
    assert dict(defect.values)["datum"] == datum
    lon, lat = from_wgs84(WEST, SOUTH, datum)
    assert defect.size == pytest.approx(np.hypot((lon - WEST) * 91_500, (lat - SOUTH) * 111_000), rel=0.05)


def test_a_layer_converted_once_too_often_is_suspected() -> None:
    true = np.array([cell(column, 0) for column in range(6)], dtype=object)
    codes = np.array([f"G{index}" for index in range(6)], dtype=object)
    twice = shapely.transform(true, lambda points: np.column_stack(to_wgs84(*points.T, "GCJ-02")))
    (defect,) = check(list(twice), reference=Reference(true, codes))
    assert (defect.kind, defect.cause) == (DefectKind.SUSPECTED_DATUM, "converted_twice")


def test_borders_that_moved_are_not_a_datum() -> None:
    true = np.array([cell(column, 0) for column in range(6)], dtype=object)
    codes = np.array([f"G{index}" for index in range(6)], dtype=object)
    moved = shapely.transform(true, lambda points: points - 0.004)
    assert check(list(moved), reference=Reference(true, codes)) == ()
