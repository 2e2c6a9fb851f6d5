"""What becomes of a delivery's columns: every one is kept, or a remark tells what became of it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from core import clock
from grids.boundaries import errors, operations, queries
from grids.boundaries.records import AreaRecord
from grids.change_sets.rules.facts import changed_facts

from .conftest import upload

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.db import Database
    from grids.boundaries.operations import Imported

INPUTS = Path(__file__).parent / "inputs"
SQUARES = (shapely.box(113.30, 34.8, 113.31, 34.81), shapely.box(113.31, 34.8, 113.32, 34.81))


def collection(*rows: dict[str, Any]) -> bytes:
    features = [
        {"type": "Feature", "properties": row, "geometry": square.__geo_interface__}
        for row, square in zip(rows, SQUARES, strict=False)
    ]
    return orjson.dumps({"type": "FeatureCollection", "features": features})


@pytest.fixture
def grids(make_layer: Callable[..., None]) -> None:
    make_layer(levels=["grid"], code_rule="free")


pytestmark = pytest.mark.usefixtures("grids")


def told(imported: Imported, words: str) -> bool:
    return any(words in remark for remark in imported.delivery.remarks)


def test_a_responsible_unit_without_a_code_is_kept_under_its_name(
    database: Database, bring: Callable[..., Imported]
) -> None:
    file = (INPUTS / "unit_name_only.geojson").read_bytes()
    imported = bring(upload("a.geojson", file))
    assert told(imported, "'责任单位' names units without a code")
    with database.transaction() as session:
        stored = queries.areas_at(session, queries.get_layer(session, "admin"), clock.now())
        assert [a.record.unit_name for a in stored] == ["单位0", "单位1", "单位2", "单位3"]
        exported = operations.export(session, layer=queries.get_layer(session, "admin"))
    assert not bring(upload("a.geojson", file)).published.is_new  # type: ignore[union-attr]
    assert not bring(upload("b.geojson", exported.content)).published.is_new  # type: ignore[union-attr]


def test_a_unit_named_in_an_edit_without_a_code_is_kept_and_one_taken_away_is_gone() -> None:
    area = AreaRecord("grid", "1", "g", SQUARES[0])
    named = changed_facts(area, {"unit_name": "城管局"})
    assert (named.unit_code, named.unit_name) == ("城管局", "城管局")
    without = changed_facts(named, {"unit_code": None})
    assert (without.unit_code, without.unit_name) == (None, None)


def test_two_names_of_one_unit_are_told(bring: Callable[..., Imported]) -> None:
    rows = [{"code": c, "unit_code": "U", "unit_name": name} for c, name in (("1", "甲局"), ("2", "乙局"))]
    assert told(bring(upload("a.geojson", collection(*rows))), "unit U has several names (乙局, 甲局)")


def test_a_column_named_level_that_names_no_level_is_an_attribute(
    bring: Callable[..., Imported], content: Callable[[], dict[str, AreaRecord]]
) -> None:
    file = (INPUTS / "fault9-level-column.geojson").read_bytes()
    imported = bring(upload("a.geojson", file), mapping={"code": "BM"})
    assert content()["A"].level == "grid"
    assert content()["A"].attributes == {"level": "二级"}
    assert told(imported, "'level' names no level of the layer")


def test_a_level_column_that_the_request_names_is_believed(bring: Callable[..., Imported]) -> None:
    file = (INPUTS / "fault9-level-column.geojson").read_bytes()
    with pytest.raises(errors.ImportBlockedError) as caught:
        bring(upload("a.geojson", file), mapping={"code": "BM", "level": "level"})
    assert caught.value.context["counts"] == {"malformed_code": 1}


def test_the_parent_of_a_coarsest_area_is_kept_as_an_attribute(
    bring: Callable[..., Imported], content: Callable[[], dict[str, AreaRecord]]
) -> None:
    imported = bring(upload("a.geojson", collection({"code": "1", "上级编码": "410100"})))
    assert content()["1"].parent_code is None
    assert content()["1"].attributes == {"上级编码": "410100"}
    assert told(imported, "has no parent")


@pytest.mark.parametrize(
    ("row", "remark"),
    [
        ({"code": "1", "empty": None}, "without a single value: empty"),
        ({"code": "1", "list": [1]}, "'list' holds lists or objects"),
        ({"code": "1", "name": ["a"]}, "'name' holds values that are neither text nor number"),
        ({"code": "1", "name": "a\u0007b"}, "control characters are taken out"),
        ({"code": "1", "nul": "a\x00b"}, "NUL"),
        ({"code": "1", "long": "x" * 5000}, "texts longer than"),
        ({"code": "1"}, "no column holds the name"),
    ],
)
def test_what_is_left_out_or_changed_is_told(bring: Callable[..., Imported], row: dict[str, Any], remark: str) -> None:
    assert told(bring(upload("a.geojson", collection(row))), remark)


@pytest.mark.parametrize("name", ["shape", "geom", "bbox", "geometry"])
def test_a_column_named_like_a_geometry_is_kept(
    bring: Callable[..., Imported], content: Callable[[], dict[str, AreaRecord]], name: str
) -> None:
    bring(upload("a.geojson", collection({"code": "1", name: "圆"})))
    assert content()["1"].attributes == {name: "圆"}


def test_a_code_of_more_digits_than_a_float_holds_is_refused(bring: Callable[..., Imported]) -> None:
    with pytest.raises(errors.FileRefusedError, match="more than 15 digits"):
        bring(upload("a.geojson", collection({"code": 4.101060010010011e17})))


def parquet(rows: pa.Table) -> bytes:
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB"}}}
    sink = io.BytesIO()
    pq.write_table(rows.replace_schema_metadata({"geo": orjson.dumps(geo)}), sink)
    return sink.getvalue()


def test_columns_of_one_name_and_columns_of_bytes_are_told(
    bring: Callable[..., Imported], content: Callable[[], dict[str, AreaRecord]]
) -> None:
    arrays = [["1"], ["first"], ["second"], [b"\x00"], [shapely.to_wkb(SQUARES[0])]]
    rows = pa.table(arrays, names=["code", "note", "note", "seal", "geometry"])
    imported = bring(upload("a.parquet", parquet(rows)))
    assert content()["1"].attributes == {"note": "first", "note_2": "second"}
    assert told(imported, "two columns are named 'note'")
    assert told(imported, "'seal' holds bytes")


def test_a_table_of_points_beside_the_areas_is_left_out_and_told(
    bring: Callable[..., Imported], content: Callable[[], dict[str, AreaRecord]], tmp_path: Path
) -> None:
    path = tmp_path / "a.gpkg"
    rows = pa.table({"code": ["1", "2"], "g": pa.array(shapely.to_wkb(SQUARES), pa.binary())})
    points = shapely.to_wkb(shapely.centroid(SQUARES))
    labels = pa.table({"label": ["x", "y"], "g": pa.array(points, pa.binary())})
    for table, kind, name, crs in ((rows, "Polygon", "grids", "EPSG:4490"), (labels, "Point", "labels", "EPSG:4547")):
        pyogrio.write_arrow(
            table, path, layer=name, driver="GPKG", geometry_name="g", geometry_type=kind, crs=crs,
            append=path.exists(),
        )  # fmt: skip
    imported = bring(upload("a.gpkg", path.read_bytes()))
    assert sorted(content()) == ["1", "2"]
    assert told(imported, "left out, without a polygon: 'labels'")


def test_placemarks_of_a_folder_without_polygons_are_left_out_and_told(bring: Callable[..., Imported]) -> None:
    ring = "113.2,34.8 113.3,34.8 113.3,34.9 113.2,34.8"
    kml = (
        "<kml><Document><Folder><name>网格</name><Placemark><name>a</name><ExtendedData><Data name='code'>"
        "<value>1</value></Data></ExtendedData><Polygon><outerBoundaryIs><LinearRing><coordinates>"
        f"{ring}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></Folder><Folder><name>注记</name>"
        "<Placemark><name>b</name><Point><coordinates>113.2,34.8</coordinates></Point></Placemark></Folder></Document>"
        "</kml>"
    )
    assert told(bring(upload("a.kml", kml)), "left out, without a polygon: '注记'")


@pytest.mark.parametrize("code", ["甲/1", "100%", "..", ".", "甲 1", "a\\b", "a?b", "a#b", "甲\u30001"])
def test_a_code_that_no_address_can_hold_is_malformed(bring: Callable[..., Imported], code: str) -> None:
    with pytest.raises(errors.ImportBlockedError) as caught:
        bring(upload("a.geojson", collection({"code": code})))
    assert caught.value.context["counts"] == {"malformed_code": 1}


def test_the_codes_of_the_fault_are_named(bring: Callable[..., Imported]) -> None:
    with pytest.raises(errors.ImportBlockedError) as caught:
        bring(upload("a.geojson", (INPUTS / "fault4-codes.geojson").read_bytes()))
    features = caught.value.context["defects"]["features"]
    assert sorted(feature["properties"]["codes"][0] for feature in features) == ["100%", "甲/1"]
    assert all("网址" in feature["properties"]["message_zh"] for feature in features)
