"""A CQL2 tree as SQL: walked against a collection's properties and their kinds, every value bound.

A name that is no property, a comparison of unlike kinds, or a function that is not offered is refused; nothing of the
text a client sends ever becomes SQL.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import shapely

from core.errors import Detail, detail_of
from core.instants import read_day, read_instant
from grids.boundaries.errors import ParameterInvalidError
from grids.change_sets.feature_queries import COLUMNS
from grids.features import reference_systems, relations, spans
from grids.geojson import read_geometry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DEEPEST = 40
_MOST_POINTS = 10_000
_COMPARISONS = {"=": "=", "<>": "<>", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
_ARITHMETIC = {
    "+": "({0} + {1})",
    "-": "({0} - {1})",
    "*": "({0} * {1})",
    "/": "({0} / NULLIF({1}, 0))",
    "div": "trunc({0} / NULLIF({1}, 0))",
    "%": "mod({0}::numeric, NULLIF({1}, 0)::numeric)::float8",
    "^": "power({0}, {1})",
}
"""Division by zero gives no value; what leaves the range of numbers is told when the query runs."""
_FOLDS = {
    # Up and down again, as ß is SS in capitals: the simple part of Unicode's full case folding.
    "casei": 'lower(upper({0} COLLATE "und-x-icu"))',
    # Accents apart from their letters, and away; a stroke is no accent to Unicode's normal forms, but to its collation.
    "accenti": "translate(regexp_replace(normalize({0}, NFD), U&'[\\0300-\\036F]', '', 'g'),"
    " 'ØøĐđĦħŁłŦŧ', 'OoDdHhLlTt')",
}
_CASTS = {
    "text": "::text",
    "number": "::float8",
    "boolean": "::boolean",
    "time": "::timestamptz",
    "date": "::date",
    "geometry": "",
}
_JSON_KINDS = {"time": "string", "date": "string"}


def filter_invalid(detail: str | Detail, *, values: Mapping[str, Any] | None = None) -> ParameterInvalidError:
    """Make the error of a filter that cannot be taken."""
    return ParameterInvalidError(detail, values=values or {}, field="filter")


class Compiler:
    """One walk through a filter: SQL comes out, values are collected."""

    def __init__(self, kinds: Mapping[str, str], uri: str, prefix: str = "f") -> None:
        self.kinds = kinds
        self.uri = uri
        self.prefix = prefix
        self.values: dict[str, Any] = {}
        self._depth = 0

    def bind(self, value: Any, kind: str) -> str:  # noqa: ANN401 (a literal)
        """Bind one value and return its place in the SQL."""
        if isinstance(value, str) and "\x00" in value:
            raise filter_invalid("A text must not hold a zero character.")
        if isinstance(value, float) and not math.isfinite(value):
            raise filter_invalid("A number must be finite.")
        name = f"{self.prefix}{len(self.values)}"
        self.values[name] = value
        return f"%({name})s{_CASTS[kind]}"

    def boolean(self, node: Any, depth: int = 0) -> str:  # noqa: ANN401 (a JSON tree)
        """Return the SQL of a condition."""
        if depth > 2 * DEEPEST:
            raise filter_invalid("The filter is too deep.")
        if isinstance(node, bool):
            return "TRUE" if node else "FALSE"
        if isinstance(node, dict) and "property" in node:
            sql, kind = self.property(node["property"])
            if kind != "boolean":
                raise filter_invalid("'{name}' is no condition.", values={"name": str(node["property"])[:40]})
            return sql
        if not isinstance(node, dict) or "op" not in node:
            raise filter_invalid("The filter is no condition.")
        operator, arguments = str(node["op"]).lower(), node.get("args")
        if not isinstance(arguments, list):
            raise filter_invalid("{operator} needs arguments.", values={"operator": operator[:40]})
        if operator in {"and", "or"} and arguments:
            parts = [self.boolean(argument, depth + 1) for argument in arguments]
            return "(" + f" {operator.upper()} ".join(parts) + ")"
        if operator == "not" and len(arguments) == 1:
            return f"(NOT {self.boolean(arguments[0], depth + 1)})"
        return self._predicate(operator, arguments)

    def property(self, name: Any) -> tuple[str, str]:  # noqa: ANN401 (from a JSON tree)
        """Return the SQL and the kind of a property."""
        if name == "geometry":
            return "f.geom", "geometry"
        kind = self.kinds.get(name) if isinstance(name, str) else None
        if kind is None:
            raise filter_invalid("'{name}' is no queryable of this collection.", values={"name": str(name)[:60]})
        if name in COLUMNS:
            return f"f.{name}", kind
        key = self.bind(name, "text")
        value = f"(f.attributes->>{key})"
        if kind == "text":
            return value, kind
        # Guarded by CASE: another row's value of another kind must not fail the cast.
        guard = f"jsonb_typeof(f.attributes->{key}) = '{_JSON_KINDS.get(kind, kind)}'"
        return f"(CASE WHEN {guard} THEN {value}{_CASTS[kind]} END)", kind

    def _predicate(self, operator: str, arguments: list[Any]) -> str:
        if operator in _COMPARISONS:
            return self._comparison(operator, arguments)
        rule = self._rules().get(operator)
        if rule is None:
            raise filter_invalid("'{operator}' is not offered.", values={"operator": operator[:40]})
        count, build = rule
        if len(arguments) != count:
            raise filter_invalid(
                "{operator} takes {count} arguments." if count > 1 else "{operator} takes 1 argument.",
                values={"operator": operator, "count": count},
            )
        return build(operator, arguments)

    def _rules(self) -> dict[str, tuple[int, Callable[[str, list[Any]], str]]]:
        fixed: dict[str, tuple[int, Callable[[str, list[Any]], str]]] = {
            "isnull": (1, lambda _, args: f"({self._value(args[0])[0]} IS NULL)"),
            "like": (2, lambda _, args: self._like(args)),
            "between": (3, lambda _, args: self._between(args)),
            "in": (2, lambda _, args: self._in(args)),
        }
        return (
            fixed
            | dict.fromkeys(relations.FUNCTIONS, (2, self._spatial))
            | dict.fromkeys(spans.FUNCTIONS, (2, self._temporal))
        )

    def _comparison(self, operator: str, arguments: list[Any]) -> str:
        if len(arguments) != 2:
            raise filter_invalid("{operator} compares two values.", values={"operator": operator})
        left, right = self._alike(*arguments)
        return f"({left} {_COMPARISONS[operator]} {right})"

    def _alike(self, *nodes: Any) -> list[str]:  # noqa: ANN401 (JSON trees)
        found = [self._value(node) for node in nodes]
        kinds = {kind for _, kind in found}
        if len(kinds) == 2 and kinds & {"time", "date"} and "text" in kinds:
            # RFC 3339 in quotes beside a time is that time.
            (kind,) = kinds - {"text"}
            found = [self._literal(node, kind) if isinstance(node, str) else self._value(node) for node in nodes]
            kinds = {kind for _, kind in found}
        if len(kinds) != 1 or "geometry" in kinds:
            raise filter_invalid("These cannot be compared: {kinds}.", values={"kinds": [*sorted(kinds)]})
        # Texts compare in byte order, whatever the database's collation.
        collate = ' COLLATE "C"' if kinds == {"text"} else ""
        return [f"{sql}{collate}" for sql, _ in found]

    def _like(self, arguments: list[Any]) -> str:
        plain = arguments[1]
        while isinstance(plain, dict) and str(plain.get("op")).lower() in _FOLDS:
            inner = plain.get("args")
            plain = inner[0] if isinstance(inner, list) and len(inner) == 1 else None
        # An odd number of backslashes at the end would escape nothing, an error of PostgreSQL's LIKE.
        if not isinstance(plain, str) or (len(plain) - len(plain.rstrip("\\"))) % 2:
            raise filter_invalid("LIKE takes a text as its pattern.")
        value, sample = self._alike(*arguments)
        return f"({value} LIKE {sample})"

    def _between(self, arguments: list[Any]) -> str:
        value, low, high = self._alike(*arguments)
        return f"({value} BETWEEN {low} AND {high})"

    def _in(self, arguments: list[Any]) -> str:
        if not isinstance(arguments[1], list) or not arguments[1]:
            raise filter_invalid("IN takes a list of values.")
        value, *rest = self._alike(arguments[0], *arguments[1])
        return f"({value} IN ({', '.join(rest)}))"

    def _spatial(self, function: str, arguments: list[Any]) -> str:
        one, two = (self._parts(function, node) for node in arguments)
        return relations.compared(function, one, two)

    def _parts(self, function: str, node: Any) -> relations.Parts:  # noqa: ANN401 (a JSON tree)
        if isinstance(node, dict) and ("bbox" in node or "type" in node):
            return self._geometry(node)
        sql, kind = self._value(node)
        if kind != "geometry":
            raise filter_invalid("{function} takes geometries.", values={"function": function})
        # The stored geometry: areas, dimension 2.
        return (relations.Part(2, sql),)

    def _temporal(self, function: str, arguments: list[Any]) -> str:
        one, two = (self._span(node) for node in arguments)
        try:
            return spans.compared(function, one, two)
        except ValueError as error:
            raise filter_invalid("{function} takes two intervals.", values={"function": function}) from error

    def _span(self, node: Any) -> spans.Span:  # noqa: ANN401 (a JSON tree)
        if not isinstance(node, dict) or "interval" not in node:
            bound = spans.Bound(*self._time(node))
            return spans.Span(bound, bound, is_interval=False)
        ends = node["interval"]
        if not isinstance(ends, list) or len(ends) != 2:
            raise filter_invalid("An interval has a start and an end.")
        start, end = (
            open_end if value == ".." else spans.Bound(*self._time(value))
            for value, open_end in zip(ends, (spans.START, spans.END), strict=True)
        )
        return spans.Span(start, end, is_interval=True)

    def _time(self, node: Any) -> tuple[str, str]:  # noqa: ANN401 (a JSON tree)
        """Return a time or a date; a text is read as what it looks like."""
        if isinstance(node, str):
            return self._literal(node, "date" if len(node) == len("2026-01-31") else "time")
        sql, kind = self._value(node)
        if kind not in {"time", "date"}:
            raise filter_invalid("A temporal function takes times, dates and intervals.")
        return sql, kind

    def _value(self, node: Any) -> tuple[str, str]:  # noqa: ANN401 (a JSON tree)
        if isinstance(node, bool):
            return self.bind(node, "boolean"), "boolean"
        if isinstance(node, str):
            return self.bind(node, "text"), "text"
        if isinstance(node, int | float):
            return self._number(node), "number"
        if not isinstance(node, dict):
            raise filter_invalid("The filter has a value of no known kind.")
        if "property" in node:
            return self.property(node["property"])
        for kind, member in (("time", "timestamp"), ("date", "date")):
            if member in node:
                return self._literal(node[member], kind)
        if "bbox" in node or "type" in node:
            return self._geometry(node)[0].sql, "geometry"
        return self._computed(str(node.get("op")).lower(), node.get("args"))

    def _number(self, node: float) -> str:
        try:
            return self.bind(float(node), "number")
        except OverflowError as error:
            raise filter_invalid("A number must be finite.") from error

    def _computed(self, operator: str, arguments: Any) -> tuple[str, str]:  # noqa: ANN401 (a JSON tree)
        """Return a value that an operator makes of others: arithmetic, or CASEI."""
        self._depth += 1
        if self._depth > 2 * DEEPEST:
            raise filter_invalid("The filter is too deep.")
        found = [self._value(node) for node in arguments] if isinstance(arguments, list) else []
        self._depth -= 1
        kinds = [kind for _, kind in found]
        if operator in _ARITHMETIC and kinds == ["number", "number"]:
            return _ARITHMETIC[operator].format(*(sql for sql, _ in found)), "number"
        if operator in _FOLDS and kinds == ["text"]:
            return _FOLDS[operator].format(found[0][0]), "text"
        raise filter_invalid(
            "'{operator}' is not offered for {kinds}.",
            values={"operator": operator[:40], "kinds": kinds or Detail("nothing")},
        )

    def _literal(self, text: Any, kind: str) -> tuple[str, str]:  # noqa: ANN401 (from a JSON tree)
        try:
            return self.bind(read_day(str(text)) if kind == "date" else read_instant(str(text)), kind), kind
        except ValueError as error:
            raise filter_invalid(
                "The {kind} {text} {error}.",
                values={"kind": Detail(kind), "text": f"{str(text)[:40]!r}", "error": detail_of(error)},
            ) from error

    def _geometry(self, node: dict[str, Any]) -> relations.Parts:
        if "bbox" in node:
            numbers = node["bbox"]
            if not isinstance(numbers, list) or not all(isinstance(n, int | float) for n in numbers):
                raise filter_invalid("A bbox is four or six numbers.")
            shape = reference_systems.box(numbers, self.uri, "filter")
        else:
            shape = read_geometry(node, filter_invalid, most_points=_MOST_POINTS, in_degrees=False)
            shape = reference_systems.incoming(shape, self.uri, "filter")
        if not shapely.is_valid(shape):
            raise filter_invalid(
                "A geometry of the filter is not valid: {reason}.",
                values={"reason": shapely.is_valid_reason(shape)[:100]},
            )
        return tuple(
            relations.Part(dimension, f"ST_GeomFromWKB({self.bind(shapely.to_wkb(part), 'geometry')}, 4326)")
            for dimension, part in relations.taken_apart(shape)
        )
