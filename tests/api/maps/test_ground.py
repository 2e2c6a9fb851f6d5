"""The gazetteer is the ground of maps where no basemap is reached."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

from tests.factories.sample import DATA, import_sample_gazetteer

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi.testclient import TestClient

    from core.db import Database


def tile_of(lon: float, lat: float, zoom: int) -> str:
    """Return the path of the tile that holds a point in degrees."""
    up = math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))
    column = int((lon + 180) / 360 * 2**zoom)
    row = int((1 - up / math.pi) / 2 * 2**zoom)
    return f"/v1/ground/{zoom}/{column}/{row}.mvt"


def test_roads_and_places_are_in_the_tile_where_they_lie_and_in_no_other(
    client: TestClient, database: Database, make_key: Callable[..., dict[str, str]]
) -> None:
    import_sample_gazetteer(database)
    key = make_key("intake")
    sample = {
        theme: json.loads((DATA / "gazetteer" / f"{theme}.geojson").read_text(encoding="utf-8"))["features"][0]
        for theme in ("roads", "places")
    }
    for theme, feature in sample.items():
        name, at = feature["properties"]["name"].encode(), feature["geometry"]["coordinates"]
        lon, lat = at if theme == "places" else at[len(at) // 2]
        answer = client.get(tile_of(lon, lat, 16), headers=key)
        assert (answer.status_code, name in answer.content, theme.encode() in answer.content) == (200, True, True)
        assert answer.headers["Content-Type"] == "application/vnd.mapbox-vector-tile"
        assert client.get(tile_of(lon + 1, lat, 16), headers=key).status_code == 204
        assert (name in client.get(tile_of(lon, lat, 12), headers=key).content) == (theme == "roads")
    assert client.get("/v1/ground/3/6/3.mvt", headers=key).status_code == 204
    assert client.get("/v1/ground/3/99/3.mvt", headers=key).status_code == 404
    assert client.get(tile_of(113.3, 34.8, 16)).status_code == 401
