"""From a point to its chain: the finest level that covers it, else the next coarser, else the nearest, else nobody."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
import shapely

from geo import datum
from geo.point_location.index import PointLocationIndex
from grids.assignment import operations
from grids.assignment.errors import (
    AccuracyInvalidError,
    PointNotFiniteError,
    PointOutOfRangeError,
    PointOutsideCrsError,
    PointSwappedError,
)
from grids.assignment.points import PROBLEMS
from grids.assignment.release_index import AreaFacts, Assignment, LayerFacts, ReleaseFacts, ReleaseIndex
from grids.assignment.rules import METHODS, AssignmentMethod
from grids.boundaries.errors import CrsUnknownError
from presentation.words.places import reason_sentence

LAYER = LayerFacts(1, "admin", ("district", "grid"), is_coverage=True)
ORIGIN = np.array([113.0, 34.0])
RELEASE = ReleaseFacts(1, 3, "checksum", datetime(2026, 1, 1, tzinfo=UTC), 50.0)


def square(x: float, y: float, size: float) -> shapely.Polygon:
    return shapely.box(113 + x / 100, 34 + y / 100, 113 + (x + size) / 100, 34 + (y + size) / 100)


@pytest.fixture(scope="module")
def index() -> ReleaseIndex:
    """A district of 4 x 4 squares; its last column has no grids."""
    grids = {f"g{x}{y}": square(x, y, 1) for x in range(3) for y in range(4)}
    areas = {
        "district": [AreaFacts("district", "D", "区", None, "u1", "区政府")],
        "grid": [AreaFacts("grid", code, f"网格{code}", "D", None, None) for code in grids],
    }
    indexes = {
        "district": PointLocationIndex.from_geometries([square(0, 0, 4)]),
        "grid": PointLocationIndex.from_geometries(list(grids.values())),
    }
    return ReleaseIndex(LAYER, RELEASE, areas, indexes)


def assign(index: ReleaseIndex, lon: float, lat: float, **options: object) -> Assignment:
    return operations.assign_in(index, LAYER, x=lon, y=lat, **options)  # type: ignore[arg-type]


def test_inside_a_grid_the_chain_goes_up_to_the_district(index: ReleaseIndex) -> None:
    answer = assign(index, 113.005, 34.005)
    assert (answer.method, answer.path, answer.candidates) == (AssignmentMethod.COVERED, ("D", "g00"), ())
    assert answer.areas[0] == {"level": "district", "code": "D", "name": "区", "unit": "u1", "unit_name": "区政府"}
    assert answer.distance_to_edge_m == pytest.approx(461.9, abs=0.5)
    assert "inside grid 网格g00" in reason_sentence(answer.reason, "en")
    assert "网格“网格g00”内" in reason_sentence(answer.reason, "zh")


def test_on_a_shared_corner_the_lowest_code_answers_and_all_are_candidates(index: ReleaseIndex) -> None:
    answer = assign(index, 113.01, 34.01)
    assert (answer.method, answer.code, answer.distance_to_edge_m) == (AssignmentMethod.BOUNDARY, "g00", 0.0)
    assert [(c.code, round(c.share, 3)) for c in answer.candidates] == [
        ("g00", 0.25),
        ("g01", 0.25),
        ("g10", 0.25),
        ("g11", 0.25),
    ]
    assert "shared with 网格g01, 网格g10, 网格g11; the lowest code" in reason_sentence(answer.reason, "en")


def test_an_accuracy_circle_over_an_edge_names_the_others_and_their_shares(index: ReleaseIndex) -> None:
    answer = assign(index, 113.0099, 34.005, accuracy_m=30.0)
    assert answer.method is AssignmentMethod.COVERED
    assert [c.code for c in answer.candidates] == ["g00", "g10"]
    assert sum(c.share for c in answer.candidates) == pytest.approx(1.0)
    assert "accuracy of 30 m reaches into 网格g10" in reason_sentence(answer.reason, "en")
    assert assign(index, 113.005, 34.005, accuracy_m=30.0).candidates == ()


def test_an_accuracy_circle_beyond_the_layer_has_an_outside_share(index: ReleaseIndex) -> None:
    answer = assign(index, 113.0, 34.005, accuracy_m=100.0)
    assert answer.method is AssignmentMethod.BOUNDARY
    assert answer.outside_share == pytest.approx(0.5, abs=1e-6)


def test_where_no_grid_covers_the_next_coarser_level_answers(index: ReleaseIndex) -> None:
    answer = assign(index, 113.035, 34.005)
    assert (answer.method, answer.path) == (AssignmentMethod.COVERED, ("D",))
    assert reason_sentence(answer.reason, "en").startswith("No grid covers the point. ")


def test_outside_everything_the_nearest_within_the_tolerance_answers(index: ReleaseIndex) -> None:
    answer = assign(index, 112.9998, 34.015)
    assert (answer.method, answer.path) == (AssignmentMethod.NEAREST, ("D", "g01"))
    assert answer.distance_to_edge_m == pytest.approx(18.5, abs=0.1)


def test_farther_away_nobody_answers_and_that_is_no_error(index: ReleaseIndex) -> None:
    answer = assign(index, 112.9, 34.015)
    assert (answer.method, answer.areas, answer.code, answer.distance_to_edge_m) == (
        AssignmentMethod.UNASSIGNED,
        (),
        None,
        None,
    )
    assert "none lies within 50 m" in reason_sentence(answer.reason, "en")
    near = assign(index, 112.999, 34.015, accuracy_m=200.0)
    assert near.method is AssignmentMethod.UNASSIGNED
    assert [c.code for c in near.candidates] == ["g01"]


def test_many_points_are_answered_as_each_alone(index: ReleaseIndex) -> None:
    random = np.random.default_rng(5)
    lattice = np.stack(np.meshgrid(np.arange(-1, 6) / 100, np.arange(-1, 6) / 100), axis=-1).reshape(-1, 2)
    points = np.concatenate([lattice + ORIGIN, random.uniform(-0.01, 0.05, (500, 2)) + ORIGIN, [[112.9998, 34.0]]])
    answers, problems = operations.assign_many(index, x=points[:, 0], y=points[:, 1], distances=True)
    assert not problems.any()
    assert answers.distance_to_edge_m is not None
    for n, (lon, lat) in enumerate(points.tolist()):
        alone = assign(index, lon, lat)
        assert index.table.codes[answers.row[n]] == alone.code
        assert METHODS[answers.method[n]] == alone.method
        metres = alone.distance_to_edge_m
        assert answers.distance_to_edge_m[n] == pytest.approx(np.nan if metres is None else metres, nan_ok=True)
    assert index.table.arrow("grid").take(answers.row).to_pylist()[:3] == [None, None, None]


def test_a_declared_datum_is_converted_before_the_look_up(index: ReleaseIndex) -> None:
    x, y = datum.from_wgs84(113.005, 34.005, "GCJ-02")
    answer = assign(index, float(x), float(y), crs="gcj02")
    assert answer.code == "g00"
    assert (answer.lon, answer.lat) == (pytest.approx(113.005, abs=1e-7), pytest.approx(34.005, abs=1e-7))
    east, north = datum.from_wgs84(113.005, 34.005, "EPSG:4547")
    assert assign(index, float(east), float(north), crs="EPSG:4547").code == "g00"


@pytest.mark.parametrize(
    ("x", "y", "crs", "error", "field"),
    [
        (np.nan, 34.0, None, PointNotFiniteError, "lon"),
        (113.0, np.inf, "GCJ-02", PointNotFiniteError, "lat"),
        (34.0, 113.0, None, PointSwappedError, "lon"),
        (34.005, 113.005, "BD-09", PointSwappedError, "lon"),
        (200.0, 34.0, None, PointOutOfRangeError, "lon"),
        (113.0, -91.0, None, PointOutOfRangeError, "lat"),
        (413.0, -91.0, None, PointOutOfRangeError, "lon"),
        (113.0, 34.0, "WGS85", CrsUnknownError, "crs"),
        (2.0, 48.0, "GCJ-02", PointOutsideCrsError, "lon"),
        (113.0, 34.0, "EPSG:4547", PointOutsideCrsError, "x"),
    ],
)
def test_wrong_input_is_a_named_error_about_a_field(
    index: ReleaseIndex, x: float, y: float, crs: str | None, error: type[Exception], field: str
) -> None:
    with pytest.raises(error) as raised:
        assign(index, x, y, crs=crs)
    assert raised.value.field == field  # type: ignore[attr-defined]
    if error is not CrsUnknownError:
        _, problems = operations.assign_many(index, x=np.array([113.001, x]), y=np.array([34.001, y]), crs=crs)
        assert PROBLEMS[int(problems[1])] is error


def test_swapped_coordinates_are_recognised_by_the_layers_place_where_both_are_degrees() -> None:
    west = ReleaseIndex(
        LayerFacts(1, "w", ("grid",), is_coverage=True),
        RELEASE,
        {"grid": [AreaFacts("grid", "k", "喀什", None, None, None)]},
        {"grid": PointLocationIndex.from_geometries([shapely.box(75.9, 39.4, 76.1, 39.6)])},
    )
    with pytest.raises(PointSwappedError):
        operations.assign_in(west, west.layer, x=39.5, y=76.0)
    assert operations.assign_in(west, west.layer, x=76.0, y=39.5).code == "k"


@pytest.mark.parametrize("accuracy", [-1.0, np.nan, np.inf, 10_001.0])
def test_an_accuracy_that_is_no_length_is_refused(index: ReleaseIndex, accuracy: float) -> None:
    with pytest.raises(AccuracyInvalidError):
        assign(index, 113.0, 34.0, accuracy_m=accuracy)


def test_without_a_release_every_point_is_unassigned() -> None:
    answer = operations.assign_in(None, LAYER, x=113.0, y=34.0)
    assert (answer.method, answer.release) == (AssignmentMethod.UNASSIGNED, None)
    assert "No release" in reason_sentence(answer.reason, "en")
