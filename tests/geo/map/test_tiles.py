"""Vector tiles, read back by GDAL (pyogrio), which did not write them."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely

from geo.map.simplify import simplify_level, zoom_tolerance_deg
from geo.map.tiles import TileAddressError, TileSource, check_tile, cut_tile, prepare_tiles, to_world

SAMPLE = Path(__file__).parents[3] / "data/boundaries/shangjie.geojson"


@pytest.fixture(scope="module")
def source() -> TileSource:
    features = [f for f in json.loads(SAMPLE.read_text())["features"] if f["properties"]["level"] == "grid"]
    shapes = shapely.from_geojson([json.dumps(f["geometry"]) for f in features])
    return prepare_tiles(
        simplify_level(shapes, zoom_tolerance_deg(14)),
        {
            "code": [f["properties"]["code"] for f in features],
            "name": [f["properties"]["name"] for f in features],
            "number": [7 if i == 0 else None for i in range(len(features))],
        },
    )


def address(lon: float, lat: float, z: int) -> tuple[int, int, int]:
    x, y = to_world(np.array([[lon, lat]]))[0]
    return z, int(x * 2**z), int(y * 2**z)


def read(tile: bytes, where: tuple[int, int, int], folder: Path) -> geopandas.GeoDataFrame:
    z, x, y = where
    path = folder / f"{z}-{x}-{y}.mvt"
    path.write_bytes(tile)
    return geopandas.read_file(path, engine="pyogrio", X=str(x), Y=str(y), Z=str(z)).to_crs(4326)


@pytest.mark.parametrize("z", [11, 12, 14, 15])
def test_gdal_reads_the_same_areas_within_a_pixel(source: TileSource, z: int, tmp_path: Path) -> None:
    where = address(113.29, 34.80, z)
    frame = read(cut_tile(source, "grid", *where), where, tmp_path)
    assert frame.is_valid.all()
    assert frame["code"].is_unique
    side = 1 / 2**z
    tile = shapely.box(where[1] * side, where[2] * side, (where[1] + 1) * side, (where[2] + 1) * side)
    touching = source.world[source.tree.query(tile, predicate="intersects")]
    assert len(frame) >= 0.9 * len(touching)
    world = shapely.transform(np.asarray(frame.geometry), to_world)
    covered = shapely.intersection(shapely.union_all(world), tile).area
    assert covered == pytest.approx(shapely.intersection(shapely.union_all(touching), tile).area, rel=2e-3)


def test_properties_come_through_with_their_types(source: TileSource, tmp_path: Path) -> None:
    where = address(113.29, 34.80, 10)
    frame = read(cut_tile(source, "grid", *where), where, tmp_path)
    assert frame["code"].str.fullmatch(r"410106\d{9}").all()
    assert frame["name"].str.len().gt(0).all()
    assert frame["number"].dropna().tolist() == [7]


def test_a_tile_beside_the_district_is_empty(source: TileSource) -> None:
    assert cut_tile(source, "grid", *address(10.0, 50.0, 12)) == b""


def test_holes_and_islands_survive(tmp_path: Path) -> None:
    ring = shapely.box(0, 0, 2, 2).difference(shapely.box(0.5, 0.5, 1.5, 1.5))
    shape = shapely.MultiPolygon([ring, shapely.box(3, 3, 4, 4)])
    source = prepare_tiles(np.array([shape], dtype=object), {"code": ["a"]})
    frame = read(cut_tile(source, "x", 5, 16, 15), (5, 16, 15), tmp_path)
    assert frame.geometry[0].symmetric_difference(shape).area < 0.02
    assert len(frame.geometry[0].geoms) == 2
    assert len(frame.geometry[0].geoms[0].interiors) + len(frame.geometry[0].geoms[1].interiors) == 1


@pytest.mark.parametrize("address", [(-1, 0, 0), (23, 0, 0), (3, 8, 0), (3, 0, -1)])
def test_addresses_outside_the_pyramid_are_named(address: tuple[int, int, int]) -> None:
    with pytest.raises(TileAddressError):
        check_tile(*address, 22)


def test_an_empty_level_gives_empty_tiles() -> None:
    assert cut_tile(prepare_tiles(np.array([], dtype=object), {"code": []}), "x", 0, 0, 0) == b""
