"""A run's result as it is stored, format 3: every field with its type, its unit in the name, and what it means.

Distances are metres in the metric CRS that `crs_of_distances` names, geometries GeoJSON values (RFC 7946, WGS 84).
Methods fill the result in while a run is computed; `stored.write_result` and `read_result` validate it as a whole.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from governance.hotspots.catalogue import HotspotMethod
from governance.hotspots.notes import Note, NoteCode, note

Geometry = dict[str, Any]
UnitKind = Literal["grid", "hexagon"]
RateKind = Literal["none", "households", "km2", "road_km"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Period(_Part):
    """Days in the district's civil time, from `start`, `end` not included."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """The number of days."""
        return (self.end - self.start).days

    @property
    def last(self) -> date:
        """The last day."""
        return self.end - timedelta(days=1)


class Span(_Part):
    """Days from `first` to `last`, both included."""

    first: date
    last: date


class Trend(_Part):
    """Counts by steps of `step_days` days, the first of which begins on `start`."""

    start: date
    step_days: int
    counts: list[int]


class CategoryCount(_Part):
    """So many reports of a category."""

    category: str
    reports: int


class PileUp(_Part):
    """One point that carries more reports than people would make there."""

    lon: float
    lat: float
    reports: int


class CalendarRead(_Part):
    """Where the days off come from: the library and the years it knows, years entered by hand, years nobody knows."""

    library: str
    library_years: list[int]
    entered_years: list[int]
    unknown_years: list[int]


class InputSummary(_Part):
    """How many reports were read, and what became of them.

    `reports` is the sum of those without a point, on pile-ups, of patrols and sensors, repeat calls, notes of calls,
    and incidents; `quick_notes` are among the incidents, calls `without_caller` among repeat calls and incidents.
    """

    reports: int
    by_source: dict[str, int] = Field(default_factory=dict)
    without_point: int = 0
    on_pile_ups: int = 0
    patrol: int = 0
    sensors: int = 0
    repeat_calls: int = 0
    without_caller: int = 0
    notes_of_calls: int = 0
    quick_notes: int = 0
    incidents: int
    pile_ups: list[PileUp] = Field(default_factory=list)
    incidents_in_period: int = 0
    patrol_in_period: int = 0
    calendar: CalendarRead | None = None


class CategoryTotals(_Part):
    """A category in the period, and in the period of the same length before it (None where that was not read).

    `reports_per_area`: by level, the counts of the areas that have any, largest first; `areas_in_all`: by level;
    `reports_by_area`: by code of the run's level, None in results from before it was kept.
    """

    category: str
    reports: int
    before: int | None
    reports_per_area: dict[str, list[int]]
    areas_in_all: dict[str, int]
    reports_by_area: dict[str, int] | None = None
    trend: Trend


class Area(_Part):
    """An area of the run's level, and the codes of those above it from the top down."""

    code: str
    above: list[str] = Field(default_factory=list)


class Cluster(_Part):
    """A place found by a method that looks for clusters; what the method does not know is None.

    `significant` is None where the method does not test. `categories` are the main ones within its span.
    """

    method: HotspotMethod
    number: int
    category: str | None = None
    areas: list[str]
    geometry: Geometry
    first: date
    last: date
    observed: int
    expected: float | None = None
    relative_risk: float | None = None
    log_likelihood_ratio: float | None = None
    p: float | None = None
    p_kind: str | None = None
    adjusted_p: float | None = None
    recurrence_interval_days: float | None = None
    radius_m: float | None = None
    area_m2: float | None = None
    stability: float | None = None
    significant: bool | None
    categories: list[CategoryCount] = Field(default_factory=list)
    trend: Trend
    samples: list[int] = Field(default_factory=list)


class UnitJudgement(_Part):
    """What one method states of one unit.

    `found` is a class of the method's legend in `catalogue`. `flag`: 1 above, -1 below, 0 neither, None where the
    method has none; `steps`: such flags for each of the result's steps. z, p and q are None where the unit was not
    tested.
    """

    found: str
    flag: int | None = None
    z: float | None = None
    p: float | None = None
    q: float | None = None
    steps: list[int] | None = None


class Unit(_Part):
    """A grid, or a hexagon with its shape and the area that most of it lies in (`near`, `near_name`).

    `judged` has what each method states of it; a method that left the unit out is missing.
    """

    code: str
    near: str | None = None
    near_name: str | None = None
    geometry: Geometry | None = None
    reports: int | None = None
    reports_and_findings: int | None = None
    expected: float | None = None
    exposure: float | None = None
    rate: float | None = None
    judged: dict[HotspotMethod, UnitJudgement] = Field(default_factory=dict)


class SeriesJudgement(_Part):
    """One area and category compared with its past; without enough of it expected, upper, p and q are None.

    `trend` is kept of those that raise an alarm. `basis` is what p stands on: a model of the past, or for short records
    a cumulative sum; `since` the first day on record (both None in results from before they were kept).
    """

    area: str
    area_name: str
    category: str
    observed: int
    expected: float | None
    upper: float | None
    p: float | None
    q: float | None
    alarm: bool
    trend: Trend | None = None
    basis: Literal["model", "cusum"] | None = None
    since: date | None = None


class LeftOutArea(_Part):
    """An area without a rate, and why."""

    area: str
    reason: Note


class ExposureSummary(_Part):
    """What the population scan compared reports with: total over the areas that have it, and the areas left out."""

    per: str
    total: float
    areas: int
    left_out: list[LeftOutArea]


class Result(_Part):
    """Everything that is stored of a run."""

    format: Literal[3] = 3
    crs_of_distances: str
    period: Period
    history_start: date
    methods: list[HotspotMethod]
    input: InputSummary
    by_category: list[CategoryTotals]
    levels: list[str]
    areas: list[Area]
    names: dict[str, str]
    unit: UnitKind
    rate_per: RateKind
    units: list[Unit]
    clusters: list[Cluster] = Field(default_factory=list)
    series: list[SeriesJudgement] = Field(default_factory=list)
    steps: list[Span] = Field(default_factory=list, description="The steps of `UnitJudgement.steps`.")
    population: ExposureSummary | None = None
    notes: list[Note] = Field(default_factory=list)

    @property
    def warnings(self) -> list[SeriesJudgement]:
        """The series that raise an alarm."""
        return [one for one in self.series if one.alarm]

    @cached_property
    def above(self) -> dict[str, list[str]]:
        """Of each area of the run's level the codes above it, from the top down."""
        return {area.code: area.above for area in self.areas}

    @property
    def whole(self) -> str | None:
        """The code of the area that holds all others, None where the run has a single level."""
        return self.areas[0].above[0] if self.areas and self.areas[0].above else None

    def note(self, code: NoteCode, method: HotspotMethod | None = None, /, **values: Any) -> None:  # noqa: ANN401 (a note's values)
        """Add a note.

        Raises
        ------
        pydantic.ValidationError
            When the values are not those of the code.
        """
        self.notes.append(note(code, method, **values))
