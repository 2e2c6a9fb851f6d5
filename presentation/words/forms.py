"""Sentences that are only at hand as English texts, found again by their form: the words between their values.

A catalogue holds each language by the English with the names of values in braces.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from core.words import Catalogue

_VALUE: Final = re.compile(r"\{(\w+)\}")


def in_form(catalogue: Catalogue, text: str, language: str) -> str | None:
    """Return a text in a language; None where the catalogue has no form that fits the whole of it.

    A value that is a sentence of the catalogue itself (nobody, all areas) is in that language too.
    """
    if language not in catalogue.languages:
        return None
    sentences = catalogue.sentences(language)
    plain = sentences.get(text)
    if plain is not None:
        return plain
    for form, sentence in _forms(catalogue, language):
        found = form.fullmatch(text)
        if found is not None:
            return sentence.format(**{name: sentences.get(value, value) for name, value in found.groupdict().items()})
    return None


@cache
def _forms(catalogue: Catalogue, language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return each English form as an expression with its sentence, those with most words of their own first."""
    sentences = catalogue.sentences(language)
    ordered = sorted(sentences, key=lambda english: -len(_VALUE.sub("", english)))
    return tuple((_expression(english), sentences[english]) for english in ordered)


def _expression(english: str) -> re.Pattern[str]:
    parts = _VALUE.split(english)
    pieces = []
    for i, part in enumerate(parts):
        if i % 2 == 0:
            pieces.append(re.escape(part))
        elif i + 2 < len(parts) and not parts[i + 1]:
            # Two values side by side: the second begins with a comma or blank, or is empty (a due date, an ending).
            pieces.append(f"(?P<{part}>[^,; ]*)")
        else:
            pieces.append(f"(?P<{part}>.*?)")
    return re.compile("".join(pieces), re.DOTALL)
