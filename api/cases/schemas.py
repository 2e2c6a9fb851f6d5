"""Cases as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.http.instants import Instant
from api.http.texts import Line, Text
from governance.cases.clocks.measuring import ClockState, Happening
from governance.cases.lifecycle.states import CaseState, Duty, Effect, ReturnReason, Verb
from governance.categories.states import Step, Urgency
from identity.grants import Scope

Photo = Annotated[Line, Field(max_length=200)]


class CaseOpenIn(BaseModel):
    """A report whose case is opened."""

    model_config = ConfigDict(extra="forbid")

    report: Line = Field(max_length=40, description="Number of the report.", examples=["SJ2607000731-4"])
    deadline: Instant | None = Field(default=None, description="Deadline from outside, beside the clocks.")


class CaseActIn(BaseModel):
    """What is done to a case; which fields a verb needs is in `GET /v1/cases/transitions`."""

    model_config = ConfigDict(extra="forbid")

    verb: Verb
    reason: Text | None = Field(default=None, max_length=2000)
    return_reason: ReturnReason | None = None
    opinion: Text | None = Field(default=None, max_length=2000, description="What was found or done.")
    photos: list[Photo] = Field(default=[], max_length=20, description="Photos of the case: SHA-256 or number of each.")
    lon: float | None = Field(default=None, ge=-180, le=180, description="Where it was done, WGS 84.")
    lat: float | None = Field(default=None, ge=-90, le=90)
    unit_code: Line | None = Field(default=None, max_length=80, description="Unit it goes to, in place of the rules'.")
    person: Line | None = Field(default=None, max_length=200, description="Account of the person who is accused.")
    category: Line | None = Field(default=None, max_length=80, description="Code of the category.")
    urgency: Urgency | None = Field(default=None, description="The category's if left out.")
    rating: int | None = Field(default=None, ge=1, le=5)
    recipient: Line | None = Field(
        default=None, max_length=80, description="District or office outside of it to which the case is transferred."
    )
    receipt: Line | None = Field(default=None, max_length=80, description="Number under which it was taken there.")
    knowledge: Line | None = Field(
        default=None, max_length=80, description="Code of the entry of the knowledge base that answers it."
    )
    device_at: Instant | None = Field(default=None, description="The device's time; the server's counts.")


class ClockMoveOut(BaseModel):
    """Why a due time changed."""

    at: datetime
    reason: Happening
    before: datetime | None
    after: datetime | None


class CasePauseOut(BaseModel):
    """While a clock did not run."""

    start: datetime
    until: datetime | None = Field(description="Null: still paused.")


class ClockOut(BaseModel):
    """A clock of a case, measured now; each is shown apart."""

    step: Step
    state: ClockState
    due: datetime | None = Field(description="Null: no limit, or paused before it was due.")
    fixed_due: datetime | None = Field(description="Deadline from outside.")
    used_s: float = Field(description="Seconds that counted.")
    left_s: float | None = Field(description="Seconds left, negative by what is over; null: no limit.")
    extensions: int
    pauses: list[CasePauseOut]
    is_overdue: bool
    moves: list[ClockMoveOut]


class CaseSummaryOut(BaseModel):
    """A case as it stands."""

    number: str
    state: CaseState
    version: int
    category: str | None = Field(description="Null: nobody has said yet what the channel's word means.")
    category_path: list[str]
    word: str = Field(description="The category as the channel sent it.")
    urgency: Urgency
    channel: str
    external_id: str | None
    unit_code: str | None
    layer: str | None
    area_path: list[str]
    lon: float | None
    lat: float | None
    reported_at: datetime
    opened_at: datetime
    changed_at: datetime
    due_at: datetime | None
    due_step: Step | None
    is_overdue: bool
    supervised: bool
    rating: int | None


class CaseOut(CaseSummaryOut):
    """A case with its clocks and what its state allows."""

    clocks: list[ClockOut]
    allowed: list[Verb] = Field(description="What the state allows; who may is in the table of transitions.")
    offered: list[Verb] = Field(description="What the caller may do now, also what begins beside the case.")


class CaseListOut(BaseModel):
    """Cases, the latest first."""

    items: list[CaseSummaryOut]
    next: int | None = Field(description="`after` of the next page; null on the last.")


class CaseChangesOut(BaseModel):
    """Cases that changed, in the order in which they did."""

    items: list[CaseSummaryOut] = Field(description="Each once, as it stands now.")
    next: str = Field(description="`after` of the next request, also when nothing changed.")
    more: bool = Field(description="There is more at once; else ask again later.")


class CaseStepOut(BaseModel):
    """A step of a history."""

    number: int
    at: datetime
    device_at: datetime | None
    verb: Verb
    came_from: CaseState | None
    led_to: CaseState
    actor: str
    unit_code: str | None
    category: str | None
    reason: str | None
    opinion: str | None
    photos: list[str]
    detail: dict[str, object] = Field(description="What the verb set: clocks, dispatch, reasons of lists.")


class CaseHistoryOut(BaseModel):
    """The history of a case, in order."""

    number: str
    items: list[CaseStepOut]
    next: int | None = Field(description="`after` of the next page; null on the last.")


class ConfidentialRemovalIn(BaseModel):
    """Why a report is not confidential any more."""

    model_config = ConfigDict(extra="forbid")

    reason: Text = Field(min_length=1, max_length=500)


class ConfidentialOut(BaseModel):
    """Whether the reporter of a report stays unknown to the units that handle its case."""

    number: str
    confidential: bool


class TransitionOut(BaseModel):
    """A row of the table of transitions."""

    verb: Verb
    sources: list[CaseState]
    target: CaseState | None = Field(description="Null: the state stays.")
    scope: Scope
    roles: list[str]
    own_unit: bool = Field(description="A person does it who belongs to the case's unit or one below it.")
    duties: list[Duty]
    clocks: dict[Step, Effect]
    path: str = Field(description="Under which address of a case it is done; `steps` are those of the case itself.")


class TransitionListOut(BaseModel):
    """The table of transitions: whatever it does not have is refused."""

    items: list[TransitionOut]


class UnitLoadOut(BaseModel):
    """What a unit has in hand."""

    unit_code: str | None = Field(description="Null: what is with no unit.")
    in_hand: int
    unacknowledged: int
    overdue: int
    supervised: int


class UnitLoadListOut(BaseModel):
    """What each unit has in hand, the most first."""

    items: list[UnitLoadOut]


class LevelShareOut(BaseModel):
    """Closed cases solved at a level."""

    level: str = Field(description="Kind of the unit, `handle_on_the_spot`, or `unknown`.")
    solved: int
    share: float = Field(description="Of all closed cases of the span.")
    reported_up: int = Field(description="Those of them that came from a level below.")


class LevelShareListOut(BaseModel):
    """At which level the closed cases of a span were solved."""

    since: datetime
    until: datetime
    items: list[LevelShareOut]
