"""Instants and days are read from RFC 3339 alone, by everything that reads one."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from cli.instants import instant
from core.instants import read_day, read_instant


@given(st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001 (bounds)
def test_what_is_written_as_rfc_3339_is_read_back(moment: datetime) -> None:
    assert read_instant(moment.isoformat()) == moment
    assert read_instant(moment.isoformat().replace("+00:00", "z")) == moment


@given(st.integers() | st.floats())
def test_no_number_is_an_instant_or_a_day(number: float) -> None:
    for read in (read_instant, read_day):
        with pytest.raises(ValueError, match="must be"):
            read(str(number))


def test_a_day_is_year_month_day() -> None:
    assert read_day("2026-12-01") == date(2026, 12, 1)
    with pytest.raises(ValueError, match="not in the calendar"):
        read_day("2026-02-30")


def test_an_option_of_a_command_needs_its_offset() -> None:
    assert instant("2026-12-01T00:00:00+08:00") == datetime(2026, 11, 30, 16, tzinfo=UTC)
    for text in ("20261201", "2026-12-01", "2026-12-01T00:00:00"):
        with pytest.raises(typer.BadParameter):
            instant(text)
