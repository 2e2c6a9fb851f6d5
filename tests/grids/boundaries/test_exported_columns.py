"""Whatever the attributes of areas are called and hold: each export opens, and comes in again as the same content."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pyogrio
import pytest

from grids.boundaries import errors, operations, queries
from grids.boundaries.files import formats
from grids.boundaries.records import AreaRecord
from tests.factories.identity import who

from .conftest import AREAS, upload

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from core.db import Database
    from grids.boundaries.files.writing import Written
    from grids.boundaries.operations import Imported

INPUTS = Path(__file__).parent / "inputs"
ALL = (*formats.WRITABLE, "package")

# Names that our own facts, a format or a neighbour has; values that one format or another cannot hold.
AWKWARD: Sequence[dict[str, Any]] = (
    {
        "code": "old-1", "name": "旧名", "CODE": "x", "Name": "y", "level": "二级", "parent": "p", "parent_code": "q",
        "unit_code": "U", "code_2": "z", "fid": 7.5, "ogc_fid": "a", "geometry": "g", "bbox": 1, "shape": "圆",
        "mixed": 1, "exact": 0.1 + 0.2, "tiny": 1e-20, "large": 2**60, "larger": 2**63, "serial": 99838000000,
        "long": "街" * 300, "padded": " a ", "lines": "a\r\nb", "bell": "a\x07b", "flag": True, "flags": True,
        "a_long_name_one": 1, "a_long_name_two": 2, "管理单元名称甲": "甲", "管理单元名称乙": "乙", "none": None,
        "blank": "", "": "nameless", "new\nline": 1, "real": 2.5,
    },
    {"mixed": "1", "FID": 7.5, "real": 3, "flags": "true", "tiny": 12345678901.25, "larger": 1, "rare": "㙟"},
    {"mixed": True, "fid": "text", "real": -1.5, "flags": 0, "large": -(2**60), "name": "旧名"},
)  # fmt: skip


@pytest.fixture
def published(database: Database, make_layer: Callable[..., None]) -> Callable[..., None]:
    def run(areas: Sequence[AreaRecord]) -> None:
        make_layer()
        with database.transaction() as session:
            operations.publish(
                session,
                layer=queries.get_layer(session, "admin"),
                areas=areas,
                publication=operations.Publication(author=who("test")),
                lead_s=0,
            )

    return run


@pytest.fixture
def export(database: Database) -> Callable[..., Written]:
    def run(file_format: str, **options: Any) -> Written:
        with database.transaction() as session:
            layer = queries.get_layer(session, "admin")
            return operations.export(session, layer=layer, file_format=file_format, **options)

    return run


def awkward() -> list[AreaRecord]:
    areas = [replace(area, attributes=given) for area, given in zip(AREAS, AWKWARD, strict=True)]
    return [*areas[:2], replace(areas[2], name="中心路街道" * 30)]


@pytest.mark.parametrize(
    ("file_format", "options"),
    [*((name, {}) for name in ALL), ("shapefile", {"encoding": "gbk"}), ("package", {"crs": "GCJ-02"})],
)
def test_awkward_columns_come_back_as_the_same_content(
    published: Callable[..., None],
    export: Callable[..., Written],
    bring: Callable[..., Imported],
    file_format: str,
    options: dict[str, str],
) -> None:
    published(awkward())
    file = export(file_format, **options)
    imported = bring(upload(file.name, file.content))
    assert imported.published is not None
    assert imported.published.changes.counts["unchanged"] == 3, imported.delivery.areas
    assert not imported.published.is_new


@pytest.mark.parametrize("name", ["fault1-case-twins", "fault2-fid-real", "fault2-fid-repeated"])
def test_twins_and_ids_come_out_of_every_format_as_they_came_in(
    make_layer: Callable[..., None], bring: Callable[..., Imported], export: Callable[..., Written], name: str
) -> None:
    make_layer(levels=["grid"], code_rule="free")
    bring(upload("a.geojson", (INPUTS / f"{name}.geojson").read_bytes()))
    for file_format in ALL:
        file = export(file_format)
        assert not bring(upload(file.name, file.content)).published.is_new, file_format  # type: ignore[union-attr]


def test_an_export_without_people_comes_back_as_the_same_content_and_an_empty_cell_removes_one(
    published: Callable[..., None], export: Callable[..., Written], bring: Callable[..., Imported]
) -> None:
    people = {"网格员": "张三", "联系电话": 13800001111, "备注": "找张三 13900002222", "面积": 1.5}
    published([replace(area, attributes=dict(people)) for area in AREAS])
    for file_format in ALL:
        file = export(file_format)
        imported = bring(upload(file.name, file.content))
        assert imported.published is not None
        assert not imported.published.is_new, file_format
        told = " ".join(imported.delivery.remarks)
        assert ("'网格员'" in told, "'备注'" in told, "'面积'" in told) == (True, True, False)
    document = orjson.loads(export("geojson", with_people=True).content)
    document["features"][0]["properties"]["网格员"] = ""
    areas = bring(upload("a.geojson", orjson.dumps(document))).delivery.areas
    assert [area.attributes.get("网格员") for area in areas] == [None, "张三", "张三"]


@pytest.mark.parametrize(("file_format", "suffix"), [("geopackage", "gpkg"), ("flatgeobuf", "fgb")])
def test_our_facts_keep_their_names_and_the_others_are_told(
    make_layer: Callable[..., None],
    bring: Callable[..., Imported],
    export: Callable[..., Written],
    tmp_path: Path,
    file_format: str,
    suffix: str,
) -> None:
    make_layer(levels=["grid"], code_rule="free")
    bring(upload("a.geojson", (INPUTS / "fault1-case-twins.geojson").read_bytes()))
    file = export(file_format)
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(file.content)
    _, rows = pyogrio.read_arrow(path)
    columns = [rows.column(name).to_pylist() for name in ("code", "name", "CODE_2", "Name_2")]
    assert sorted(zip(*columns, strict=True)) == [("A", "甲", "old-1", "旧一"), ("B", "乙", "old-2", "旧二")]
    assert sorted(file.remarks) == ["column CODE_2: CODE", "column Name_2: Name"]
    assert "CODE_2: CODE" in pyogrio.read_info(path)["layer_metadata"]["DESCRIPTION"]


def test_attributes_named_like_our_facts_stay_in_a_geojson(
    published: Callable[..., None], export: Callable[..., Written]
) -> None:
    published(awkward())
    document = orjson.loads(export("geojson").content)
    first = document["features"][0]["properties"]
    assert (first["code"], first["code_4"], first["code_2"], first["name_3"]) == ("410106", "old-1", "z", "旧名")
    assert "code_4: code" in document["description"]


def test_an_edited_cell_wins_over_the_note(
    published: Callable[..., None],
    export: Callable[..., Written],
    bring: Callable[..., Imported],
    content: Callable[[], dict[str, AreaRecord]],
) -> None:
    published(awkward())
    document = orjson.loads(export("geojson").content)
    document["features"][0]["properties"]["code_4"] = "edited"
    document["features"][0]["properties"]["mixed"] = "edited"
    bring(upload("a.geojson", orjson.dumps(document)))
    assert content()["410106"].attributes["code"] == "edited"
    assert content()["410106"].attributes["mixed"] == "edited"
    assert content()["410106"].attributes["CODE"] == "x"


@pytest.mark.parametrize(
    "note",
    [
        '{"facts": 3}',
        "[]",
        "null",
        '{"crs": "", "facts": {"code": "no"}, "renamed": {}, "values": {"1": {"a": [[], {}]}}}',
    ],
)
def test_a_note_that_is_none_of_ours_is_passed_over(
    make_layer: Callable[..., None], bring: Callable[..., Imported], note: str
) -> None:
    make_layer(levels=["grid"], code_rule="free")
    document = orjson.loads((INPUTS / "fault1-case-twins.geojson").read_bytes())
    document["wangge_columns"] = orjson.loads(note)
    assert bring(upload("a.geojson", orjson.dumps(document))).published is not None


def test_a_package_tells_its_renamed_columns(published: Callable[..., None], export: Callable[..., Written]) -> None:
    published(awkward())
    with zipfile.ZipFile(io.BytesIO(export("package").content)) as archive:
        manifest = orjson.loads(archive.read("manifest.json"))
    assert "column code_4: code" in manifest["columns"]


def test_a_code_that_the_encoding_lacks_is_refused_in_words(
    database: Database, make_layer: Callable[..., None]
) -> None:
    make_layer("free", levels=["grid"], code_rule="free")
    with database.transaction() as session:
        layer = queries.get_layer(session, "free")
        area = AreaRecord("grid", "㙟", "x", AREAS[0].geom)
        operations.publish(
            session, layer=layer, areas=[area], publication=operations.Publication(author=who("test")), lead_s=0
        )
        with pytest.raises(errors.FormatUnknownError, match="write utf-8"):
            operations.export(session, layer=layer, file_format="shapefile", encoding="gbk")
