"""The closed sets of values in the gazetteer: its themes, sides of a road, and what became of a proposed wording."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from core.states import decided_once


class Theme(StrEnum):
    """What a release of the gazetteer holds."""

    ROADS = "roads"
    PLACES = "places"
    ADDRESSES = "addresses"
    RANGES = "ranges"


class Parity(StrEnum):
    """Which door numbers lie along a line."""

    ODD = "odd"
    EVEN = "even"
    ALL = "all"


class WordingState(StrEnum):
    """Whether what people call a place counts: proposed until a person decides."""

    PROPOSED = "proposed"
    TAKEN = "taken"
    REFUSED = "refused"


WORDING: Final = decided_once(WordingState, WordingState.PROPOSED, WordingState.TAKEN, WordingState.REFUSED)
