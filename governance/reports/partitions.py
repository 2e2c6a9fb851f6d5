"""The months of the ledger: partitions made ahead, made when a report needs one, detached and attached again.

Reports and what hangs on them are partitioned by the month of receipt in UTC, which heads their ids (docs/adr/0017).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from psycopg.errors import CheckViolation, UndefinedTable
from sqlalchemy import text

from core import audit
from core.db.locks import LockSpace, lock
from core.errors import DomainError, Kind
from governance.reports.numbers import MONTH

if TYPE_CHECKING:
    from datetime import datetime

    import psycopg
    from sqlalchemy.orm import Session

    from identity.actors import Actor

AHEAD: Final = 3
"""How many months are made ahead of the current one."""

ARCHIVE: Final = "archive"
"""The schema of detached months."""

FAMILIES: Final = ("report", "reporter", "report_reassignment", "report_evidence")
"""The partitioned tables; the later refer to the first, month by month."""

MAKE: Final = """
SELECT make_report_month(month)
FROM (SELECT DISTINCT report_month(at) FROM unnest(%s::timestamptz[]) AS at) AS m (month)
"""
"""Makes the months of instants of receipt that are not there."""

_MAKE_AHEAD: Final = """
SELECT month FROM (
    SELECT report_month(timezone('UTC', date_trunc('month', timezone('UTC', CAST(:now AS timestamptz)))
                                        + n * interval '1 month')) AS month
    FROM generate_series(0, CAST(:ahead AS integer)) n
) wanted WHERE make_report_month(month) ORDER BY month
"""
_MONTHS: Final = f"""
SELECT CAST(substring(relname FROM '[0-9]+$') AS integer) AS month,
       relnamespace = to_regnamespace('{ARCHIVE}') IS NOT DISTINCT FROM true AS detached,
       CAST(sum(CASE WHEN relname ~ '^report_[0-9]+$' THEN greatest(reltuples, 0) ELSE 0 END) AS bigint),
       CAST(sum(pg_total_relation_size(oid)) AS bigint)
FROM pg_class
WHERE relnamespace IN (to_regnamespace('public'), to_regnamespace('{ARCHIVE}')) AND relkind = 'r'
  AND relname ~ '^report(er|_reassignment|_evidence)?_[0-9]{{6,}}$'
GROUP BY 1, 2 ORDER BY 1, 2
"""
_WAITING: Final = f"""
SELECT count(*) FROM report_place
WHERE method = 'unassigned' AND report_id >= :month * {MONTH}::bigint AND report_id < (:month + 1) * {MONTH}::bigint
"""


class MonthUnknownError(DomainError):
    """There is no such month of reports here; `wangge partitions list` names those there are."""

    code = "month-unknown"
    kind = Kind.NOT_FOUND


class MonthInUseError(DomainError):
    """The month of reports is still needed: it is not over, or reports in it wait for a place."""

    code = "month-in-use"
    kind = Kind.CONFLICT


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the ledger: yyyymm, about how many reports it has (by the last ANALYZE), its bytes on disk."""

    month: int
    is_detached: bool
    reports: int
    size_bytes: int


def is_missing(error: psycopg.Error) -> bool:
    """Return whether a statement failed because the month of a report has no partition."""
    if isinstance(error, UndefinedTable):
        return "report_n_" in str(error)
    return isinstance(error, CheckViolation) and error.diag.constraint_name is None


def months(session: Session) -> list[Month]:
    """Return the months of the ledger, the earliest first; one may be there detached and attached."""
    return [Month(*row) for row in session.execute(text(_MONTHS))]


def make_ahead(session: Session, *, now: datetime, months: int = AHEAD) -> list[int]:
    """Make the current month and those that follow; return which were made (yyyymm)."""
    return list(session.scalars(text(_MAKE_AHEAD), {"now": now, "ahead": months}))


def detach(session: Session, month: int, *, now: datetime, actor: Actor) -> None:
    """Take a month (yyyymm) out of the ledger, into the schema `archive`: to be kept elsewhere, or to be dropped.

    Its keys stay: a report of it that is sent again is known. It is not found by its number until it is attached.

    Raises
    ------
    MonthUnknownError, MonthInUseError
    """
    _begin(session)
    if not _exists(session, "public", month):
        raise MonthUnknownError("There is no month {month}.", values={"month": month}, field="month")
    if _exists(session, ARCHIVE, month):
        raise MonthInUseError(
            "A part of month {month} was detached before: attach it first.", values={"month": month}, field="month"
        )
    if month >= session.execute(text("SELECT report_month(:now)"), {"now": now}).scalar_one():
        raise MonthInUseError("Month {month} is not over.", values={"month": month}, field="month")
    waiting = session.execute(text(_WAITING), {"month": month}).scalar_one()
    if waiting:
        raise MonthInUseError(
            "{waiting} reports of month {month} wait for a place: settle them first.",
            values={"waiting": waiting, "month": month},
            field="month",
        )
    session.execute(text(f"CREATE SCHEMA IF NOT EXISTS {ARCHIVE}"))
    for family in reversed(FAMILIES):
        session.execute(text(f"ALTER TABLE {family} DETACH PARTITION {family}_{month}"))
        session.execute(text(f"ALTER TABLE {family}_{month} SET SCHEMA {ARCHIVE}"))
    audit.record(session, actor=actor, action="reports.detach_month", subject=f"month/{month}")


def attach(session: Session, month: int, *, actor: Actor) -> None:
    """Put a detached month (yyyymm) back into the ledger, with what was received for it since.

    Raises
    ------
    MonthUnknownError
        When no such month is detached.
    """
    _begin(session)
    if not _exists(session, ARCHIVE, month):
        raise MonthUnknownError("Month {month} is not detached.", values={"month": month}, field="month")
    if _exists(session, "public", month):
        _merge(session, month)
    for family in FAMILIES:
        session.execute(text(f"ALTER TABLE {ARCHIVE}.{family}_{month} SET SCHEMA public"))
        session.execute(
            text(
                f"ALTER TABLE {family} ATTACH PARTITION {family}_{month}"
                f" FOR VALUES FROM ({month * MONTH}) TO ({_next(month) * MONTH})"
            )
        )
    audit.record(session, actor=actor, action="reports.attach_month", subject=f"month/{month}")


def _merge(session: Session, month: int) -> None:
    """Move what was received since into the detached tables, and drop the month that was made for it."""
    for family in FAMILIES:
        leaf = f"{family}_{month}"
        # What is moved did not happen now: no event is written for it, and its keys are there.
        session.execute(text(f"ALTER TABLE {ARCHIVE}.{leaf} DISABLE TRIGGER USER"))
        session.execute(text(f"INSERT INTO {ARCHIVE}.{leaf} SELECT * FROM public.{leaf}"))
        session.execute(text(f"ALTER TABLE {ARCHIVE}.{leaf} ENABLE TRIGGER USER"))
    for family in reversed(FAMILIES):
        session.execute(text(f"ALTER TABLE {family} DETACH PARTITION {family}_{month}"))
        session.execute(text(f"DROP TABLE public.{family}_{month}"))


def _begin(session: Session) -> None:
    """Change months alone; whoever waits for a long reader gives up soon, so that the intake does not wait behind."""
    session.execute(text("SET LOCAL lock_timeout = '3s'"))
    lock(session, LockSpace.REPORT_MONTHS, 0)


def _exists(session: Session, schema: str, month: int) -> bool:
    return bool(session.scalar(text("SELECT to_regclass(:name) IS NOT NULL"), {"name": f"{schema}.report_{month}"}))


def _next(month: int) -> int:
    return month + 1 if month % 100 < 12 else month + 89
