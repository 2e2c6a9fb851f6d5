"""Sensitive reports (个人信息保护法 §28): of minors under 14, or with health data; marked by a person or the sender."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from core import audit, clock
from governance.reports import queries, rules
from governance.reports.numbers import report_number
from governance.reports.states import Sensitivity
from governance.reports.tables import ReportSensitivity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sqlalchemy.orm import Session

    from identity.actors import Actor
    from identity.grants import Reach

HIDDEN: Final = "***"
"""Stands for each text of a sensitive report where it is not shown."""


def marks_of(session: Session, report_ids: Collection[int]) -> dict[int, list[Sensitivity]]:
    """Return the marks of those of these reports that have any."""
    rows = session.execute(
        select(ReportSensitivity.report_id, ReportSensitivity.kind)
        .where(ReportSensitivity.report_id.in_(report_ids))
        .order_by(ReportSensitivity.report_id, ReportSensitivity.kind)
    )
    found: dict[int, list[Sensitivity]] = {}
    for report_id, kind in rows:
        found.setdefault(report_id, []).append(Sensitivity(kind))
    return found


def mark(
    session: Session, report_id: int, kinds: Iterable[Sensitivity], *, reach: Reach, actor: Actor
) -> list[Sensitivity]:
    """Mark a report of the reach as sensitive, beside the marks it has; return all of them.

    Raises
    ------
    ReportUnknownError
    """
    report_id = queries.report(session, report_id, reach=reach)["id"]
    rows = [
        {"report_id": report_id, "kind": kind, "set_at": clock.now(), "set_by": actor.name}
        for kind in sorted(set(kinds))
    ]
    added: Sequence[str] = session.scalars(
        insert(ReportSensitivity).values(rows).on_conflict_do_nothing().returning(ReportSensitivity.kind)
    ).all()
    if added:
        audit.record(
            session, actor=actor, action="reports.mark_sensitive", subject=report_number(report_id), kinds=sorted(added)
        )
    return marks_of(session, [report_id])[report_id]


def unmark(session: Session, report_id: int, kind: Sensitivity, *, reason: str, actor: Actor) -> None:
    """Take a mark away that does not hold.

    Raises
    ------
    ReportUnknownError
        Also where the report has no such mark.
    """
    report_id = queries.current_id(session, report_id)
    gone = session.execute(
        delete(ReportSensitivity)
        .where(ReportSensitivity.report_id == report_id, ReportSensitivity.kind == kind)
        .returning(ReportSensitivity.report_id)
    ).all()
    number = report_number(report_id)
    if not gone:
        raise rules.ReportUnknownError(
            "There is no report {number}, or it is not marked as {kind}.", values={"number": number, "kind": kind}
        )
    audit.record(session, actor=actor, action="reports.unmark_sensitive", subject=number, kind=str(kind), reason=reason)


def audit_read(session: Session, *, actor: Actor, subject: str, reports: Sequence[str]) -> None:
    """Write into the audit that an actor read texts of sensitive reports, by number, and where."""
    audit.record(session, actor=actor, action="reports.read_sensitive", subject=subject, reports=list(reports))
