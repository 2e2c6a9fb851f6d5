"""Vector tiles over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from fastapi.testclient import TestClient


def test_a_tile_is_a_tile_and_an_empty_one_is_204(reading: TestClient) -> None:
    answer = reading.get("/v1/tiles/admin/grid/12/3337/1624.mvt")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert "410106" in answer.content.decode("latin-1")
    tag = answer.headers["etag"]
    assert reading.get("/v1/tiles/admin/grid/12/3337/1624.mvt", headers={"If-None-Match": tag}).status_code == 304
    assert reading.get("/v1/tiles/admin/grid/12/1/1.mvt").status_code == 204


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("admin/grid/23/0/0", 404),
        ("admin/grid/3/8/0", 404),
        ("admin/grid/3/0/-1", 404),
        ("admin/grid/3/0/x", 400),
        ("admin/planet/3/0/0", 404),
        ("nowhere/grid/3/0/0", 404),
    ],
)
def test_tiles_that_are_not_there_are_problems(reading: TestClient, path: str, status: int) -> None:
    assert reading.get(f"/v1/tiles/{path}.mvt").status_code == status
