"""What was planted is found, and nothing else: the measure that docs/demo.md promises."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from scipy.stats import norm

from cli.demo import district
from cli.demo.planted import PLANTED
from cli.demo.reports import CHECKED, sample_reports
from geo.datum import from_wgs84
from geo.hotspot.scan import ScanOptions, TimeWindows, circular_zones, permutation_scan, poisson_scan

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.hotspot.scan import ScanCluster

LEVEL = 0.05
SECOND_QUARTER = (date(2025, 4, 1) - CHECKED.first_day).days
END = (date(2025, 7, 1) - CHECKED.first_day).days
BURSTS = {cluster.name for cluster in PLANTED if not cluster.workdays_only}


@dataclass
class Cases:
    grid: NDArray[np.int64]
    day: NDArray[np.int64]
    origin: NDArray[np.str_]
    category: NDArray[np.str_]
    patrol: NDArray[np.bool_]
    centres: NDArray[np.float64]


@pytest.fixture(scope="module")
def cases() -> Cases:
    """Reports by grid and day, without default geocodes, points outside and repeat calls."""
    polygons = [grid.polygon for grid in district.load().grids]
    reports = [r for r in sample_reports() if r.origin not in {"default", "outside", "repeat"}]
    x, y = from_wgs84([r.lon for r in reports], [r.lat for r in reports], district.METRIC)
    which, grid = shapely.STRtree(polygons).query(shapely.points(x, y), predicate="within")
    return Cases(
        grid=grid,
        day=np.array([(r.reported_at.date() - CHECKED.first_day).days for r in reports])[which],
        origin=np.array([r.origin for r in reports])[which],
        category=np.array([r.category for r in reports])[which],
        patrol=np.isin([r.channel for r in reports], ["grid-patrol", "digital-urban"])[which],
        centres=shapely.get_coordinates(shapely.centroid(polygons)),
    )


def scan(cases: Cases, first: int, end: int, windows: TimeWindows) -> list[ScanCluster]:
    inside = (cases.day >= first) & (cases.day < end)
    zones = circular_zones(cases.centres, max_radius_m=1000.0)
    options = ScanOptions(windows=windows, replicates=199, seed=1)
    result = permutation_scan(cases.grid[inside], cases.day[inside] - first, zones, end - first, options)
    return [cluster for cluster in result.clusters if cluster.p_value <= LEVEL]


def planted_in(cases: Cases, cluster: ScanCluster, first: int) -> str:
    """The planted cluster that most of this cluster's planted reports come from."""
    inside = (
        np.isin(cases.grid, cluster.members) & (cases.day >= first + cluster.start) & (cases.day < first + cluster.end)
    )
    names, counts = np.unique(cases.origin[inside & (cases.origin != "background")], return_counts=True)
    return str(names[counts.argmax()])


def test_a_space_time_scan_finds_the_four_bursts_and_no_other(cases: Cases) -> None:
    found = scan(cases, SECOND_QUARTER, END, TimeWindows(max_length=14))
    assert {planted_in(cases, cluster, SECOND_QUARTER) for cluster in found} == BURSTS
    assert len(found) == len(BURSTS)
    assert max(cluster.p_value for cluster in found) <= 0.005


def test_their_weeks_are_found_too(cases: Cases) -> None:
    planted = {cluster.name: cluster for cluster in PLANTED}
    for cluster in scan(cases, SECOND_QUARTER, END, TimeWindows(max_length=14)):
        truth = planted[planted_in(cases, cluster, SECOND_QUARTER)]
        first = CHECKED.first_day + timedelta(days=SECOND_QUARTER + int(cluster.start))
        last = CHECKED.first_day + timedelta(days=SECOND_QUARTER + int(cluster.end) - 1)
        planted_first, planted_last = truth.days(CHECKED)
        assert abs((first - planted_first).days) <= 5
        assert abs((last - planted_last).days) <= 5


def test_a_quarter_with_nothing_planted_shows_nothing(cases: Cases) -> None:
    assert scan(cases, 0, SECOND_QUARTER, TimeWindows(max_length=14)) == []


def test_on_the_last_day_the_one_still_alive_is_warned_of(cases: Cases) -> None:
    found = scan(cases, SECOND_QUARTER, END, TimeWindows(mode="prospective", max_length=14))
    assert [planted_in(cases, cluster, SECOND_QUARTER) for cluster in found] == ["村口垃圾"]


def test_the_standing_one_is_the_only_hotspot_in_space(cases: Cases) -> None:
    grids = district.load().grids
    polygons = [grid.polygon for grid in grids]
    rate = np.bincount(cases.grid, minlength=len(grids)) / np.array([grid.households for grid in grids])
    beside = np.zeros((len(grids), len(grids)))
    beside[tuple(shapely.STRtree(polygons).query(polygons, predicate="intersects"))] = 1.0
    count, total = len(grids), beside.sum(axis=1)
    spread = rate.std() * np.sqrt((count * total - total**2) / (count - 1))
    p = norm.sf((beside @ rate - rate.mean() * total) / spread)
    order = np.sort(p)
    passed = np.flatnonzero(order <= LEVEL * np.arange(1, count + 1) / count)
    hot = np.flatnonzero(p <= order[passed[-1]])
    school = district.load().places["淮北幼儿园"]
    (own,) = shapely.STRtree(polygons).query(shapely.Point(school.x, school.y), predicate="within")
    assert own in hot
    assert all(beside[own, grid] for grid in hot)


@pytest.mark.parametrize(("first", "end"), [(date(2025, 5, 1), date(2025, 6, 1)), (date(2025, 6, 1), date(2025, 7, 1))])
def test_a_month_per_household_shows_what_was_planted_in_it_and_nothing_else(
    cases: Cases, first: date, end: date
) -> None:
    households = np.array([grid.households for grid in district.load().grids], dtype=float)
    zones = circular_zones(cases.centres, max_radius_m=800.0)
    inside = (
        ~cases.patrol & (cases.day >= (first - CHECKED.first_day).days) & (cases.day < (end - CHECKED.first_day).days)
    )
    categories, counts = np.unique(cases.category[inside], return_counts=True)
    judged = categories[counts >= 20]
    found = {}
    for category in judged.tolist():
        own = inside & (cases.category == category)
        table = np.bincount(cases.grid[own], minlength=len(households))
        result = poisson_scan(table, households, zones, ScanOptions(replicates=199, seed=1))
        found[category] = sum(cluster.p_value * len(judged) <= LEVEL for cluster in result.clusters)
    spans = {c.category: c.days(CHECKED) for c in PLANTED}
    expected = {category for category, (begins, ends) in spans.items() if begins < end and ends >= first}
    assert {category for category, clusters in found.items() if clusters} == expected
    assert all(found[category] == 1 for category in expected)
