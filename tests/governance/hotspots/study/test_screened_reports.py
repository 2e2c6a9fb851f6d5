"""What is counted, what is merged and what stays apart, by the kind of source."""

from __future__ import annotations

from typing import Any

import numpy as np

from governance.hotspots.study.parameters import parse_parameters
from governance.hotspots.study.screened_reports import ReportColumns, ScreenedReports, screen_reports

DAY = 86_400.0
SOURCES = {"patrol": "patrol", "note": "quick_note", "sensor": "sensor"}
# channel, caller, category, metres east, day
Row = tuple[str, str, str, float, float]


def screened(rows: list[Row], **parameters: Any) -> ScreenedReports:
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
    return screen_reports(columns, points, parse_parameters(parameters), SOURCES)


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


def test_nothing_read_is_an_empty_account() -> None:
    assert screened([]).as_summary().incidents == 0
