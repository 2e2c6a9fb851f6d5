"""Sheets and their forms as JSON."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from api.http.instants import Day
from api.http.texts import Line
from governance.assessment.sheets.rules import ItemJson, ScoreIn, ScoreJson
from governance.assessment.sheets.states import Dimension, ItemCount, SheetAction, SheetState
from governance.assessment.states import IndicatorState


class SheetFormIn(BaseModel):
    """The items of a dimension, as they are proposed."""

    model_config = ConfigDict(extra="forbid")

    dimension: Dimension
    items: list[ItemJson] = Field(min_length=1, max_length=100)
    valid_from: Day = Field(description="The first day of the periods for which they count.")
    source: Line = Field(description="The file or decision that states them.")


class SheetItemOut(BaseModel):
    """An item of a form: what is looked at, the most it gives, and what it is counted from (null: a person scores)."""

    code: str
    title: str
    most: Decimal
    counts: ItemCount | None


class SheetFormOut(BaseModel):
    """A version of a form."""

    number: int
    dimension: Dimension
    version: int
    items: list[SheetItemOut]
    valid_from: date
    source: str
    state: IndicatorState
    stated_at: datetime
    stated_by: str
    decided_at: datetime | None
    decided_by: str | None


class SheetFormListOut(BaseModel):
    """Versions of forms, by dimension, the latest first."""

    items: list[SheetFormOut]


class SheetIn(BaseModel):
    """Whose sheet is opened, for which local days."""

    model_config = ConfigDict(extra="forbid")

    dimension: Dimension
    unit_code: Line = Field(max_length=128)
    first_day: Day
    until_day: Day = Field(description="The day behind the last.")


class ScoresIn(BaseModel):
    """What a person gives for each item that is not counted, with words and evidence."""

    model_config = ConfigDict(extra="forbid")

    scores: list[ScoreIn] = Field(max_length=100)


class SheetActionIn(BaseModel):
    """What a second person does with a scored sheet: `confirm` or `send_back`."""

    model_config = ConfigDict(extra="forbid")

    action: Literal[SheetAction.CONFIRM, SheetAction.SEND_BACK]


class SheetOut(BaseModel):
    """The sheet of a unit and period."""

    number: int
    form: int
    dimension: Dimension
    unit_code: str
    first_day: date
    until_day: date = Field(description="The day behind the last.")
    state: SheetState
    scores: list[ScoreJson]
    points: Decimal | None
    most: Decimal | None = Field(description="What the items that could be scored give at most.")
    scored_at: datetime | None
    scored_by: str | None
    confirmed_at: datetime | None
    confirmed_by: str | None


class SheetListOut(BaseModel):
    """Sheets, the latest first."""

    items: list[SheetOut]
    next: int | None = Field(description="`after` of the next page; null on the last.")
