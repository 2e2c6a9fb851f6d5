"""Why results of a period are refused, and at which instants a period begins and ends."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from core import clock
from core.errors import DomainError, Kind


class AssessmentPeriodError(DomainError):
    """The days are none of which results can be computed; the detail says why."""

    code = "assessment-period-invalid"
    kind = Kind.INVALID


class AssessmentReasonMissingError(DomainError):
    """Results of these days are frozen; a further version needs a reason."""

    code = "assessment-reason-missing"
    kind = Kind.INVALID


class AssessmentNotFoundError(DomainError):
    """There are no results of that number, or none that you may see yet."""

    code = "assessment-not-found"
    kind = Kind.NOT_FOUND


class AssessmentStateError(DomainError):
    """The results are not at a point at which that can be done; the detail names it."""

    code = "assessment-state"
    kind = Kind.CONFLICT


class AssessmentSecondPersonError(DomainError):
    """Who computed results cannot freeze them: a second person has to."""

    code = "assessment-second-person"
    kind = Kind.FORBIDDEN


def instants_of(first_day: date, until_day: date) -> tuple[datetime, datetime]:
    """Return the instants at which local days begin and end."""
    start, end = (datetime.combine(day, time(), clock.LOCAL) for day in (first_day, until_day))
    return start, end


def days_of(period: str, until: str | None = None) -> tuple[date, date]:
    """Return the days [first, until) of a month (2026-06) or a day (2026-06-30), or from its first to another day.

    Raises
    ------
    AssessmentPeriodError
    """
    try:
        is_month = len(period) == len("2026-06")
        first = date.fromisoformat(f"{period}-01" if is_month else period)
        if until is not None:
            return first, date.fromisoformat(until)
    except ValueError:
        raise AssessmentPeriodError(
            "'{period}' is no period: write a month (2026-06) or days (2026-06-01).",
            values={"period": period if until is None else f"{period} {until}"}, field="period",
        ) from None  # fmt: skip
    return first, (first + timedelta(days=31)).replace(day=1) if is_month else first + timedelta(days=1)
