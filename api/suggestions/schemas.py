"""Suggestions, trained models and their back-tests as JSON."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from api.http.texts import Prose
from governance.suggestions.rules import DANGER_FROM, SURE_FROM
from governance.suggestions.states import Doubt, Target


class SuggestTextIn(BaseModel):
    """A text that is no report yet."""

    model_config = ConfigDict(extra="forbid")

    text: Prose = Field(description="What the caller says.", examples=["孟津路口垃圾桶满了没人清"])


class LikelyOut(BaseModel):
    """A value and how probable it is."""

    model_config = ConfigDict(from_attributes=True)

    value: str
    probability: float = Field(description="0 to 1.")


class SuggestionOut(BaseModel):
    """What a text speaks for; nothing is set by it."""

    model_config = ConfigDict(from_attributes=True)

    target: Target
    value: str | None = Field(
        description="Code of a category, `normal` or `urgent`, `yes` or `no`; null: there is nothing to suggest.",
        examples=["E0102"],
    )
    probability: float | None = Field(
        description=f"0 to 1, calibrated. From {SURE_FROM} on it counts as sure; a danger is named from {DANGER_FROM}."
    )
    alternatives: list[LikelyOut] = Field(description="What else it may be, the likeliest first.")
    reasons: list[str] = Field(description="Pieces of the text that speak for it, the strongest first.")
    doubt: Doubt | None = Field(description="Why it is not to be relied on; null: it is sure.")
    model: int | None = Field(description="Version of the target's model.")


class SuggestionListOut(BaseModel):
    """One suggestion a target."""

    number: str | None = Field(description="Number of the case; null for a text that is no report.")
    danger: bool | None = Field(description="Whether a person marked a danger to life in the case; null: nobody did.")
    items: list[SuggestionOut]


class DangerIn(BaseModel):
    """What a person says of a case."""

    model_config = ConfigDict(extra="forbid")

    danger: bool = Field(description="Whether life is in danger.")


class DangerOut(BaseModel):
    """What a person said of a case."""

    number: str
    danger: bool
    at: datetime
    by: str


class ReliabilityBinOut(BaseModel):
    """Tested cases whose stated probability lies in one tenth."""

    cases: int
    stated: float = Field(description="Mean probability that was stated.")
    right: float = Field(description="Share that was right.")


class BacktestOut(BaseModel):
    """How a model that knew only what was before judged the latest fifth of the cases."""

    taught: int = Field(description="Cases that taught.")
    tested: int = Field(description="Cases that tested.")
    accuracy: float
    among_three: float = Field(description="Share of cases whose value was among the three likeliest.")
    most_frequent: float = Field(description="Accuracy of always naming the commonest value.")
    sure: float = Field(description="Share of cases with a sure suggestion.")
    right_when_sure: float | None = Field(description="Share of those that was right; null: none was sure.")
    calibration_error: float = Field(description="Mean distance of stated probability from the share that was right.")
    uncalibrated_error: float = Field(description="The same before calibration.")
    temperature: float = Field(description="What scores are divided by, which calibrates them.")
    reliability: list[ReliabilityBinOut]
    recall: dict[str, float] = Field(description="Share of each value's cases that was found.")


class SuggestionModelOut(BaseModel):
    """One training."""

    number: int
    target: Target
    version: int
    trained_at: datetime
    trained_by: str
    cases: int
    lack: str | None = Field(
        description="Why no model was made: `cases` (too few) or `values` (fewer than two with enough cases)."
    )
    backtest: BacktestOut | None


class SuggestionModelListOut(BaseModel):
    """Trainings, the latest first."""

    items: list[SuggestionModelOut]
    next: int | None = Field(description="`after` of the next page; null on the last.")


class TrainingRequestedOut(BaseModel):
    """The job that trains."""

    job: int
