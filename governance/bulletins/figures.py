"""What a bulletin says, as it is stored and drawn: numbers and names of then, and nothing that is looked up later."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from core.words import Message


class _Stored(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ChannelFigures(_Stored):
    """How many cases came in by a channel."""

    channel: str
    cases: int


class UnitFigures(_Stored):
    """A unit at the cut-off: its backlog beside its score. Null name: what is with no unit."""

    unit_code: str | None
    name: str
    in_hand: int
    overdue: int
    longest_overdue_hours: Decimal | None = Field(description="Of its overdue cases; hours of the clock on the wall.")
    points: Decimal | None = Field(description="Sum of its points in the latest published results.")


class OverdueCase(_Stored):
    """A case whose deadline was over at the cut-off."""

    number: str
    unit_code: str | None
    unit_name: str
    step: str
    due_at: datetime
    hours: Decimal = Field(description="How long it was over; hours of the clock on the wall.")


class ScorePeriod(_Stored):
    """Of which results the points are."""

    first_day: date
    until_day: date
    version: int


class TopicFigures(_Stored):
    """A hotspot topic that is followed."""

    topic: int
    title: Message
    owner: str | None
    follow_up_on: date | None


class WarningFigures(_Stored):
    """A series above its past, of the latest run of warnings."""

    title: Message
    observed: int
    expected: Decimal
    probability: Decimal | None = Field(description="Adjusted for how many series were looked at.")
    first: date
    last: date


class Figures(_Stored):
    """All numbers of a bulletin about [since, cut_at)."""

    since: datetime
    cut_at: datetime
    came_in: int = Field(description="Cases that were opened.")
    by_channel: list[ChannelFigures]
    handled: int = Field(description="Cases that were handled.")
    closed: int = Field(description="Cases that were closed.")
    returned: int = Field(description="Cases that units gave back.")
    reworked: int = Field(description="Cases that were sent back for rework.")
    in_hand: int = Field(description="Cases that were not at their end at the cut-off.")
    overdue: int = Field(description="Of them those whose deadline was over.")
    units: list[UnitFigures] = Field(description="Units with cases in hand, the most overdue first.")
    overdue_cases: list[OverdueCase] = Field(description="Over the longest, up to 50; none that accuses a unit.")
    quick_notes: int = Field(description="Quick notes that were written down.")
    quick_notes_of_month: int = Field(description="Those of the local month up to the cut-off.")
    score: ScorePeriod | None
    topics: list[TopicFigures]
    warnings: list[WarningFigures]
