"""Dates become intervals as the field's reference program makes them."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from geo.hotspot.arrays import HotspotInputError
from geo.hotspot.scan import TimeAxis, population_days


def test_intervals_are_counted_back_from_the_last_day() -> None:
    axis = TimeAxis(dt.date(2001, 11, 1), dt.date(2001, 11, 24), "week")
    assert axis.count == 4
    assert axis.days_of(0, 1) == (dt.date(2001, 11, 1), dt.date(2001, 11, 3))
    assert axis.days_of(3, 4) == (dt.date(2001, 11, 18), dt.date(2001, 11, 24))
    assert axis.intervals_of(["2001-11-01", "2001-11-03", "2001-11-04", "2001-11-24"]).tolist() == [0, 0, 1, 3]


@pytest.mark.parametrize(
    ("unit", "length", "count", "second"),
    [("day", 1, 365, (1, 2)), ("month", 1, 12, (2, 1)), ("month", 5, 3, (3, 1)), ("year", 1, 1, None)],
)
def test_calendar_units_keep_their_lengths(unit: str, length: int, count: int, second: tuple[int, int] | None) -> None:
    axis = TimeAxis(dt.date(2023, 1, 1), dt.date(2023, 12, 31), unit, length)  # type: ignore[arg-type]
    assert axis.count == count
    assert axis.edges_days[-1] - axis.edges_days[0] == 365
    if second:
        assert axis.edges[1] == dt.date(2023, *second)


def test_short_months_do_not_shift_the_others() -> None:
    axis = TimeAxis(dt.date(2023, 1, 31), dt.date(2023, 5, 30), "month")
    assert axis.edges == [dt.date(2023, month, day) for month, day in ((1, 31), (2, 28), (3, 31), (4, 30), (5, 31))]


def test_rows_of_cases_are_added_up() -> None:
    axis = TimeAxis(dt.date(2023, 1, 1), dt.date(2023, 1, 4))
    dates = [dt.date(2023, 1, 1), dt.date(2023, 1, 1), dt.date(2023, 1, 4)]
    np.testing.assert_array_equal(axis.table([0, 0, 1], dates, 2, [2, 3, 4]), [[5, 0, 0, 0], [0, 0, 0, 4]])


def test_what_is_outside_is_refused() -> None:
    axis = TimeAxis(dt.date(2023, 1, 1), dt.date(2023, 1, 4))
    with pytest.raises(HotspotInputError, match="dates must lie"):
        axis.intervals_of(["2022-12-31"])
    with pytest.raises(HotspotInputError, match="locations must lie"):
        axis.table([2], ["2023-01-01"], 2)
    with pytest.raises(HotspotInputError, match="ends before"):
        TimeAxis(dt.date(2023, 1, 2), dt.date(2023, 1, 1))


def test_a_census_belongs_to_the_middle_of_its_time() -> None:
    assert population_days([1973, (1982, 2)]).tolist() == [
        dt.date(1973, 7, 1).toordinal(),
        dt.date(1982, 2, 15).toordinal(),
    ]
