"""Filters made at random, in both encodings, find what an evaluator of their own finds; hostile ones are refused."""

from __future__ import annotations

import json
import math
import operator
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from tests.api.ogc.conftest import Served

ITEMS = "/ogc/collections/admin.grid/items"
PART = (113.25, 34.785, 113.275, 34.805)
"""Filters are evaluated on the grids that touch this part of the district."""
COMPARE = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
SPATIAL = ("intersects", "disjoint", "within", "contains", "touches", "overlaps")
Tree = dict[str, Any] | bool

numbers = st.integers(60, 220).map(float)
texts = st.sampled_from(["it's", "社区", "); DROP TABLE area; --", "%", "_", "\\", '"', "网格", "%(f0)s", "100%", "{}"])
number_values = st.recursive(
    st.one_of(st.just({"property": "households"}), numbers),
    lambda inner: st.builds(
        lambda op, a, b: {"op": op, "args": [a, b]}, st.sampled_from(["+", "-", "*", "/", "%", "div"]), inner, inner
    ),
    max_leaves=4,
)
text_values = st.one_of(st.sampled_from([{"property": "code"}, {"property": "name"}, {"property": "unit_code"}]), texts)
bounds = st.tuples(
    st.floats(113.18, 113.30), st.floats(34.75, 34.85), st.floats(0.001, 0.05), st.floats(0.001, 0.05)
).map(lambda b: [round(b[0], 4), round(b[1], 4), round(b[0] + b[2], 4), round(b[1] + b[3], 4)])
predicates: st.SearchStrategy[Tree] = st.one_of(
    *(
        st.builds(lambda op, a, b: {"op": op, "args": [a, b]}, st.sampled_from(list(COMPARE)), values, values)
        for values in (number_values, text_values)
    ),
    st.builds(lambda a, b, c: {"op": "between", "args": [a, b, c]}, number_values, numbers, numbers),
    st.builds(lambda a, b: {"op": "in", "args": [a, b]}, number_values, st.lists(numbers, min_size=1, max_size=4)),
    st.builds(lambda a, b: {"op": "in", "args": [a, b]}, text_values, st.lists(texts, min_size=1, max_size=4)),
    st.builds(lambda a: {"op": "isNull", "args": [{"property": a}]}, st.sampled_from(["valid_to", "name", "code"])),
    st.builds(
        lambda op, b: {"op": f"s_{op}", "args": [{"property": "geometry"}, {"bbox": b}]},
        st.sampled_from(SPATIAL), bounds,
    ),
    st.booleans(),
)  # fmt: skip
trees = st.recursive(
    predicates,
    lambda inner: st.one_of(
        st.builds(lambda a: {"op": "not", "args": [a]}, inner),
        st.builds(
            lambda op, a: {"op": op, "args": a}, st.sampled_from(["and", "or"]), st.lists(inner, min_size=2, max_size=3)
        ),
    ),
    max_leaves=6,
)


def as_text(node: Any) -> str:  # noqa: C901 (one case a form)
    """Write a tree as CQL2 text."""
    if isinstance(node, bool):
        return str(node).upper()
    if isinstance(node, float):
        return repr(node)
    if isinstance(node, str):
        return "'" + node.replace("\\", "\\\\").replace("'", "''") + "'"
    if "property" in node:
        return f'"{node["property"]}"'
    if "bbox" in node:
        return f"BBOX({','.join(map(repr, node['bbox']))})"
    op, args = node["op"], node["args"]
    match op:
        case "and" | "or":
            return "(" + f" {op} ".join(as_text(a) for a in args) + ")"
        case "not":
            return f"(NOT {as_text(args[0])})"
        case "isNull":
            return f"{as_text(args[0])} IS NULL"
        case "between":
            return f"{as_text(args[0])} BETWEEN {as_text(args[1])} AND {as_text(args[2])}"
        case "in":
            return f"{as_text(args[0])} IN ({', '.join(as_text(a) for a in args[1])})"
        case _ if op.startswith("s_"):
            return f"{op.upper()}({as_text(args[0])}, {as_text(args[1])})"
        case _:
            return f"({as_text(args[0])} {op} {as_text(args[1])})"


def value(node: Any, facts: dict[str, Any]) -> Any:
    """Evaluate a value; None is no value."""
    if not isinstance(node, dict):
        return node
    if "property" in node:
        return facts[node["property"]]
    one, two = (value(a, facts) for a in node["args"])
    if one is None or two is None or (node["op"] in {"/", "div", "%"} and two == 0):
        return None
    match node["op"]:
        case "/":
            return one / two
        case "div":
            return float(math.trunc(one / two))
        case "%":
            return math.fmod(one, two)
        case op:
            return {"+": operator.add, "-": operator.sub, "*": operator.mul}[op](one, two)


