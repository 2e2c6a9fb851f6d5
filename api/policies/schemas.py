"""Values of policy as JSON."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from api.http.instants import Instant
from api.http.texts import Line
from governance.policies.states import PolicyAction, PolicyCode, PolicyState


class PolicyIn(BaseModel):
    """A value from an instant on, now if left out."""

    model_config = ConfigDict(extra="forbid")

    code: PolicyCode
    value: Line = Field(
        max_length=40, description="A number, one with a unit, or a time.", examples=["8 working_hours"]
    )
    note: Line = Field(description="The file or decision that states it.")
    effective_from: Instant | None = None


class PolicyDecisionIn(BaseModel):
    """What a second person does with a value that waits; who stated it may refuse it, too."""

    model_config = ConfigDict(extra="forbid")

    action: PolicyAction


class PolicyOut(BaseModel):
    """A value that counts at an instant."""

    code: PolicyCode
    value: str
    default: str = Field(description="What counts where nothing is stated.")
    two_persons: bool = Field(description="It decides over deadlines: a second person confirms it.")


class PolicyListOut(BaseModel):
    """All values that count at an instant."""

    at: datetime
    items: list[PolicyOut]


class PolicyStatedOut(BaseModel):
    """A value as it was stated, and what was decided."""

    number: int
    code: PolicyCode
    value: str
    state: PolicyState
    effective_from: datetime
    note: str
    stated_at: datetime
    stated_by: str
    decided_at: datetime | None
    decided_by: str | None


class PolicyStatedListOut(BaseModel):
    """Stated values, the latest first."""

    items: list[PolicyStatedOut]
    next: int | None = Field(description="`after` of the next page; null on the last.")
