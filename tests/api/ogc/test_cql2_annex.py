"""CQL2's abstract tests (OGC 21-065r2, Annex A) on the service's own collections, in both encodings.

Every filter that the annex makes of a queryable, on a released collection and on a draft: test_cql2_annex_data.py has
its predicates with known results. Two classes are not claimed: no queryable is an array, and no function is our own.
"""

from __future__ import annotations

import functools
import itertools
import json
from typing import TYPE_CHECKING

import cql2
import pytest

from grids.boundaries.errors import ParameterInvalidError
from grids.features import filters, reference_systems

if TYPE_CHECKING:
    from collections.abc import Callable

    from grids.change_sets.feature_queries import Condition
    from tests.api.ogc.conftest import Served

PART = "113.26,34.79,113.275,34.805"
SOURCES = ["admin.grid", "draft-{draft}.community"]
KINDS = {"string": "text", "boolean": "boolean", "number": "number", "date-time": "time"}
VALUES = {"string": "'foo'", "boolean": "true", "number": "3.14", "date-time": "TIMESTAMP('2022-04-14T14:48:46Z')"}


@pytest.fixture(scope="module", params=SOURCES)
def source(request: pytest.FixtureRequest, served: Served) -> str:
    return str(request.param.format(draft=served.draft))


@pytest.fixture(scope="module")
def ask(served: Served, source: str, queryables: dict[str, str]) -> Callable[[str], set[str] | None]:
    """Evaluate a filter; the ids it finds in a part of the source, None where it is refused.

    The other encoding is asked for too where it becomes another condition, with other SQL or other values.
    """
    items = f"/ogc/collections/{source}/items"
    kinds = {name: KINDS[kind] for name, kind in queryables.items()}

    def condition(text: str, language: str) -> Condition | None:
        try:
            return filters.cql(text, language, reference_systems.CRS84, kinds)
        except ParameterInvalidError:
            return None

    @functools.cache
    def evaluate(text: str) -> set[str] | None:
        as_json = json.dumps(cql2.parse_text(text).to_json())
        answer = served.get(items, filter=text, bbox=PART, limit=1000)
        assert answer.status_code in {200, 400}, answer.text
        asked = condition(text, "cql2-text")
        assert (answer.status_code == 400) == (asked is None), answer.text
        if asked is None or condition(as_json, "cql2-json") != asked:
            again = served.get(items, **{"filter": as_json, "filter-lang": "cql2-json", "bbox": PART, "limit": 1})
            assert again.status_code == answer.status_code, again.text
            assert answer.json().get("numberMatched") == again.json().get("numberMatched")
        return {f["id"] for f in answer.json()["features"]} if answer.status_code == 200 else None

    return evaluate


@pytest.fixture(scope="module")
def queryables(served: Served, source: str) -> dict[str, str]:
    """The queryables that are no geometry, and their data types."""
    found = served.get(f"/ogc/collections/{source}/queryables").json()["properties"]
    return {name: kind.get("format", kind.get("type")) for name, kind in found.items() if name != "geometry"}


@pytest.mark.parametrize("turned", [False, True], ids=["property-value", "value-property"])
def test_comparison(ask: Callable[[str], set[str] | None], queryables: dict[str, str], turned: bool) -> None:  # noqa: FBT001
    """Basic CQL2 and property-property: opposite operators have no feature in common."""
    for name, kind in queryables.items():
        pair = (VALUES[kind], name) if turned else (name, VALUES[kind])
        found = {op: ask(f"{pair[0]} {op} {pair[1]}") for op in ("=", "<>", ">", "<", ">=", "<=")}
        assert None not in found.values(), name
        for one, two in (("=", "<>"), (">", "<="), ("<", ">=")):
            assert not found[one] & found[two], name  # type: ignore[operator]


def test_comparison_of_properties_and_of_values(
    ask: Callable[[str], set[str] | None], queryables: dict[str, str]
) -> None:
    for side in [*queryables, *VALUES.values(), "1", "DATE('2022-04-14')"]:
        found = {op: ask(f"{side} {op} {side}") for op in ("=", "<>", ">", "<", ">=", "<=")}
        assert found["<>"] == found["<"] == found[">"] == set(), side
        assert found["="] == found["<="] == found[">="] is not None, side


def test_is_null_and_boolean(ask: Callable[[str], set[str] | None], queryables: dict[str, str]) -> None:
    everything = ask("true")
    assert everything
    assert ask("false") == set()
    for name in [*queryables, "geometry"]:
        null, filled = ask(f"{name} IS NULL"), ask(f"{name} is not null")
        assert null is not None
        assert filled is not None
        assert (null | filled, null & filled) == (everything, set())


