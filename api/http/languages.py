"""The language of an answer: `?lang=`, else what Accept-Language prefers, else Chinese."""

from __future__ import annotations

from typing import Annotated

from fastapi import Header, Query
from starlette.responses import Response

from core.words import FIRST_LANGUAGE, Catalogue


def preferred_language(header: str, known: tuple[str, ...]) -> str:
    """Return the language of `known` that an Accept-Language header prefers, else Chinese (RFC 9110, 12.5.4).

    A range such as `en-GB` stands for its language; `*` for Chinese; a weight of 0 refuses a language.
    """
    best, weight = FIRST_LANGUAGE, 0.0
    for part in header.split(","):
        tag, _, given = part.partition(";")
        language = tag.strip().lower().partition("-")[0]
        language = FIRST_LANGUAGE if language == "*" else language
        own = _weight(given)
        if language in known and own > weight:
            best, weight = language, own
    return best


def _weight(given: str) -> float:
    name, _, value = given.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(float(value), 1.0)
    except ValueError:
        return 0.0


class ReaderLanguage:
    """A dependency of routes: the language to answer in, of those that a catalogue has. The answer names it."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    def __call__(
        self,
        response: Response,
        lang: Annotated[
            str | None, Query(pattern="^[a-z]{2,3}$", description="Language of the words: zh, en, …", examples=["en"])
        ] = None,
        accept_language: Annotated[str, Header(max_length=1000)] = "",
    ) -> str:
        """Choose, and tell caches that the answer depends on the header."""
        known = self.catalogue.languages
        language = lang if lang in known else preferred_language(accept_language, known)
        response.headers["Content-Language"] = language
        response.headers["Vary"] = "Accept-Language"
        return language
