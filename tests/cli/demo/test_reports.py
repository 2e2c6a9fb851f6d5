"""The sample reports are what docs/demo.md says, and nothing more: chance, plus what was planted."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
import shapely
from scipy.stats import chisquare

from cli.demo import district
from cli.demo.categories import CHANNELS, TOTAL
from cli.demo.half_year import DemoDateError, HalfYear, chosen, up_to
from cli.demo.planted import PLANTED, Planted
from cli.demo.reports import CHECKED, SampleReport, sample_reports
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
    assert times[-1] < CHECKED.ends_at
    assert (CHECKED.ends_at - times[0]).days == 180
    assert all(str(time.tzinfo) == "Asia/Shanghai" for time in times)


@pytest.mark.parametrize(
    ("day", "first_day", "end"),
    [
        (date(2025, 6, 30), date(2025, 1, 1), date(2025, 7, 1)),
        (date(2025, 6, 29), date(2024, 12, 1), date(2025, 6, 1)),
        (date(2026, 3, 15), date(2025, 9, 1), date(2026, 3, 1)),
        (date(2024, 2, 29), date(2023, 9, 1), date(2024, 3, 1)),
    ],
)
def test_the_sample_ends_with_the_last_month_that_is_whole(day: date, first_day: date, end: date) -> None:
    half_year = up_to(day)
    assert (half_year.first_day, half_year.end) == (first_day, end)
    assert half_year.last_months[1][1] == end
    assert chosen(None, stored=None, today=day + timedelta(days=1)) == half_year


def test_other_months_have_the_same_reports_in_them() -> None:
    half_year = up_to(date(2026, 10, 31))
    reports = sample_reports(half_year)
    assert Counter(report.channel.code for report in reports) == {c.code: c.reports for c in CHANNELS}
    assert half_year.begins_at <= reports[0].reported_at <= reports[-1].reported_at < half_year.ends_at
    for cluster in PLANTED:
        first, last = cluster.days(half_year)
        days = {report.reported_at.date() for report in reports if report.origin == cluster.name}
        assert first <= min(days) <= max(days) <= last
    assert len({report.external_id for report in reports}) == TOTAL


def test_a_database_keeps_the_months_it_holds_and_a_day_to_come_is_refused() -> None:
    stored, today = HalfYear(date(2025, 1, 1)), date(2026, 11, 30)
    assert chosen(None, stored=stored, today=today) == stored == chosen(date(2025, 6, 30), stored=stored, today=today)
    with pytest.raises(DemoDateError, match="2025-01-01 to 2025-06-30"):
        chosen(date(2026, 10, 31), stored=stored, today=today)
    with pytest.raises(DemoDateError, match="not past"):
        chosen(today, stored=None, today=today)


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
    first, last = cluster.days(CHECKED)
    assert all(first <= report.reported_at.date() <= last for report in reports)
    distances = [np.hypot(*np.subtract(metres(r), (centre.x, centre.y))) for r in reports]
    assert max(distances) <= cluster.radius_m + 0.2


def test_the_documentation_repeats_the_planted_clusters() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for cluster in PLANTED:
        row = (
            cluster.name,
            cluster.anchor,
            f"{cluster.radius_m:g}",
            *map(str, cluster.days(CHECKED)),
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
