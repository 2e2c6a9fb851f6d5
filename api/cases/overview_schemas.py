"""Bodies of the overview of cases."""

from __future__ import annotations

from pydantic import BaseModel, Field

from api.http.instants import Day, Instant


class StepCountOut(BaseModel):
    """Open cases in a state."""

    state: str
    cases: int
    overdue: int = Field(description="Those of them with a deadline that is over.")
    supervised: int


class AreaCountOut(BaseModel):
    """Open cases in an area."""

    area: str | None = Field(description="Code of the area; null: in none.")
    cases: int
    overdue: int


class OpenPlaceOut(BaseModel):
    """Where an open case is."""

    number: str
    state: str
    is_overdue: bool
    lon: float
    lat: float


class SameDayOut(BaseModel):
    """Cases opened on a day until the time of day of `as_of`."""

    day: Day
    cases: int


class ChannelCountOut(BaseModel):
    """Cases opened by reports of a channel."""

    channel: str
    cases: int


class TakenWithinOut(BaseModel):
    """Cases taken over within so many minutes of their first dispatch, and not within the limit before."""

    minutes: int | None = Field(description="Null: later than the last limit.")
    cases: int


class OverviewOut(BaseModel):
    """What stands now, and what the last days were like."""

    as_of: Instant
    since: Instant = Field(description="`channels` and `taken` are of cases opened since then.")
    steps: list[StepCountOut] = Field(description="Open cases by state, in the order of the way.")
    areas: list[AreaCountOut] = Field(description="Open cases by area of the level, the most first.")
    places: list[OpenPlaceOut] = Field(description="Open cases with a place, the next or longest due first, 2,000.")
    same_days: list[SameDayOut] = Field(description="Today last, before it the same weekday of eight weeks.")
    done_today: dict[str, int] = Field(description="Cases to which each verb was done today.")
    channels: list[ChannelCountOut]
    taken: list[TakenWithinOut]
    median_minutes: float | None = Field(description="From the first dispatch until a unit took it; null: none was.")
    waiting: int = Field(description="Dispatched and not taken over yet.")
