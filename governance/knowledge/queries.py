"""Reads of the knowledge base: entries at an instant, the nearest to a question, questions without an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from governance.knowledge import rules
from governance.knowledge.tables import KnowledgeEntry, KnowledgeGap, KnowledgeState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session


class Offered(NamedTuple):
    """An entry that may answer a question, and how near it is to it, 0 to 1."""

    entry: KnowledgeState
    score: float


def entries_at(
    session: Session, at: datetime, *, category: str | None = None, after: str = "", limit: int | None = None
) -> Sequence[KnowledgeState]:
    """Return the entries at an instant, by code; those behind a code, and so many at most."""
    code = KnowledgeState.entry_code.collate("C")
    query = select(KnowledgeState).where(KnowledgeState.holds(at), code > after).order_by(code).limit(limit)
    if category is not None:
        query = query.where(KnowledgeState.category_code == category)
    return session.scalars(query).all()


def entry_history(session: Session, code: str) -> Sequence[KnowledgeState]:
    """Return what an entry answered, answers and will answer, by time, as is known now.

    Raises
    ------
    KnowledgeNotFoundError
    """
    rows = session.scalars(
        select(KnowledgeState)
        .where(KnowledgeState.entry_code == code, KnowledgeState.superseded_at.is_(None))
        .order_by(KnowledgeState.valid_during)
    ).all()
    if not rows and session.get(KnowledgeEntry, code) is None:
        raise rules.KnowledgeNotFoundError("There is no entry '{code}'.", values={"code": code[:80]}, field="code")
    return rows


def in_force(session: Session, code: str, at: datetime, *, field: str = "entry") -> KnowledgeState:
    """Return what an entry answers at an instant.

    Raises
    ------
    KnowledgeNotFoundError
        When it answers nothing then.
    """
    query = select(KnowledgeState).where(KnowledgeState.holds(at), KnowledgeState.entry_code == code)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise rules.KnowledgeNotFoundError(
            "There is no entry '{code}' at {at}.", values={"code": code[:80], "at": at.isoformat()}, field=field
        )
    return found


def search(session: Session, question: str, at: datetime, *, limit: int = 5) -> list[Offered]:
    """Return the entries nearest to a question at an instant, the nearest first; none where none is near."""
    scored = (Offered(one, rules.nearness(question, one.question, one.answer)) for one in entries_at(session, at))
    near = [one for one in scored if one.score >= rules.LEAST_SCORE]
    return sorted(near, key=lambda one: (-one.score, one.entry.entry_code))[:limit]


def open_gaps(session: Session, *, after: int = 0, limit: int | None = None) -> Sequence[KnowledgeGap]:
    """Return the questions without an answer, in the order in which they were recorded."""
    query = select(KnowledgeGap).where(KnowledgeGap.closed_at.is_(None), KnowledgeGap.id > after)
    return session.scalars(query.order_by(KnowledgeGap.id).limit(limit)).all()
