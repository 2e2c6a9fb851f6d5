"""Marks on callers and repeats as JSON."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from api.cases.schemas import CaseSummaryOut
from api.http.instants import Day
from api.http.texts import Line, Text
from governance.cases.caller_marks.states import CallerMarkAction, CallerMarkKind, CallerMarkState


class CallerMarkIn(BaseModel):
    """A mark that is proposed on who sent a report."""

    model_config = ConfigDict(extra="forbid")

    report: Line = Field(max_length=40, description="Number of a report of the caller.")
    kind: CallerMarkKind
    reason: Text = Field(min_length=1, max_length=2000)
    last_day: Day = Field(description="The mark ends with this day, within 366 days.")


class CallerMarkDecisionIn(BaseModel):
    """What is done with a mark: confirmed or refused by a second person, or lifted with a reason."""

    model_config = ConfigDict(extra="forbid")

    action: CallerMarkAction
    reason: Text | None = Field(default=None, min_length=1, max_length=2000)


class CallerMarkOut(BaseModel):
    """A mark on whoever sent a report; neither name nor telephone number."""

    mark: int = Field(description="Its number.")
    report: str = Field(description="Number of the report on which it was proposed.")
    kind: CallerMarkKind
    reason: str
    last_day: date
    state: CallerMarkState
    in_force: bool = Field(description="It counts today.")
    proposed_at: datetime
    proposed_by: str
    decided_at: datetime | None
    decided_by: str | None
    lifted_at: datetime | None
    lifted_by: str | None
    lifted_for: str | None


class CallerMarkListOut(BaseModel):
    """Marks on callers."""

    items: list[CallerMarkOut]
    next: int | None = Field(description="`after` of the next page; null at the end.")


class CallerMarksOfCaseOut(BaseModel):
    """Marks in force on who reported a case."""

    number: str
    items: list[CallerMarkOut]


class RepeatedCaseOut(CaseSummaryOut):
    """A case to which its caller came back without new facts."""

    repeats: int = Field(description="How often: reports of the caller that were joined to it.")
    last_repeat_at: datetime = Field(description="When the last of them was reported.")


class RepeatedCaseListOut(BaseModel):
    """Cases with repeats, the most often repeated first."""

    items: list[RepeatedCaseOut]
    repeats: int = Field(description="Repeats of all cases of the answer.")
