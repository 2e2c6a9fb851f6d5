"""The words of why a case may tell of the same as another (`zh`, `en`), by the code of the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.words import FIRST_LANGUAGE, Catalogue, sentence

if TYPE_CHECKING:
    from core.words import GivenItem

CATALOGUE = Catalogue("presentation.words.duplicates")


def reason_sentence(code: str, value: GivenItem, language: str = FIRST_LANGUAGE) -> str:
    """Return the sentence of a reason with its value in a language."""
    return sentence(CATALOGUE, code, {"value": value}, language)
