"""Pages that ask the API for what they show: templates filled with the words of a language.

In a template, `{{code}}` is a sentence of the words of pages, escaped for HTML; `{{language}}` and `{{html_language}}`
are the tags of the language; `{{words prefix}}` is a JavaScript object of the sentences below a prefix, whose values
still stand in braces; `{{links languages}}` are links to the first page in each language.
"""

from __future__ import annotations

import html
import re
from functools import cache
from pathlib import Path

import orjson

from core.words import FIRST_LANGUAGE
from presentation.training_banner import with_banner
from presentation.words.pages import CATALOGUE, html_language, sentence_of

_FOLDER = Path(__file__).parent / "templates"
_PLACE = re.compile(r"\{\{([a-z_]+ )?([\w/]+)\}\}")


def template_page(name: str, language: str = FIRST_LANGUAGE) -> str:
    """Return a page of the templates in a language.

    Raises
    ------
    KeyError
        For a sentence that the words of pages do not have.
    """
    return with_banner(_page(name, language))


@cache
def _page(name: str, language: str) -> str:
    def filled(place: re.Match[str]) -> str:
        kind, code = place.groups()
        if kind == "words ":
            return _script_words(code, language)
        if kind == "links ":
            return _language_links()
        tags = {"language": language, "html_language": html_language(language)}
        return tags.get(code) or html.escape(sentence_of(code, language))

    return _PLACE.sub(filled, (_FOLDER / name).read_text(encoding="utf-8"))


def _language_links() -> str:
    return "".join(
        f'<a href="/?lang={tag}" lang="{html_language(tag)}" hreflang="{html_language(tag)}">'
        f"{html.escape(sentence_of('language/name', tag))}</a>"
        for tag in CATALOGUE.languages
    )


def _script_words(prefix: str, language: str) -> str:
    """Write the sentences below a prefix as a JavaScript object, safe inside a script element."""
    first, own = CATALOGUE.sentences(FIRST_LANGUAGE), CATALOGUE.sentences(language)
    below = {
        code.removeprefix(f"{prefix}/"): own.get(code, text)
        for code, text in first.items()
        if code.startswith(f"{prefix}/")
    }
    return orjson.dumps(below).decode().replace("<", "\\u003c")
