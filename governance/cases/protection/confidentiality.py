"""The confidential mark: the reporter stays unknown to the units that handle the case, to those below and above them.

Who is called to the case, or has a part of it, handles it too.

A mark is set by whoever sees the report or sent it, and taken away by who supervises cases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert

from core import audit, clock
from core.errors import DomainError, Kind
from governance.cases.protection.tables import ReportConfidential
from governance.reports.numbers import report_number

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from identity.actors import Actor

# Units that have or had a case or the one that it is merged into, were called to it or given a part of it, and the
# person's units: kept from the person where one lies on the line of the other.
_KEPT_FROM: Final = """
WITH RECURSIVE marked AS (
    SELECT report_id FROM report_confidential WHERE report_id = ANY(:ids)
), handling AS (
    SELECT DISTINCT h.report_id, had.code
    FROM (SELECT report_id, report_id AS case_id FROM marked
          UNION SELECT m.report_id, g.main_id FROM marked m JOIN case_merge g ON g.case_id = m.report_id) h
    JOIN case_step s ON s.case_id = h.case_id
    CROSS JOIN LATERAL (
        SELECT s.unit_code UNION SELECT s.detail ->> 'unit'
        UNION SELECT jsonb_array_elements_text(coalesce(s.detail -> 'units', '[]'))
    ) had (code) WHERE had.code IS NOT NULL
), own AS (
    SELECT unit_code AS code FROM person_unit
    WHERE person_id = :person AND superseded_at IS NULL AND valid_during @> CAST(:at AS timestamptz)
), above (first, code, step) AS (
    SELECT code, code, 0 FROM (SELECT code FROM handling UNION SELECT code FROM own) AS lowest
    UNION
    SELECT a.first, s.parent_code, a.step + 1 FROM above a JOIN unit_state s ON s.unit_code = a.code
        AND s.superseded_at IS NULL AND s.valid_during @> CAST(:at AS timestamptz)
    WHERE s.parent_code IS NOT NULL AND a.step < 20
)
SELECT m.report_id, EXISTS (
    SELECT FROM handling h CROSS JOIN own o JOIN above a ON (a.first, a.code) IN ((h.code, o.code), (o.code, h.code))
    WHERE h.report_id = m.report_id)
FROM marked m
"""


class ReporterConfidentialError(DomainError):
    """The reporter asked to stay unknown to the units that handle the case, and you belong to one of their line."""

    code = "reporter-confidential"
    kind = Kind.FORBIDDEN


class ConfidentialityNotFoundError(DomainError):
    """The report is not marked as confidential."""

    code = "confidentiality-not-found"
    kind = Kind.NOT_FOUND


def kept_from(session: Session, report_ids: Collection[int], person_id: int | None) -> dict[int, bool]:
    """Return which of these reports are confidential, and whether their reporter is kept from a person (None: nobody).

    It is kept from who belongs to a unit that has or had the case, was called to it or given a part of it, to one
    below such a unit, or to one above it.
    """
    values = {"ids": list(report_ids), "person": person_id, "at": clock.now()}
    return {row[0]: row[1] for row in session.execute(text(_KEPT_FROM), values)}


def require_shown(session: Session, report_id: int, person_id: int | None) -> None:
    """Make sure that a report's reporter is not kept from a person.

    Raises
    ------
    ReporterConfidentialError
    """
    if kept_from(session, [report_id], person_id).get(report_id, False):
        raise ReporterConfidentialError


def mark(session: Session, report_id: int, *, actor: Actor) -> None:
    """Mark a report as confidential; marked again, it stays as it is."""
    row = insert(ReportConfidential).values(report_id=report_id, set_at=clock.now(), set_by=actor.name)
    if session.scalar(row.on_conflict_do_nothing().returning(ReportConfidential.report_id)) is not None:
        audit.record(session, actor=actor, action="reports.mark_confidential", subject=report_number(report_id))


def unmark(session: Session, report_id: int, *, reason: str, actor: Actor) -> None:
    """Take the mark away, for a reason that the audit keeps.

    Raises
    ------
    ConfidentialityNotFoundError
    """
    gone = delete(ReportConfidential).where(ReportConfidential.report_id == report_id)
    if session.scalar(gone.returning(ReportConfidential.report_id)) is None:
        raise ConfidentialityNotFoundError(field="number")
    number = report_number(report_id)
    audit.record(session, actor=actor, action="reports.unmark_confidential", subject=number, reason=reason)
