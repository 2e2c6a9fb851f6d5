"""What is read stays of one release, whatever is published meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import shapely

from grids.boundaries import operations, queries
from grids.boundaries.records import AreaRecord
from tests.factories.identity import who

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from core.db import Database
    from tests.api.ogc.conftest import Served

ITEMS = "/ogc/collections/admin.grid/items"


def publish(database: Database, names: dict[str, str]) -> str:
    squares = {code: shapely.box(113 + i * 0.01, 34, 113.01 + i * 0.01, 34.01) for i, code in enumerate("abc")}
    with database.transaction() as session:
        if not queries.list_layers(session):
            operations.create_layer(session, code="admin", name="网格", levels=["grid"], actor=who("test"))
        layer = queries.get_layer(session, "admin")
        areas = [AreaRecord("grid", code, names.get(code, code), land) for code, land in squares.items()]
        return operations.publish(
            session, layer=layer, areas=areas, publication=operations.Publication(author=who("t")), lead_s=0
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


@pytest.mark.parametrize(
    "datetime", ["2019-01-01T00:00:00Z/..", "2999-01-01T00:00:00Z", "2019-01-01T00:00:00Z/2999-01-01T00:00:00Z"]
)
def test_pages_of_a_time_that_goes_on_stay_in_the_first_ones_release(
    client: TestClient, database: Database, datetime: str
) -> None:
    publish(database, {})
    body = client.get(ITEMS, params={"limit": 1, "datetime": datetime}).json()
    names = [feature["properties"]["name"] for feature in body["features"]]
    publish(database, {"b": "改名", "c": "改名"})
    while following := [link["href"] for link in body["links"] if link["rel"] == "next"]:
        body = client.get(following[0]).json()
        names += [feature["properties"]["name"] for feature in body["features"]]
    assert names == ["a", "b", "c"]


def test_a_draft_read_page_by_page_while_it_is_edited_loses_and_repeats_nothing(served: Served) -> None:
    items = f"/ogc/collections/draft-{served.draft}.grid/items"
    body = served.get(items, limit=5).json()
    found = [feature["id"] for feature in body["features"]]
    for code in (found[0], found[-1], served.codes()[7]):
        tag = served.get(f"{items}/{code}").headers["etag"]
        renamed = {"properties": {"name": f"改{code}"}}
        headers = {"If-Match": tag, "Content-Type": "application/merge-patch+json"}
        assert served.http.patch(f"{served.url}{items}/{code}", json=renamed, headers=headers).status_code == 200
    while following := [link["href"] for link in body["links"] if link["rel"] == "next"]:
        body = served.http.get(following[0]).json()
        found += [feature["id"] for feature in body["features"]]
    assert found == served.codes()


@pytest.mark.parametrize("path", ["/ogc", "/ogc/collections", ITEMS, "/ogc/conformance", "/healthz"])
def test_head_answers_as_get_does_without_the_content(served: Served, path: str) -> None:
    plain = {"Accept-Encoding": "identity"}
    full = served.http.get(f"{served.url}{path}", headers=plain)
    head = served.http.head(f"{served.url}{path}", headers=plain)
    assert (head.status_code, head.content) == (full.status_code, b"")
    assert head.headers["content-type"] == full.headers["content-type"]
    assert head.headers["content-length"] == str(len(full.content))
    assert served.http.head(f"{served.url}/ogc/collections/nowhere").status_code == 404
