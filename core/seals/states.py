"""What of sealed rows was removed by a rule."""

from __future__ import annotations

from enum import StrEnum


class Removed(StrEnum):
    """Whole rows (a week of events that was emptied), or only the words about people in them."""

    ROWS = "rows"
    WORDS = "words"
