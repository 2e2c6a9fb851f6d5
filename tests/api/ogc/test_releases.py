"""What is read stays of one release, whatever is published meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from grids.boundaries import operations, queries
from grids.boundaries.records import AreaRecord

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from core.db import Database

ITEMS = "/ogc/collections/admin.grid/items"


def publish(database: Database, names: dict[str, str]) -> str:
    squares = {code: shapely.box(113 + i * 0.01, 34, 113.01 + i * 0.01, 34.01) for i, code in enumerate("abc")}
    with database.transaction() as session:
        if not queries.list_layers(session):
            operations.create_layer(session, code="admin", name="网格", levels=["grid"], actor="test")
        layer = queries.get_layer(session, "admin")
        areas = [AreaRecord("grid", code, names.get(code, code), land) for code, land in squares.items()]
        return operations.publish(
            session, layer=layer, areas=areas, author="t", lead_s=0
        ).release.effective_at.isoformat()


def test_pages_go_on_in_the_release_that_the_first_was_of(client: TestClient, database: Database) -> None:
    assert client.get(ITEMS).status_code == 404
    first_effect = publish(database, {})
    first = client.get(ITEMS, params={"limit": 1}).json()
    tags = {code: client.get(f"{ITEMS}/{code}").headers["etag"] for code in "ab"}
    publish(database, {"b": "改名"})

    def names(**parameters: str) -> list[str]:
        return [f["properties"]["name"] for f in client.get(ITEMS, params=parameters).json()["features"]]

    following = next(link["href"] for link in first["links"] if link["rel"] == "next")
    second = client.get(following).json()
    assert [f["properties"]["name"] for f in second["features"]] == ["b"]
    assert names() == names(release="2") == ["a", "改名", "c"]
    assert names(release="1") == names(datetime=first_effect) == ["a", "b", "c"]
    assert client.get(f"{ITEMS}/b", params={"release": "1"}).json()["properties"]["name"] == "b"
    assert client.get(f"{ITEMS}/a", headers={"If-None-Match": tags["a"]}).status_code == 304
    assert client.get(f"{ITEMS}/b", headers={"If-None-Match": tags["b"]}).status_code == 200
    assert client.get("/ogc/collections").json()["collections"][0]["extent"]["temporal"]["interval"][0][1] is None
