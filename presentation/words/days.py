"""How days, months and spans of days are written in each language."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from core.words import FIRST_LANGUAGE
from presentation.words.pages import sentence_of

if TYPE_CHECKING:
    from core.words import Value


def day_words(day: date, language: str = FIRST_LANGUAGE) -> str:
    """Write a day."""
    return sentence_of("day/full", language, year=day.year, month=_month(day, language), day=day.day)


def month_words(day: date, language: str = FIRST_LANGUAGE) -> str:
    """Write the month of a day."""
    return sentence_of("day/month", language, year=day.year, month=_month(day, language))


def span(first: str | date, last: str | date, language: str = FIRST_LANGUAGE) -> str:
    """Write a span of days, the last included."""
    a, b = (date.fromisoformat(day) if isinstance(day, str) else day for day in (first, last))
    if a == b:
        return day_words(a, language)
    values: dict[str, Value] = {
        "year": a.year, "first": a.day, "last": b.day,
        "first_month": _month(a, language), "last_month": _month(b, language),
    }  # fmt: skip
    if (a.year, a.month) == (b.year, b.month):
        return sentence_of("span/in_month", language, **values)
    if a.year == b.year:
        return sentence_of("span/in_year", language, **values)
    return sentence_of("span/over_years", language, first=day_words(a, language), last=day_words(b, language))


def _month(day: date, language: str) -> str:
    return sentence_of(f"month/{day.month}", language)
