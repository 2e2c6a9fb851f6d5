"""The language of an answer: `?lang=`, else `Accept-Language` (RFC 9110 §12.5.4).

Problems are English where neither fits; the words about data, whose names are Chinese, are Chinese.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import parse_qs

from fastapi import Query
from starlette.responses import Response

from core.words import FIRST_LANGUAGE, Catalogue
from presentation.words import details
from presentation.words.problems import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from starlette.types import Scope

    from core.errors import Detail

ENGLISH: Final = "en"
PARAMETER: Final = "lang"
_request: ContextVar[Scope | None] = ContextVar("request", default=None)


def begin(scope: Scope) -> None:
    """Write all sentences from here on in the language that this request asks for."""
    _request.set(scope)


def language() -> str:
    """Return the tag of the language of problems that the request asks for; English where none fits."""
    return language_among({ENGLISH, *CATALOGUE.languages}, ENGLISH)


def language_among(offered: Collection[str], otherwise: str) -> str:
    """Return the tag of the language that the request asks for among those offered, or another one."""
    scope = _request.get()
    if scope is None:
        return otherwise
    query: bytes = scope.get("query_string", b"")
    stated = parse_qs(query.decode("latin-1")).get(PARAMETER, []) if PARAMETER.encode() in query else []
    accepted = [value.decode("latin-1") for name, value in scope["headers"] if name == b"accept-language"]
    for tag in [*stated, *_by_weight(",".join(accepted))]:
        primary = str(tag).partition("-")[0].lower()
        if primary in offered:
            return primary
    return otherwise


def is_page_asked_for() -> bool:
    """Return whether a browser opens a page: a GET of an address ending in .html that takes text/html."""
    scope = _request.get()
    if scope is None or scope["method"] != "GET" or not scope["path"].endswith(".html"):
        return False
    return any(name == b"accept" and b"text/html" in value for name, value in scope["headers"])


class WordsLanguage:
    """A dependency of routes: the language of a catalogue's words, else Chinese. The answer names it."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    def __call__(
        self,
        response: Response,
        _: Annotated[
            str | None,
            Query(alias=PARAMETER, max_length=40, description="Language of the words: zh, en, …", examples=["en"]),
        ] = None,
    ) -> str:
        """Choose, and mark the answer as depending on the header (Vary)."""
        chosen = language_among(self.catalogue.languages, FIRST_LANGUAGE)
        in_language(response, chosen)
        return chosen


def in_language(response: Response, language: str) -> Response:
    """Let an answer that a route made itself name its language, and that it depends on the header."""
    response.headers["Content-Language"] = language
    response.headers.append("Vary", "Accept-Language")
    return response


def _by_weight(header: str) -> list[str]:
    """Return the tags of an Accept-Language header, the preferred first; those of weight 0 are left out."""
    weighed: list[tuple[float, str]] = []
    for item in header.split(","):
        tag, _, parameter = item.strip().partition(";")
        name, _, value = parameter.strip().partition("=")
        try:
            weight = float(value) if name == "q" else 1.0
        except ValueError:
            weight = 0.0
        if tag and weight > 0:
            weighed.append((-weight, tag))
    return [tag for _, tag in sorted(weighed, key=lambda pair: pair[0])]


def in_words(detail: Detail) -> str:
    """Return what is particular about an error in the request's language; English where that has no sentence."""
    return details.in_language(detail, language())


def translated(code: str, values: Mapping[str, object], english: str) -> str:
    """Return the sentence of a problem's code in the request's language; `english` where that has none."""
    sentences = CATALOGUE.sentences(language()) if language() != ENGLISH else {}
    try:
        return sentences[code].format_map(values)
    except KeyError:
        return english
