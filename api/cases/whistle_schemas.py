"""Joint handling as JSON."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from api.cases.schemas import Photo
from api.http.instants import Instant
from api.http.texts import Line, Text
from governance.cases.joint_handling.rules import FARTHEST_NEAR_M, LONGEST_NAME, MOST_UNITS
from governance.cases.joint_handling.states import AnswerState, WhistleState, WhistleVerb
from governance.categories.rules import LARGEST_AMOUNT
from governance.categories.states import LimitUnit


class CountedLimit(BaseModel):
    """Within how much time something is due, counted as limits of cases are."""

    model_config = ConfigDict(extra="forbid")

    amount: int = Field(ge=1, le=LARGEST_AMOUNT)
    unit: LimitUnit


class WhistleKindIn(BaseModel):
    """What a kind of whistle is from an instant on."""

    model_config = ConfigDict(extra="forbid")

    name: Line = Field(max_length=LONGEST_NAME, examples=["综合执法哨"])
    unit_kinds: list[Line] = Field(max_length=20, description="Kinds of units that blow it; none: nobody does.")
    roles: list[Line] = Field(default=[], max_length=40, description="Roles of which a person has one; none: any.")
    sign: CountedLimit = CountedLimit(amount=1, unit=LimitUnit.HOURS)
    contact: CountedLimit = CountedLimit(amount=24, unit=LimitUnit.HOURS)
    arrive: CountedLimit
    near_m: int = Field(default=200, ge=1, le=FARTHEST_NEAR_M, description="Further off an arrival is distant.")
    pauses: bool = Field(default=False, description="The clock of handling stands while it is open.")
    start: Instant | None = Field(default=None, description="First instant; now if left out.")
    until: Instant | None = Field(default=None, description="First instant at which it no longer holds.")


class WhistleKindEndIn(BaseModel):
    """When what was stated of a kind of whistle ends."""

    model_config = ConfigDict(extra="forbid")

    at: Instant | None = Field(default=None, description="Now if left out.")


class WhistleKindOut(BaseModel):
    """A kind of whistle."""

    code: str
    name: str
    unit_kinds: list[str]
    roles: list[str]
    sign: CountedLimit
    contact: CountedLimit
    arrive: CountedLimit
    near_m: int
    pauses: bool


class WhistleKindListOut(BaseModel):
    """The kinds of whistles at an instant: those that were stated, and built-in ones that nothing states."""

    at: datetime
    items: list[WhistleKindOut]


class WhistleCallIn(BaseModel):
    """Which units are called to the case, and why."""

    model_config = ConfigDict(extra="forbid")

    kind: Line = Field(max_length=80, examples=["enforcement"])
    units: list[Line] = Field(min_length=1, max_length=MOST_UNITS, description="Codes of units, each once.")
    reason: Text = Field(min_length=1, max_length=2000)
    arrive_by: Instant | None = Field(default=None, description="A time of the visit, in place of the kind's limit.")


class WhistleActIn(BaseModel):
    """What is done to a whistle."""

    model_config = ConfigDict(extra="forbid")

    verb: WhistleVerb
    unit_code: Line | None = Field(
        default=None, max_length=80, description="The called unit; left out: that of the caller, or the only one."
    )
    opinion: Text | None = Field(default=None, max_length=2000, description="The unit's opinion, or the conclusion.")
    reason: Text | None = Field(default=None, max_length=2000)
    photos: list[Photo] = Field(default=[], max_length=20, description="Photos of the case: SHA-256 or number of each.")
    lon: float | None = Field(default=None, ge=-180, le=180, description="Where the unit arrived, WGS 84.")
    lat: float | None = Field(default=None, ge=-90, le=90)
    accuracy_m: float | None = Field(default=None, ge=0, le=100_000, description="Accuracy of the place, metres.")
    agrees: bool = Field(default=True, description="Whether the unit agrees with the conclusion.")
    rating: int | None = Field(default=None, ge=1, le=5)
    device_at: Instant | None = Field(default=None, description="The device's time; the server's counts.")


class WhistleAnswerOut(BaseModel):
    """A called unit: by when it owes what, when it did it, and how it was rated."""

    unit_code: str
    state: AnswerState
    sign_due_at: datetime
    contact_due_at: datetime
    arrive_due_at: datetime
    signed_at: datetime | None
    contacted_at: datetime | None
    arrived_at: datetime | None
    is_late: bool = Field(description="It arrived after its time, or has not come and the time is over.")
    distance_m: float | None = Field(description="Of the arrival from the case's point, in metres.")
    is_distant: bool | None = Field(description="Certainly further off than is near, at its accuracy.")
    agrees: bool | None = Field(description="With the conclusion; null: not signed.")
    rating: int | None


class WhistleOut(BaseModel):
    """A whistle and the units that it calls."""

    case: str = Field(description="Number of the case.")
    whistle: int = Field(description="Its number within the case.")
    kind: str
    state: WhistleState
    unit_code: str = Field(description="The street that called.")
    called_at: datetime
    called_by: str
    ended_at: datetime | None = Field(description="When it was concluded, or called off.")
    pauses: bool
    near_m: int
    units: list[WhistleAnswerOut]


class WhistlesOfCaseOut(BaseModel):
    """The whistles of a case, in their order."""

    items: list[WhistleOut]


class UnitAnswersOut(BaseModel):
    """How a unit answered the whistles that called it."""

    unit_code: str
    called: int
    signed_in_time: int
    contacted_in_time: int
    arrived: int
    arrived_in_time: int
    missing: int = Field(description="It has not come, and its time was over before the whistle ended.")
    distant: int
    agreed: int
    objected: int
    rated: int
    mean_rating: float | None
    median_hours: float | None = Field(description="From the call to the arrival.")


class StreetWhistlesOut(BaseModel):
    """What a street's whistles of a kind came to."""

    unit_code: str
    kind: str
    whistles: int
    open: int
    concluded: int
    settled: int = Field(description="Of the concluded ones: signed by all who came.")
    called_off: int


class WhistleCountsOut(BaseModel):
    """Counts of the whistles that were blown in a span."""

    since: datetime
    until: datetime
    units: list[UnitAnswersOut]
    streets: list[StreetWhistlesOut]


class WhistleListOut(BaseModel):
    """Whistles, the latest first."""

    items: list[WhistleOut]
    next: int | None = Field(description="`after` of the next page; null on the last.")