def test_like_between_and_in(ask: Callable[[str], set[str] | None], queryables: dict[str, str]) -> None:
    lists = {"string": "('foo', 'bar')", "boolean": "(true)", "number": "(1, 2, 3)",
             "date-time": "('2022-04-14T14:52:56Z', '2022-04-14T15:52:56Z')"}  # fmt: skip
    for name, kind in queryables.items():
        assert ask(f"{name} in {lists[kind]}") is not None
        if kind == "string":
            found = [ask(f"{name} LIKE {pattern}") for pattern in ("'%'", "'_%'", "''", "'%%'", r"'\\%\\_'")]
            assert None not in found
            assert found[0] == found[3]
            assert not found[1] & found[2]  # type: ignore[operator]
        if kind == "number":
            assert ask(f"{name} BETWEEN 0 AND 100") is not None
            assert ask(f"{name} between 100.0 and 1.0") == set()


def test_casei(ask: Callable[[str], set[str] | None], queryables: dict[str, str]) -> None:
    for name in (name for name, kind in queryables.items() if kind == "string"):
        same, other = ask(f"CASEI({name}) = casei('foo')"), ask(f"CASEI({name}) <> casei('FOO')")
        assert same is not None
        assert other is not None
        assert not same & other
        assert ask(f"CASEI({name}) LIKE casei('foo%')") == ask(f"CASEI({name}) LIKE casei('FOO%')") is not None


def test_accenti(ask: Callable[[str], set[str] | None], queryables: dict[str, str]) -> None:
    for name in (name for name, kind in queryables.items() if kind == "string"):
        same, other = ask(f"ACCENTI({name}) = accenti('äöüéáí')"), ask(f"ACCENTI({name}) <> accenti('aoueai')")
        assert same is not None
        assert other is not None
        assert not same & other
        for one, two in (
            (f"ACCENTI({name}) LIKE accenti('Ä%')", f"ACCENTI({name}) LIKE accenti('A%')"),
            (f"ACCENTI(CASEI({name})) = accenti(casei('ÄÉ'))", f"ACCENTI(CASEI({name})) = accenti(casei('ae'))"),
            (f"ACCENTI(CASEI({name})) LIKE accenti(casei('Ä%'))", f"ACCENTI(CASEI({name})) LIKE accenti(casei('a%'))"),
        ):
            assert ask(one) == ask(two) is not None


SPATIAL = [
    "BBOX(-180,-90,180,90)", "POINT(7.02 49.92)", "LINESTRING(-180 -45, 0 -45)",
    "MULTILINESTRING((-180 -45, 0 -45), (0 45, 180 45))",
    "POLYGON((-180 -90, -90 -90, -90 90, -180 90, -180 -90), (-120 -50, -100 -50, -100 -40, -120 -40, -120 -50))",
    ("MULTIPOLYGON(((-180 -90, -90 -90, -90 90, -180 90, -180 -90), (-120 -50, -100 -50, -100 -40, -120 -40, -120 -50))"
     ",((0 0, 10 0, 10 10, 0 10, 0 0)))"),
    "GEOMETRYCOLLECTION(POINT(7.02 49.92), POLYGON((0 0, 10 0, 10 10, 0 10, 0 0)))",
]  # fmt: skip


def test_s_intersects_takes_every_literal_and_no_coordinate_outside_the_world(
    ask: Callable[[str], set[str] | None],
) -> None:
    for literal in SPATIAL:
        assert ask(f"S_INTERSECTS(geometry,{literal})") is not None, literal
        assert ask(f"S_INTERSECTS({literal},geometry)") == ask(f"S_INTERSECTS(geometry,{literal})")
    for literal in ("POINT(90 180)", "MULTIPOINT(7.02 49.92, 90 180)"):
        assert ask(f"S_INTERSECTS(geometry,{literal})") is None
    world = "POLYGON((-180 -90,180 -90,180 90,-180 90,-180 -90))"
    assert ask(f"S_INTERSECTS(geometry,{SPATIAL[0]})") == ask(f"S_INTERSECTS(geometry,{world})") == ask("true")


WORLD = ("BBOX(-180,-90,180,90)", "POLYGON((-180 -90,180 -90,180 90,-180 90,-180 -90))")
LINE, POINT, POINTS, NOWHERE = "LINESTRING(7 50,10 51)", "POINT(7.02 49.92)", "MULTIPOINT(7 50,10 51)", "POINT(90 180)"


def test_spatial_functions(ask: Callable[[str], set[str] | None]) -> None:
    def each(function: str, *literals: str) -> list[set[str] | None]:
        return [ask(f"{function}(geometry,{literal})") for literal in literals]

    everything = ask("true")
    assert each("S_INTERSECTS", *WORLD, LINE, POINT, NOWHERE) == [everything, everything, set(), set(), None]
    assert each("S_DISJOINT", *WORLD, LINE, POINT, NOWHERE) == [set(), set(), everything, everything, None]
    assert each("S_EQUALS", WORLD[1], LINE, POINT) == [set()] * 3
    assert each("S_TOUCHES", *WORLD, LINE) == each("S_CROSSES", *WORLD, LINE) == [set()] * 3
    assert each("S_WITHIN", *WORLD, LINE, POINTS) == [everything, everything, set(), set()]
    assert each("S_CONTAINS", *WORLD, LINE, POINTS) == [set()] * 4
    assert each("S_OVERLAPS", POINTS, LINE, WORLD[1]) == [set()] * 3


