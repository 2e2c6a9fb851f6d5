"""Meetings as JSON."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.http.instants import Day, Instant
from api.http.texts import Line, Note, Prose
from governance.meetings.rules import MOST_POINTS, MOST_UNITS
from governance.meetings.states import MeetingAction, MeetingState

TopicNumber = Annotated[int, Field(ge=1, le=2**62)]


class AgendaPointIn(BaseModel):
    """A topic of the agenda."""

    model_config = ConfigDict(extra="forbid")

    topic: TopicNumber
    asked: Note = Field(default="", description="What is asked about it.")


class CallIn(BaseModel):
    """A unit that is called."""

    model_config = ConfigDict(extra="forbid")

    unit_code: Line = Field(max_length=128)
    brings: Prose = Field(description="What it brings.")


class MeetingIn(BaseModel):
    """A meeting to be planned."""

    model_config = ConfigDict(extra="forbid")

    title: Line
    begins_at: Instant
    place: Note = ""
    agenda: list[AgendaPointIn] = Field(min_length=1, max_length=MOST_POINTS)
    calls: list[CallIn] = Field(min_length=1, max_length=MOST_UNITS)


class MinutesIn(BaseModel):
    """The minutes of a meeting."""

    model_config = ConfigDict(extra="forbid")

    words: Prose


class MeetingDecisionIn(BaseModel):
    """What a meeting decides about a topic."""

    model_config = ConfigDict(extra="forbid")

    topic: TopicNumber
    unit_code: Line = Field(max_length=128, description="The unit that owns it.")
    words: Prose = Field(description="What is to be done.")
    due_on: Day = Field(description="Until the end of this day.")


class MeetingActionIn(BaseModel):
    """`close` a meeting that was held, or `call_off` one that is planned."""

    model_config = ConfigDict(extra="forbid")

    action: Literal[MeetingAction.CLOSE, MeetingAction.CALL_OFF]


class AgendaPointOut(BaseModel):
    """A topic of the agenda."""

    topic: int
    asked: str


class CallOut(BaseModel):
    """A unit that is called, and the task by which it was."""

    unit_code: str
    brings: str
    task: int


class MeetingDecisionOut(BaseModel):
    """A decision, and the task that it became."""

    topic: int
    unit_code: str
    words: str
    due_on: date
    task: int
    decided_at: datetime
    decided_by: str


class MeetingHeadOut(BaseModel):
    """A meeting without what belongs to it."""

    number: int
    title: str
    place: str
    begins_at: datetime
    state: MeetingState
    planned_at: datetime
    planned_by: str


class MeetingOut(MeetingHeadOut):
    """A meeting."""

    minutes: str | None
    minutes_by: str | None
    agenda: list[AgendaPointOut]
    calls: list[CallOut]
    decisions: list[MeetingDecisionOut]


class MeetingListOut(BaseModel):
    """Meetings, the latest planned first."""

    items: list[MeetingHeadOut]
    next: int | None = Field(description="`after` of the next page; null on the last.")
