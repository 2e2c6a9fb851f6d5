"""Categories as JSON."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from api.http.instants import Instant
from api.http.texts import Line
from governance.categories.states import CategoryKind, LimitUnit, Step, Urgency

_START = Field(default=None, description="First instant; now if left out.")
_UNTIL = Field(default=None, description="First instant no longer; open if left out.")


class CategoryLimitIn(BaseModel):
    """How long a step may take; `amount` null: what is stated for the category above counts."""

    model_config = ConfigDict(extra="forbid")

    step: Step
    urgency: Urgency = Urgency.NORMAL
    amount: int | None = Field(ge=1, le=100_000, examples=[4])
    unit: LimitUnit = Field(default=LimitUnit.WORKING_HOURS)


class CategoryIn(BaseModel):
    """What a category is from an instant on."""

    model_config = ConfigDict(extra="forbid")

    name: Line = Field(max_length=80, description="The office's name.", examples=["暴露垃圾"])
    public_name: Line | None = Field(
        default=None, max_length=80, description="Citizens' name.", examples=["垃圾没人清"]
    )
    kind: CategoryKind
    parent_code: Line | None = Field(default=None, max_length=80, description="Category above.", examples=["E01"])
    unit_code: Line | None = Field(default=None, max_length=80, description="Unit where no area's unit is meant.")
    open311_code: Line | None = Field(default=None, max_length=80, description="Service code of GeoReport v2.")
    urgency: Urgency = Urgency.NORMAL
    on_the_spot: bool = Field(default=False, description="May be handled on the spot, without dispatch.")
    limits: list[CategoryLimitIn] = Field(default=[], max_length=20, description="Those not named stay as they are.")
    start: Instant | None = _START
    until: Instant | None = _UNTIL


class CategoryEndIn(BaseModel):
    """When a category ends."""

    model_config = ConfigDict(extra="forbid")

    at: Instant | None = Field(default=None, description="First instant at which it is none; now if left out.")


class ChannelWordIn(BaseModel):
    """Which category a channel means by a word."""

    model_config = ConfigDict(extra="forbid")

    channel: Line | None = Field(default=None, max_length=80, description="Null: any channel.", examples=["12345"])
    word: Line = Field(max_length=80, examples=["垃圾清运"])
    category: Line | None = Field(max_length=80, description="Code of the category; null: none.", examples=["E0102"])
    start: Instant | None = _START
    until: Instant | None = _UNTIL


class CategoryLimitOut(BaseModel):
    """How long a step may take."""

    step: Step
    urgency: Urgency
    amount: int
    unit: LimitUnit


class CategoryStateOut(BaseModel):
    """What a category is for a time."""

    code: str
    name: str
    public_name: str
    kind: CategoryKind
    parent_code: str | None
    unit_code: str | None
    open311_code: str | None
    urgency: Urgency
    on_the_spot: bool
    valid_from: datetime
    valid_to: datetime | None


class CategoryInForceOut(BaseModel):
    """What holds for cases of a category, with what it takes from the categories above it."""

    path: list[str] = Field(description="Codes from the category itself upwards.")
    unit_code: str | None
    limits: list[CategoryLimitOut]


class CategoryOut(BaseModel):
    """A category: what it was, is and will be; the limits stated for it; what holds for it (null: it is none then)."""

    code: str
    at: datetime
    states: list[CategoryStateOut]
    limits: list[CategoryLimitOut]
    in_force: CategoryInForceOut | None


class CategoryListOut(BaseModel):
    """Categories at an instant, by code."""

    at: datetime
    items: list[CategoryStateOut]
    next: str | None = Field(description="Code to go on after; null at the end.")


class ChannelWordOut(BaseModel):
    """Which category a channel (null: any) means by a word."""

    channel: str | None
    word: str
    category: str
    valid_from: datetime
    valid_to: datetime | None


class ChannelWordListOut(BaseModel):
    """Words at an instant."""

    at: datetime
    items: list[ChannelWordOut]
    next: int | None = Field(description="Row to go on after; null at the end.")


class UnknownWordOut(BaseModel):
    """A word that a channel sends and that means no category yet."""

    channel: str
    word: str
    reports: int
    first_at: datetime
    last_at: datetime


class UnknownWordListOut(BaseModel):
    """Words that wait for a person, the most frequent first."""

    since: datetime
    items: list[UnknownWordOut]


class CategoryImportOut(BaseModel):
    """What a file of categories did, or would do."""

    dry_run: bool
    rows: int
    changed: int = Field(description="Categories, limits and words that anything changed of.")
