"""The six whole months that the sample covers: they end with the last full month, or where `--as-of` says."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from core.errors import DomainError, Kind

ZONE: Final = ZoneInfo("Asia/Shanghai")
MONTHS: Final = 6


class DemoDateError(DomainError):
    """The demonstration cannot show that day. Name a past day with --as-of, or give an empty database."""

    code = "demo-date"
    kind = Kind.INVALID


@dataclass(frozen=True, slots=True)
class HalfYear:
    """Six calendar months in the district's civil time; `first_day` is the first of a month."""

    first_day: date

    @property
    def end(self) -> date:
        """The first day after them."""
        return _months_later(self.first_day, MONTHS)

    @property
    def days(self) -> int:
        """How many days they have."""
        return (self.end - self.first_day).days

    @property
    def begins_at(self) -> datetime:
        """Midnight of the first day."""
        return datetime(self.first_day.year, self.first_day.month, 1, tzinfo=ZONE)

    @property
    def ends_at(self) -> datetime:
        """Midnight after the last day."""
        return datetime(self.end.year, self.end.month, 1, tzinfo=ZONE)

    @property
    def ends_at_utc(self) -> str:
        """The same instant in UTC, as a query names it."""
        return self.ends_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    @property
    def last_months(self) -> tuple[tuple[date, date], tuple[date, date]]:
        """The last two months: the first day of each, and the first day after it."""
        before, last = _months_later(self.end, -2), _months_later(self.end, -1)
        return (before, last), (last, self.end)

    def day(self, month: int, day: int) -> date:
        """Return a day of the month of that number, 1 to 6; the last day where the month is shorter."""
        first = _months_later(self.first_day, month - 1)
        return first.replace(day=min(day, monthrange(first.year, first.month)[1]))


def up_to(day: date) -> HalfYear:
    """Return the six months that end with the last month that is whole on a day, that day included."""
    tomorrow = day + timedelta(days=1)
    return HalfYear(_months_later(tomorrow.replace(day=1), -MONTHS))


def chosen(as_of: date | None, *, stored: HalfYear | None, today: date) -> HalfYear:
    """Return the months to show: those the database holds already, else those that end with the last full month.

    Raises
    ------
    DemoDateError
        When `as_of` is not past, or names other months than those the database holds.
    """
    if as_of is not None and as_of >= today:
        raise DemoDateError(
            "{as_of} is not past: name a day before {today}.", values={"as_of": as_of, "today": today}, field="--as-of"
        )
    if stored is None:
        return up_to(as_of or today - timedelta(days=1))
    if as_of is not None and up_to(as_of) != stored:
        raise DemoDateError(
            (
                "The database holds the sample of {first_day} to {last_day}: leave --as-of out, or give an empty "
                "database through DATABASE_URL."
            ),
            values={"first_day": stored.first_day, "last_day": stored.end - timedelta(days=1)},
            field="--as-of",
        )
    return stored


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)
