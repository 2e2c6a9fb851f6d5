"""Writes of the knowledge base: state what an entry answers, end it, record a question without an answer, close it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core import audit, clock
from core.db.dated import Statement, state
from core.personal.text import masked_text
from governance.categories.rules import CategoryNotFoundError
from governance.categories.tables import Category
from governance.knowledge import queries, rules
from governance.knowledge.tables import KnowledgeEntry, KnowledgeGap, KnowledgeState

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from governance.knowledge.rules import EntryIn
    from identity.actors import Actor


def state_entry(session: Session, entry: EntryIn, *, actor: Actor) -> bool:
    """State what an entry answers for a time; False: it was so.

    Raises
    ------
    KnowledgeInvalidError, CategoryNotFoundError, SpanEmptyError
    """
    code = rules.checked_code(entry.code)
    if entry.category_code is not None and session.get(Category, entry.category_code) is None:
        raise CategoryNotFoundError(
            "There is no category '{unknown}'.", values={"unknown": entry.category_code[:80]}, field="category"
        )
    values = {
        "question": rules.checked_line(entry.question, "question"),
        "answer": rules.checked_answer(entry.answer),
        "source": rules.checked_line(entry.source, "source"),
        "category_code": entry.category_code,
        "is_public": entry.is_public,
    }
    session.execute(insert(KnowledgeEntry).values(code=code, created_at=clock.now()).on_conflict_do_nothing())
    done = state(
        session, KnowledgeState, Statement({"entry_code": code}, values, entry.start, entry.until), actor=actor
    )
    if done:
        audit.record(session, actor=actor, action="knowledge.state", subject=code)
    session.flush()
    return done


def end_entry(session: Session, code: str, *, at: datetime | None = None, actor: Actor) -> bool:
    """End an entry at an instant; False when it had ended.

    Raises
    ------
    KnowledgeNotFoundError
    """
    at = at or clock.now()
    queries.entry_history(session, code)
    done = state(session, KnowledgeState, Statement({"entry_code": code}, None, at), actor=actor)
    if done:
        audit.record(session, actor=actor, action="knowledge.end", subject=code, at=at.isoformat())
    session.flush()
    return done


def record_gap(session: Session, question: str, *, actor: Actor) -> KnowledgeGap:
    """Record a question for which there is no answer; phones, identity numbers and names are masked in it.

    Raises
    ------
    KnowledgeInvalidError
    """
    gap = KnowledgeGap(
        question=masked_text(rules.checked_line(question, "question")), recorded_at=clock.now(), recorded_by=actor.name
    )
    session.add(gap)
    session.flush()
    return gap


def close_gap(session: Session, gap: int, *, entry: str, actor: Actor) -> KnowledgeGap:
    """Close a question with the entry that answers it now.

    Raises
    ------
    KnowledgeGapNotFoundError, KnowledgeGapClosedError, KnowledgeNotFoundError
    """
    found = session.scalars(select(KnowledgeGap).where(KnowledgeGap.id == gap).with_for_update()).one_or_none()
    if found is None:
        raise rules.KnowledgeGapNotFoundError("There is no question {gap}.", values={"gap": gap}, field="gap")
    if found.closed_at is not None:
        raise rules.KnowledgeGapClosedError(
            "Question {gap} was answered by '{entry}'.",
            values={"gap": gap, "entry": found.entry_code or ""},
            field="gap",
        )
    queries.in_force(session, entry, clock.now())
    found.entry_code, found.closed_at, found.closed_by = entry, clock.now(), actor.name
    audit.record(session, actor=actor, action="knowledge.close_gap", subject=entry, gap=gap)
    session.flush()
    return found
