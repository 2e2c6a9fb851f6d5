"""What goes out in any format and system comes in again as the same content: no new release."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import orjson
import pytest
import shapely

from grids.boundaries import operations, queries
from grids.boundaries.files import formats, text
from tests.factories.identity import who

from .conftest import AREAS, STREETS, upload

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.db import Database
    from grids.boundaries.files.writing import Written
    from grids.boundaries.operations import Imported
    from grids.boundaries.records import AreaRecord

# Every system in one format, and in every format the three sorts there are: projected, shifted, plain.
SYSTEMS = dict.fromkeys(formats.WRITABLE, ("EPSG:4547", "GCJ-02", "WGS84")) | {
    "geojson": ("WGS84", "CGCS2000", "EPSG:4547", "EPSG:3857", "GCJ-02", "BD-09"),
    "kml": ("WGS84", "BD-09"),
}


@pytest.fixture
def export(database: Database, make_layer: Callable[..., None]) -> Callable[..., Written]:
    make_layer()
    with database.transaction() as session:
        layer = queries.get_layer(session, "admin")
        operations.publish(
            session, layer=layer, areas=AREAS, publication=operations.Publication(author=who("test")), lead_s=0
        )

    def run(**options: Any) -> Written:
        with database.transaction() as session:
            return operations.export(session, layer=queries.get_layer(session, "admin"), **options)

    return run


@pytest.mark.parametrize("file_format", formats.WRITABLE)
def test_every_format_in_every_system_comes_back_as_the_same_content(
    export: Callable[..., Written], bring: Callable[..., Imported], file_format: str
) -> None:
    for crs in SYSTEMS[file_format]:
        file = export(file_format=file_format, crs=crs)
        declared = crs if crs in {"GCJ-02", "BD-09"} else None
        imported = bring(upload(file.name, file.content), crs=declared)
        assert imported.published is not None
        assert imported.published.changes.counts["unchanged"] == 3, (crs, imported.published.changes)
        assert not imported.published.is_new


def test_a_gbk_shapefile_comes_back_with_its_chinese(
    export: Callable[..., Written], bring: Callable[..., Imported]
) -> None:
    file = export(file_format="shapefile", encoding="gbk")
    imported = bring(upload(file.name, file.content))
    assert not imported.published.is_new  # type: ignore[union-attr]


@pytest.mark.parametrize("cpg", [None, b"UTF-8"])
def test_a_gbk_shapefile_with_no_or_a_wrong_code_page_is_still_read_right(
    export: Callable[..., Written], bring: Callable[..., Imported], cpg: bytes | None
) -> None:
    file = export(file_format="shapefile", encoding="gbk")
    parts = _unpacked(file.content)
    name = next(n for n in parts if n.endswith(".dbf"))
    parts[name] = parts[name][:29] + b"\x00" + parts[name][30:]  # no language byte either
    parts = {n: (cpg if n.endswith(".cpg") else c) for n, c in parts.items()}
    imported = bring(*[upload(n, c) for n, c in parts.items() if c is not None and not n.endswith(".txt")])
    assert not imported.published.is_new  # type: ignore[union-attr]
    assert bool(imported.delivery.remarks) == (cpg is not None)


def test_a_gbk_geojson_is_read(bring: Callable[..., Imported], export: Callable[..., Written]) -> None:
    content = export().content.decode()
    assert not bring(upload("a.geojson", content.encode("gb18030"))).published.is_new  # type: ignore[union-attr]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_text_tells_its_encoding_by_its_bytes(encoding: str) -> None:
    assert text.decoded("新安路街道".encode(encoding))[0] == "新安路街道"


def test_a_gbk_kml_is_read(bring: Callable[..., Imported], export: Callable[..., Written]) -> None:
    content = export(file_format="kml").content.decode().replace('encoding="UTF-8"', 'encoding="GBK"')
    assert not bring(upload("a.kml", content.encode("gbk"))).published.is_new  # type: ignore[union-attr]


def test_an_archive_of_chinese_windows_gives_each_file_its_level(
    make_layer: Callable[..., None], bring: Callable[..., Imported], content: Callable[[], dict[str, AreaRecord]]
) -> None:
    make_layer(code_rule="free")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for placeholder, areas in (("xxxx", AREAS[:1]), ("yyyy", STREETS)):
            archive.writestr(f"{placeholder}.geojson", _plain_geojson(areas))
    raw = packed.getvalue().replace(b"xxxx", "区县".encode("gbk")).replace(b"yyyy", "街道".encode("gbk"))
    bring(upload("交付.zip", raw))
    assert {(a.level, a.parent_code) for a in content().values()} == {("district", None), ("street", "410106")}  # type: ignore[call-arg]


def test_one_file_a_level_and_parents_by_place(
    make_layer: Callable[..., None], bring: Callable[..., Imported], content: Callable[[], dict[str, AreaRecord]]
) -> None:
    make_layer(code_rule="free", levels=["district", "street"])
    bring(
        upload("a.geojson", _plain_geojson(AREAS[:1])),
        upload("b.geojson", _plain_geojson(STREETS)),
        level_of_file={"a.geojson": "district", "b": "street"},
    )
    assert {c: (a.level, a.parent_code) for c, a in content().items()} == {
        "410106": ("district", None),
        "410106001": ("street", "410106"),
        "410106002": ("street", "410106"),
    }


def test_a_mapping_named_once_can_be_remembered(
    database: Database, make_layer: Callable[..., None], bring: Callable[..., Imported]
) -> None:
    make_layer()
    rows = [("410106", "上街区", AREAS[0]), *((a.code, a.name, a) for a in STREETS)]
    file = orjson.dumps(_collection([({"GID": code, "LABEL": name}, a) for code, name, a in rows]))
    bring(upload("a.geojson", file), mapping={"code": "GID", "name": "label"}, remember=True)
    again = bring(upload("a.geojson", file))
    assert not again.published.is_new  # type: ignore[union-attr]
    with database.transaction() as session:
        assert queries.get_layer(session, "admin").field_mapping == {"code": "GID", "name": "label"}


def test_shifted_data_are_labelled_in_name_and_metadata(export: Callable[..., Written]) -> None:
    file = export(crs="GCJ-02")
    document = orjson.loads(file.content)
    assert file.name == "admin-r1-GCJ-02.geojson"
    assert document["crs"]["properties"]["name"] == "GCJ-02"
    assert "非 WGS 84" in document["description"]
    zipped = _unpacked(export(crs="BD-09", file_format="shapefile").content)
    assert not any(name.endswith(".prj") for name in zipped)
    assert "BD-09" in zipped["README.txt"].decode()


def test_geojson_follows_rfc_7946(export: Callable[..., Written]) -> None:
    document = orjson.loads(export().content)
    assert "crs" not in document
    for feature in document["features"]:
        for polygon in feature["geometry"]["coordinates"]:
            assert shapely.is_ccw(shapely.linearrings(polygon[0]))


def test_a_delivery_package_holds_geopackage_report_and_manifest(export: Callable[..., Written]) -> None:
    import hashlib

    file = export(file_format="package", crs="EPSG:4547")
    parts = _unpacked(file.content)
    manifest = orjson.loads(parts["manifest.json"])
    assert file.name == "admin-r1-EPSG4547-delivery.zip"
    assert manifest["levels"] == {"district": 1, "street": 2}
    assert set(manifest["files"]) == {"admin-r1-EPSG4547.gpkg", "check-report.md", "defects.geojson"}
    for name, facts in manifest["files"].items():
        assert hashlib.sha256(parts[name]).hexdigest() == facts["sha256"]
    assert "可发布" in parts["check-report.md"].decode()


def _unpacked(content: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _collection(rows: list[tuple[dict[str, Any], AreaRecord]]) -> dict[str, Any]:
    features = [
        {"type": "Feature", "properties": facts, "geometry": shapely.geometry.mapping(area.geom)}  # type: ignore[arg-type]
        for facts, area in rows
    ]
    return {"type": "FeatureCollection", "features": features}


def _plain_geojson(areas: list[AreaRecord]) -> bytes:
    return orjson.dumps(_collection([({"code": a.code, "name": a.name}, a) for a in areas]))
