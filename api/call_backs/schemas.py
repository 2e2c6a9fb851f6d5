"""Call-backs as JSON."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from api.http.texts import Text
from governance.call_backs.rules import Way


class CallBackBody(BaseModel):
    """What a call-back found."""

    model_config = ConfigDict(extra="forbid")

    contacted: bool = Field(description="Whether the caller was reached.")
    solved: bool | None = Field(default=None, description="By the caller's word; with `contacted`.")
    satisfied: bool | None = Field(default=None, description="By the caller's word; with `contacted`.")
    rating: int | None = Field(default=None, ge=1, le=5, description="1 to 5; one rating a matter and caller.")
    comment: Text | None = Field(default=None, max_length=500, description="What the caller said.")
    reopen: bool = Field(default=False, description="Not solved: reopen the case.")
    reason: Text | None = Field(
        default=None, max_length=500, description="Not solved: why it is reopened, or why not, for the supervisor."
    )


class CallBackOut(BaseModel):
    """A call-back as the history of its case keeps it."""

    step: int
    at: datetime
    by: str
    way: Way
    contacted: bool
    solved: bool | None
    satisfied: bool | None


class CallBackListOut(BaseModel):
    """The call-backs of a case, in order; the last one that reached the caller counts."""

    items: list[CallBackOut]


class CallBackCaseOut(BaseModel):
    """A closed case whose caller is to be called, or whose answer is to be looked at."""

    number: str
    unit_code: str | None
    closed_at: datetime
    tries: int


class CallBackCaseListOut(BaseModel):
    """Cases, the latest first."""

    items: list[CallBackCaseOut]
    next: int | None = Field(description="`after` of the next page; null on the last.")


class CallBackRatesOut(BaseModel):
    """What callers said of a unit's cases; a rate is null where nobody was asked."""

    unit_code: str | None
    closed: int
    called_back: int
    contacted: int
    solved: int
    satisfied: int
    contact_rate: float | None
    solved_rate: float | None
    satisfied_rate: float | None


class CallBackRatesListOut(BaseModel):
    """The three rates (三率) by the unit that handled, the most cases first."""

    items: list[CallBackRatesOut]