def holds(node: Any, facts: dict[str, Any]) -> bool | None:
    """Evaluate a condition in SQL's three values."""
    if isinstance(node, bool):
        return node
    op, args = node["op"], node["args"]
    if op in {"and", "or"}:
        found = [holds(a, facts) for a in args]
        decisive = op == "or"
        return decisive if decisive in found else (None if None in found else not decisive)
    if op == "not":
        inner = holds(args[0], facts)
        return None if inner is None else not inner
    if op == "isNull":
        return value(args[0], facts) is None
    if op.startswith("s_"):
        return bool(getattr(shapely, op[2:])(facts["geometry"], shapely.box(*args[1]["bbox"])))
    left = value(args[0], facts)
    rest = [value(a, facts) for a in (args[1] if op == "in" else args[1:])]
    if op == "in":
        return None if left is None else left in rest
    if None in (left, *rest):
        return None
    return rest[0] <= left <= rest[1] if op == "between" else bool(COMPARE[op](left, rest[0]))


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(tree=trees)
def test_a_random_filter_finds_what_an_evaluator_of_its_own_finds(served: Served, tree: Tree) -> None:
    wanted, part = [], shapely.box(*PART)
    for record in served.records:
        if record.level == "grid" and record.geom.intersects(part):
            facts = {"code": record.code, "name": record.name, "unit_code": record.unit_code, "valid_to": None,
                     "geometry": record.geom, **record.attributes}  # fmt: skip
            if holds(tree, facts):
                wanted.append(record.code)
    for language, text in (("cql2-text", as_text(tree)), ("cql2-json", json.dumps(tree))):
        answer = served.get(ITEMS, bbox=",".join(map(str, PART)), limit=1000, filter=text, **{"filter-lang": language})
        assert answer.status_code == 200, (text, answer.text)
        assert [feature["id"] for feature in answer.json()["features"]] == sorted(wanted), text


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    text=st.one_of(
        st.text(max_size=60),
        st.lists(
            st.sampled_from(
                ["code", "households", "geometry", "'x'", "1", "1e308", "-", "+", "*", "/", "^", "%", "div", "(", ")",
                 "=", "<>", "AND", "OR", "NOT", "IN", "BETWEEN", "LIKE", "IS NULL", "CASEI(", "S_WITHIN(",
                 "T_AFTER(", ",",
                 "POINT(1 1)", "POLYGON((0 0,1 1,1 0,0 0))", "DATE('2026-01-01')", "TIMESTAMP('2026-01-01T00:00:00Z')",
                 "INTERVAL('..','2026-01-01')", "valid_from", "\x00", "\\", "''", '"', "%(f0)s", "%s", "true", "NULL"]
            ),
            max_size=12,
        ).map(" ".join),
    ),
    language=st.sampled_from(["cql2-text", "cql2-json"]),
)  # fmt: skip
def test_whatever_is_sent_as_a_filter_is_answered_or_refused(served: Served, text: str, language: str) -> None:
    answer = served.get(ITEMS, limit=1, filter=text.encode("utf-8", "replace"), **{"filter-lang": language})
    assert answer.status_code in {200, 400}, (text, answer.text)


@pytest.mark.parametrize(
    "text",
    [
        "households = 1" + " + 1" * 1500, "households = " + "2 ^ " * 300 + "2",
        "households = " + "(" * 39 + "1" + ")" * 39,
        "households = " + "1 % (" * 38 + "7" + ")" * 38, "(1e308 * 1e308) > households", "(households - 1e3) ^ 0.5 > 1",
        "0 ^ (0 - 1) = households", "households = " + "9" * 400, " OR ".join(["households = 1"] * 500),
        "code LIKE '" + "%a" * 2000 + "'", "households / 0 = 1", "households % 0 = 0", "households div 0 = 0",
    ],
)  # fmt: skip
def test_what_would_be_too_much_or_no_number_is_answered_or_refused_in_time(served: Served, text: str) -> None:
    answer = served.get(ITEMS, limit=1, filter=text)
    assert answer.status_code in {200, 400}, answer.text
    assert answer.elapsed.total_seconds() < 10


@pytest.mark.parametrize(
    "tree",
    [
        {"op": "=", "args": [{"property": "households"}, 10**400]},
        {"op": "=", "args": [{"property": "households"}, None]},
        {"op": "=", "args": [{"property": ["code"]}, 1]}, {"op": "=", "args": [{"property": {}}, "x"]},
        {"op": "+", "args": [1, 2]}, {"op": ["="], "args": [1, 1]},
        {"op": "in", "args": [{"property": "code"}, ["a", 1]]},
        {"op": "t_after", "args": [{"interval": ["..", 5]}, {"date": "2026-01-01"}]},
        {"op": "t_after", "args": [{"interval": [".."]}, {"date": "2026-01-01"}]},
        {"op": "t_during", "args": [{"date": "2026-01-01"}, {"interval": ["..", ".."]}]},
        {"op": "t_after", "args": [{"property": "code"}, {"date": "2026-01-01"}]},
        {"op": "=", "args": [{"date": "20260101"}, {"date": "2026-01-01"}]},
        {"op": "=", "args": [{"property": "valid_from"}, {"date": "2026-01-01"}]},
        {"op": "=", "args": [{"timestamp": 5}, {"timestamp": None}]}, {"op": "casei", "args": [5]},
        {"op": "like", "args": [{"property": "code"}, {"op": "casei", "args": []}]},
        {"op": "s_within", "args": [{"property": "geometry"}, {"bbox": [1, 2, "3", 4]}]},
        {"op": "s_within", "args": [{"property": "geometry"}, {"bbox": None}]},
        {"op": "s_within", "args": [{"property": "geometry"}, {"type": "Point", "coordinates": ["a", None]}]},
        {"op": "s_within", "args": [{"property": "geometry"}, {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}]},
        {"op": "accenti", "args": ["x"]}, {"op": "a_contains", "args": [["a"], ["a"]]}, {"args": []}, {"op": None},
    ],
)  # fmt: skip
def test_a_tree_of_the_wrong_kinds_is_400(served: Served, tree: Any) -> None:
    answer = served.get(ITEMS, **{"filter": json.dumps(tree), "filter-lang": "cql2-json"})
    assert (answer.status_code, answer.json()["field"]) == (400, "filter"), answer.text
