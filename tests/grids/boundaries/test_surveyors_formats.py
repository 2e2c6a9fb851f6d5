"""What surveyors deliver is read, codes as they are written; what holds no areas is refused with what to do."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import geopandas
import pytest
import shapely

from grids.boundaries.errors import FileRefusedError
from grids.boundaries.files import reading, staging
from grids.boundaries.files.limits import Limits
from grids.boundaries.files.staging import Upload, copy_with_siblings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

LANDS = [shapely.box(113.28, 34.8, 113.29, 34.81), shapely.box(113.29, 34.8, 113.3, 34.81)]
WRITTEN: dict[str, tuple[str, dict[str, str]]] = {
    "grids.gml": ("GML", {"FORMAT": "GML3.2"}),
    "grids.tab": ("MapInfo File", {}),
    "grids.mif": ("MapInfo File", {}),
    "grids.gdb": ("OpenFileGDB", {}),
}


def zipped(path: Path) -> list[Upload]:
    """A geodatabase as it is sent by mail: its folder in an archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for member in path.iterdir():
            archive.write(member, f"deliveries/{path.name}/{member.name}")
    packed.seek(0)
    return [Upload(f"{path.name}.zip", packed)]


@pytest.mark.parametrize(
    ("name", "sent"),
    [*((name, copy_with_siblings) for name in WRITTEN), ("grids.gdb", zipped)],
)
def test_a_delivery_is_read(name: str, sent: Callable[[Path], Sequence[Upload]], tmp_path: Path) -> None:
    table = geopandas.GeoDataFrame({"code": ["001", "002"], "title": ["东", "西"]}, geometry=LANDS, crs="EPSG:4326")
    driver, options = WRITTEN[name]
    table.to_file(tmp_path / name, driver=driver, engine="pyogrio", **options)
    room = tmp_path / "room"
    room.mkdir()
    uploads = list(sent(tmp_path / name))
    try:
        (staged,) = staging.stage(uploads, room, Limits())
    finally:
        for upload in uploads:
            upload.stream.close()
    read = reading.read(staged, Limits())
    assert [row["code"] for row in read.properties] == ["001", "002"]
    assert [row["title"] for row in read.properties] == ["东", "西"]
    apart = shapely.area(shapely.symmetric_difference(read.geometries, LANDS))
    assert (apart < 1e-9).all(), "MapInfo's own tables keep some six decimals"
    assert read.crs


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("plan.dxf", "lines and texts"),
        ("plan.dwg", "Export its areas"),
        ("all.rar", "as .zip"),
        ("a.xlsx", "polygons"),
        ("a.pdf", "no known format"),
    ],
)
def test_what_holds_no_areas_is_refused_with_what_to_do(name: str, what: str, tmp_path: Path) -> None:
    with pytest.raises(FileRefusedError, match=what):
        staging.stage([Upload(name, io.BytesIO(b"0\nSECTION\n"))], tmp_path, Limits())
