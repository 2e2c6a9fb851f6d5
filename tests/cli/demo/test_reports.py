"""The sample reports are what docs/demo.md says, and nothing more: chance, plus what was planted."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import shapely
from scipy.stats import chisquare

from cli.demo import district
from cli.demo.categories import CHANNELS, TOTAL
from cli.demo.planted import PLANTED, Planted
from cli.demo.reports import AS_OF, SampleReport, sample_reports
from geo.datum import from_wgs84, to_wgs84

DOCS = Path(__file__).resolve().parents[3] / "docs" / "demo.md"


def metres(report: SampleReport) -> tuple[float, float]:
    x, y = from_wgs84(report.lon, report.lat, district.METRIC)
    return float(x), float(y)


def test_there_are_9037_of_them_from_five_channels_in_three_datums() -> None:
    reports = sample_reports()
    assert len(reports) == TOTAL == 9037
    assert Counter(report.channel.code for report in reports) == {c.code: c.reports for c in CHANNELS}
    assert {report.channel.crs for report in reports} == {"WGS84", "GCJ-02", "BD-09"}
    assert len({report.external_id for report in reports}) == TOTAL


def test_the_same_seed_gives_the_same_reports() -> None:
    made = sample_reports()
    sample_reports.cache_clear()
    assert sample_reports() == made


def test_all_lie_in_the_year_before_the_date_of_the_demo_with_a_time_zone() -> None:
    times = [report.reported_at for report in sample_reports()]
    assert times == sorted(times)
    assert times[-1] < AS_OF
    assert (AS_OF - times[0]).days == 180
    assert all(str(time.tzinfo) == "Asia/Shanghai" for time in times)


def test_a_point_is_sent_in_its_channels_datum() -> None:
    for report in sample_reports()[:200]:
        if report.sent_point is not None:
            lon, lat = to_wgs84(*report.sent_point, report.channel.crs)
            assert (float(lon), float(lat)) == pytest.approx((report.lon, report.lat), abs=2e-6)


def test_every_report_says_where_by_a_point_or_in_words() -> None:
    reports = sample_reports()
    assert all(report.sent_point is not None or report.address for report in reports)
    assert 800 < sum(report.sent_point is None for report in reports) < 1000


def test_background_follows_households_and_nothing_else() -> None:
    grids = district.load().grids
    points = shapely.points([metres(r) for r in sample_reports() if r.origin == "background"])
    _, found = shapely.STRtree([grid.polygon for grid in grids]).query(points, predicate="within")
    counts = np.bincount(found, minlength=len(grids))
    households = np.array([grid.households for grid in grids])
    assert chisquare(counts, households / households.sum() * counts.sum()).pvalue > 0.01


@pytest.mark.parametrize("cluster", PLANTED, ids=lambda cluster: cluster.name)
def test_a_planted_cluster_is_where_and_when_its_table_says(cluster: Planted) -> None:
    reports = [report for report in sample_reports() if report.origin == cluster.name]
    centre = cluster.centre(district.load())
    assert len(reports) == cluster.reports
    assert {report.category for report in reports} == {cluster.category}
    assert all(cluster.first <= report.reported_at.date() <= cluster.last for report in reports)
    distances = [np.hypot(*np.subtract(metres(r), (centre.x, centre.y))) for r in reports]
    assert max(distances) <= cluster.radius_m + 0.2


def test_the_documentation_repeats_the_planted_clusters() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for cluster in PLANTED:
        row = (
            cluster.name,
            cluster.anchor,
            f"{cluster.radius_m:g}",
            str(cluster.first),
            str(cluster.last),
            cluster.category,
            str(cluster.reports),
        )
        assert f"| {' | '.join(row)} |" in text


def test_default_geocodes_pile_up_on_one_point() -> None:
    points = Counter(report.sent_point for report in sample_reports() if report.sent_point is not None)
    (_, most), (_, next_most) = points.most_common(2)
    assert most == 272
    assert next_most < 10


def test_repeat_calls_come_within_two_days_from_the_same_caller_on_the_same_matter() -> None:
    reports = sample_reports()
    repeats = [report for report in reports if report.origin == "repeat"]
    assert len(repeats) == 543
    first = {(r.caller, r.category): r for r in reports if r.origin in {"background", "default", "outside"}}
    assert all(
        0 < (repeat.reported_at - first[repeat.caller, repeat.category].reported_at).total_seconds() <= 2 * 86400
        for repeat in repeats
    )


def test_the_story_of_the_illegal_building_is_among_them_by_words_alone() -> None:
    (story,) = (report for report in sample_reports() if report.origin == "story")
    assert story.sent_point is None
    assert story.address == "上街区新乡路与孟津路交叉口"
    assert (story.channel.name, story.category, story.reported_at.month) == ("郑好拍", "违法建设", 6)
