"""The cases that the caller's units have in hand, in one answer: what a phone keeps for where there is no network."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from api.cases.schemas import CaseSummaryOut
from api.cases.summaries import summary
from api.http.access import LocalCaseViewer
from api.http.dependencies import SnapshotDep
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.shown import ShownDep
from core import clock
from governance.cases.lifecycle import own_queries
from governance.cases.lifecycle.queries import units_of
from governance.cases.lifecycle.states import verbs_from
from identity.actors import ActorKind
from identity.grants import Scope

router = feature_router(prefix="/v1/cases", tags=["cases"])


class CaseInHandOut(CaseSummaryOut):
    """A case in hand, with what its report says."""

    text: str | None = Field(description="What was reported; people in it are masked.")
    address: str | None
    allowed: list[str] = Field(description="What the state allows; who may is in the table of transitions.")


class CasesInHandOut(BaseModel):
    """Cases in hand, what is due first, first."""

    items: list[CaseInHandOut]
    more: bool = Field(description="There are more than were asked for.")
    units: list[str] = Field(description="Codes of the caller's units and those above them.")


@router.get("/in-hand", responses=responses(400, 401, 403, 429, 503))
def list_cases_in_hand(
    session: SnapshotDep,
    viewer: LocalCaseViewer,
    shown: ShownDep,
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
) -> CasesInHandOut:
    """List what the caller's units, and those above them, have in hand in the caller's areas, by due time.

    A program belongs to no unit and gets none.
    """
    now = clock.now()
    if viewer.actor.kind is not ActorKind.PERSON:
        return CasesInHandOut(items=[], more=False, units=[])
    reach = viewer.reach(Scope.CASES_READ)
    units = sorted(units_of(session, viewer.actor.id, now))
    found = own_queries.in_hand(session, units, reach=reach, limit=limit + 1)
    shown.look_at(session, [one.view.id for one in found[:limit]])
    items = [
        CaseInHandOut.model_validate(
            summary(one.view, now)
            | {
                "text": shown.text(one.description, of=one.view.number),
                "address": shown.text(one.address, of=one.view.number),
                "allowed": verbs_from(one.view.state),
            }
        )
        for one in found[:limit]
    ]
    return CasesInHandOut(items=items, more=len(found) > limit, units=units)
