"""Times and coordinates as other systems export them; what can be read in two ways is read in none."""

from __future__ import annotations

import pytest

from governance.reports.sent_coordinates import read_point
from governance.reports.sent_times import TimeUnreadableError, read_time


@pytest.mark.parametrize(
    "said",
    [
        "星期二 2025-06-03 08:05",
        "2025-06-03 星期二 08:05",
        "2025年6月3日(周二)08:05",
        "二〇二五年六月三日 上午8:05",
        "二○二五年六月三日 8时5分",
        "Tue Jun 03 08:05:00 CST 2025",
        "Tue, 03 Jun 2025 08:05:00 +0800",
        "Tuesday, June 3, 2025 8:05 AM",
    ],
)
def test_a_day_of_the_week_and_figures_in_words_do_not_hide_a_time(said: str) -> None:
    assert read_time(said).isoformat() == "2025-06-03T00:05:00+00:00"


@pytest.mark.parametrize("said", ["6月3日 8:05", "十月三日", "Sat 6/7/2025", "星期二"])
def test_what_has_no_year_or_two_meanings_is_no_time(said: str) -> None:
    with pytest.raises(TimeUnreadableError):
        read_time(said)


@pytest.mark.parametrize(
    ("lon", "lat"),
    [
        ("经度：113.2741", "纬度：34.8023"),
        ("lng=113.2741", "lat=34.8023"),
        ("(113.2741", "34.8023)"),
        ("POINT(113.2741 34.8023)", None),
        ("[113.2741,34.8023]", None),
        ("东经113.2741,北纬34.8023", None),
        ("34.8023N,113.2741E", None),
    ],
)
def test_labels_brackets_and_pairs_are_read(lon: str, lat: str | None) -> None:
    assert read_point(lon, lat, None, None) == (113.2741, 34.8023)


def test_exchanged_labels_are_no_coordinates() -> None:
    assert read_point("纬度34.8", "经度113.2", None, None) == ("纬度34.8", "经度113.2")
