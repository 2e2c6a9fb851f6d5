"""Filters of RFC 7644 (3.4.2.2): read into a condition on a resource, as a value of JSON."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from api.scim.errors import ScimError
from core.errors import Detail

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST: Final = 2000
_DEEPEST: Final = 20
_TOKEN: Final = re.compile(r"\s*(\(|\)|\[|\]|\"(?:[^\"\\]|\\.)*\"|[^\s()\[\]\"]+)")
_EXACT: Final = frozenset({"id", "externalid"})


def condition(words: str) -> Callable[[dict[str, Any]], bool]:
    """Return the condition that a filter states.

    Raises
    ------
    ScimError
        With `invalidFilter` where it cannot be read.
    """
    if len(words) > LONGEST:
        raise ScimError("The filter is too long.", scim_type="invalidFilter")
    parser = _Parser(_tokens(words))
    found = parser.disjunction(0)
    if parser.rest:
        raise ScimError(
            "The filter goes on with '{rest}'.", values={"rest": parser.rest[0][:40]}, scim_type="invalidFilter"
        )
    return found


def values_of(resource: Any, path: str) -> list[Any]:  # noqa: ANN401 (JSON)
    """Return the values at a path of names (`name.formatted`), of every member of lists; names in any case."""
    found = [resource]
    for name in _names(path):
        below = []
        for value in found:
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, dict):
                    below += [member for key, member in one.items() if key.lower() == name]
        found = below
    return [one for value in found for one in (value if isinstance(value, list) else [value])]


def _names(path: str) -> list[str]:
    urn, colon, rest = path.rpartition(":")
    names = rest.lower().split(".")
    # An extension's attributes lie below its URN; those of the core schema do not.
    return [urn.lower(), *names] if colon and ":core:" not in urn.lower() else names


def _tokens(words: str) -> list[str]:
    tokens, at = [], 0
    words = words.rstrip()
    while at < len(words):
        found = _TOKEN.match(words, at)
        if found is None:
            raise ScimError("The filter has an open quotation mark.", scim_type="invalidFilter")
        tokens.append(found[1])
        at = found.end()
    return tokens


class _Parser:
    """Reads tokens from the left; `not` binds before `and`, `and` before `or`."""

    def __init__(self, tokens: list[str]) -> None:
        self.rest = tokens

    def disjunction(self, depth: int) -> Callable[[dict[str, Any]], bool]:
        parts = [self._conjunction(depth)]
        while self._take("or"):
            parts.append(self._conjunction(depth))
        return lambda resource: any(part(resource) for part in parts)

    def _conjunction(self, depth: int) -> Callable[[dict[str, Any]], bool]:
        parts = [self._factor(depth)]
        while self._take("and"):
            parts.append(self._factor(depth))
        return lambda resource: all(part(resource) for part in parts)

    def _factor(self, depth: int) -> Callable[[dict[str, Any]], bool]:
        if depth > _DEEPEST:
            raise ScimError("The filter is nested too deeply.", scim_type="invalidFilter")
        if self._take("not"):
            inner = self._factor(depth + 1)
            return lambda resource: not inner(resource)
        if self._take("("):
            inner = self.disjunction(depth + 1)
            self._require(")")
            return inner
        path = self._next("an attribute")
        if self._take("["):
            inner = self.disjunction(depth + 1)
            self._require("]")
            return lambda resource: any(isinstance(one, dict) and inner(one) for one in values_of(resource, path))
        return self._comparison(path)

    def _comparison(self, path: str) -> Callable[[dict[str, Any]], bool]:
        operator = self._next("an operator").lower()
        if operator == "pr":
            return lambda resource: any(value not in (None, "", [], {}) for value in values_of(resource, path))
        compare = _OPERATORS.get(operator)
        if compare is None:
            raise ScimError(
                "There is no operator '{operator}' in filters.",
                values={"operator": operator[:40]},
                scim_type="invalidFilter",
            )
        token = self._next("a value")
        try:
            wanted = json.loads(token if token.startswith('"') else token.lower())
        except ValueError:
            raise ScimError(
                "'{token}' is no value of JSON.", values={"token": token[:40]}, scim_type="invalidFilter"
            ) from None
        exact = _names(path)[-1] in _EXACT
        folded = _folded(wanted, exact=exact)
        if operator == "ne":
            return lambda resource: all(_folded(value, exact=exact) != folded for value in values_of(resource, path))
        return lambda resource: any(compare(_folded(value, exact=exact), folded) for value in values_of(resource, path))

    def _take(self, word: str) -> bool:
        if self.rest and self.rest[0].lower() == word:
            self.rest = self.rest[1:]
            return True
        return False

    def _require(self, word: str) -> None:
        if not self._take(word):
            raise ScimError("The filter lacks '{word}'.", values={"word": word}, scim_type="invalidFilter")

    def _next(self, what: str) -> str:
        if not self.rest:
            raise ScimError(
                "The filter ends where {what} is needed.", values={"what": Detail(what)}, scim_type="invalidFilter"
            )
        token, self.rest = self.rest[0], self.rest[1:]
        return token


def _folded(value: Any, *, exact: bool) -> Any:  # noqa: ANN401 (JSON)
    return value.casefold() if isinstance(value, str) and not exact else value


def _text(compare: Callable[[str, str], bool]) -> Callable[[Any, Any], bool]:
    return lambda value, wanted: isinstance(value, str) and isinstance(wanted, str) and compare(value, wanted)


def _alike(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def compared(value: Any, wanted: Any) -> bool:  # noqa: ANN401 (JSON)
        return type(value) is type(wanted) and isinstance(value, str | int | float) and compare(value, wanted)

    return compared


_OPERATORS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "eq": lambda value, wanted: type(value) is type(wanted) and value == wanted,
    "ne": lambda value, wanted: value != wanted,
    "co": _text(lambda value, wanted: wanted in value),
    "sw": _text(lambda value, wanted: value.startswith(wanted)),
    "ew": _text(lambda value, wanted: value.endswith(wanted)),
    "gt": _alike(lambda value, wanted: value > wanted),
    "ge": _alike(lambda value, wanted: value >= wanted),
    "lt": _alike(lambda value, wanted: value < wanted),
    "le": _alike(lambda value, wanted: value <= wanted),
}
