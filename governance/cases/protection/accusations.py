"""Whom a case accuses: kept beside its history, and asked where a case goes to a unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import text

from core.errors import DomainError, Kind
from governance.cases.dispatch.answering import Addressee
from governance.cases.dispatch.rules import DispatchBlockedError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

_ADD: Final = """
INSERT INTO report_accused (report_id, unit_code, person_id)
SELECT id, CAST(:unit AS text), CAST(:person AS integer)
FROM (SELECT CAST(:report AS bigint) AS id UNION SELECT case_id FROM case_merge WHERE main_id = :report) AS told
ON CONFLICT DO NOTHING
"""
_REMOVE: Final = """
DELETE FROM report_accused WHERE report_id = :report AND (unit_code = :unit OR person_id = :person) RETURNING id
"""
# The units above one, itself the first.
_ABOVE: Final = """
WITH RECURSIVE above (code, step) AS (
    SELECT CAST(:unit AS text), 0
    UNION
    SELECT s.parent_code, a.step + 1 FROM above a JOIN unit_state s ON s.unit_code = a.code
        AND s.superseded_at IS NULL AND s.valid_during @> CAST(:at AS timestamptz)
    WHERE s.parent_code IS NOT NULL AND a.step < 20
)
SELECT code FROM above ORDER BY step
"""
_HIDDEN: Final = "SELECT reports_hidden_from(CAST(:person AS integer)) ORDER BY 1"
_ACCUSING: Final = "SELECT report_id, unit_code FROM report_accused WHERE report_id = ANY (:ids)"


class AccusationNotFoundError(DomainError):
    """The case does not accuse that unit or person."""

    code = "accusation-not-found"
    kind = Kind.NOT_FOUND


def accuse(session: Session, report_id: int, detail: Mapping[str, Any]) -> None:
    """Hide a report, its case and what is merged into it from whom a step's detail names.

    By `accused` or `accused_person`. What was merged stays hidden when the accusation is lifted from the main case.
    """
    session.execute(text(_ADD), _values(report_id, detail))


def lift(session: Session, report_id: int, detail: Mapping[str, Any]) -> None:
    """Hide a report and its case no longer from whom a step's detail names.

    Raises
    ------
    AccusationNotFoundError
    """
    if not session.execute(text(_REMOVE), _values(report_id, detail)).all():
        raise AccusationNotFoundError(field="unit_code" if "accused" in detail else "person")


def hidden_from(session: Session, person_id: int | None) -> frozenset[int]:
    """Return the reports that accuse a person or a unit of that person: nothing of them is shown or sent there.

    None, for a program: none.
    """
    if person_id is None:
        return frozenset()
    return frozenset(session.scalars(text(_HIDDEN), {"person": person_id}))


def accused_units(session: Session, report_ids: Collection[int]) -> dict[int, frozenset[str]]:
    """Return which of these reports accuse somebody, and the units that each accuses (none: persons alone)."""
    found: dict[int, set[str]] = {}
    for report_id, unit in session.execute(text(_ACCUSING), {"ids": list(report_ids)}):
        found.setdefault(report_id, set()).update([] if unit is None else [unit])
    return {report_id: frozenset(units) for report_id, units in found.items()}


def accused_above(session: Session, unit: str, accused: Collection[str], at: datetime) -> str | None:
    """Return which accused unit another one is or lies below; None: none."""
    return next((code for code in _line(session, unit, at) if code in accused), None) if accused else None


def above_accused(session: Session, found: Addressee, accused: Collection[str], at: datetime) -> Addressee:
    """Return whom a case goes to: who was found, or where the case accuses that unit, the first above all accused.

    Raises
    ------
    DispatchBlockedError
        When the case accuses the topmost unit of the line.
    """
    if accused_above(session, found.unit_code, accused, at) is None:
        return found
    line = _line(session, found.unit_code, at)
    last = max(place for place, code in enumerate(line) if code in accused)
    if last + 1 == len(line):
        raise DispatchBlockedError(
            "The case accuses unit '{accused}', above which there is none: name another unit.",
            values={"accused": line[last]},
            field="unit_code",
        )
    return Addressee(line[last + 1], {**found.by, "by": "above_accused", "instead_of": found.unit_code})


def _line(session: Session, unit: str, at: datetime) -> list[str]:
    return list(session.scalars(text(_ABOVE), {"unit": unit, "at": at}))


def _values(report_id: int, detail: Mapping[str, Any]) -> dict[str, Any]:
    return {"report": report_id, "unit": detail.get("accused"), "person": detail.get("accused_person")}
