"""Which days are statutory days off, and which weekend days are worked instead (调休), in mainland China.

The State Council announces each year's arrangement late in the year before. Known are the years of the library
chinesecalendar (MIT; it refuses years whose notice it does not hold, it never estimates) and those that the centre
entered itself, which count before the library's. A year that neither knows has ordinary weeks, with a note in the run.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import chinese_calendar
import numpy as np
from sqlalchemy import select

from core import audit, clock
from core.errors import DomainError
from geo.hotspot.day_types import DayType
from governance.calendar.tables import HolidayNotice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

    from identity.actors import Actor

SATURDAY = 5


class HolidaysInvalidError(DomainError):
    """The arrangement of a year's days off does not fit together."""

    code = "holidays-invalid"


@dataclass(frozen=True, slots=True, eq=False)
class DayTypes:
    """The type of each day of a span, shape (days,), and the years of it that no calendar knows."""

    types: NDArray[np.int64]
    unknown_years: tuple[int, ...]
    entered_years: tuple[int, ...]

    def as_summary(self) -> dict[str, Any]:
        """Return where the days off come from, for the result of a run."""
        return {
            "library": library(),
            "library_years": list(library_years()),
            "entered_years": list(self.entered_years),
            "unknown_years": list(self.unknown_years),
        }


def library() -> str:
    """Return the name and version of the library."""
    return f"chinesecalendar {version('chinesecalendar')}"


def library_years() -> tuple[int, int]:
    """Return the first and the last year the library knows."""
    return min(chinese_calendar.holidays).year, max(chinese_calendar.holidays).year


def entered(session: Session, *, known_by: datetime) -> dict[int, HolidayNotice]:
    """Return the centre's own calendars by year, the latest of each as one knew it at an instant."""
    found = session.scalars(select(HolidayNotice).where(HolidayNotice.added_at <= known_by).order_by(HolidayNotice.id))
    return {notice.year: notice for notice in found}


def enter_year(
    session: Session,
    *,
    year: int,
    days_off: Sequence[date],
    make_up_workdays: Sequence[date],
    source: str,
    actor: Actor,
) -> HolidayNotice:
    """Enter a year's arrangement as announced, whole: from now on it counts for that year, before the library's.

    Raises
    ------
    HolidaysInvalidError
    """
    off, worked = sorted(set(days_off)), sorted(set(make_up_workdays))
    for field, days in (("days_off", off), ("make_up_workdays", worked)):
        strange = next((day for day in days if day.year != year), None)
        if strange is not None:
            raise HolidaysInvalidError(
                "{strange} is not in {year}: a year is entered by itself.",
                values={"strange": strange, "year": year},
                field=field,
            )
    if not off:
        raise HolidaysInvalidError("Every year has days off: enter the whole arrangement.", field="days_off")
    wrong = next((day for day in worked if day.weekday() < SATURDAY or day in off), None)
    if wrong is not None:
        raise HolidaysInvalidError(
            ("{wrong} is no Saturday or Sunday, or also a day off: only weekend days are worked instead."),
            values={"wrong": wrong},
            field="make_up_workdays",
        )
    notice = HolidayNotice(
        year=year, days_off=off, make_up_workdays=worked, source=source, added_by=actor.name, added_at=clock.now()
    )
    session.add(notice)
    session.flush()
    audit.record(session, actor=actor, action="hotspots.holidays", subject=f"holidays {year}", source=source)
    return notice


def day_type(day: date, own: Mapping[int, HolidayNotice]) -> DayType | None:
    """Return the type of a day; None where no calendar knows its year. What is entered counts before the library."""
    first, last = library_years()
    if day.year in own:
        off, worked = day in own[day.year].days_off, day in own[day.year].make_up_workdays
    elif first <= day.year <= last:
        off, worked = day in chinese_calendar.holidays, day in chinese_calendar.workdays
    else:
        return None
    if off:
        return DayType.DAY_OFF
    return DayType.MAKE_UP_WORKDAY if worked and day.weekday() >= SATURDAY else DayType.ORDINARY


def is_workday(day: date, own: Mapping[int, HolidayNotice]) -> bool:
    """Return whether offices work on a day; in a year that no calendar knows, from Monday to Friday."""
    match day_type(day, own):
        case DayType.DAY_OFF:
            return False
        case DayType.MAKE_UP_WORKDAY:
            return True
    return day.weekday() < SATURDAY


def day_types(start: date, days: int, own: Mapping[int, HolidayNotice]) -> DayTypes:
    """Return the type of so many days from one on."""
    types = np.zeros(days, dtype=np.int64)
    unknown: set[int] = set()
    used: set[int] = set()
    for position in range(days):
        day = start + timedelta(days=position)
        found = day_type(day, own)
        if found is None:
            unknown.add(day.year)
            continue
        types[position] = found
        used |= {day.year} & own.keys()
    return DayTypes(types, tuple(sorted(unknown)), tuple(sorted(used)))
