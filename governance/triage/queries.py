"""Reads of triage: reports that belong nowhere yet, the oldest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from core.errors import DomainError, Kind
from governance.reports.queries import current_id
from governance.reports.reach_queries import reach_condition

if TYPE_CHECKING:
    from datetime import timedelta

    from sqlalchemy.orm import Session

    from identity.grants import Reach

    Row = dict[str, Any]

_COLUMNS = """
SELECT r.id, r.channel, r.category, r.description, r.address_text, r.x, r.y, r.crs, r.received_at, r.reported_at,
       r.accuracy_m, p.decision, p.reason_code, p.reason_values, p.method, ST_X(p.geom) AS lon,
       ST_Y(p.geom) AS lat
FROM report r JOIN {place} p ON p.report_id = r.id
"""
ONE = _COLUMNS.format(place="report_place_of(:id)") + "WHERE r.id = :id"
# Whatever was ever without a place: two small partial indexes, where asking the view would read every report.
_EVER = """
SELECT id FROM report WHERE method = 'unassigned'
UNION SELECT report_id FROM report_reassignment WHERE method = 'unassigned'
"""
_IN_TRIAGE = f"""
WHERE p.method = 'unassigned' AND r.id IN (SELECT id FROM ({_EVER}) ever)
  AND (CAST(:channel AS text) IS NULL OR r.channel = :channel)
"""
_PAGE = _COLUMNS.format(place="report_place")
_NEAR = f"""
{_PAGE} WHERE r.id <> :id AND r.id >= report_first_id(:since) AND r.received_at BETWEEN :since AND :until {{reach}}
ORDER BY abs(extract(epoch FROM r.received_at - :at)), r.id LIMIT :limit
"""
_COUNT = "SELECT count(*) FROM report r JOIN report_place p ON p.report_id = r.id"


class NotWaitingError(DomainError):
    """The report is not in triage: it has a place already."""

    code = "triage-settled"
    kind = Kind.CONFLICT


class ReportNotInTriageError(DomainError):
    """There is no such report."""

    code = "report-unknown"
    kind = Kind.NOT_FOUND


def waiting(session: Session, *, reach: Reach, limit: int, after: int = 0, channel: str | None = None) -> list[Row]:
    """Return the reports of a reach that wait for a place, the oldest first."""
    conditions, values = reach_condition(session, reach)
    where = " AND ".join([_IN_TRIAGE, *conditions])
    statement = f"{_PAGE} {where} AND r.id > :after ORDER BY r.id LIMIT :limit"
    values |= {"limit": limit, "after": current_id(session, after), "channel": channel}
    return [dict(row) for row in session.execute(text(statement), values).mappings()]


def count(session: Session, *, reach: Reach, channel: str | None = None) -> int:
    """Count the reports of a reach that wait for a place."""
    conditions, values = reach_condition(session, reach)
    where = " AND ".join([_IN_TRIAGE, *conditions])
    return int(session.execute(text(f"{_COUNT} {where}"), values | {"channel": channel}).scalar_one())


def one_waiting(session: Session, report_id: int, *, reach: Reach) -> Row:
    """Return one waiting report of a reach; `decision` is the latest on its place, 0 for none.

    Raises
    ------
    ReportNotInTriageError, NotWaitingError
    """
    conditions, values = reach_condition(session, reach)
    statement = " AND ".join([ONE, *conditions])
    row = session.execute(text(statement), values | {"id": current_id(session, report_id)}).mappings().first()
    if row is None:
        raise ReportNotInTriageError
    if row["method"] != "unassigned":
        raise NotWaitingError
    return dict(row)


def received_around(session: Session, row: Row, *, reach: Reach, within: timedelta, limit: int) -> list[Row]:
    """Return the reports of a reach that were received around one, the nearest in time first, wherever they belong."""
    conditions, values = reach_condition(session, reach)
    at = row["received_at"]
    values |= {"id": row["id"], "at": at, "since": at - within, "until": at + within, "limit": limit}
    statement = _NEAR.format(reach="".join(f" AND {condition}" for condition in conditions))
    return [dict(found) for found in session.execute(text(statement), values).mappings()]
