"""OGC API – Tiles: the descriptions lead to the tiles there are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
import shapely

if TYPE_CHECKING:
    from tests.api.ogc.conftest import Served


@pytest.mark.parametrize("level", ["grid", "street"])
def test_the_template_leads_to_a_tile(served: Served, level: str) -> None:
    listed = served.get(f"/ogc/collections/admin.{level}/tiles").json()["tilesets"]
    own = next(link["href"] for link in listed[0]["links"] if link["rel"] == "self")
    assert served.http.get(own).json() == listed[0]
    template = next(link for link in listed[0]["links"] if link["rel"] == "item")
    assert template["templated"] is True
    zoom = 14
    lon, lat = shapely.get_coordinates(served.land(served.codes(level)[0]).point_on_surface())[0]
    column = int((lon + 180) / 360 * 2**zoom)
    row = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**zoom)
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
    assert served.get("/ogc/tileMatrixSets/Other").status_code == 400


def test_a_draft_has_no_tiles(served: Served) -> None:
    assert served.get(f"/ogc/collections/draft-{served.draft}.grid/tiles").status_code == 404
