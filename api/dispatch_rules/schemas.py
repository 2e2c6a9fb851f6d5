"""Rules of dispatch as JSON."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.http.instants import Instant
from api.http.texts import Line
from governance.cases.dispatch.states import RuleFinding, When

_DAY = Field(default=None, max_length=5, description="Day of the year, MM-DD.", examples=["06-01"])


class DispatchRuleBase(BaseModel):
    """A rule: conditions that are all met (null limits nothing), and the unit."""

    model_config = ConfigDict(extra="forbid")

    area: Line | None = Field(default=None, max_length=160, description="`LAYER/CODE`.", examples=["admin/410106003"])
    category: Line | None = Field(default=None, max_length=80, description="A category; those below it too.")
    during: When | None = Field(default=None, description="While offices work, or while they do not.")
    season_from: Line | None = _DAY
    season_until: Line | None = _DAY
    level: Line | None = Field(default=None, max_length=80, description="Level of the finest area of the case.")
    unit_code: Line | None = Field(default=None, max_length=80, description="Null: who answers for category and place.")
    note: Line | None = Field(default=None, max_length=200)


class DispatchRuleIn(DispatchRuleBase):
    """A rule as it is sent."""

    @model_validator(mode="after")
    def has_both_ends(self) -> DispatchRuleIn:
        """Require both ends of a season, or none."""
        if (self.season_from is None) != (self.season_until is None):
            raise ValueError("a season has season_from and season_until")
        return self


class DispatchRuleOut(DispatchRuleBase):
    """A rule in its place: the first that matches decides."""

    position: int


class DispatchRuleSetIn(BaseModel):
    """A set of rules in their order."""

    model_config = ConfigDict(extra="forbid")

    rules: list[DispatchRuleIn] = Field(max_length=2000)
    note: Line = Field(default="", max_length=200)


class DispatchRulePublicationIn(BaseModel):
    """When a set begins to count."""

    model_config = ConfigDict(extra="forbid")

    effective_at: Instant | None = Field(default=None, description="First instant; now if left out.")


class DispatchRuleSetSummaryOut(BaseModel):
    """A set of rules; it counts from `effective_at` (null: not published) until a later set does."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    note: str
    made_at: datetime
    made_by: str
    effective_at: datetime | None
    published_at: datetime | None
    published_by: str | None


class DispatchRuleSetOut(DispatchRuleSetSummaryOut):
    """A set with its rules."""

    rules: list[DispatchRuleOut]


class DispatchRuleSetListOut(BaseModel):
    """Sets, the latest first."""

    in_force: int | None = Field(description="The set that counts now.")
    items: list[DispatchRuleSetSummaryOut]
    next: int | None = Field(description="`after` of the next page; null on the last.")


class DispatchRuleFindingOut(BaseModel):
    """What is wrong with a rule, or doubtful."""

    model_config = ConfigDict(from_attributes=True)

    position: int
    kind: RuleFinding
    by: list[int] = Field(description="The earlier rules that shadow it.")


class DispatchRuleCheckOut(BaseModel):
    """What was found in a set; `since` and `until`: the cases that were asked whether each rule fires."""

    since: datetime
    until: datetime
    items: list[DispatchRuleFindingOut]


class DispatchTrialOut(BaseModel):
    """What a set decides for a case now; nothing is changed."""

    number: str
    unit_code: str | None = Field(description="Null: nobody answers.")
    rule: int = Field(description="The rule that decides; 0: none, who answers for category and place.")
    behind: list[int] = Field(description="Rules that match too and stand behind it.")
    passed: dict[int, str] = Field(description="Rules before it, each with the first condition that the case misses.")


class DispatchChangeOut(BaseModel):
    """A case that would go elsewhere."""

    model_config = ConfigDict(from_attributes=True)

    number: str
    area: str | None
    category: str
    before: str | None
    after: str | None
    rule: int


class DispatchUnitChangeOut(BaseModel):
    """How many cases would go from one unit to another; null: nobody."""

    before: str | None
    after: str | None
    cases: int


class DispatchAreaChangeOut(BaseModel):
    """How many cases of an area would go elsewhere."""

    area: str | None
    cases: int


class DispatchReplayOut(BaseModel):
    """What a set would have changed over the cases of a span, against the set in force at its end."""

    since: datetime
    until: datetime
    cases: int
    changed: int
    by_unit: list[DispatchUnitChangeOut]
    by_area: list[DispatchAreaChangeOut]
    fired: dict[int, int] = Field(description="Cases that each rule decides; 0: left to who answers.")
    changes: list[DispatchChangeOut] = Field(description="The first of them.")
