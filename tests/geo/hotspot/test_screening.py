"""Honest input: default geocodes are set aside and listed, repeat callers merged, effort known."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.hotspot.arrays import HotspotInputError
from geo.hotspot.screening import (
    effort_expectation,
    effort_margins,
    find_pile_ups,
    merge_incidents,
    notes_of_calls,
    road_length_m,
)

DAY = 86_400.0


def test_a_default_geocode_is_found_set_aside_and_listed() -> None:
    random = np.random.default_rng(0)
    points = np.vstack([random.uniform(0, 5000, (920, 2)), np.tile([2500.0, 2500.0], (80, 1))])
    piles = find_pile_ups(points)
    assert piles.counts.tolist() == [80]
    assert piles.shares.tolist() == [0.08]
    np.testing.assert_allclose(piles.points_m, [[2500, 2500]])
    assert piles.reasons == ("pile-up",)
    assert piles.keep.sum() == 920


def test_one_address_with_many_reports_is_a_place() -> None:
    points = np.vstack([np.tile([10.0, 10.0], (60, 1)), np.tile([500.0, 10.0], (60, 1))])
    addresses = ["中心路1号"] * 60 + [f"某路{k}号" for k in range(59)] + [""]
    piles = find_pile_ups(points, addresses=addresses)
    np.testing.assert_allclose(piles.points_m, [[500, 10]])
    assert piles.keep[:60].all()


def test_a_point_whose_reports_bear_no_address_is_judged_by_their_number() -> None:
    points = np.vstack([np.tile([10.0, 10.0], (60, 1)), np.random.default_rng(1).uniform(0, 900, (100, 2))])
    assert find_pile_ups(points, addresses=[""] * 160).counts.tolist() == [60]
    assert find_pile_ups(points, addresses=["甲"] * 20 + [""] * 140).counts.tolist() == [60]
    assert find_pile_ups(points, addresses=["甲"] * 40 + [""] * 120).counts.tolist() == []


def test_calls_of_unknown_people_merge_by_place_and_time_from_the_first_on() -> None:
    days = np.array([0.0, 1.0, 1.9, 3.0, 3.5, 0.5, 0.5])
    points = np.array([[0, 0], [10, 0], [20, 0], [0, 0], [0, 0], [80, 0], [0, 0]], dtype=float)
    what = np.array([0, 0, 0, 0, 0, 0, 1])
    merged = merge_incidents(np.full(7, -1), what, points, days * 86_400, merge_unknown=True)
    assert merged.first.tolist() == [0, 5, 6, 3]
    assert merged.reports.tolist() == [3, 1, 1, 2]
    assert len(merge_incidents(np.full(7, -1), what, points, days * 86_400).first) == 7


def test_a_known_default_is_set_aside_with_any_count() -> None:
    points = np.array([[0.0, 0.0], [100.0, 100.0], [100.2, 99.9]])
    piles = find_pile_ups(points, known_defaults_m=[[100.0, 100.0]])
    assert piles.reasons == ("known default",)
    assert piles.keep.tolist() == [True, False, False]


def test_repeat_calls_are_one_incident_by_the_stated_rule() -> None:
    reporters = [1, 1, 1, 1, 1, 2, -1, -1]
    categories = [5, 5, 5, 6, 5, 5, 5, 5]
    points = [[0, 0], [30, 0], [0, 200], [0, 0], [10, 0], [0, 0], [0, 0], [0, 0]]
    times = np.array([0.0, 1.0, 1.0, 1.0, 2.9, 0.5, 0.1, 0.2]) * DAY
    result = merge_incidents(reporters, categories, points, times)
    # The second and fifth report belong to the first (each within two days of the one before); the third lies too far
    # away, the fourth is another matter, the sixth another person, the last two are unknown.
    assert result.incident_of[0] == result.incident_of[1] == result.incident_of[4]
    assert len(result.first) == 6
    assert result.reports[result.incident_of[0]] == 3
    assert result.reports.sum() == 8


@given(st.lists(st.tuples(st.integers(-1, 2), st.integers(0, 1), st.integers(0, 3), st.integers(0, 8)), max_size=25))
def test_every_report_has_one_incident_that_begins_no_later(rows: list[tuple[int, int, int, int]]) -> None:
    table = np.array(rows, dtype=float).reshape(-1, 4)
    points, times = np.column_stack([table[:, 2] * 30, table[:, 2] * 0]), table[:, 3] * DAY
    result = merge_incidents(table[:, 0], table[:, 1], points, times)
    assert result.reports.sum() == len(rows)
    leaders = result.first[result.incident_of]
    assert (times[leaders] <= times).all()
    assert (table[leaders, :2] == table[:, :2]).all()
    assert (np.abs(points[leaders, 0] - points[:, 0]) <= 50).all()
    again = merge_incidents(table[result.first, 0], table[result.first, 1], points[result.first], times[result.first])
    assert len(again.first) <= len(result.first)


def test_each_source_is_expected_where_its_effort_is() -> None:
    cases = [[10, 0], [0, 30]]
    effort = [[1, 1], [1, 2]]
    assert effort_expectation(cases, effort).tolist() == [15.0, 25.0]
    with pytest.raises(HotspotInputError, match="no effort"):
        effort_expectation([[1, 0]], [[0, 0]])


def test_nothing_in_nothing_out() -> None:
    assert len(find_pile_ups([]).counts) == 0
    assert len(merge_incidents([], [], [], []).first) == 0


@given(st.lists(st.tuples(*[st.integers(-1, 4)] * 4), max_size=6))
def test_the_road_of_a_coverage_is_shared_out_completely(ends: list[tuple[int, int, int, int]]) -> None:
    areas = [shapely.box(x, y, x + 100, y + 100) for x in range(0, 300, 100) for y in range(0, 300, 100)]
    lines = [shapely.LineString([(100 * a, 100 * b), (100 * c, 100 * d)]) for a, b, c, d in ends if (a, b) != (c, d)]
    network = shapely.unary_union(lines)
    inside = shapely.intersection(network, shapely.box(0, 0, 300, 300)).length
    lengths = road_length_m(areas, lines, border_m=0.01)
    crossings = 2 * len(shapely.get_parts(network))
    assert lengths.sum() == pytest.approx(inside, abs=5.0 * crossings + 1e-9)
    assert np.sum(road_length_m(areas, lines[::-1], border_m=0.01)) == pytest.approx(lengths.sum())


def test_a_road_near_a_border_is_divided_and_one_drawn_twice_counts_once() -> None:
    areas = [shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)]
    border, inner = shapely.LineString([(102, 0), (102, 100)]), shapely.LineString([(50, 0), (50, 100)])
    assert road_length_m(areas, [border, inner, inner]).tolist() == pytest.approx([150, 50])
    assert road_length_m(areas, []).tolist() == [0, 0]
    assert road_length_m([], [inner]).tolist() == []


def test_a_note_is_of_its_writers_own_call_and_of_nobody_elses() -> None:
    #           call  note, same   before  elsewhere  later  other person  other matter  unknown  note beside a note
    reporters = [1, 1, 1, 1, 1, 2, 1, -1, 3, 3]
    categories = [5, 5, 5, 5, 5, 5, 6, 5, 5, 5]
    points = [[0, 0], [30, 0], [50, 0], [51, 0], [0, 0], [0, 0], [0, 0], [0, 0], [0, 0], [0, 0]]
    days = [10, 11, 8, 10, 12.1, 10, 10, 10, 10, 10]
    is_note = [False] + [True] * 9
    found = notes_of_calls(reporters, categories, points, np.array(days) * DAY, is_note)
    assert np.flatnonzero(found).tolist() == [1, 2]
    assert notes_of_calls([], [], [], [], []).tolist() == []


def test_findings_are_expected_by_place_and_day_with_effort_as_offset() -> None:
    cases = np.array([[4.0, 0.0, 2.0], [1.0, 3.0, 2.0]])
    equal = effort_margins(cases, np.full((2, 3), 7.0))
    np.testing.assert_allclose(equal, np.outer(cases.sum(axis=1), cases.sum(axis=0)) / cases.sum())
    effort = np.array([[4.0, 0.0, 1.0], [1.0, 1.0, 1.0]])
    fitted = effort_margins(cases, effort)
    np.testing.assert_allclose(fitted.sum(axis=1), cases.sum(axis=1), atol=1e-5)
    np.testing.assert_allclose(fitted.sum(axis=0), cases.sum(axis=0), atol=1e-5)
    odds = (fitted[0, 0] / fitted[0, 2]) / (fitted[1, 0] / fitted[1, 2])
    assert odds == pytest.approx(4.0, rel=1e-4)
    assert fitted[0, 1] == 0
    assert effort_margins(np.zeros((2, 3)), effort).tolist() == np.zeros((2, 3)).tolist()
    with pytest.raises(HotspotInputError, match="no effort"):
        effort_margins(cases, np.array([[4.0, 1.0, 0.0], [1.0, 1.0, 1.0]]))
