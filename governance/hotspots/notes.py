"""What a run states about itself, as codes with values: what was not judged and why, how decisions were adjusted.

The sentences of these codes stand in presentation/words/hotspots, one file a language. A code that was stored once
keeps its meaning and the names of its values for good.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, Self

from pydantic import model_validator

from core.words import Message, Value
from governance.hotspots.catalogue import HotspotMethod  # noqa: TC001 (pydantic reads it)

if TYPE_CHECKING:
    from collections.abc import Mapping


class NoteCode(StrEnum):
    """What can be noted. `LEFT_OUT_…` are reasons why an area has no rate; the others are notes of a run."""

    AS_WRITTEN = "note/as_written"
    CALENDAR_UNKNOWN = "note/calendar_unknown"
    CATEGORY_WITHOUT_REPORTS = "note/category_without_reports"
    CHANNEL_SILENT = "note/channel_silent"
    CHANNEL_TOO_NEW = "note/channel_too_new"
    COMPARED_PER = "note/compared_per"
    COMPARED_PER_EXCEPT = "note/compared_per_except"
    DECIDED_BY_Z = "note/decided_by_z"
    EFFORT_MISSING = "note/effort_missing"
    EFFORT_USED = "note/effort_used"
    EFFORT_USED_EXCEPT = "note/effort_used_except"
    EXPOSURE_UNKNOWN = "note/exposure_unknown"
    FALSE_DISCOVERY = "note/false_discovery"
    FINDINGS_APART_IN_HEXAGONS = "note/findings_apart_in_hexagons"
    HISTORY_TOO_SHORT = "note/history_too_short"
    HOLIDAYS_AS_WEEKENDS = "note/holidays_as_weekends"
    JUDGED_BY_CUSUM = "note/judged_by_cusum"
    MORE_PERMUTATIONS = "note/more_permutations"
    NO_REPORTS = "note/no_reports"
    NO_REPORTS_IN_PERIOD = "note/no_reports_in_period"
    NO_TOPICS = "note/no_topics"
    PAST_TOO_SHORT = "note/past_too_short"
    PERIOD_NOT_OVER = "note/period_not_over"
    RATES_COMPARED = "note/rates_compared"
    RATES_COMPARED_EXCEPT = "note/rates_compared_except"
    RECORD_TOO_SHORT = "note/record_too_short"
    SCANS_ADJUSTED = "note/scans_adjusted"
    SERIES_JUDGED = "note/series_judged"
    TOO_FEW_REPORTS = "note/too_few_reports"
    UNEQUAL_LAND = "note/unequal_land"
    UNEQUAL_LAND_NO_RATES = "note/unequal_land_no_rates"
    LEFT_OUT_HOUSEHOLDS = "left_out/households_unknown"
    LEFT_OUT_ROADS = "left_out/no_road"
    LEFT_OUT_ZERO = "left_out/zero"


VALUES: Final[Mapping[NoteCode, frozenset[str]]] = {
    code: frozenset(names.split())
    for code, names in {
        NoteCode.AS_WRITTEN: "text",
        NoteCode.CALENDAR_UNKNOWN: "years",
        NoteCode.CATEGORY_WITHOUT_REPORTS: "category",
        NoteCode.CHANNEL_SILENT: "channel since missing",
        NoteCode.CHANNEL_TOO_NEW: "channel since reports",
        NoteCode.COMPARED_PER: "per",
        NoteCode.COMPARED_PER_EXCEPT: "per left_out",
        NoteCode.DECIDED_BY_Z: "many unit replicates level",
        NoteCode.EFFORT_MISSING: "channel days findings",
        NoteCode.EFFORT_USED: "channel findings amount measure",
        NoteCode.EFFORT_USED_EXCEPT: "channel findings amount measure left_out",
        NoteCode.EXPOSURE_UNKNOWN: "per",
        NoteCode.FALSE_DISCOVERY: "many unit level",
        NoteCode.FINDINGS_APART_IN_HEXAGONS: "",
        NoteCode.HISTORY_TOO_SHORT: "least_steps",
        NoteCode.HOLIDAYS_AS_WEEKENDS: "",
        NoteCode.JUDGED_BY_CUSUM: "series least_days",
        NoteCode.MORE_PERMUTATIONS: "many unit replicates level drawn",
        NoteCode.NO_REPORTS: "start end",
        NoteCode.NO_REPORTS_IN_PERIOD: "start end",
        NoteCode.NO_TOPICS: "reasons",
        NoteCode.PAST_TOO_SHORT: "least_days",
        NoteCode.PERIOD_NOT_OVER: "until days",
        NoteCode.RATES_COMPARED: "per",
        NoteCode.RATES_COMPARED_EXCEPT: "per left_out unit",
        NoteCode.RECORD_TOO_SHORT: "series least_days since categories",
        NoteCode.SCANS_ADJUSTED: "categories level",
        NoteCode.SERIES_JUDGED: "series judged",
        NoteCode.TOO_FEW_REPORTS: "least_reports",
        NoteCode.UNEQUAL_LAND: "unit least_ha most_ha",
        NoteCode.UNEQUAL_LAND_NO_RATES: "unit least_ha most_ha",
        NoteCode.LEFT_OUT_HOUSEHOLDS: "",
        NoteCode.LEFT_OUT_ROADS: "least_m",
        NoteCode.LEFT_OUT_ZERO: "",
    }.items()
}
"""The names of the values of each code; the sentences use the same."""


class Note(Message):
    """A code with exactly its values, and the method it is about (None: the whole run)."""

    code: NoteCode
    method: HotspotMethod | None = None

    @model_validator(mode="after")
    def _has_its_values(self) -> Self:
        if self.values.keys() != VALUES[self.code]:
            raise ValueError(f"{self.code} has the values {sorted(VALUES[self.code])}, not {sorted(self.values)}")
        return self


def note(code: NoteCode, method: HotspotMethod | None = None, /, **values: Value) -> Note:
    """Return a note.

    Raises
    ------
    pydantic.ValidationError
        When the values are not those of the code.
    """
    return Note(code=code, method=method, values=values)


def per(kind: str) -> Message:
    """Return the words for what a rate is per: `households`, `km2` or `road_km`."""
    return Message(code=f"per/{kind}")


def unit_words(kind: str) -> Message:
    """Return the words for a unit: `grid` or `hexagon`."""
    return Message(code=f"unit/{kind}")


def measure(kind: str) -> Message:
    """Return the words for what effort is measured in: `hours` or `km`."""
    return Message(code=f"measure/{kind}")
