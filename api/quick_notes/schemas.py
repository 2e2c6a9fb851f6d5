"""Quick notes as JSON."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from api.http.instants import Instant
from api.http.texts import Line, Text
from governance.cases.lifecycle.states import CaseState, Verb
from governance.quick_notes.states import NoteSource


class NoteContactIn(BaseModel):
    """Who told of it, if anybody: kept apart and masked as a reporter is."""

    model_config = ConfigDict(extra="forbid")

    name: Line | None = Field(default=None, max_length=64)
    phone: Line | None = Field(default=None, max_length=40)


class QuickNoteIn(BaseModel):
    """A small matter that was solved on the spot."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(
        pattern=r"^[0-9A-Za-z_-]{8,64}$",
        description="The device's own id of the note: sent again under it, it is there once.",
        examples=["0197a2c4-5b1e-7c3a-9a51-3f1f4f0c9d10"],
    )
    source: NoteSource
    category: Line = Field(max_length=200, description="Code of a category, or a word for one.", examples=["E0102"])
    text: Text = Field(max_length=2000, examples=["窨井盖松动，已复位"])
    lon: float | None = Field(default=None, ge=-180, le=180)
    lat: float | None = Field(default=None, ge=-90, le=90)
    crs: Line | None = Field(default=None, max_length=80, description="Datum of the coordinates; WGS84 if left out.")
    accuracy_m: float | None = Field(default=None, ge=0, le=100_000, description="As the device states it.")
    address: Line | None = Field(default=None, max_length=500)
    noted_at: Instant | None = Field(
        default=None,
        description="When it was, two days back at most by our clock, unless a policy says otherwise; now if left out.",
    )
    contact: NoteContactIn | None = None


class QuickNoteOut(BaseModel):
    """A quick note; its photos hang on its number as those of a report do."""

    number: str
    source: NoteSource
    category: str
    text: str = Field(description="People in it are masked.")
    author: str
    noted_at: datetime
    written_at: datetime
    is_back_filled: bool = Field(description="It was written down on a later day.")
    lon: float | None
    lat: float | None
    accuracy_m: float | None
    area_path: list[str]
    in_own_area: bool | None = Field(description="Whether it lies in an area of its author; null: that is not known.")
    is_case: bool = Field(description="It grew and became a case, of the same number.")


class QuickNoteListOut(BaseModel):
    """Quick notes, the latest first."""

    items: list[QuickNoteOut]
    next: int | None = Field(description="`after` of the next page; null on the last.")


class NoteCaseOut(BaseModel):
    """The case that a quick note became."""

    number: str
    state: CaseState
    category: str | None


class LogStepOut(BaseModel):
    """Something that the worker did to a case."""

    case: str
    at: datetime
    verb: Verb
    led_to: CaseState
    category: str
    area_path: list[str]


class DailyLogOut(BaseModel):
    """What a worker did on a day, in order."""

    person: str
    day: date
    notes: list[QuickNoteOut]
    steps: list[LogStepOut]
