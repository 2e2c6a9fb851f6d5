"""Simplified levels stay coverages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import shapely

from geo.map.simplify import EXACT_ZOOM, simplify_level, zoom_tolerance_deg

if TYPE_CHECKING:
    import numpy as np

SAMPLE = Path(__file__).parents[3] / "data/boundaries/shangjie.geojson"


@pytest.fixture(scope="module")
def grids() -> np.ndarray:
    features = json.loads(SAMPLE.read_text())["features"]
    return shapely.from_geojson([json.dumps(f["geometry"]) for f in features if f["properties"]["level"] == "grid"])


@pytest.mark.parametrize("zoom", [8, 11, 14])
def test_no_gap_and_no_overlap_opens_between_neighbours(grids: np.ndarray, zoom: int) -> None:
    simple = simplify_level(grids, zoom_tolerance_deg(zoom))
    assert shapely.coverage_is_valid(simple)
    assert shapely.is_valid(simple).all()
    assert not shapely.is_empty(simple).any()
    assert shapely.get_num_coordinates(simple).sum() < shapely.get_num_coordinates(grids).sum()


def test_from_the_exact_zoom_on_nothing_moves(grids: np.ndarray) -> None:
    assert zoom_tolerance_deg(EXACT_ZOOM) == 0
    assert shapely.equals(simplify_level(grids, 0.0), grids).all()


def test_overlapping_areas_are_simplified_alone() -> None:
    circles = shapely.buffer(shapely.points([[0, 0], [0.5, 0]]), 1.0, quad_segs=64)
    simple = simplify_level(circles, 0.01, is_coverage=False)
    assert shapely.is_valid(simple).all()
    assert shapely.area(shapely.intersection(*simple)) > 1
    assert (shapely.get_num_coordinates(simple) < 100).all()


def test_zooms_have_bounds() -> None:
    with pytest.raises(ValueError, match="zoom"):
        zoom_tolerance_deg(23)


def test_an_empty_level_stays_empty() -> None:
    assert len(simplify_level([], 0.1)) == 0
