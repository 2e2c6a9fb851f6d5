"""Search over cases, reports, quick notes, tasks, people and areas."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from api.http.access import LocalViewer
from api.http.admission import costly
from api.http.dependencies import SnapshotDep
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.texts import LINE_PATTERN
from api.shapes.report_access import task_member
from core import clock
from governance.appointments.queries import people_in_reach
from governance.search import queries
from governance.search.queries import HitKind, Searcher
from identity.grants import Scope

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from identity.grants import Reach
    from identity.keys import Principal

router = feature_router(prefix="/v1/search", tags=["operation"])


class HitOut(BaseModel):
    """Something found."""

    kind: HitKind
    key: str = Field(description="Its number; of an area LAYER/CODE.", examples=["SJ2607000731-4"])
    title: str = Field(description="A name, or the text around the words, masked.")
    beside: str = Field(description="A case's state, a report's category, a task's kind, units, or an area's level.")
    at: datetime | None = Field(description="When it was reported or issued; null: of a person or area.")


class SearchOut(BaseModel):
    """What words found, kind by kind."""

    items: list[HitOut]
    reports_since: datetime | None = Field(
        description="Texts were looked through since then only, as the words are short; null: all."
    )


@router.get("", responses=responses(400, 401, 403, 429, 503))
@costly("searches", 4)
def search_records(
    session: SnapshotDep,
    viewer: LocalViewer,
    words: Annotated[
        str,
        Query(
            min_length=1, max_length=100, pattern=LINE_PATTERN,
            description="A number of a case or order, words of a text or address, a name, or its pinyin.",
        ),
    ],
    limit: Annotated[int, Query(ge=1, le=50, description="Hits of a kind.")] = 10,
) -> SearchOut:  # fmt: skip
    """Find cases, reports, quick notes, tasks, people and areas by words, within what the caller may see.

    Personal data are not searched, and sensitive reports are found by their number alone.
    """
    asked, now = words.strip(), clock.now()
    if not asked:
        return SearchOut(items=[], reports_since=None)
    found = queries.search(session, asked, _searcher(session, viewer), now=now, limit=limit)
    return SearchOut(items=[HitOut(**asdict(one)) for one in found], reports_since=queries.since_of(asked, now))


def _searcher(session: Session, viewer: Principal) -> Searcher:
    def reach_of(scope: Scope) -> Reach | None:
        return viewer.reach(scope) if scope in viewer.scopes else None

    sees_people = Scope.PEOPLE_READ in viewer.scopes
    people = people_in_reach(session, viewer.reach(Scope.PEOPLE_READ), clock.now(), caller=viewer.actor)
    return Searcher(
        cases=reach_of(Scope.CASES_READ),
        reports=reach_of(Scope.REPORTS_READ),
        sees_tasks=Scope.CASES_READ in viewer.scopes,
        member=task_member(viewer),
        people=people if sees_people else (),
    )
