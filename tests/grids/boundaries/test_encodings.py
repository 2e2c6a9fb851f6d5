"""Which encoding a boundary file's texts are read in: their bytes decide, and a remark tells what was not believed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grids.boundaries.files import text
from grids.boundaries.files.staging import copy_with_siblings

from .conftest import upload

if TYPE_CHECKING:
    from collections.abc import Callable

    from grids.boundaries.operations import Imported
    from grids.boundaries.records import AreaRecord

INPUTS = Path(__file__).parent / "inputs"
CHINESE = ["网格一号", "新安路街道", "责任单位"]


def encoded(encoding: str) -> list[bytes]:
    return [value.encode(encoding) for value in CHINESE]


@pytest.mark.parametrize("declared", [None, "gb18030", "cp1252", "iso8859-1", "big5", "utf-8"])
def test_utf_8_bytes_are_utf_8_whatever_is_declared(declared: str | None) -> None:
    assert text.encoding_of(encoded("utf-8"), declared) == "utf-8"


@pytest.mark.parametrize("declared", [None, "gb18030", "cp1252", "iso8859-1", "utf-8"])
def test_gbk_bytes_are_gbk_whatever_is_declared(declared: str | None) -> None:
    assert text.encoding_of(encoded("gbk"), declared) == "gb18030"


def test_a_declaration_settles_what_the_bytes_leave_open() -> None:
    """The bytes of these two characters of GBK are two Latin or Greek characters of UTF-8 as well."""
    both = ["茅芦".encode("gbk")]
    assert both[0].decode("utf-8")
    assert text.encoding_of(both, "gb18030") == "gb18030"
    assert text.encoding_of(both, None) == "utf-8"
    assert text.encoding_of(["São Tomé".encode("latin-1")], "iso8859-1") == "iso8859-1"
    assert text.encoding_of(["中心".encode("big5")], "big5") == "big5"


def test_a_character_cut_by_a_fields_width_is_forgiven() -> None:
    cut = ["新安路街道".encode()[:-1]]
    assert text.encoding_of(cut, "gb18030") == "utf-8"
    assert text.encoding_of(cut, "gb18030", is_whole=True) != "utf-8"


def test_a_shapefile_in_utf_8_with_a_cpg_of_gbk_keeps_its_names(
    make_layer: Callable[..., None], bring: Callable[..., Imported], content: Callable[[], dict[str, AreaRecord]]
) -> None:
    make_layer(levels=["grid"], code_rule="free")
    uploads = copy_with_siblings(INPUTS / "cpg_gbk_but_utf8" / "utf_gbkcpg.shp")
    try:
        imported = bring(*uploads)
    finally:
        for opened in uploads:
            opened.stream.close()
    names = [area.name for area in content().values()]
    assert names == ["新安路社区甲", "峡窝镇乙", "济源路丙", "工业路丁"]
    assert any(".cpg says gb18030, but the bytes are utf-8" in remark for remark in imported.delivery.remarks)


@pytest.mark.parametrize("head", ['<?xml version="1.0" encoding="GBK"?>', '<?xml version="1.0" encoding="latin-1"?>'])
def test_a_kml_in_utf_8_that_says_otherwise_keeps_its_names(
    make_layer: Callable[..., None],
    bring: Callable[..., Imported],
    content: Callable[[], dict[str, AreaRecord]],
    head: str,
) -> None:
    make_layer(levels=["grid"], code_rule="free")
    ring = "113.2,34.8 113.3,34.8 113.3,34.9 113.2,34.8"
    body = (
        "<kml><Placemark><name>新安路街道</name><ExtendedData><Data name='code'><value>1</value></Data></ExtendedData>"
        f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{ring}</coordinates></LinearRing></outerBoundaryIs>"
        "</Polygon></Placemark></kml>"
    )
    imported = bring(upload("a.kml", head + body))
    assert content()["1"].name == "新安路街道"
    assert any("its bytes are utf-8" in remark for remark in imported.delivery.remarks)
