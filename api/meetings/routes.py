"""Joint consultations (联席会商) on hotspot topics: planned, held, decided; decisions become tasks of units.

Who issues tasks plans meetings and keeps what they decide; who reads cases reads them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Path, Query

from api.http.access import LocalCaseViewer, TaskIssuer
from api.http.dependencies import SessionDep, SnapshotDep
from api.http.openapi import feature_router
from api.http.problems import responses
from api.meetings.schemas import (
    AgendaPointOut,
    CallOut,
    MeetingActionIn,
    MeetingDecisionIn,
    MeetingDecisionOut,
    MeetingHeadOut,
    MeetingIn,
    MeetingListOut,
    MeetingOut,
    MinutesIn,
)
from core.personal import masked_text
from governance.meetings import operations, queries, rules

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from governance.meetings.tables import Meeting

router = feature_router(prefix="/v1/meetings", tags=["meetings"])
Number = Annotated[int, Path(ge=1, le=2**62, description="Number of the meeting.")]
WRITE = responses(400, 401, 403, 404, 409, 422, 503)


@router.get("", responses=responses(400, 401, 403, 503))
def list_meetings(
    session: SnapshotDep,
    _: LocalCaseViewer,
    topic: Annotated[int | None, Query(ge=1, le=2**62, description="Only those about this topic.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    after: Annotated[int | None, Query(ge=1, le=2**62, description="`next` of the page before.")] = None,
) -> MeetingListOut:
    """List meetings, the latest planned first."""
    rows = queries.meetings(session, topic=topic, before=after, limit=limit + 1)
    following = rows[limit - 1].id if len(rows) > limit else None
    return MeetingListOut(items=[MeetingHeadOut.model_validate(_head(one)) for one in rows[:limit]], next=following)


@router.post("", status_code=201, responses=WRITE)
def plan_meeting(session: SessionDep, issuer: TaskIssuer, body: MeetingIn) -> MeetingOut:
    """Plan a meeting on topics; each unit is called by a task that says what it brings."""
    given = rules.MeetingIn(
        title=body.title, begins_at=body.begins_at, place=body.place,
        agenda=[rules.AgendaPoint(one.topic, one.asked) for one in body.agenda],
        calls=[rules.Call(one.unit_code, one.brings) for one in body.calls],
    )  # fmt: skip
    return _meeting(session, operations.plan(session, given, actor=issuer.actor))


@router.get("/{meeting}", responses=responses(400, 401, 403, 404, 503))
def read_meeting(session: SnapshotDep, _: LocalCaseViewer, meeting: Number) -> MeetingOut:
    """Read a meeting: agenda, units called, minutes, decisions with their tasks."""
    return _meeting(session, queries.meeting(session, meeting))


@router.put("/{meeting}/minutes", responses=WRITE)
def write_minutes(session: SessionDep, issuer: TaskIssuer, meeting: Number, body: MinutesIn) -> MeetingOut:
    """Write the minutes of a meeting that has begun."""
    return _meeting(session, operations.write_minutes(session, meeting, body.words, actor=issuer.actor))


@router.post("/{meeting}/decisions", status_code=201, responses=WRITE)
def decide_in_meeting(session: SessionDep, issuer: TaskIssuer, meeting: Number, body: MeetingDecisionIn) -> MeetingOut:
    """Keep a decision: it becomes a task of the unit, and stands on the topic's history."""
    operations.decide(
        session, meeting, topic=body.topic, unit=body.unit_code, words=body.words, due_on=body.due_on,
        actor=issuer.actor,
    )  # fmt: skip
    return _meeting(session, queries.meeting(session, meeting))


@router.post("/{meeting}/actions", responses=WRITE)
def act_on_meeting(session: SessionDep, issuer: TaskIssuer, meeting: Number, body: MeetingActionIn) -> MeetingOut:
    """Close a meeting that was held, or call off one that is planned."""
    return _meeting(session, operations.act(session, meeting, body.action, actor=issuer.actor))


def _head(row: Meeting) -> dict[str, Any]:
    known: dict[str, Any] = {name: getattr(row, name) for name in MeetingOut.model_fields if hasattr(row, name)}
    return known | {"number": row.id, "title": masked_text(row.title), "place": masked_text(row.place)}


def _meeting(session: Session, row: Meeting) -> MeetingOut:
    view = queries.view_of(session, row)
    return MeetingOut.model_validate(_head(row) | {
        "minutes": masked_text(row.minutes) if row.minutes else None,
        "agenda": [AgendaPointOut(topic=one.topic_id, asked=masked_text(one.asked)) for one in view.topics],
        "calls": [
            CallOut(unit_code=one.unit_code, brings=masked_text(one.brings), task=one.task_id) for one in view.units
        ],
        "decisions": [
            MeetingDecisionOut(
                topic=one.topic_id, unit_code=one.unit_code, words=masked_text(one.words), due_on=one.due_on,
                task=one.task_id, decided_at=one.decided_at, decided_by=one.decided_by,
            )
            for one in view.decisions
        ],
    })  # fmt: skip
