"""What counts as found: names by their sound, words by where they stand. Pure."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

EXCERPT: Final = 60
"""Characters of a text that are shown around what was found."""


@lru_cache(maxsize=100_000)
def sounds(name: str) -> tuple[str, str]:
    """Return a name's pinyin without tones, in full and by first letters: ('xinanlu', 'xal')."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 (its dictionaries take long)

    spelled = [part.lower() for part in lazy_pinyin(name)]
    return "".join(spelled), "".join(part[:1] for part in spelled)


def named_so(name: str, wanted: str) -> bool:
    """Tell whether a name holds the words, or sounds as they spell: 'xal' and 'xinan' find 新安路."""
    asked = wanted.lower()
    if asked in name.lower():
        return True
    spelled = asked.replace(" ", "").replace("'", "")
    return spelled.isascii() and spelled.isalpha() and any(sound.startswith(spelled) for sound in sounds(name))


def excerpt(text: str, wanted: str) -> str | None:
    """Return a piece of a text around the words, with … where it goes on; None where they do not stand in it."""
    place = text.lower().find(wanted.lower())
    if place < 0:
        return None
    start = max(0, min(place - (EXCERPT - len(wanted)) // 2, len(text) - EXCERPT))
    piece = text[start : start + max(EXCERPT, len(wanted))]
    return f"{'…' if start else ''}{piece}{'…' if start + len(piece) < len(text) else ''}"
