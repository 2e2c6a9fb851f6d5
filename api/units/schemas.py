"""Responsible units as JSON."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from api.http.instants import Instant
from api.http.texts import Line
from identity.units.states import UnitKind

_CODE = Field(max_length=80, examples=["410106003"])
_FROM = Field(default=None, description="First instant at which it holds; now if left out.")
_UNTIL = Field(default=None, description="First instant at which it holds no longer; open if left out.")


class UnitIn(BaseModel):
    """What a unit is from an instant on."""

    model_config = ConfigDict(extra="forbid")

    name: Line = Field(examples=["新安路街道办事处"])
    kind: UnitKind
    parent_code: Line | None = Field(default=None, max_length=80, examples=["410106"], description="None: of nobody.")
    start: Instant | None = _FROM
    until: Instant | None = _UNTIL


class UnitEndIn(BaseModel):
    """When a unit ends."""

    model_config = ConfigDict(extra="forbid")

    at: Instant | None = Field(default=None, description="First instant at which it is no unit; now if left out.")


class UnitCodeIn(BaseModel):
    """From when and until when a code of releases stands for a unit."""

    model_config = ConfigDict(extra="forbid")

    start: Instant | None = _FROM
    until: Instant | None = _UNTIL


class UnitAnswerIn(BaseModel):
    """What a unit answers for, or no longer."""

    model_config = ConfigDict(extra="forbid")

    area: Line | None = Field(default=None, examples=["admin/410106003"], description="LAYER/CODE; null: everywhere.")
    category: Line | None = Field(default=None, max_length=80, description="Category of reports; null: all.")
    answers: bool = Field(default=True, description="False: no longer.")
    start: Instant | None = _FROM
    until: Instant | None = _UNTIL


class UnitStateOut(BaseModel):
    """What a unit is for a time."""

    code: str
    name: str
    kind: UnitKind
    parent_code: str | None
    valid_from: datetime
    valid_to: datetime | None = Field(description="First instant at which this holds no longer; null: open.")


class UnitListOut(BaseModel):
    """Units at an instant, by code."""

    at: datetime
    items: list[UnitStateOut]
    next: str | None = Field(description="Send it as `after` for the next page; null: there are no more.")


class UnitAnswerOut(BaseModel):
    """What a unit answers for, for a time."""

    area: str | None
    category: str | None
    valid_from: datetime
    valid_to: datetime | None


class UnitOut(BaseModel):
    """A unit: what it was, is and will be, and what stands for it and is its matter at an instant."""

    code: str
    at: datetime
    states: list[UnitStateOut] = Field(description="By time, as is known now; corrected ones are left out.")
    release_codes: list[str] = Field(description="Codes in releases that stand for it at the instant.")
    answers: list[UnitAnswerOut]


class UnmappedOut(BaseModel):
    """A unit code in a release that stands for no unit."""

    layer: str
    code: str | None = Field(description="Null: areas that name no unit code.")
    name: str | None = Field(description="Name that the release gave with it.")
    areas: int
    first_area: str


class UnmappedListOut(BaseModel):
    """Codes in releases in force at an instant that stand for nobody: what lies there cannot be dispatched."""

    at: datetime
    items: list[UnmappedOut]


class AnsweringOut(BaseModel):
    """A unit that answers, and by what."""

    unit_code: str
    name: str
    kind: UnitKind
    area: str | None = Field(description="Area that was given to it, or whose release names it; null: everywhere.")
    category: str | None = Field(description="Category that was given to it; null: all.")
    by_release: bool = Field(description="True: a code in the release stands for it; false: it was given the area.")


class AnsweringListOut(BaseModel):
    """The units that answer for an area and a category, the most particular first."""

    at: datetime
    items: list[AnsweringOut]


class UnitsImportOut(BaseModel):
    """What a file of units did, or would do (`dry_run`)."""

    dry_run: bool
    rows: int
    added: int
    changed: int
    unchanged: int
    mapped: int = Field(description="Codes of releases that stand for another unit than before.")
