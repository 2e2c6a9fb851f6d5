"""What is counted, what is merged and what stays apart, by the kind of source."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from governance.hotspots.study.parameters import parse_parameters
from governance.hotspots.study.screened_reports import ReportColumns, ScreenedReports, screen_reports

DAY = 86_400.0
SOURCES = {"patrol": "patrol", "note": "quick_note", "sensor": "sensor"}
# channel, caller, category, metres east, day
Row = tuple[str, str, str, float, float]


def screened(rows: list[Row], **parameters: Any) -> ScreenedReports:
    return screen_reports(*read(rows), parse_parameters(parameters), SOURCES)


def read(rows: list[Row]) -> tuple[ReportColumns, np.ndarray]:
    count = len(rows)
    columns = ReportColumns(
        ids=np.arange(count, dtype=np.int64) + 1,
        lon=np.array([row[3] / 90_000 for row in rows]),
        lat=np.zeros(count),
        time_s=np.array([row[4] * DAY for row in rows]),
        category=np.array([row[2] for row in rows], dtype=np.str_),
        channel=np.array([row[0] for row in rows], dtype=np.str_),
        caller=np.array([row[1] for row in rows], dtype=np.str_),
        area=np.zeros(count, dtype=np.int64),
    )
    points = np.array([[row[3], 0.0] for row in rows]).reshape(-1, 2)
    return columns, points


def test_every_report_read_is_in_exactly_one_part_of_the_account() -> None:
    rows: list[Row] = [
        ("12345", "a", "垃圾", 0, 0),
        ("12345", "a", "垃圾", 10, 1),  # a repeat call
        ("app", "b", "垃圾", 0, 1),  # another person, and a channel the policy does not name
        ("note", "a", "垃圾", 20, 1),  # the caller's own note of the matter
        ("note", "w", "垃圾", 0, 1),
        ("patrol", "w", "垃圾", 0, 1),
        ("sensor", "", "积水", 0, 1),
        ("12345", "", "垃圾", float("nan"), 1),
    ]
    found = screened(rows)
    account = found.as_summary()
    parts = ("without_point", "on_pile_ups", "patrol", "sensors", "repeat_calls", "notes_of_calls", "incidents")
    assert [getattr(account, part) for part in parts] == [1, 0, 1, 1, 1, 1, 3]
    assert sum(getattr(account, part) for part in parts) == account.reports == len(rows)
    assert account.by_source == {"citizen": 4, "patrol": 1, "quick_note": 2, "sensor": 1}
    assert account.quick_notes == 1
    assert found.incidents.ids.tolist() == [1, 3, 5]


def test_a_note_and_a_call_of_one_person_on_one_matter_count_once_whichever_came_first() -> None:
    for first, second in (("12345", "note"), ("note", "12345")):
        found = screened([(first, "w", "垃圾", 0, 0), (second, "w", "垃圾", 40, 1.5)])
        assert found.incidents.channel.tolist() == ["12345"]
        assert found.notes_merged == 1


def test_notes_of_one_writer_are_each_a_matter_and_other_peoples_calls_stay() -> None:
    found = screened([("note", "w", "垃圾", 0, 0), ("note", "w", "垃圾", 0, 0.1), ("12345", "a", "垃圾", 0, 0.2)])
    assert len(found.incidents) == 3
    assert (found.quick_notes, found.notes_merged, found.merged) == (2, 0, 0)


def test_notes_beyond_the_rule_of_repeats_count() -> None:
    assert screened([("12345", "w", "垃圾", 0, 0), ("note", "w", "垃圾", 0, 2.1)]).notes_merged == 0
    assert screened([("12345", "w", "垃圾", 0, 0), ("note", "w", "垃圾", 51, 0)]).notes_merged == 0
    assert screened([("12345", "w", "垃圾", 0, 0), ("note", "w", "噪声", 0, 0)]).notes_merged == 0
    assert screened([("12345", "", "垃圾", 0, 0), ("note", "", "垃圾", 0, 0)]).notes_merged == 0


def test_points_made_from_addresses_are_no_default_geocodes_and_many_addresses_on_a_sent_point_are() -> None:
    """60 callers name one school, 40 reports with addresses of their own were sent on one point."""
    rows: list[Row] = [("12345", f"s{k}", "停车", 0.0, k) for k in range(60)]
    rows += [("12345", f"d{k}", "停车", 900.0, k) for k in range(40)]
    rows += [("12345", f"o{k}", "停车", 2000.0 + 100 * k, k) for k in range(100)]
    columns, points = read(rows)
    addresses = np.array(["盛世小学门口"] * 60 + [f"某路{k}号" for k in range(40)] + [""] * 100)
    here = np.arange(200) < 60
    found = screen_reports(replace(columns, address=addresses, placed_here=here), points, parse_parameters({}), SOURCES)
    assert [pile.reports for pile in found.pile_ups] == [40]
    assert len(found.incidents) == 160
    # Also when 60 different ways to name the school led our geocoder to one point.
    named = np.array([f"盛世小学{k}号门" for k in range(60)] + [""] * 140)
    assert (
        screen_reports(
            replace(columns.select(np.arange(200)), address=named, placed_here=here),
            points,
            parse_parameters({}),
            SOURCES,
        )
        .pile_ups[0]
        .reports
        == 40
    )


@pytest.mark.parametrize(
    ("address", "set_aside"),
    [
        ("上街区", [40]),
        ("河南省郑州市上街区", [40]),
        ("上街区 济源路街道淮北社区", [40]),
        ("金水区", [40]),
        ("济源路街道盛世小学", []),
        ("济源路", []),
        ("上街区12号", []),
    ],
)
def test_an_address_of_areas_alone_does_not_make_a_default_geocode_a_place(address: str, set_aside: list[int]) -> None:
    rows: list[Row] = [("12345", f"d{k}", "停车", 0.0, k) for k in range(40)]
    rows += [("12345", f"o{k}", "停车", 2000.0 + 100 * k, k) for k in range(100)]
    columns, points = read(rows)
    columns = replace(columns, address=np.array([address] * 40 + [f"某路{k}号" for k in range(100)]))
    names = ["上街区", "济源路街道", "淮北社区"]
    found = screen_reports(columns, points, parse_parameters({}), SOURCES, names)
    assert [pile.reports for pile in found.pile_ups] == set_aside


def test_default_geocodes_are_found_among_all_reports_also_when_few_are_wanted() -> None:
    rows: list[Row] = [("12345", f"d{k}", "停车" if k % 4 else "积水", 0.0, k) for k in range(40)]
    rows += [("12345", f"o{k}", "积水", 1000.0 + 100 * k, k) for k in range(10)]
    columns, points = read(rows)
    wanted = columns.category == "积水"
    found = screen_reports(replace(columns, wanted=wanted), points, parse_parameters({}), SOURCES)
    account = found.as_summary()
    assert (account.reports, account.on_pile_ups, account.incidents) == (20, 10, 10)


def test_calls_without_a_caller_are_merged_by_place_and_time_and_counted() -> None:
    rows: list[Row] = [("12345", "", "垃圾", x, day) for x, day in ((0, 0), (20, 1.5), (0, 2.5), (60, 1.0))]
    found = screened([*rows, ("12345", "a", "垃圾", 0, 1.0), ("12345", "", "噪声", 0, 1.0)])
    assert found.incidents.ids.tolist() == [1, 3, 4, 5, 6]
    assert (found.merged, found.as_summary().without_caller) == (1, 5)


def test_nothing_read_is_an_empty_account() -> None:
    assert screened([]).as_summary().incidents == 0
