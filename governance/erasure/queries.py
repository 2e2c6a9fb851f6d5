"""Reads of erasure: which reports are a caller's, and which were received long ago and still have their words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from governance.reports import numbers, partitions, rules
from governance.reports.queries import current_id

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

# By the digest of the secret that is set, by the one of none, and by numbers that could not be read.
_OF_CALLER = """
SELECT report_id FROM reporter
WHERE caller_hash = ANY(:callers)
   OR position(:digits IN regexp_replace(set_aside ->> 'reporter.phone', '[^0-9]', '', 'g')) > 0
ORDER BY report_id
"""
_KNOWN = "SELECT id FROM report WHERE id = ANY(:ids)"
_KEPT_TOO_LONG = f"""
SELECT r.id FROM report r
WHERE r.id > :after AND r.id < (report_month(:before) + 1) * {numbers.MONTH}::bigint AND r.received_at < :before
  AND NOT EXISTS (SELECT FROM report_erasure e WHERE e.report_id = r.id)
ORDER BY r.id LIMIT :limit
"""
_COUNT = f"""
SELECT count(*) FROM report r
WHERE r.id < (report_month(:before) + 1) * {numbers.MONTH}::bigint AND r.received_at < :before
  AND NOT EXISTS (SELECT FROM report_erasure e WHERE e.report_id = r.id)
"""


def reports_of_caller(session: Session, phone: str, caller_key: bytes = b"") -> list[int]:
    """Return the reports that came with this telephone number, however it was written."""
    digits = rules.caller_digits(phone)
    callers = [rules.caller_hash(phone, key) for key in {caller_key, b""}] if digits else []
    return list(session.scalars(text(_OF_CALLER), {"callers": callers, "digits": digits or None}))


def reports_of_numbers(session: Session, given: Sequence[str]) -> list[int]:
    """Return the ids of reports by their numbers, also by those from before ids bore their month.

    Raises
    ------
    NumberMalformedError, ReportUnknownError
        The latter also for a report of a detached month, whose words are in the archive: attach the month first.
    """
    ids = [current_id(session, numbers.report_id(number)) for number in given]
    check_known(session, ids)
    return ids


def check_known(session: Session, report_ids: Sequence[int]) -> None:
    """Make sure that there is a report of each id.

    Raises
    ------
    ReportUnknownError
    """
    unknown = sorted(set(report_ids) - set(session.scalars(text(_KNOWN), {"ids": list(report_ids)})))
    if not unknown:
        return
    detached = {month.month for month in partitions.months(session) if month.is_detached}
    lying = sorted({report_id // numbers.MONTH for report_id in unknown} & detached)
    named = ", ".join(numbers.report_number(report_id) for report_id in unknown)
    if lying:
        months = ", ".join(map(str, lying))
        raise rules.ReportUnknownError(f"Report {named} lies in month {months}, which is detached: attach it first.")
    raise rules.ReportUnknownError(f"There is no report {named}.")


def detached_months(session: Session, before: datetime) -> list[int]:
    """Return the detached months (yyyymm) with reports received before an instant: erasures do not reach them."""
    last = session.scalars(text("SELECT report_month(:before)"), {"before": before}).one()
    return [month.month for month in partitions.months(session) if month.is_detached and month.month <= last]


def kept_too_long(session: Session, before: datetime, *, after: int, limit: int) -> list[int]:
    """Return the next reports behind an id that were received before an instant and still have their words."""
    return list(session.scalars(text(_KEPT_TOO_LONG), {"before": before, "after": after, "limit": limit}))


def count_kept_too_long(session: Session, before: datetime) -> int:
    """Count the reports that were received before an instant and still have their words."""
    return int(session.scalar(text(_COUNT), {"before": before}) or 0)
