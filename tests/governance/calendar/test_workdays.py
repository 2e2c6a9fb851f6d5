"""Days off and worked weekends are those announced; a year nobody knows is ordinary, and said."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from geo.hotspot.day_types import DayType
from governance.calendar.tables import HolidayNotice
from governance.calendar.workdays import day_types, library_years


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        # 国务院办公厅关于2025年部分节假日安排的通知（国办发明电〔2024〕12号）
        (date(2025, 1, 28), DayType.DAY_OFF),
        (date(2025, 2, 4), DayType.DAY_OFF),
        (date(2025, 2, 5), DayType.ORDINARY),
        (date(2025, 1, 26), DayType.MAKE_UP_WORKDAY),
        (date(2025, 2, 8), DayType.MAKE_UP_WORKDAY),
        (date(2025, 4, 27), DayType.MAKE_UP_WORKDAY),
        (date(2025, 10, 8), DayType.DAY_OFF),
        (date(2025, 10, 11), DayType.MAKE_UP_WORKDAY),
        (date(2025, 10, 12), DayType.ORDINARY),
        # 国务院办公厅关于2026年部分节假日安排的通知（国办发明电〔2025〕7号）
        (date(2026, 1, 4), DayType.MAKE_UP_WORKDAY),
        (date(2026, 2, 15), DayType.DAY_OFF),
        (date(2026, 2, 23), DayType.DAY_OFF),
        (date(2026, 2, 28), DayType.MAKE_UP_WORKDAY),
        (date(2026, 9, 25), DayType.DAY_OFF),
        (date(2026, 10, 10), DayType.MAKE_UP_WORKDAY),
    ],
)
def test_a_day_is_what_the_state_council_announced(day: date, expected: DayType) -> None:
    assert day_types(day, 1, {}).types.tolist() == [expected]


def test_the_library_knows_the_years_the_service_is_used_in() -> None:
    first, last = library_years()
    assert first <= 2016
    assert last >= 2026


def test_a_year_that_no_calendar_knows_is_ordinary_and_named() -> None:
    last = library_years()[1]
    found = day_types(date(last, 12, 31), 32, {})
    assert found.types[1:].tolist() == [DayType.ORDINARY] * 31
    assert found.unknown_years == (last + 1,)
    assert found.as_summary()["unknown_years"] == [last + 1]


def test_what_the_centre_entered_counts_before_the_library() -> None:
    own = HolidayNotice(
        year=2025,
        days_off=[date(2025, 10, 9)],
        make_up_workdays=[date(2025, 10, 18), date(2025, 10, 13)],
        source="演示",
        added_by="t",
        added_at=datetime(2025, 1, 1, tzinfo=UTC),
    )
    found = day_types(date(2025, 10, 7), 12, {2025: own})
    assert found.types.tolist() == [0, 0, DayType.DAY_OFF, 0, 0, 0, 0, 0, 0, 0, 0, DayType.MAKE_UP_WORKDAY]
    assert (found.entered_years, found.unknown_years) == ((2025,), ())
