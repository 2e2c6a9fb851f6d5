"""The datum of a source is named on evidence, and not without."""

from __future__ import annotations

import numpy as np
import pytest

from geo.datum import detect_datum, from_wgs84

POINTS = 200
TRIALS = 100


def reports(
    rng: np.random.Generator, datum: str, *, count: int = POINTS, noise_m: float = 80.0, absurd: float = 0.1
) -> tuple[np.ndarray, np.ndarray]:
    """Points of one source and the positions of their addresses, some of which are simply wrong."""
    place = np.column_stack([rng.uniform(113.22, 113.36, count), rng.uniform(34.74, 34.86, count)])
    given = np.column_stack(from_wgs84(place[:, 0], place[:, 1], datum))
    address = place + rng.normal(0.0, noise_m, (count, 2)) / (91_000.0, 111_000.0)
    wrong = rng.random(count) < absurd
    address[wrong] = np.column_stack([rng.uniform(113.22, 113.36, count), rng.uniform(34.74, 34.86, count)])[wrong]
    return given, address


@pytest.mark.parametrize("datum", ["WGS84", "GCJ-02", "BD-09"])
def test_the_right_datum_is_named_in_99_of_100_trials(datum: str) -> None:
    named = [detect_datum(*reports(np.random.default_rng((20_240, trial)), datum)).datum for trial in range(TRIALS)]
    assert named.count(datum) >= 99, named


def test_a_wrong_datum_is_not_named_on_noise() -> None:
    trials = [
        detect_datum(*reports(np.random.default_rng((7, trial)), "WGS84", noise_m=3_000.0)) for trial in range(TRIALS)
    ]
    assert {evidence.datum for evidence in trials} <= {None, "WGS84"}
    assert sum(evidence.datum is None for evidence in trials) >= 50


def test_no_evidence_names_no_datum() -> None:
    rng = np.random.default_rng(3)
    false_names = 0
    for _ in range(300):
        given, _ = reports(rng, "GCJ-02")
        _, elsewhere = reports(rng, "WGS84")
        false_names += detect_datum(given, elsewhere).datum is not None
    assert false_names <= 3


@pytest.mark.parametrize("count", [0, 1, 5, 11])
def test_few_points_cannot_tell(count: int) -> None:
    evidence = detect_datum(*reports(np.random.default_rng(1), "GCJ-02", count=count, absurd=0.0))
    assert (evidence.datum, evidence.reason) == (None, "too few points")


def test_one_point_repeated_is_one_witness() -> None:
    given, address = reports(np.random.default_rng(1), "GCJ-02", count=1, absurd=0.0)
    evidence = detect_datum(np.repeat(given, 500, axis=0), np.repeat(address, 500, axis=0))
    assert (evidence.datum, evidence.points_used) == (None, 1)


def test_outside_china_the_data_are_the_same_and_none_is_named() -> None:
    rng = np.random.default_rng(1)
    place = np.column_stack([rng.uniform(-74.1, -73.9, POINTS), rng.uniform(40.6, 40.8, POINTS)])
    assert detect_datum(place, place + 1e-4).reason == "outside China"


def test_points_that_fit_no_datum_are_told_so() -> None:
    given, address = reports(np.random.default_rng(2), "WGS84", absurd=0.0)
    evidence = detect_datum(given - (0.004, 0.004), address)
    assert (evidence.datum, evidence.reason) == (None, "fits none")


def test_rows_that_are_not_finite_do_not_count() -> None:
    given, address = reports(np.random.default_rng(2), "GCJ-02")
    given[:20] = np.nan
    evidence = detect_datum(given, address)
    assert evidence.datum == "GCJ-02"
    assert evidence.points_used <= POINTS - 20


def test_shapes_that_do_not_match_are_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        detect_datum([[1.0, 2.0]], [[1.0, 2.0, 3.0]])
