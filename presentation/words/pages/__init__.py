"""The words of pages: of their frame, of the responsibility map and of the boundary desk (`zh`, `en`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.words import FIRST_LANGUAGE, Catalogue, sentence

if TYPE_CHECKING:
    from core.words import Value

CATALOGUE = Catalogue("presentation.words.pages")
#: What the name of a layer of sample data ends with.
SAMPLE = "（示例）"


def sentence_of(code: str, language: str = FIRST_LANGUAGE, /, **values: Value) -> str:
    """Return the sentence of a code."""
    return sentence(CATALOGUE, code, values, language)


def html_language(language: str) -> str:
    """Return the tag of a page's language, as in HTML's `lang`."""
    return "zh-CN" if language == FIRST_LANGUAGE else language


def sample_words(layer_name: str, language: str = FIRST_LANGUAGE) -> str:
    """Return the label of sample data, for layers whose name says that they are a sample; else nothing."""
    return sentence_of("frame/sample", language) if SAMPLE in layer_name else ""
