"""How alike two texts are, by their letters alone."""

from __future__ import annotations


def text_alike(one: str, other: str) -> float:
    """Return the share of pairs of neighbouring characters that two texts have in common (Dice), 0 to 1."""
    first, second = _pairs(one), _pairs(other)
    return 2 * len(first & second) / (len(first) + len(second)) if first and second else 0.0


def _pairs(words: str) -> set[str]:
    letters = "".join(letter for letter in words.casefold() if letter.isalnum())
    return {letters[place : place + 2] for place in range(len(letters) - 1)}
