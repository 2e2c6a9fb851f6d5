"""Seats, duties and absences as JSON."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from api.http.instants import Instant
from api.http.texts import Line

_START = Field(default=None, description="First instant; now if left out.")
_UNTIL = Field(default=None, description="First instant no longer; open if left out.")


class SeatStateIn(BaseModel):
    """What a seat is from an instant on."""

    model_config = ConfigDict(extra="forbid")

    name: Line = Field(max_length=80, examples=["热线受理 01"])
    zone: Line = Field(max_length=80, examples=["调度指挥区"])
    unit_code: Line | None = Field(default=None, max_length=80, description="Unit that sends who sits there.")
    start: Instant | None = _START
    until: Instant | None = _UNTIL


class SeatEndIn(BaseModel):
    """When a seat ends."""

    model_config = ConfigDict(extra="forbid")

    at: Instant | None = Field(default=None, description="First instant at which it is no seat; now if left out.")


class SeatDutyIn(BaseModel):
    """Who sits in a seat for a time."""

    model_config = ConfigDict(extra="forbid")

    person: int | None = Field(ge=1, le=2**31 - 1, description="Number of the person; null: nobody.")
    start: Instant | None = _START
    until: Instant | None = _UNTIL


class AbsenceIn(BaseModel):
    """That a person is away for a time, or is not, and who stands in."""

    model_config = ConfigDict(extra="forbid")

    person: int = Field(ge=1, le=2**31 - 1, description="Number of the person who is away.")
    stand_in: int | None = Field(default=None, ge=1, le=2**31 - 1, description="Number of who stands in; null: nobody.")
    is_away: bool = Field(default=True, description="False: is there, whatever was stated before.")
    start: Instant | None = _START
    until: Instant | None = _UNTIL


class SeatedOut(BaseModel):
    """A person in a seat."""

    id: int
    name: str


class SeatOut(BaseModel):
    """A seat at an instant: who sits there by the roster, whether away, and who stands in."""

    code: str
    name: str
    zone: str
    unit_code: str | None
    person: SeatedOut | None
    is_away: bool
    stand_in: SeatedOut | None


class SeatListOut(BaseModel):
    """All seats at an instant, by zone and code."""

    at: datetime
    items: list[SeatOut]


class AbsenceOut(BaseModel):
    """A person is away."""

    person: int
    stand_in: int | None
    valid_from: datetime
    valid_to: datetime | None


class AbsenceListOut(BaseModel):
    """Absences that hold at an instant or later, by time."""

    at: datetime
    items: list[AbsenceOut]


class RosterAbsenceOut(BaseModel):
    """That who sits there is away for a time, and who stands in."""

    stand_in: SeatedOut | None
    valid_from: datetime
    valid_to: datetime | None


class RosterEntryOut(BaseModel):
    """That a person sits in a seat for a time."""

    code: str
    person: SeatedOut
    valid_from: datetime
    valid_to: datetime | None
    away: list[RosterAbsenceOut]


class RosterOut(BaseModel):
    """Who sits where in a half-open span of time, by seat and time."""

    start: datetime
    until: datetime
    items: list[RosterEntryOut]
