"""How findings are worded: probabilities, places, rates, the account of the input; each in a language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.words import FIRST_LANGUAGE
from governance.hotspots.place_names import place_message, titled
from presentation.words.hotspots.sentences import message_of, sentence_of

if TYPE_CHECKING:
    from governance.hotspots.result_format.model import Cluster, Result

#: What a rate is multiplied by, so that people can read it: reports per hundred households.
RATE_TIMES = {"households": 100.0, "km2": 1.0, "road_km": 1.0}
SMALLEST_PROBABILITY = 0.0001


def probability(value: float, language: str = FIRST_LANGUAGE) -> str:
    """Write a probability as people read it: never 0, never with digits that mean nothing."""
    if value < SMALLEST_PROBABILITY:
        return sentence_of("probability/below", language, bound=SMALLEST_PROBABILITY)
    return f"{value:.4f}".rstrip("0").rstrip(".")


def about(value: float, language: str = FIRST_LANGUAGE) -> str:
    """Write a probability inside a sentence."""
    written = probability(value, language)
    return written if value < SMALLEST_PROBABILITY else sentence_of("probability/is_about", language, value=written)


def number(value: float) -> str:
    """Write an expected count: one decimal, none where it would say nothing."""
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}"


def rate_words(rate: float, per: str, language: str = FIRST_LANGUAGE) -> tuple[str, str]:
    """Write a unit's rate: what it is per, and how much."""
    written = sentence_of("rate/reports", language, rate=rate * RATE_TIMES[per])
    return sentence_of(f"rate/{per}", language), written


def masked(report: int, language: str = FIRST_LANGUAGE) -> str:
    """Write a report's number so that it can be found by who may look, and tells nothing to others."""
    return sentence_of("report/ending", language, number=f"{report % 10_000:04d}")


def title_of(cluster: Cluster, result: Result, language: str = FIRST_LANGUAGE) -> str:
    """Name a cluster: where it is, and what it is about."""
    return message_of(titled(place_message(cluster.areas, result), cluster.category), language)


def account_words(result: Result, language: str = FIRST_LANGUAGE) -> str:
    """Write what was read and what was set aside, in numbers that add up."""
    account = result.input
    aside = {
        "on_pile_ups": account.on_pile_ups,
        "repeat_calls": account.repeat_calls,
        "notes_of_calls": account.notes_of_calls,
        "patrol": account.patrol,
        "sensors": account.sensors,
        "without_point": account.without_point,
    }
    parts = [sentence_of(f"account/{code}", language, count=count) for code, count in aside.items() if count]
    between = sentence_of("account/between", language)
    said = sentence_of("account/aside", language, parts=between.join(parts)) if parts else ""
    notes = sentence_of("account/quick_notes", language, count=account.quick_notes) if account.quick_notes else ""
    calls = account.incidents + account.repeat_calls - account.quick_notes
    unknown = ""
    if account.without_caller and calls > 0:
        unknown = sentence_of("account/without_caller", language, share=account.without_caller / calls)
    return sentence_of(
        "account/all",
        language,
        since=str(result.history_start),
        reports=account.reports,
        aside=said,
        incidents=account.incidents,
        notes=notes,
        unknown=unknown,
    )
