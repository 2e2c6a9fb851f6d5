"""Reads of triage: reports that belong nowhere yet, the oldest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from core.db.locks import LockSpace, lock
from core.errors import DomainError, Kind
from governance.reports.queries import current_id

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    Row = dict[str, Any]

_COLUMNS = """
SELECT r.id, r.channel, r.category, r.description, r.address_text, r.x, r.y, r.crs, r.received_at, r.reported_at,
       r.accuracy_m, p.reason, p.reason_zh, p.method, ST_X(p.geom) AS lon, ST_Y(p.geom) AS lat
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
_WAITING = f"{_COLUMNS.format(place='report_place')} {_IN_TRIAGE} AND r.id > :after ORDER BY r.id LIMIT :limit"
_COUNT = f"SELECT count(*) FROM report r JOIN report_place p ON p.report_id = r.id {_IN_TRIAGE}"


class NotWaitingError(DomainError):
    """The report is not in triage: it has a place already."""

    code = "triage-settled"
    kind = Kind.CONFLICT


class ReportNotInTriageError(DomainError):
    """There is no such report."""

    code = "report-unknown"
    kind = Kind.NOT_FOUND


def waiting(session: Session, *, limit: int, after: int = 0, channel: str | None = None) -> list[Row]:
    """Give the reports that wait for a place, the oldest first."""
    values = {"limit": limit, "after": current_id(session, after), "channel": channel}
    return [dict(row) for row in session.execute(text(_WAITING), values).mappings()]


def count(session: Session, *, channel: str | None = None) -> int:
    """Count the reports that wait for a place."""
    return int(session.execute(text(_COUNT), {"channel": channel}).scalar_one())


def one_waiting(session: Session, report_id: int) -> Row:
    """Give one waiting report, so that nobody else settles it meanwhile.

    Raises
    ------
    ReportNotInTriageError, NotWaitingError
    """
    # Reports are never updated: an advisory lock on the id keeps two dispatchers apart.
    report_id = current_id(session, report_id)
    lock(session, LockSpace.REPORT_PLACE, report_id)
    row = session.execute(text(ONE), {"id": report_id}).mappings().first()
    if row is None:
        raise ReportNotInTriageError
    if row["method"] != "unassigned":
        raise NotWaitingError
    return dict(row)
