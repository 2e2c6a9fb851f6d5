"""What a hotspot run stands on, as requests and answers: policies, patrol effort, holidays."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictFloat, StrictInt, StringConstraints

from api.http.instants import Day
from api.http.texts import Line, Note
from core.personal import masked_text
from governance.channels.states import SourceKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from governance.calendar.tables import HolidayNotice
    from governance.hotspots.patrol_effort.operations import Coverage
    from governance.hotspots.patrol_effort.tables import PatrolEffortImport
    from governance.hotspots.policy.tables import HotspotPolicy


class PolicyRequest(BaseModel):
    """What changes from a day on; whatever is left out stays as it is in the policy before."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "valid_from": "2026-07-01",
                "thresholds": {"high_frequency_per_30_days": 80, "common_area_share": 0.4},
                "sources": {"quick-note": "quick_note"},
                "note": "Decided in the June meeting",
            }
        },
    )

    valid_from: Day = Field(description="First day it counts; tomorrow or later.")
    thresholds: dict[str, StrictInt | StrictFloat | str] = Field(default_factory=dict, max_length=50)
    sources: dict[str, SourceKind] = Field(
        default_factory=dict, max_length=200, description="Kind of source of a channel; others are of citizens."
    )
    note: Note = ""


class PolicyAnswer(BaseModel):
    """A policy whole, as it counts from a day until the next one begins."""

    valid_from: date
    valid_until: date | None = Field(description="First day it no longer counts; null: until another is added.")
    thresholds: dict[str, int | float | str]
    sources: dict[str, str]
    note: str
    added_by: str


def policy_answers(policies: Iterable[HotspotPolicy], kinds_on: Callable[[date], dict[str, str]]) -> list[PolicyAnswer]:
    """Return policies, the latest first, each with the kinds of the channels on its first day."""
    found: list[PolicyAnswer] = []
    for policy in policies:
        found.append(
            PolicyAnswer(
                valid_from=policy.valid_from,
                valid_until=found[-1].valid_from if found else None,
                thresholds=policy.thresholds,
                sources=kinds_on(policy.valid_from),
                note=masked_text(policy.note),
                added_by=policy.added_by,
            )
        )
    return found


class EffortRowIn(BaseModel):
    """Effort of one channel's patrols in one area on one day."""

    model_config = ConfigDict(extra="forbid")

    area: Annotated[str, StringConstraints(max_length=200)]
    day: Annotated[str, StringConstraints(max_length=40)] = Field(examples=["2026-05-01"])
    channel: Annotated[str, StringConstraints(max_length=200)] = Field(examples=["patrol"])
    amount: float = Field(description="Hours or km, as the request's `unit` says.", examples=[6.5])


class EffortRequest(BaseModel):
    """Patrol effort; a row sent again replaces the earlier one. Rows that cannot be used are refused one by one."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "unit": "hours",
                "source": "Patrol app, May",
                "rows": [{"area": "410106001001001", "day": "2026-05-01", "channel": "patrol", "amount": 6.5}],
            }
        },
    )

    layer: Line | None = None
    unit: Literal["hours", "km"] = "hours"
    source: Line = "HTTP"
    rows: list[EffortRowIn] = Field(min_length=1, max_length=50_000)


class Refused(BaseModel):
    """A row that was not taken, and why."""

    line: int = Field(description="Number of the row, from 1; of a file the line.")
    reason: str


class EffortAnswer(BaseModel):
    """An import of patrol effort."""

    id: int
    unit: str
    source: str
    taken: int
    refused: list[Refused] = Field(description="The first thousand rows that were not taken.")
    added_by: str
    added_at: datetime


def effort_answer(imported: PatrolEffortImport) -> EffortAnswer:
    """Return the answer of one import of patrol effort."""
    return EffortAnswer(
        id=imported.id,
        unit=imported.unit,
        source=imported.source,
        taken=imported.row_count,
        refused=[Refused(**one) for one in imported.rejected],
        added_by=imported.added_by,
        added_at=imported.added_at,
    )


class CoverageAnswer(BaseModel):
    """What is recorded of one channel's effort."""

    channel: str
    unit: str
    first_day: date
    last_day: date
    days: int
    areas: int
    amount: float


class EffortOverview(BaseModel):
    """Effort by channel, and the latest imports."""

    coverage: list[CoverageAnswer]
    imports: list[EffortAnswer]


def effort_overview(coverage: Iterable[Coverage], imports: Iterable[PatrolEffortImport]) -> EffortOverview:
    """Return the recorded patrol effort by channel, and its imports."""
    names = CoverageAnswer.model_fields
    return EffortOverview(
        coverage=[CoverageAnswer(**{name: getattr(one, name) for name in names}) for one in coverage],
        imports=[effort_answer(one) for one in imports],
    )


class HolidaysRequest(BaseModel):
    """A year's arrangement as the State Council announced it, whole."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "days_off": ["2027-01-01", "2027-01-02", "2027-01-03"],
                "make_up_workdays": ["2027-02-21"],
                "source": "Sample: not the real arrangement of 2027",
            }
        },
    )

    days_off: list[Day] = Field(min_length=1, max_length=200, description="All days off, weekend days included.")
    make_up_workdays: list[Day] = Field(default_factory=list, max_length=100, description="Weekend days worked.")
    source: Line = Field(description="Which notice it is.")


class EnteredYear(BaseModel):
    """A year the centre entered itself."""

    year: int
    days_off: list[date]
    make_up_workdays: list[date]
    source: str
    added_by: str
    added_at: datetime


class HolidaysAnswer(BaseModel):
    """What the service knows about days off."""

    library: str
    library_years: list[int] = Field(description="First and last year the library knows.")
    entered: list[EnteredYear]


def entered_year(notice: HolidayNotice) -> EnteredYear:
    """Return the answer of one year whose days off were entered."""
    values: dict[str, Any] = {name: getattr(notice, name) for name in EnteredYear.model_fields}
    return EnteredYear(**values)
