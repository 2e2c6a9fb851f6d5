"""What narrows a collection down: bbox, values of properties, and CQL2, as conditions with bound values.

The cql2 package parses both encodings; the tree it gives is walked here against the collection's own properties and
their kinds, so that a name that is no property, or a comparison of unlike kinds, is refused and never reaches SQL.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import cql2
import orjson
import shapely

from api.ogc import systems
from grids.boundaries.errors import ParameterInvalidError
from grids.change_sets.feature_queries import COLUMNS, Condition

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LONGEST = 8_000
DEEPEST = 40
_COORDINATES = 10_000
_NESTING = re.compile(r"[(\[{]|\bnot\b|-", re.IGNORECASE)
_COMPARISONS = {"=": "=", "<>": "<>", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
_SPATIAL = {
    "s_intersects": "ST_Intersects",
    "s_disjoint": "ST_Disjoint",
    "s_equals": "ST_Equals",
    "s_touches": "ST_Touches",
    "s_crosses": "ST_Crosses",
    "s_within": "ST_Within",
    "s_contains": "ST_Contains",
    "s_overlaps": "ST_Overlaps",
}
_COLLECTIONS_TAKEN = {"s_intersects", "s_disjoint"}
_CASTS = {"text": "::text", "number": "::float8", "boolean": "::boolean", "time": "::timestamptz", "geometry": ""}


def filter_invalid(detail: str) -> ParameterInvalidError:
    """Make the error of a filter that cannot be taken."""
    return ParameterInvalidError(detail, field="filter")


def within(box: shapely.Geometry) -> Condition:
    """Ask for what intersects a geometry in WGS 84."""
    sql = "ST_Intersects(f.geom, ST_GeomFromWKB(%(bbox)s, 4326))"
    return Condition(sql, {"bbox": shapely.to_wkb(box)})


def equal_to(name: str, text: str, kinds: Mapping[str, str]) -> Condition:
    """Ask for one value of one property, as a query parameter states it."""
    compiler = Compiler(kinds, systems.CRS84, prefix=f"q{list(kinds).index(name)}_")
    sql, kind = compiler.property(name)
    value: Any = text
    try:
        if kind == "number":
            value = float(text)
        elif kind == "time":
            value = instant(text)
        elif kind == "boolean":
            value = {"true": True, "false": False}[text]
    except (ValueError, KeyError) as error:
        raise ParameterInvalidError(f"{name} is a {kind}.", field=name) from error
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
        tree = (cql2.parse_json(text) if language == "cql2-json" else cql2.parse_text(text)).to_json()
    except (cql2.ParseError, ValueError) as error:
        raise filter_invalid(f"The filter is not {language}: {str(error)[:300]}") from error
    compiler = Compiler(kinds, uri)
    return Condition(compiler.boolean(tree), compiler.values)


def instant(text: str) -> datetime:
    """Read an RFC 3339 instant; a date alone is its first moment in UTC.

    Raises
    ------
    ValueError
        When it is none.
    """
    moment = datetime.fromisoformat(text.strip().upper())
    try:
        return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(text) from error


class Compiler:
    """One walk through a filter: SQL comes out, values are collected."""

    def __init__(self, kinds: Mapping[str, str], uri: str, prefix: str = "f") -> None:
        self.kinds = kinds
        self.uri = uri
        self.prefix = prefix
        self.values: dict[str, Any] = {}

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
                raise filter_invalid(f"'{str(node['property'])[:40]}' is no condition.")
            return sql
        if not isinstance(node, dict) or "op" not in node:
            raise filter_invalid("The filter is no condition.")
        operator, arguments = str(node["op"]).lower(), node.get("args")
        if not isinstance(arguments, list):
            raise filter_invalid(f"{operator[:40]} needs arguments.")
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
            raise filter_invalid(f"'{str(name)[:60]}' is no queryable of this collection.")
        if name in COLUMNS:
            return f"f.{name}", kind
        key = self.bind(name, "text")
        value = f"(f.attributes->>{key})"
        if kind == "text":
            return value, kind
        # Guarded by CASE: another row's value of another kind must not fail the cast.
        guard = f"jsonb_typeof(f.attributes->{key}) = '{kind}'"
        return f"(CASE WHEN {guard} THEN {value}{_CASTS[kind]} END)", kind

    def _predicate(self, operator: str, arguments: list[Any]) -> str:
        if operator in _COMPARISONS:
            return self._comparison(operator, arguments)
        rule = self._rules().get(operator)
        if rule is None:
            raise filter_invalid(f"'{operator[:40]}' is not offered.")
        count, build = rule
        if len(arguments) != count:
            raise filter_invalid(f"{operator} takes {count} argument{'s' if count > 1 else ''}.")
        return build(operator, arguments)

    def _rules(self) -> dict[str, tuple[int, Callable[[str, list[Any]], str]]]:
        fixed: dict[str, tuple[int, Callable[[str, list[Any]], str]]] = {
            "isnull": (1, lambda _, args: f"({self._value(args[0])[0]} IS NULL)"),
            "like": (2, lambda _, args: self._like(args)),
            "between": (3, lambda _, args: self._between(args)),
            "in": (2, lambda _, args: self._in(args)),
        }
        return fixed | dict.fromkeys(_SPATIAL, (2, self._spatial))

    def _comparison(self, operator: str, arguments: list[Any]) -> str:
        if len(arguments) != 2:
            raise filter_invalid(f"{operator} compares two values.")
        left, right = self._alike(*arguments)
        return f"({left} {_COMPARISONS[operator]} {right})"

    def _alike(self, *nodes: Any) -> list[str]:  # noqa: ANN401 (JSON trees)
        found = [self._value(node) for node in nodes]
        kinds = {kind for _, kind in found}
        if len(kinds) != 1 or "geometry" in kinds:
            raise filter_invalid(f"These cannot be compared: {', '.join(sorted(kinds))}.")
        collate = ' COLLATE "C"' if kinds == {"text"} else ""
        return [f"{sql}{collate}" for sql, _ in found]

    def _like(self, arguments: list[Any]) -> str:
        pattern = arguments[1]
        plain = pattern["args"][0] if isinstance(pattern, dict) and pattern.get("op") == "casei" else pattern
        if not isinstance(plain, str) or (len(plain) - len(plain.rstrip("\\"))) % 2:
            raise filter_invalid("LIKE takes a text as its pattern.")
        value, sample = self._alike(arguments[0], pattern)
        return f"({value} LIKE {sample})"

    def _between(self, arguments: list[Any]) -> str:
        value, low, high = self._alike(*arguments)
        return f"({value} BETWEEN {low} AND {high})"

    def _in(self, arguments: list[Any]) -> str:
        if not isinstance(arguments[1], list) or not arguments[1]:
            raise filter_invalid("IN takes a list of values.")
        value, *rest = self._alike(arguments[0], *arguments[1])
        return f"({value} IN ({', '.join(rest)}))"

    def _spatial(self, operator: str, arguments: list[Any]) -> str:
        parts = []
        for node in arguments:
            sql, kind = self._value(node)
            if kind != "geometry":
                raise filter_invalid(f"{operator} takes geometries.")
            if (
                isinstance(node, dict)
                and node.get("type") == "GeometryCollection"
                and operator not in _COLLECTIONS_TAKEN
            ):
                raise filter_invalid(f"{operator} takes no geometry collection.")
            parts.append(sql)
        return f"{_SPATIAL[operator]}({parts[0]}, {parts[1]})"

    def _value(self, node: Any) -> tuple[str, str]:  # noqa: ANN401 (a JSON tree)
        if isinstance(node, bool):
            return self.bind(node, "boolean"), "boolean"
        if isinstance(node, str):
            return self.bind(node, "text"), "text"
        if isinstance(node, int | float):
            return self.bind(float(node), "number"), "number"
        if not isinstance(node, dict):
            raise filter_invalid("The filter has a value of no known kind.")
        if "property" in node:
            return self.property(node["property"])
        if "timestamp" in node:
            return self._time(node["timestamp"])
        if str(node.get("op")).lower() == "casei" and isinstance(node.get("args"), list) and len(node["args"]) == 1:
            sql, kind = self._value(node["args"][0])
            if kind != "text" or str(node["args"][0]).count("casei"):
                raise filter_invalid("CASEI takes a text.")
            return f"lower({sql})", "text"
        if "bbox" in node or "type" in node:
            return self._geometry(node), "geometry"
        raise filter_invalid(f"'{str(node.get('op') or list(node))[:40]}' is not offered.")

    def _time(self, text: Any) -> tuple[str, str]:  # noqa: ANN401 (from a JSON tree)
        try:
            return self.bind(instant(str(text)), "time"), "time"
        except ValueError as error:
            raise filter_invalid("A timestamp is RFC 3339.") from error

    def _geometry(self, node: dict[str, Any]) -> str:
        if "bbox" in node:
            shape = systems.box(node["bbox"], self.uri, "filter")
        else:
            try:
                shape = shapely.from_geojson(orjson.dumps(node))
            except (shapely.errors.GEOSException, orjson.JSONEncodeError) as error:
                raise filter_invalid("A geometry of the filter is not valid.") from error
            if shape.is_empty or shapely.get_num_coordinates(shape) > _COORDINATES:
                raise filter_invalid(f"A geometry of the filter is empty or has more than {_COORDINATES} points.")
            shape = systems.incoming(shape, self.uri, "filter")
        if not shapely.is_valid(shape):
            raise filter_invalid(f"A geometry of the filter is not valid: {shapely.is_valid_reason(shape)[:100]}.")
        return f"ST_GeomFromWKB({self.bind(shapely.to_wkb(shape), 'geometry')}, 4326)"


def _depth(text: str) -> int:
    depth = deepest = 0
    for character in text:
        if character in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")]}":
            depth -= 1
    return deepest
