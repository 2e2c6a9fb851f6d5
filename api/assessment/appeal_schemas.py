"""Appeals as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from api.http.texts import Line, Prose
from governance.assessment.appeals.rules import MOST_EVIDENCE
from governance.assessment.appeals.states import AppealAction, AppealState, Ground
from governance.assessment.states import Counted, Grouping


class AppealIn(BaseModel):
    """What is contested, as the evidence of a value lists it, and why."""

    model_config = ConfigDict(extra="forbid")

    assessment: int = Field(ge=1, le=2**62, description="Number of the results.")
    counted: Counted = Field(description="What was counted, as the indicator says.")
    number: Line = Field(max_length=40, description="Number of the case.")
    step: int = Field(ge=1, le=9_999, description="The step that began it.")
    ground: Ground
    words: Prose
    evidence: list[Line] = Field(
        min_length=1, max_length=MOST_EVIDENCE, description="Documents, attachments, places: a line each."
    )


class AppealWordsIn(BaseModel):
    """What the other side says."""

    model_config = ConfigDict(extra="forbid")

    words: Prose


class AppealDecisionIn(BaseModel):
    """What is decided, and why."""

    model_config = ConfigDict(extra="forbid")

    action: Literal[AppealAction.GRANT, AppealAction.REFUSE]
    reason: Prose


class FiguresOut(BaseModel):
    """A value of an indicator."""

    numerator: int
    denominator: int
    percent: str | None
    points: str | None


class EffectOut(BaseModel):
    """What a granted appeal changes in a value."""

    indicator: str
    grouping: Grouping
    subject: str
    before: FiguresOut
    after: FiguresOut


class AppealOut(BaseModel):
    """An appeal with what both sides say, the decision, and what it changes."""

    appeal: int
    assessment: int
    counted: Counted
    number: str = Field(description="Number of the case.")
    step: int
    unit_code: str | None
    ground: Ground
    words: str
    evidence: list[str]
    state: AppealState
    filed_at: datetime
    filed_by: str
    due_at: datetime = Field(description="Until when it is to be decided.")
    answer: str | None
    answered_at: datetime | None
    answered_by: str | None
    reason: str | None
    decided_at: datetime | None
    decided_by: str | None
    effect: list[EffectOut] | None


class AppealListOut(BaseModel):
    """Appeals, the latest first."""

    items: list[AppealOut]
    next: int | None = Field(description="`after` of the next page; null on the last.")
