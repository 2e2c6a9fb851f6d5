"""Domain errors: a class whose docstring is its message, with a stable code and a kind.

What is particular is a `Detail`: an English sentence and its values; presentation/words/details has it in other
languages. How a kind becomes an HTTP status is decided in api/http/problems.py alone.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Detail:
    """What is particular about an error: an English sentence with the names of its values in braces, and the values.

    Catalogues hold the sentence in other languages, by the English. A value may be a Detail itself, or `Worded`; the
    items of a list are separated as the language does. A sentence without values is taken as it is, with its braces.
    """

    english: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.filled()

    def filled(self, sentences: Mapping[str, str] = _NOTHING, separator: str = ", ", language: str = _ENGLISH) -> str:
        """Return the sentence with its values, in the language of `sentences`; English where they have none."""
        sentence = sentences.get(self.english, self.english)
        if not self.values:
            return sentence
        return sentence.format_map(
            {name: _filled(value, sentences, separator, language) for name, value in self.values.items()}
        )


@dataclass(frozen=True, slots=True)
class Worded:
    """A value of a detail, or a member of a problem, whose catalogue has its words in each language itself."""

    words: Callable[[str], str]
    """Returns the words in the language of a tag."""

    def __str__(self) -> str:
        return self.words(_ENGLISH)


def _filled(value: object, sentences: Mapping[str, str], separator: str, language: str) -> object:
    if isinstance(value, Detail):
        return value.filled(sentences, separator, language)
    if isinstance(value, Worded):
        return value.words(language)
    if isinstance(value, list | tuple):
        return separator.join(str(_filled(item, sentences, separator, language)) for item in value)
    return value


class Kind(StrEnum):
    """What sort of failure an error is, independent of any transport."""

    INVALID = "invalid"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    TOO_SLOW = "too_slow"
    TOO_LARGE = "too_large"
    UNSUPPORTED = "unsupported"
    QUOTA = "quota"
    PRECONDITION = "precondition"
    UNAVAILABLE = "unavailable"


def detail_of(error: Exception) -> Detail:
    """Return what another error says, with its values where it keeps them (geo.refusals.SentenceError)."""
    return Detail(getattr(error, "sentence", None) or str(error), getattr(error, "values", {}))


def capitalised(error: Exception) -> Detail:
    """Return what another error says as a whole sentence: `no such area` as `No such area.`."""
    told = detail_of(error)
    return Detail(f"{told.english[:1].upper()}{told.english[1:]}.", told.values)


def as_json(value: object) -> Any:  # noqa: ANN401 (JSON)
    """Return a detail, or a value of one, as JSON: from a confined process to the one that started it."""
    if isinstance(value, Detail):
        return {"english": value.english, "values": {name: as_json(one) for name, one in value.values.items()}}
    if isinstance(value, list | tuple):
        return [as_json(item) for item in value]
    return value if isinstance(value, str | int | float) else str(value)


def from_json(value: Any) -> Any:  # noqa: ANN401 (JSON)
    """Return the detail that `as_json` wrote."""
    if isinstance(value, dict):
        return Detail(value["english"], {name: from_json(one) for name, one in value["values"].items()})
    return [from_json(item) for item in value] if isinstance(value, list) else value


def chained(items: Sequence[str | Detail], link: str) -> Detail:
    """Return several items as one, joined by a link such as "{first}; {rest}"."""
    first, *rest = items
    if not rest:
        return first if isinstance(first, Detail) else Detail("{first}", {"first": first})
    return Detail(link, {"first": first, "rest": chained(rest, link)})


class DomainError(Exception):
    """The request cannot be carried out."""

    code: ClassVar[str] = "error"
    kind: ClassVar[Kind] = Kind.INVALID

    def __init__(
        self,
        detail: str | Detail | None = None,
        *,
        values: Mapping[str, Any] = _NOTHING,
        field: str | None = None,
        **context: Any,  # noqa: ANN401 (context is free-form)
    ) -> None:
        self.title = inspect.cleandoc(type(self).__doc__ or "").partition("\n")[0]
        self.particular = detail if isinstance(detail, Detail) else Detail(detail or self.title, values)
        self.detail = str(self.particular)
        self.field = field
        self.context = context
        super().__init__(self.detail)


class DatabaseUnavailableError(DomainError):
    """The database does not answer; nothing was stored. Send the request again."""

    code = "database-unavailable"
    kind = Kind.UNAVAILABLE


class StatementTooLongError(DomainError):
    """The database worked on this for longer than it may; nothing was stored. Ask for less, or try again later."""

    code = "statement-too-long"
    kind = Kind.UNAVAILABLE


class DatabaseRightMissingError(DomainError):
    """The service's role in the database may not do that. Do it as the database's owner, or grant what is missing."""

    code = "database-right-missing"
    kind = Kind.UNAVAILABLE
