"""Why a case may tell of the same as another, in English."""

from __future__ import annotations

SEPARATOR = ", "

SENTENCES: dict[str, str] = {
    "distance_m": "The places are {value:.0f} m apart.",
    "hours_apart": "They were reported {value:.1f} hours apart.",
    "category": "Both are of {value}.",
    "text_alike": "The texts share {value:.0%} of their pairs of characters.",
    "same_caller": "The same caller told of both.",
    "photo_bits_apart": "Photos show one picture: their hashes differ in {value} of 64 bits.",
}
