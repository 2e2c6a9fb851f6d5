"""Indicators, results, comparisons and evidence as JSON."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.http.instants import Day
from api.http.texts import Line
from governance.assessment.rule_files import IndicatorJson, RuleJson
from governance.assessment.states import Grouping, IndicatorAction, IndicatorState, Mark, RunAction, RunState


class IndicatorIn(IndicatorJson):
    """A version of an indicator, as it is proposed."""

    valid_from: Day = Field(description="The first day of the periods for which it counts.")
    valid_until: Day | None = Field(default=None, description="The day behind the last; open if left out.")


class IndicatorsIn(BaseModel):
    """Versions of indicators to be proposed."""

    model_config = ConfigDict(extra="forbid")

    items: list[IndicatorIn] = Field(min_length=1, max_length=100)


class IndicatorDecisionIn(BaseModel):
    """What a second person decides."""

    model_config = ConfigDict(extra="forbid")

    action: IndicatorAction


class IndicatorOut(BaseModel):
    """A version of an indicator."""

    number: int
    code: str
    version: int
    name: str
    source: str = Field(description="The file or decision that states it.")
    valid_from: date
    valid_until: date | None = Field(description="The day behind the last; null: open.")
    rule: RuleJson
    state: IndicatorState
    stated_at: datetime
    stated_by: str
    decided_at: datetime | None
    decided_by: str | None


class IndicatorListOut(BaseModel):
    """Versions of indicators, by code, the latest first."""

    items: list[IndicatorOut]


class PeriodIn(BaseModel):
    """A period of local days of which results are to be computed."""

    model_config = ConfigDict(extra="forbid")

    first_day: Day = Field(examples=["2026-06-01"])
    until_day: Day = Field(description="The day behind the last.", examples=["2026-07-01"])
    reason: Line | None = Field(
        default=None, description="Why they are computed again; needed where results of these days are frozen."
    )


class AssessmentRequestedOut(BaseModel):
    """The job that computes."""

    job: int


class RunActionIn(BaseModel):
    """What is done to results: `freeze` (a second person) or `publish`."""

    model_config = ConfigDict(extra="forbid")

    action: Annotated[RunAction, Field(description="`discard` happens by itself when results are computed anew.")]


class AssessmentOut(BaseModel):
    """The results of a period."""

    number: int
    first_day: date
    until_day: date = Field(description="The day behind the last.")
    version: int
    state: RunState
    cut_at: datetime = Field(description="As the histories stood at this instant.")
    cases: int = Field(description="Cases that counted.")
    facts: int = Field(description="What they counted for, over all indicators.")
    computed_by: str
    frozen_at: datetime | None
    frozen_by: str | None
    published_at: datetime | None
    digest: str | None = Field(description="SHA-256 of all that was counted; it stands in the audit as well.")


class AssessmentListOut(BaseModel):
    """Results, the latest first."""

    items: list[AssessmentOut]
    next: int | None = Field(description="`after` of the next page; null on the last.")


class ValueOut(BaseModel):
    """What an indicator came to for a subject."""

    indicator: str = Field(description="Code of the indicator.", examples=["closed"])
    indicator_number: int = Field(description="Number of the version that counted.")
    name: str
    grouping: Grouping
    subject: str = Field(description="Code of the unit, area, channel or category; number of the person; empty: all.")
    numerator: int
    denominator: int
    excluded: int = Field(description="Left out by the rule; the evidence lists each with the mark that excluded it.")
    percent: Decimal | None = Field(description="Null: nothing was counted.")
    points: Decimal | None
    is_ranked: bool = Field(description="Whether so many were counted as the rule asks for a comparison.")


class ValueListOut(BaseModel):
    """What indicators came to."""

    items: list[ValueOut]


class LimitsOut(BaseModel):
    """The least and the most that chance gives."""

    model_config = ConfigDict(from_attributes=True)

    lower: int
    upper: int


class RanksOut(BaseModel):
    """A rank, 1 the best, and those between which chance would put it 95 times of 100."""

    model_config = ConfigDict(from_attributes=True)

    rank: int
    lower: int
    upper: int


class ComparedOut(BaseModel):
    """A subject beside the others."""

    subject: str
    numerator: int
    denominator: int
    expected: float = Field(
        description="The numerator that the district's rates by category and urgency give its mix of cases."
    )
    warning: LimitsOut = Field(description="Prediction limits of 95 % of the numerator under the common rate.")
    alarm: LimitsOut = Field(description="Prediction limits of 99.8 %.")
    ranks: RanksOut | None = Field(description="Null: fewer were counted than the rule asks for.")


class ComparisonOut(BaseModel):
    """A funnel plot: all subjects of a grouping, and the limits within which chance puts them."""

    indicator: str
    grouping: Grouping
    numerator: int
    denominator: int
    dispersion_factor: float = Field(description="How many times the variance is that of chance alone.")
    dispersion_p: float = Field(description="How probable so much is under chance alone.")
    is_widened: bool = Field(description="Whether the limits are widened by it.")
    items: list[ComparedOut]


class EvidenceOut(BaseModel):
    """Something counted that stands behind a value."""

    number: str = Field(description="Number of the case.")
    step: int = Field(description="The step that began it.")
    at: datetime = Field(description="When it was done or came due, the earlier.")
    unit_code: str | None
    in_numerator: bool
    excluded_by: list[Mark] = Field(description="Empty: it is in the denominator.")
    marks: list[Mark]


class EvidenceListOut(BaseModel):
    """What stands behind a value, of the cases that the caller may see."""

    items: list[EvidenceOut]
    next: str | None = Field(description="`after` of the next page; null on the last.")


class LateCaseOut(BaseModel):
    """A case that got steps dated before the cut-off afterwards."""

    number: str
    first_step: int
    steps: int


class CorrectionsOut(BaseModel):
    """What came late and is not counted: a further version counts it."""

    items: list[LateCaseOut]
