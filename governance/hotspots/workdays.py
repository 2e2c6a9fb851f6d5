"""Which days are statutory days off, and which weekend days are worked instead (调休), in mainland China.

The State Council announces each year's arrangement late in the year before. Known are the years of the library
chinesecalendar (MIT; it refuses years whose notice it does not hold, it never estimates) and those that the centre
entered itself, which count before the library's. A year that neither knows has ordinary weeks, and the run says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import chinese_calendar
import numpy as np
from sqlalchemy import select

from geo.hotspot.day_types import DayType
from governance.hotspots.tables import HolidayNotice

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

SATURDAY = 5


@dataclass(frozen=True, slots=True, eq=False)
class DayTypes:
    """The type of each day of a span, shape (days,), and the years of it that no calendar knows."""

    types: NDArray[np.int64]
    unknown_years: tuple[int, ...]
    entered_years: tuple[int, ...]

    def account(self) -> dict[str, Any]:
        """Say where the days off come from, for the result of a run."""
        return {
            "library": f"chinesecalendar {version('chinesecalendar')}",
            "library_years": list(library_years()),
            "entered_years": list(self.entered_years),
            "unknown_years": list(self.unknown_years),
        }

    def notes(self) -> list[str]:
        """Say what is not known."""
        years = "、".join(map(str, self.unknown_years))
        return [f"节假日：{years} 年的放假安排未知，该年各日按普通星期看待。"] if years else []


def library_years() -> tuple[int, int]:
    """Return the first and the last year the library knows."""
    return min(chinese_calendar.holidays).year, max(chinese_calendar.holidays).year


def entered(session: Session, *, known_by: datetime) -> dict[int, HolidayNotice]:
    """Return the centre's own calendars by year, the latest of each as one knew it at an instant."""
    found = session.scalars(select(HolidayNotice).where(HolidayNotice.added_at <= known_by).order_by(HolidayNotice.id))
    return {notice.year: notice for notice in found}


def day_types(start: date, days: int, own: Mapping[int, HolidayNotice]) -> DayTypes:
    """Give the type of so many days from one on."""
    first, last = library_years()
    types = np.zeros(days, dtype=np.int64)
    unknown: set[int] = set()
    used: set[int] = set()
    for position in range(days):
        day = start + timedelta(days=position)
        if day.year in own:
            used.add(day.year)
            notice = own[day.year]
            off, worked = day in notice.days_off, day in notice.make_up_workdays
        elif first <= day.year <= last:
            off, worked = day in chinese_calendar.holidays, day in chinese_calendar.workdays
        else:
            unknown.add(day.year)
            continue
        if off:
            types[position] = DayType.DAY_OFF
        elif worked and day.weekday() >= SATURDAY:
            types[position] = DayType.MAKE_UP_WORKDAY
    return DayTypes(types, tuple(sorted(unknown)), tuple(sorted(used)))