@pytest.mark.parametrize(
    "function", ["INTERSECTS", "DISJOINT", "EQUALS", "TOUCHES", "CROSSES", "WITHIN", "CONTAINS", "OVERLAPS"]
)
def test_every_spatial_function_takes_every_spatial_literal(
    ask: Callable[[str], set[str] | None], function: str
) -> None:
    """The class's requirement of all literals, which its abstract tests do not go through."""
    for literal in SPATIAL:
        assert ask(f"S_{function}(geometry,{literal})") is not None, literal
        assert ask(f"S_{function}({literal},geometry)") is not None, literal


TIMES = ("T_AFTER", "T_BEFORE", "T_DISJOINT", "T_EQUALS", "T_INTERSECTS")
INTERVALS = ("T_CONTAINS", "T_DURING", "T_FINISHEDBY", "T_FINISHES", "T_MEETS", "T_METBY", "T_OVERLAPPEDBY",
             "T_OVERLAPS", "T_STARTEDBY", "T_STARTS")  # fmt: skip


def test_temporal_functions(ask: Callable[[str], set[str] | None], queryables: dict[str, str]) -> None:
    year = "INTERVAL('2021-01-01T00:00:00Z','2021-12-31T23:59:59Z')"
    times = [name for name, kind in queryables.items() if kind == "date-time"]
    assert len(times) == 2
    for function, name in itertools.product(TIMES, times):
        for literal in ("TIMESTAMP('2022-04-24T07:59:57Z')", year, "DATE('2022-04-24')"):
            assert ask(f"{function}({name},{literal})") is not None
    for function, (one, two) in itertools.product(TIMES + INTERVALS, itertools.permutations(times)):
        assert ask(f"{function}(INTERVAL({one},{two}),{year})") is not None
    for function in INTERVALS:
        assert ask(f"{function}({times[0]},{year})") is None


def test_arithmetic(ask: Callable[[str], set[str] | None], queryables: dict[str, str]) -> None:
    for name in (name for name, kind in queryables.items() if kind == "number"):
        for expression in (f"{name} + 1", f"{name} - 1", f"2 * {name}", f"{name} / 2", f"{name} div 7", f"{name} % 7",
                           f"{name} ^ 2", f"-({name} + 2) * 3"):  # fmt: skip
            assert ask(f"{expression} > 3.5") is not None, expression
            assert ask(f"{expression} = {expression}") == ask(f"{name} IS NOT NULL"), expression


def test_combinations(ask: Callable[[str], set[str] | None], queryables: dict[str, str]) -> None:
    """Every class: valid predicates under AND, OR and NOT. Three-valued logic keeps what is neither out."""
    valid = [f"{name} <= {VALUES[kind]}" for name, kind in queryables.items()]
    valid += [f"{name} IS NULL" for name in queryables]
    valid += [f"S_INTERSECTS(geometry,{literal})" for literal in SPATIAL[:2]] + ["true", "area_m2 / 2 > 1e5"]
    for start in range(12):
        p1, p2, p3, p4 = (valid[(start * 5 + step * 7) % len(valid)] for step in range(4))
        assert ask(f"((NOT {p1} AND {p2}) OR ({p3} and NOT {p4}) or not ({p1} AND {p4}))") is not None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"it\'s", "it's"), ("it''s", "it's"), (r"\a\b\t\n\v\f\r", "\a\b\t\n\v\f\r"), (r"a\\b", r"a\b"),
        (r"\\\'", r"\'"), (r"\\n", r"\n"), (r"社\区", r"社\区"), (r"\%\\_", r"\%\_"), ("\t\n", "\t\n"), ("", ""),
    ],
)  # fmt: skip
def test_escaping(written: str, meant: str) -> None:
    """CQL2 Text: the characters that a backslash or a quote escapes are recovered; what it does not escape stays."""
    for text in (f"name = '{written}'", f"\"name\" LIKE 'it''s' OR '{written}' = name"):
        values = filters.cql(text, "cql2-text", reference_systems.CRS84, {"name": "text"}).values.values()
        assert meant in values
        assert set(values) <= {"name", "it's", meant}


def test_case_and_accents_are_folded_in_every_script(ask: Callable[[str], set[str] | None]) -> None:
    for text in (
        "casei('Straße') = casei('STRASSE')", "casei('Οδος') = casei('ΟΔΟΣ')", "casei('Ä') = casei('ä')",
        "accenti('Zhèngzhōu Lǚliáng') = 'Zhengzhou Luliang'", "accenti('Łódź') = accenti('Lodz')",
        "accenti('débárquér') = 'debarquer'", "accenti('が社区') = accenti('が社区')", "accenti('が') <> accenti('か')",
    ):  # fmt: skip
        assert ask(text) == ask("true"), text
