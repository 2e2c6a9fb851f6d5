"""Parts of cases as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from api.cases.schemas import ClockOut, Photo
from api.cases.whistle_schemas import CountedLimit
from api.http.instants import Instant
from api.http.texts import Line, Text
from governance.cases.lifecycle.states import ReturnReason
from governance.cases.parts.states import PartState, PartVerb
from governance.categories.states import Step

PartAct = Literal[
    PartVerb.ACKNOWLEDGE, PartVerb.RETURN, PartVerb.FINISH, PartVerb.SEND_BACK, PartVerb.EXTEND, PartVerb.WITHDRAW
]
"""What is done to a part that was given."""


class PartGiveIn(BaseModel):
    """Which unit gets a part of the case, and what it is to do."""

    model_config = ConfigDict(extra="forbid")

    unit_code: Line = Field(max_length=80, description="Code of the unit.", examples=["410106-cg"])
    reason: Text = Field(min_length=1, max_length=2000, description="What the unit is to do.")
    within: CountedLimit | None = Field(default=None, description="Its limit, in place of the category's for handling.")


class PartActIn(BaseModel):
    """What is done to a part."""

    model_config = ConfigDict(extra="forbid")

    verb: PartAct
    reason: Text | None = Field(default=None, max_length=2000)
    return_reason: ReturnReason | None = None
    opinion: Text | None = Field(default=None, max_length=2000, description="What was done.")
    photos: list[Photo] = Field(default=[], max_length=20, description="Photos of the case: SHA-256 or number of each.")
    device_at: Instant | None = Field(default=None, description="The device's time; the server's counts.")


class PartSummaryOut(BaseModel):
    """A part of a case as it stands."""

    case: str = Field(description="Number of the case.")
    part: int = Field(description="Its number within the case.")
    unit_code: str
    state: PartState
    given_at: datetime
    ended_at: datetime | None
    due_at: datetime | None
    due_step: Step | None
    is_overdue: bool


class PartOut(PartSummaryOut):
    """A part of a case with its clocks."""

    clocks: list[ClockOut]


class PartsOfCaseOut(BaseModel):
    """The parts of a case, in their order; what was written to them is in the case's history."""

    items: list[PartOut]


class PartListOut(BaseModel):
    """Parts of cases, the latest first."""

    items: list[PartSummaryOut]
    next: int | None = Field(description="`after` of the next page; null on the last.")
