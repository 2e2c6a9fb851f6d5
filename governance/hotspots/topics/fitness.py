"""Which runs make topics: a whole, past month with all methods that topics stand on, of the whole layer."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from governance.hotspots.catalogue import ABOUT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from governance.hotspots.result_format import Result
    from governance.hotspots.runs.tables import HotspotRun

TOPIC_METHODS = frozenset(method for method, about in ABOUT.items() if about.followed)


class Unfit(StrEnum):
    """Why a run makes no topics."""

    NOT_A_MONTH = "unfit/not_a_month"
    NOT_OVER = "unfit/not_over"
    FILTERED = "unfit/filtered"
    METHODS = "unfit/methods"
    LEVEL = "unfit/level"
    NO_DATA = "unfit/no_data"


UNFIT_WORDS: dict[Unfit, str] = {
    Unfit.NOT_A_MONTH: "it is not one whole calendar month",
    Unfit.NOT_OVER: "its month was not over when it was requested",
    Unfit.FILTERED: "it looks at some areas or categories only",
    Unfit.METHODS: "it lacks one of the methods concentration, scan and warning",
    Unfit.LEVEL: "it is not of the layer's finest level",
    Unfit.NO_DATA: "it holds no reports of its month",
}


def is_month(start: date, end: date) -> bool:
    """Return whether a span, its end not included, is one calendar month."""
    return start.day == 1 and (start + timedelta(days=32)).replace(day=1) == end


def unfit_for_topics(run: HotspotRun, levels: Sequence[str], *, requested_on: date) -> list[Unfit]:
    """Return why a run makes no topics, whatever it finds; nothing where it does."""
    reasons = {
        Unfit.NOT_A_MONTH: not is_month(run.period_start, run.period_end),
        Unfit.NOT_OVER: run.period_end > requested_on,
        Unfit.FILTERED: run.within is not None or bool(run.categories),
        Unfit.METHODS: not {str(method) for method in TOPIC_METHODS} <= set(run.methods),
        Unfit.LEVEL: run.level != levels[-1],
    }
    return [reason for reason, holds in reasons.items() if holds]


def has_data(result: Result) -> bool:
    """Return whether a run found any report of its period: nothing follows from one that did not."""
    return result.input.incidents_in_period > 0
