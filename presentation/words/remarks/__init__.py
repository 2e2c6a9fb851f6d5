"""The remarks on a delivery, in other languages than English.

A release keeps its remarks as the English sentences they were, so a sentence is found again by its form: the catalogue
holds each language by the English with the names of values in braces. What no form fits stays English.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from core.words import Catalogue

ENGLISH: Final = "en"
CATALOGUE: Final = Catalogue(__name__)
_VALUE: Final = re.compile(r"\{(\w+)\}")
_FILE: Final = re.compile(r"([^:]+): (.*)", re.DOTALL)


def remark_in(remark: str, language: str) -> str:
    """Return a remark in a language, behind the name of the file it is about; English where no form fits."""
    if language == ENGLISH or language not in CATALOGUE.languages:
        return remark
    whole = _filled(remark, language)
    if whole is not None:
        return whole
    about = _FILE.fullmatch(remark)
    said = None if about is None else _filled(about[2], language)
    return remark if about is None or said is None else f"{about[1]}：{said}"


def _filled(remark: str, language: str) -> str | None:
    for form, sentence in _forms(language):
        found = form.fullmatch(remark)
        if found is not None:
            return sentence.format(**found.groupdict())
    return None


@cache
def _forms(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return each English form as an expression with its sentence, those with most words of their own first."""
    sentences = CATALOGUE.sentences(language)
    ordered = sorted(sentences, key=lambda english: -len(_VALUE.sub("", english)))
    return tuple((_expression(english), sentences[english]) for english in ordered)


def _expression(english: str) -> re.Pattern[str]:
    parts = _VALUE.split(english)
    pieces = [re.escape(part) if i % 2 == 0 else f"(?P<{part}>.+?)" for i, part in enumerate(parts)]
    return re.compile("".join(pieces), re.DOTALL)
