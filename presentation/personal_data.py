"""A person's own data as a table to hand over: a row a field, in the words of the reader's language."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import orjson

from core import clock
from core.words import FIRST_LANGUAGE, Catalogue, sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CATALOGUE: Final = Catalogue("presentation.words.personal_data")
_PARTS: Final = ("units", "grants", "sign_ins")
"""Lists in the rows of a person who works here."""


def title_of(language: str = FIRST_LANGUAGE) -> str:
    """Return the title of the table."""
    return _word("title", language)


def table_of(data: Mapping[str, Any], language: str = FIRST_LANGUAGE) -> list[list[str]]:
    """Return a heading and a row a field that is filled; instants are local time.

    `data` is what governance/personal_requests/queries.data_of returns.
    """
    rows = [[_word(head, language) for head in ("section", "number", "field", "value")]]
    for section, number, values in _sections(data):
        for name, value in values.items():
            words = _words_of(name, value, language)
            if words and name != "number":
                rows.append([_word(section, language), number, _word(f"field/{name}", language), words])
    return rows


def _sections(data: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield section, number and fields of each record that is disclosed."""
    for report in data["reports"]:
        yield "reports", report["number"], report
    person = data["person"]
    if person is not None:
        parts = {*_PARTS, "account"}
        yield "person", str(person["number"]), {name: v for name, v in person.items() if name not in parts}
        if person["account"] is not None:
            yield "account", "", person["account"]
        for part in _PARTS:
            for place, one in enumerate(person[part], start=1):
                yield part, str(place), one
    for request in data["requests"]:
        yield "requests", str(request["number"]), request


def _words_of(name: str, value: Any, language: str) -> str:  # noqa: ANN401 (any value of a row)
    match value:
        case None:
            return ""
        case datetime():
            return value.astimezone(clock.LOCAL).isoformat(" ", "seconds")
        case list():
            return "; ".join(map(str, value))
        case dict():
            return orjson.dumps(value).decode()
    if name in {"kind", "state"}:
        return _word(f"{name}/{value}", language)
    return str(value)


def _word(code: str, language: str) -> str:
    return sentence(CATALOGUE, code, {}, language)
