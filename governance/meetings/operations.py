"""Writes of meetings: plan one and call its units, write minutes, decide, close or call off."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from core import audit, clock
from governance.hotspots.topics import operations as topics
from governance.hotspots.topics.queries import get_topic
from governance.meetings import queries, rules
from governance.meetings.states import MEETING, MeetingAction, MeetingState
from governance.meetings.tables import Meeting, MeetingDecision, MeetingTopic, MeetingUnit
from governance.tasks import operations as tasks
from governance.tasks.rules import TaskIn
from governance.tasks.states import TaskKind
from identity.units.queries import UnitFilter, units_at

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from governance.meetings.rules import MeetingIn
    from identity.actors import Actor


def plan(session: Session, given: MeetingIn, *, actor: Actor) -> Meeting:
    """Plan a meeting on topics, and call each unit by a task that says what it brings, due when the meeting begins.

    Raises
    ------
    MeetingInvalidError, TopicNotFoundError, UnitNotFoundError
    """
    now = clock.now()
    given.check(now)
    for point in given.agenda:
        get_topic(session, point.topic)
    row = Meeting(
        title=given.title.strip(), place=given.place, begins_at=given.begins_at, state=MeetingState.PLANNED,
        planned_at=now, planned_by_id=actor.id, planned_by=actor.name,
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.add_all(MeetingTopic(meeting_id=row.id, topic_id=one.topic, asked=one.asked) for one in given.agenda)
    for call in given.calls:
        task = _task(session, row.title, call.brings, call.unit_code, given.begins_at, actor)
        session.add(MeetingUnit(meeting_id=row.id, unit_code=call.unit_code, brings=call.brings, task_id=task))
    audit.record(
        session, actor=actor, action="meetings.plan", subject=f"meeting/{row.id}",
        topics=[one.topic for one in given.agenda], units=[one.unit_code for one in given.calls],
    )  # fmt: skip
    session.flush()
    return row


def write_minutes(session: Session, number: int, words: str, *, actor: Actor) -> Meeting:
    """Write the minutes of a meeting that has begun; they may be written anew until it is closed.

    Raises
    ------
    MeetingNotFoundError, MeetingStateError, MeetingInvalidError
    """
    row = _moved(session, number, MeetingAction.HOLD)
    if row.begins_at > clock.now():
        raise rules.MeetingStateError(
            "The meeting begins at {at}.", values={"at": row.begins_at.isoformat()}, field="meeting"
        )
    if not words.strip():
        raise rules.MeetingInvalidError("Write the minutes.", field="words")
    MEETING.move(row, MeetingAction.HOLD)
    row.minutes, row.minutes_by = words.strip(), actor.name
    audit.record(session, actor=actor, action="meetings.write_minutes", subject=f"meeting/{number}")
    session.flush()
    return row


def decide(
    session: Session, number: int, *, topic: int, unit: str, words: str, due_on: date, actor: Actor
) -> MeetingDecision:
    """Keep a decision of a meeting that was held: a unit owns a topic of its agenda until a day.

    It becomes a task of the unit, due at the end of the day, and stands on the topic's history as owner, measures and
    follow-up, and so in the next monthly notice.

    Raises
    ------
    MeetingNotFoundError, MeetingStateError, MeetingInvalidError, UnitNotFoundError, TaskInvalidError
    """
    row = queries.meeting(session, number, lock=True)
    if row.state != MeetingState.HELD:
        raise rules.MeetingStateError("The meeting is {state}.", values={"state": row.state}, field="meeting")
    if session.get(MeetingTopic, (number, topic)) is None:
        raise rules.MeetingInvalidError("Topic {topic} is not on the agenda.", values={"topic": topic}, field="topic")
    if not words.strip():
        raise rules.MeetingInvalidError("Say what is to be done.", field="words")
    due = datetime.combine(due_on, time(23, 59, 59), clock.LOCAL)
    task = _task(session, row.title, words, unit, due, actor)
    names = {one.unit_code: one.name for one in units_at(session, clock.now(), UnitFilter(codes=[unit]))}
    topics.decide(
        session, topic_id=topic, actor=actor, owner=names.get(unit, unit), measures=words.strip(), follow_up_on=due_on
    )
    made = MeetingDecision(
        meeting_id=number, topic_id=topic, unit_code=unit, words=words.strip(), due_on=due_on, task_id=task,
        decided_at=clock.now(), decided_by=actor.name,
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record(
        session, actor=actor, action="meetings.decide", subject=f"meeting/{number}", topic=topic, unit=unit, task=task
    )
    return made


def act(session: Session, number: int, action: MeetingAction, *, actor: Actor) -> Meeting:
    """Close a meeting that was held, or call off one that is planned.

    Raises
    ------
    MeetingNotFoundError, MeetingStateError, MeetingInvalidError
    """
    if action is MeetingAction.HOLD:
        raise rules.MeetingInvalidError("Write the minutes.", field="action")
    row = _moved(session, number, action)
    MEETING.move(row, action)
    audit.record(session, actor=actor, action=f"meetings.{action}", subject=f"meeting/{number}")
    session.flush()
    return row


def _task(session: Session, title: str, words: str, unit: str, due: datetime, actor: Actor) -> int:
    given = TaskIn(kind=TaskKind.INSTRUCTION, title=title[:200], words=words, units=[unit], due_at=due)
    return tasks.issue(session, given, actor=actor).task.id


def _moved(session: Session, number: int, action: MeetingAction) -> Meeting:
    row = queries.meeting(session, number, lock=True)
    if not MEETING.allows(row, action):
        raise rules.MeetingStateError("The meeting is {state}.", values={"state": row.state}, field="meeting")
    return row
