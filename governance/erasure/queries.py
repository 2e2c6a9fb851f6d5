"""Reads of erasure: what was received long ago and is still there, kind by kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from governance.erasure.states import RetentionKind
from governance.reports import numbers, partitions
from governance.reports.queries import current_id, require_known

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

_STILL_THERE: Final = {
    RetentionKind.WORDS: "NOT EXISTS (SELECT FROM report_erasure e WHERE e.report_id = r.id)",
    RetentionKind.REPORTERS: "EXISTS (SELECT FROM reporter m WHERE m.report_id = r.id)",
    RetentionKind.EVIDENCE: (
        "EXISTS (SELECT FROM report_evidence e WHERE e.report_id = r.id AND (e.verdict IS NOT NULL"
        " OR e.address_geom IS NOT NULL OR e.flags <> '[]' OR e.distance_m <> '{}' OR e.in_named_area <> '{}'"
        " OR e.in_coverage <> '{}'))"
    ),
}
_DUE: Final = f"""
SELECT r.id FROM report r
WHERE r.id > :after AND r.id < (report_month(:before) + 1) * {numbers.MONTH}::bigint AND r.received_at < :before
  AND {{still_there}}
ORDER BY r.id LIMIT :limit
"""


def reports_of_numbers(session: Session, given: Sequence[str]) -> list[int]:
    """Return the ids of reports by their numbers, also by those from before ids bore their month.

    Raises
    ------
    NumberMalformedError, ReportUnknownError
        The latter also for a report of a detached month, whose words are in the archive: attach the month first.
    """
    ids = [current_id(session, numbers.report_id(number)) for number in given]
    require_known(session, ids)
    return ids


def detached_months(session: Session, before: datetime) -> list[int]:
    """Return the detached months (yyyymm) with reports received before an instant: erasures do not reach them."""
    last = session.scalars(text("SELECT report_month(:before)"), {"before": before}).one()
    return [month.month for month in partitions.months(session) if month.is_detached and month.month <= last]


def due_reports(session: Session, kind: RetentionKind, before: datetime, *, after: int, limit: int) -> list[int]:
    """Return the next reports behind an id that were received before an instant and still have data of a kind."""
    statement = _DUE.format(still_there=_STILL_THERE[kind])
    return list(session.scalars(text(statement), {"before": before, "after": after, "limit": limit}))
