"""Tasks as JSON."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from api.http.instants import Instant
from api.http.texts import Line, Text
from governance.categories.states import LimitUnit
from governance.tasks.rules import LONGEST_TITLE, LONGEST_WORDS, MOST_UNITS
from governance.tasks.states import TaskKind, TaskState, TaskVerb


class TaskLimitIn(BaseModel):
    """How long units have, counted as limits of cases are."""

    model_config = ConfigDict(extra="forbid")

    amount: int = Field(ge=1, le=10_000)
    unit: LimitUnit


class TaskIssueIn(BaseModel):
    """What is asked of units; the deadline is an instant or a limit, one of them."""

    model_config = ConfigDict(extra="forbid")

    kind: TaskKind
    title: Line = Field(min_length=1, max_length=LONGEST_TITLE, examples=["防汛值守点名"])
    text: Text = Field(default="", max_length=LONGEST_WORDS)
    units: list[Line] = Field(min_length=1, max_length=MOST_UNITS, description="Codes of units, each once.")
    due_at: Instant | None = None
    within: TaskLimitIn | None = None


class TaskActIn(BaseModel):
    """What is done to a task at a unit."""

    model_config = ConfigDict(extra="forbid")

    verb: TaskVerb
    text: Text | None = Field(default=None, max_length=LONGEST_WORDS, description="What was done, or why.")
    attachments: list[int] = Field(default=[], max_length=20, description="Numbers of attachments of the task.")


class TaskPartOut(BaseModel):
    """A task at one unit."""

    unit_code: str
    state: TaskState
    version: int
    due_at: datetime
    acknowledged_at: datetime | None
    done_at: datetime | None
    reminders: int
    is_overdue: bool = Field(description="It was done after its deadline, or is late now.")


class TaskOut(BaseModel):
    """A task, and where it is at each unit."""

    task: int
    kind: TaskKind
    title: str
    text: str = Field(description="People in it are masked.")
    issued_at: datetime
    issued_by: str
    due_at: datetime
    units: list[TaskPartOut]


class TaskListOut(BaseModel):
    """Tasks, the latest first."""

    items: list[TaskOut]
    next: int | None = Field(description="`after` of the next page; null on the last.")


class TaskStepOut(BaseModel):
    """A step of a task at a unit."""

    step: int
    unit_code: str
    at: datetime
    verb: TaskVerb
    led_to: TaskState
    actor: str
    text: str | None
    attachments: list[int]


class TaskHistoryOut(BaseModel):
    """The history of a task at all its units, in order."""

    items: list[TaskStepOut]
    next: int | None = Field(description="`after` of the next page; null on the last.")
