"""Sentences by code: data hold a code with values, a catalogue holds the sentence in each language.

A catalogue is a package with one module a language, named by its tag (`zh.py`, `en.py`). The module has

- `SENTENCES`: code -> sentence, with the names of the values in braces (`str.format`), e.g. `{days}` or `{share:.0%}`;
- `SEPARATOR`: what stands between the items of a list.

Another language is one more file. Chinese comes first: it stands in where a language has no sentence for a code.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import string
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NotRequired, TypedDict, Union

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FIRST_LANGUAGE = "zh"
_TAG = re.compile(r"[a-z]{2,3}")

#: A value of a sentence: a text or number, words of the same catalogue, or a list of them.
Item = Union[str, int, float, "Message"]
Value = Union[Item, list[Item]]  # noqa: UP007 (holds a name of later)
#: What fills a sentence: a value, a stored message, or any sequence of such.
GivenItem = Union[Item, "StoredMessage"]
Given = Union[GivenItem, "Sequence[GivenItem]"]


class Message(BaseModel):
    """A sentence as it is stored and sent: its code and its values, in no language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    values: dict[str, Value] = Field(default_factory=dict)


# A tuple, not a union, which would be built anew for each value.
_PLAIN = (str, int, float)


class StoredMessage(TypedDict):
    """A message as JSON: what a `Message` is dumped to. Made where a model would cost too much, one for each report."""

    code: str
    values: NotRequired[Mapping[str, Given]]


def stored_message(code: str, /, **values: Given) -> StoredMessage:
    """Return a message as it is stored."""
    return {"code": code, "values": values}


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The sentences of one feature, by the name of the package that holds its languages."""

    package: str

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages there are, Chinese first."""
        return tuple(sorted(_load(self.package), key=lambda tag: (tag != FIRST_LANGUAGE, tag)))

    def sentences(self, language: str) -> Mapping[str, str]:
        """Return code -> sentence of a language, with the names of values still in braces."""
        return _load(self.package)[language].sentences

    def separator(self, language: str) -> str:
        """Return what stands between the items of a list in a language."""
        return _load(self.package)[language].separator


@dataclass(frozen=True, slots=True)
class _LanguageWords:
    sentences: Mapping[str, str]
    separator: str
    run_on: frozenset[str]
    """The codes of sentences in which two values stand side by side."""


@dataclass(frozen=True, slots=True)
class Words:
    """A catalogue in one language: a call with a code and its values returns the sentence.

    Values that are lists are joined as the language separates the items of a list.
    """

    catalogue: Catalogue
    language: str = FIRST_LANGUAGE

    def __call__(self, code: str, /, **values: Given) -> str:
        """Return the sentence of a code; see `sentence` for what is raised."""
        return sentence(self.catalogue, code, values, self.language)


def sentence(catalogue: Catalogue, code: str, values: Mapping[str, Given], language: str) -> str:
    """Return the sentence of a code in a language, with its values filled in.

    A language that the catalogue does not have, or that has no sentence for the code, is replaced by Chinese.

    Raises
    ------
    KeyError
        For a code that the catalogue does not have, or a value that the sentence needs and `values` lacks.
    """
    known = _load(catalogue.package)
    words = known.get(language)
    template = None if words is None else words.sentences.get(code)
    if words is None or template is None:
        words, language = known[FIRST_LANGUAGE], FIRST_LANGUAGE
        template = words.sentences[code]
    if not values and "{" not in template:
        return template
    filled = {
        name: value if isinstance(value, _PLAIN) else _fill(catalogue, value, words.separator, language)
        for name, value in values.items()
    }
    return _joined(template, filled) if code in words.run_on else template.format_map(filled)


def message_sentence(catalogue: Catalogue, message: Message | StoredMessage, language: str) -> str:
    """Return the sentence of a message in a language."""
    if isinstance(message, dict):  # asked first: whether something is a model is a slow question
        return sentence(catalogue, message["code"], message.get("values", {}), language)
    return sentence(catalogue, message.code, message.values, language)


def placeholders(template: str) -> frozenset[str]:
    """Return the names of the values that a sentence needs."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(template) if name is not None)


def joined_words(first: str, second: str) -> str:
    """Write two words one behind the other: Chinese without a blank (新安社区占道经营), all else with one."""
    if not first or not second or first[-1].isspace() or second[0].isspace():
        return f"{first}{second}"
    return f"{first}{second}" if _is_chinese(first[-1]) and _is_chinese(second[0]) else f"{first} {second}"


def _is_chinese(sign: str) -> bool:
    return "\u2e80" <= sign <= "\u9fff" or "\uf900" <= sign <= "\ufaff" or "\uff00" <= sign <= "\uffef"


def _joined(template: str, values: Mapping[str, str | int | float]) -> str:
    """Fill a sentence in which values stand side by side, joined as words are."""
    text, beside = "", False
    for literal, name, form, _ in string.Formatter().parse(template):
        text, beside = text + literal, beside and not literal
        if name is not None:
            value = format(values[name], form or "")
            text, beside = joined_words(text, value) if beside else text + value, True
    return text


def _fill(catalogue: Catalogue, value: Given, separator: str, language: str) -> str | int | float:
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, dict) or isinstance(value, Message):  # noqa: SIM101 (in this order)
        return message_sentence(catalogue, value, language)
    return separator.join(str(_fill(catalogue, item, separator, language)) for item in value)


@cache
def _load(package: str) -> Mapping[str, _LanguageWords]:
    """Import the modules of a catalogue, by language."""
    found = importlib.import_module(package)
    tags = [module.name for module in pkgutil.iter_modules(found.__path__) if _TAG.fullmatch(module.name)]
    loaded = {}
    for tag in tags:
        module = importlib.import_module(f"{package}.{tag}")
        sentences = MappingProxyType(dict(module.SENTENCES))
        run_on = frozenset(code for code, text in sentences.items() if "}{" in text)
        loaded[tag] = _LanguageWords(sentences, str(module.SEPARATOR), run_on)
    return MappingProxyType(loaded)
