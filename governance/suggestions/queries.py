"""Reads of suggestions: what the ledger teaches, the models there are, and what a text or a case speaks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select, text

from core import clock
from governance.cases.lifecycle import queries as cases
from governance.categories.states import Urgency
from governance.categories.tables import CategoryState
from governance.reports import sensitivity
from governance.suggestions import model_format, rules
from governance.suggestions.rules import Lesson, Suggestion
from governance.suggestions.states import Doubt, Target
from governance.suggestions.tables import DangerMark, SuggestionModel

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.orm import Session

    from governance.suggestions.model_format import LinearModel
    from identity.grants import Reach

_VALUE: Final = {
    Target.CATEGORY: "c.category_path[1]",
    Target.URGENCY: "c.urgency",
    Target.DANGER: f"CASE WHEN d.danger THEN '{rules.YES}' WHEN NOT d.danger THEN '{rules.NO}' END",
}
# What was void or rejected teaches nothing; the texts of sensitive reports are not looked at.
_LESSON: Final = """
SELECT r.description, {value} AS value FROM case_record c JOIN report r ON r.id = c.id
LEFT JOIN suggestion_danger_mark d ON d.case_id = c.id
WHERE c.state NOT IN ('voided', 'rejected') AND c.category_path <> '{{}}' AND r.description <> ''
  AND {value} IS NOT NULL AND NOT EXISTS (SELECT FROM report_sensitivity s WHERE s.report_id = r.id)
ORDER BY c.id DESC LIMIT :limit
"""
_READ: dict[bytes, LinearModel] = {}
"""Models that were read, by their SHA-256: bytes of one digest are one model."""
_MOST_READ: Final = 6


def lesson_of(session: Session, target: Target) -> Lesson:
    """Return what the latest cases teach about a target, the oldest first."""
    statement = text(_LESSON.format(value=_VALUE[target]))
    rows = session.execute(statement, {"limit": rules.MOST_CASES}).all()[::-1]
    return Lesson([rules.read_text(row.description) for row in rows], [row.value for row in rows])


def models(
    session: Session, *, target: Target | None = None, before: int | None = None, limit: int
) -> Sequence[SuggestionModel]:
    """Return trainings, the latest first, without the numbers of their models."""
    query = select(SuggestionModel).order_by(SuggestionModel.id.desc()).limit(limit)
    if target is not None:
        query = query.where(SuggestionModel.target == target)
    if before is not None:
        query = query.where(SuggestionModel.id < before)
    return session.scalars(query).all()


def suggestions_for(session: Session, words: str) -> list[Suggestion]:
    """Return what a text speaks for, one suggestion a target."""
    known: dict[Target, Collection[str]] = {
        Target.CATEGORY: set(session.scalars(
            select(CategoryState.category_code).where(CategoryState.holds(clock.now()))
        )),
        Target.URGENCY: set(Urgency), Target.DANGER: {rules.YES, rules.NO},
    }  # fmt: skip
    found = []
    for target in Target:
        model, version = _in_use(session, target)
        found.append(rules.suggestion(target, words, model, version=version, known=known[target]))
    return found


def suggestions_for_case(session: Session, case_id: int, *, reach: Reach) -> list[Suggestion]:
    """Return what the text of a case of a reach speaks for; of a sensitive report's text nothing is said.

    Raises
    ------
    CaseNotFoundError
    """
    view = cases.case(session, case_id, reach=reach)
    if sensitivity.marks_of(session, [view.id]):
        return [Suggestion(target, doubt=Doubt.SENSITIVE) for target in Target]
    words = session.scalar(text("SELECT description FROM report WHERE id = :id"), {"id": view.id})
    return suggestions_for(session, words or "")


def danger_of(session: Session, case_id: int) -> DangerMark | None:
    """Return what a person marked."""
    return session.get(DangerMark, case_id)


def _in_use(session: Session, target: Target) -> tuple[LinearModel | None, int | None]:
    """Return the latest model of a target with its version."""
    stored = (
        select(SuggestionModel.id, SuggestionModel.version, SuggestionModel.sha256)
        .where(SuggestionModel.target == target, SuggestionModel.parameters.is_not(None))
        .order_by(SuggestionModel.version.desc())
        .limit(1)
    )
    row = session.execute(stored).one_or_none()
    if row is None:
        return None, None
    found = _READ.get(row.sha256)
    if found is None:
        parameters = session.scalar(select(SuggestionModel.parameters).where(SuggestionModel.id == row.id))
        found = model_format.read(parameters or b"", row.sha256)
        while len(_READ) >= _MOST_READ:
            _READ.pop(next(iter(_READ)), None)
        _READ[row.sha256] = found
    return found, row.version
