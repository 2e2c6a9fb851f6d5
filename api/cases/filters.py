"""The filters of cases, taken alike by lists and exports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import Query

from api.http.instants import InstantQuery
from api.http.parameters import box_of
from api.http.texts import CODE_PATTERN, LineQuery
from core.clock import midnight_of
from governance.cases.lifecycle.counting import IN_HAND
from governance.cases.lifecycle.page_queries import CaseFilter
from governance.cases.lifecycle.queries import units_of
from governance.cases.lifecycle.states import CaseState, Verb

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from identity.keys import Principal


@dataclass
class CaseQuery:
    """Which cases; every condition that is given must hold."""

    state: CaseState | None = None
    open: Annotated[bool, Query(description="Only cases that are not at their end.")] = False
    unit: Annotated[str | None, Query(pattern=CODE_PATTERN, description="Only cases with this unit.")] = None
    category: Annotated[
        str | None, Query(pattern=CODE_PATTERN, description="Only cases of this category or one below it.")
    ] = None
    area: Annotated[str | None, Query(pattern=CODE_PATTERN, description="Code of an area of any level.")] = None
    channel: LineQuery = None
    supervised: Annotated[bool | None, Query(description="Only cases that are supervised, or are not.")] = None
    overdue: Annotated[bool, Query(description="Only cases with a deadline that is over.")] = False
    opened_from: Annotated[InstantQuery | None, Query(description="Inclusive.")] = None
    opened_before: Annotated[InstantQuery | None, Query(description="Exclusive.")] = None
    changed_from: Annotated[InstantQuery | None, Query(description="Only cases changed since then.")] = None
    updated_after: Annotated[InstantQuery | None, Query(description="Only cases changed later than that.")] = None
    done_today: Annotated[Verb | None, Query(description="Only cases to which this was done since midnight.")] = None
    taken_after: Annotated[
        int | None,
        Query(ge=0, le=10**6, description="Only cases taken over later than these minutes after dispatch; exclusive."),
    ] = None
    taken_within: Annotated[
        int | None, Query(ge=0, le=10**6, description="Only cases taken over within these minutes of dispatch.")
    ] = None
    untaken: Annotated[bool | None, Query(description="Only cases dispatched that no unit has taken over.")] = None
    returned_twice: Annotated[bool | None, Query(description="Only cases that units gave back twice or more.")] = None
    reopened: Annotated[bool | None, Query(description="Only cases that were reopened once.")] = None
    rated_at_most: Annotated[int | None, Query(ge=1, le=5, description="Only cases rated so low.")] = None
    mine: Annotated[bool, Query(description="Only cases with a unit that the caller belongs to, or one below.")] = False
    bbox: Annotated[
        str | None,
        Query(
            max_length=200,
            description="west,south,east,north in degrees; west > east crosses the antimeridian.",
            examples=["113.2,34.7,113.4,34.9"],
        ),
    ] = None

    def filter(self, session: Session, caller: Principal, now: datetime) -> CaseFilter:
        """Return the filter as queries understand it; a program belongs to no unit."""
        same = (
            "state", "unit", "category", "area", "channel", "supervised", "opened_from", "opened_before",
            "changed_from", "updated_after", "taken_after", "taken_within", "untaken", "returned_twice",
            "reopened", "rated_at_most",
        )  # fmt: skip
        return CaseFilter(
            **{name: getattr(self, name) for name in same},
            states=IN_HAND if self.open else None,
            units=tuple(sorted(units_of(session, caller.actor.id, now))) if self.mine else None,
            done=self.done_today,
            done_from=midnight_of(now) if self.done_today else None,
            overdue_at=now if self.overdue else None,
            bbox=None if self.bbox is None else box_of(self.bbox),
        )
