"""Reads of meetings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from governance.meetings.rules import MeetingNotFoundError
from governance.meetings.tables import Meeting, MeetingDecision, MeetingTopic, MeetingUnit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class MeetingView:
    """A meeting with its agenda, the units called, and its decisions."""

    meeting: Meeting
    topics: Sequence[MeetingTopic]
    units: Sequence[MeetingUnit]
    decisions: Sequence[MeetingDecision]


def meetings(
    session: Session, *, topic: int | None = None, before: int | None = None, limit: int
) -> Sequence[Meeting]:  # fmt: skip
    """Return meetings, the latest planned first; of a topic those that are about it."""
    query = select(Meeting).order_by(Meeting.id.desc()).limit(limit)
    if topic is not None:
        query = query.where(Meeting.id.in_(select(MeetingTopic.meeting_id).where(MeetingTopic.topic_id == topic)))
    return session.scalars(query if before is None else query.where(Meeting.id < before)).all()


def meeting(session: Session, number: int, *, lock: bool = False) -> Meeting:
    """Return a meeting.

    Raises
    ------
    MeetingNotFoundError
    """
    found = session.get(Meeting, number, with_for_update=lock or None, populate_existing=lock)
    if found is None:
        raise MeetingNotFoundError("There is no meeting {number}.", values={"number": number}, field="meeting")
    return found


def view_of(session: Session, row: Meeting) -> MeetingView:
    """Return a meeting with all that belongs to it."""
    topics = select(MeetingTopic).where(MeetingTopic.meeting_id == row.id).order_by(MeetingTopic.topic_id)
    units = select(MeetingUnit).where(MeetingUnit.meeting_id == row.id).order_by(MeetingUnit.unit_code)
    decisions = select(MeetingDecision).where(MeetingDecision.meeting_id == row.id).order_by(MeetingDecision.id)
    return MeetingView(row, *(session.scalars(query).all() for query in (topics, units, decisions)))
