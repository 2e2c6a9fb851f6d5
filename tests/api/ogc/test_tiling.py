"""OGC API – Tiles: the descriptions lead to the tiles there are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
import shapely

if TYPE_CHECKING:
    from tests.api.ogc.conftest import Served


def tile_at(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    column = int((lon + 180) / 360 * 2**zoom)
    return column, int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**zoom)


@pytest.mark.parametrize("zoom", [0, 11, 14])
def test_the_limits_hold_every_tile_that_is_not_empty_and_no_more(served: Served, zoom: int) -> None:
    body = served.get("/ogc/collections/admin.grid/tiles/WebMercatorQuad").json()
    limits = next(one for one in body["tileMatrixSetLimits"] if one["tileMatrix"] == str(zoom))
    land = shapely.union_all([served.land(code) for code in served.codes()])
    west, south, east, north = land.bounds
    assert [limits["minTileCol"], limits["minTileRow"]] == list(tile_at(west, north, zoom))
    assert [limits["maxTileCol"], limits["maxTileRow"]] == list(tile_at(east, south, zoom))
    assert body["boundingBox"]["lowerLeft"] == pytest.approx([west, south])
    template = next(link["href"] for link in body["links"] if link["rel"] == "item")
    for beside in (limits["minTileCol"] - 1, limits["maxTileCol"] + 1):
        if 0 <= beside < 2**zoom:
            url = template.format(tileMatrix=zoom, tileCol=beside, tileRow=limits["minTileRow"])
            assert served.http.get(url).status_code == 204
    for wrong in ((zoom, 2**zoom, 0), (zoom, 0, 2**zoom), (23, 0, 0), (-1, 0, 0)):
        url = template.format(tileMatrix=wrong[0], tileCol=wrong[1], tileRow=wrong[2])
        assert served.http.get(url).status_code == 404
    assert served.http.get(template.format(tileMatrix="x", tileCol=0, tileRow=0)).status_code == 400


def test_the_tiles_of_an_instant_are_those_of_the_release_then(served: Served) -> None:
    now = served.get("/ogc/collections/admin.grid/tiles", release=1).json()["tilesets"][0]
    template = next(link["href"] for link in now["links"] if link["rel"] == "item")
    column, row = tile_at(*shapely.get_coordinates(served.land(served.codes()[0]).point_on_surface())[0], 14)
    assert served.http.get(template.format(tileMatrix=14, tileCol=column, tileRow=row)).status_code == 200
    before = served.get("/ogc/collections/admin.grid/tiles", datetime="2019-01-01T00:00:00Z").json()["tilesets"][0]
    assert before["tileMatrixSetLimits"] == []
    assert served.get("/ogc/collections/admin.grid/tiles", release=9).status_code == 404
    assert served.get("/ogc/collections/admin.grid/tiles", at="now").status_code == 400


@pytest.mark.parametrize("level", ["grid", "street"])
def test_the_template_leads_to_a_tile(served: Served, level: str) -> None:
    listed = served.get(f"/ogc/collections/admin.{level}/tiles").json()["tilesets"]
    own = next(link["href"] for link in listed[0]["links"] if link["rel"] == "self")
    assert served.http.get(own).json() == listed[0]
    template = next(link for link in listed[0]["links"] if link["rel"] == "item")
    assert template["templated"] is True
    zoom = 14
    lon, lat = shapely.get_coordinates(served.land(served.codes(level)[0]).point_on_surface())[0]
    column, row = tile_at(lon, lat, zoom)
    url = template["href"].format(tileMatrix=zoom, tileCol=column, tileRow=row)
    tile = served.http.get(url)
    assert (tile.status_code, tile.headers["content-type"]) == (200, template["type"])
    assert level.encode() in tile.content


def test_the_tile_matrix_set_is_defined(served: Served) -> None:
    listed = served.get("/ogc/tileMatrixSets").json()["tileMatrixSets"]
    body = served.http.get(listed[0]["links"][0]["href"]).json()
    assert body["id"] == "WebMercatorQuad"
    assert [matrix["matrixWidth"] for matrix in body["tileMatrices"][:3]] == [1, 2, 4]
    # OGC 17-083r4, annex D.1
    assert body["tileMatrices"][0]["cellSize"] == pytest.approx(156543.033928041)
    assert served.get("/ogc/tileMatrixSets/Other").status_code == 404
    assert served.get("/ogc/collections/admin.grid/tiles/Other").status_code == 404


def test_a_draft_has_no_tiles(served: Served) -> None:
    assert served.get(f"/ogc/collections/draft-{served.draft}.grid/tiles").status_code == 404
