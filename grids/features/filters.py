"""What narrows a collection down: bbox, values of properties, and CQL2, as conditions with bound values.

The cql2 package parses both encodings; what its tree says in SQL is compiler.py's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import cql2
import shapely

from core.errors import Detail
from core.instants import INSTANT_FORM, plus_restored, read_instant
from grids.boundaries.errors import ParameterInvalidError
from grids.change_sets.feature_queries import Condition
from grids.features import reference_systems
from grids.features.compiler import DEEPEST, Compiler, filter_invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = 8_000
_LITERAL = re.compile(r"""("[^"]*")|'((?:''|\\.|[^'\\])*)('?)""", re.DOTALL)
_ESCAPE = re.compile(r"\\([\\'abtnvfr])")
_ESCAPED = {"\\": "\\", "'": "''", "a": "\a", "b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r"}
_NESTING = re.compile(r"[(\[{+*/%^]|\b(?:not|div)\b|-", re.IGNORECASE)


def within(box: shapely.Geometry) -> Condition:
    """Ask for what intersects a geometry in WGS 84."""
    sql = "ST_Intersects(f.geom, ST_GeomFromWKB(%(bbox)s, 4326))"
    return Condition(sql, {"bbox": shapely.to_wkb(box)})


def equal_to(name: str, text: str, kinds: Mapping[str, str]) -> Condition:
    """Return the condition that a property has the value of a query parameter.

    Raises
    ------
    ParameterInvalidError
        When the text is no value of the property's kind.
    """
    compiler = Compiler(kinds, reference_systems.CRS84, prefix=f"q{list(kinds).index(name)}_")
    sql, kind = compiler.property(name)
    value: Any = text
    try:
        if kind == "number":
            value = float(text)
        elif kind == "time":
            value = read_instant(plus_restored(text))
        elif kind == "boolean":
            value = {"true": True, "false": False}[text]
    except (ValueError, KeyError) as error:
        raise ParameterInvalidError(
            "{name} is a time: it {form}." if kind == "time" else "{name} is a {kind}.",
            values={"name": name, "kind": Detail(kind), "form": Detail(INSTANT_FORM)},
            field=name,
        ) from error
    return Condition(f"{sql} = {compiler.bind(value, kind)}", compiler.values)


def cql(text: str, language: str, uri: str, kinds: Mapping[str, str]) -> Condition:
    """Turn a CQL2 filter into a condition.

    Raises
    ------
    ParameterInvalidError
        When it is not CQL2, names what is no property, or uses what is not offered.
    """
    if len(text) > LONGEST or len(_NESTING.findall(text)) > 20 * DEEPEST or _depth(text) > DEEPEST:
        raise filter_invalid("The filter is too long or too deep.")
    try:
        tree = (cql2.parse_json(text) if language == "cql2-json" else cql2.parse_text(_unescaped(text))).to_json()
    except (cql2.ParseError, ValueError) as error:
        raise filter_invalid(
            "The filter is not {language}: {error}", values={"language": language, "error": str(error)[:300]}
        ) from error
    compiler = Compiler(kinds, uri)
    return Condition(compiler.boolean(tree), compiler.values)


def _unescaped(text: str) -> str:
    """Put what a backslash escapes into the texts of a filter, which the parser takes as they stand.

    A backslash before anything else stays: LIKE escapes its wildcards so.
    """

    def plain(match: re.Match[str]) -> str:
        name, literal, end = match.groups()
        if name is not None:
            return str(name)
        if not end:
            raise filter_invalid("A text of the filter does not end.")
        return "'" + _ESCAPE.sub(lambda escape: _ESCAPED[escape[1]], literal) + "'"

    return _LITERAL.sub(plain, text)


def _depth(text: str) -> int:
    depth = deepest = 0
    for character in text:
        if character in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")]}":
            depth -= 1
    return deepest
