"""The knowledge base: dated answers with their source, and the questions that have none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Path, Query

from api.http.access import CategoriesEditor, LocalCaseOpener
from api.http.dependencies import PrincipalDep, SessionDep, SnapshotDep
from api.http.instants import InstantQuery
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.texts import CODE_PATTERN, LINE_PATTERN
from api.knowledge.schemas import (
    KnowledgeEndIn,
    KnowledgeEntryIn,
    KnowledgeEntryOut,
    KnowledgeGapClosingIn,
    KnowledgeGapIn,
    KnowledgeGapListOut,
    KnowledgeGapOut,
    KnowledgeListOut,
    KnowledgeOfferedOut,
    KnowledgeSearchOut,
    KnowledgeStateOut,
)
from core import clock
from governance.knowledge import operations, queries, rules

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from governance.knowledge.tables import KnowledgeGap, KnowledgeState

router = feature_router(prefix="/v1/knowledge", tags=["knowledge"])
At = Annotated[InstantQuery | None, Query(description="Instant, with a time zone. Now if left out.")]
Code = Annotated[str, Path(pattern=CODE_PATTERN, description="The entry's code.", examples=["K0102"])]
READ = responses(400, 401, 404, 503)
WRITE = responses(400, 401, 403, 404, 409, 422, 503)


@router.get("", responses=READ)
def list_knowledge(
    session: SnapshotDep,
    _: PrincipalDep,
    category: Annotated[str | None, Query(pattern=CODE_PATTERN, description="Only entries of this category.")] = None,
    at: At = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    after: Annotated[str, Query(max_length=80, pattern=LINE_PATTERN, description="`next` of the page before.")] = "",
) -> KnowledgeListOut:
    """List the entries of the knowledge base at an instant, by code."""
    instant = at or clock.now()
    found = queries.entries_at(session, instant, category=category, after=after, limit=limit + 1)
    return KnowledgeListOut(
        at=instant,
        items=[_state(one) for one in found[:limit]],
        next=found[limit - 1].entry_code if len(found) > limit else None,
    )


@router.get("/search", responses=READ)
def search_knowledge(
    session: SnapshotDep,
    _: PrincipalDep,
    question: Annotated[str, Query(min_length=1, max_length=200, pattern=LINE_PATTERN, examples=["养狗登记在哪里"])],
    at: At = None,
    limit: Annotated[int, Query(ge=1, le=50)] = 5,
) -> KnowledgeSearchOut:
    """Find the entries nearest to a question, the nearest first; none where none is near."""
    instant = at or clock.now()
    return KnowledgeSearchOut(
        at=instant,
        items=[
            KnowledgeOfferedOut(score=round(score, 3), entry=_state(entry))
            for entry, score in queries.search(session, question, instant, limit=limit)
        ],
    )


@router.get("/gaps", responses=responses(400, 401, 403, 503))
def list_knowledge_gaps(
    session: SnapshotDep,
    _: CategoriesEditor,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    after: Annotated[int, Query(ge=0, le=2**62, description="`next` of the page before.")] = 0,
) -> KnowledgeGapListOut:
    """List the questions without an answer, in the order in which they were recorded."""
    found = queries.open_gaps(session, after=after, limit=limit + 1)
    return KnowledgeGapListOut(
        items=[_gap(one) for one in found[:limit]], next=found[limit - 1].id if len(found) > limit else None
    )


@router.post("/gaps", status_code=201, responses=responses(400, 401, 403, 422, 503))
def record_knowledge_gap(session: SessionDep, asker: LocalCaseOpener, body: KnowledgeGapIn) -> KnowledgeGapOut:
    """Record a question for which there is no answer."""
    return _gap(operations.record_gap(session, body.question, actor=asker.actor))


@router.post("/gaps/{gap}/closing", responses=WRITE)
def close_knowledge_gap(
    session: SessionDep,
    editor: CategoriesEditor,
    gap: Annotated[int, Path(ge=1, le=2**62, examples=[1])],
    body: KnowledgeGapClosingIn,
) -> KnowledgeGapOut:
    """Close a question with the entry that answers it now."""
    return _gap(operations.close_gap(session, gap, entry=body.entry, actor=editor.actor))


@router.get("/{code}", responses=READ)
def read_knowledge(session: SnapshotDep, _: PrincipalDep, code: Code) -> KnowledgeEntryOut:
    """Read an entry: what it answered, answers and will answer."""
    return _entry(session, code)


@router.put("/{code}", responses=WRITE)
def state_knowledge(
    session: SessionDep, editor: CategoriesEditor, code: Code, body: KnowledgeEntryIn
) -> KnowledgeEntryOut:
    """State what an entry answers from an instant on. Said again, nothing changes."""
    entry = rules.EntryIn(
        code=code, question=body.question, answer=body.answer, source=body.source, start=body.start or clock.now(),
        until=body.until, category_code=body.category, is_public=body.is_public,
    )  # fmt: skip
    operations.state_entry(session, entry, actor=editor.actor)
    return _entry(session, code.strip())


@router.post("/{code}/end", responses=WRITE)
def end_knowledge(session: SessionDep, editor: CategoriesEditor, code: Code, body: KnowledgeEndIn) -> KnowledgeEntryOut:
    """End an entry; what it answered before stays readable."""
    operations.end_entry(session, code, at=body.at, actor=editor.actor)
    return _entry(session, code)


def _entry(session: Session, code: str) -> KnowledgeEntryOut:
    return KnowledgeEntryOut(code=code, states=[_state(one) for one in queries.entry_history(session, code)])


def _state(row: KnowledgeState) -> KnowledgeStateOut:
    return KnowledgeStateOut(
        code=row.entry_code, question=row.question, answer=row.answer, source=row.source, category=row.category_code,
        is_public=row.is_public, valid_from=row.start, valid_to=row.until,
    )  # fmt: skip


def _gap(row: KnowledgeGap) -> KnowledgeGapOut:
    return KnowledgeGapOut(
        gap=row.id, question=row.question, recorded_at=row.recorded_at, recorded_by=row.recorded_by,
        entry=row.entry_code, closed_at=row.closed_at,
    )  # fmt: skip
