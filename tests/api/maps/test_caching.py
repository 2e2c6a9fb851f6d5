"""Copies of maps: tags, 304, encodings, what is kept in memory and what an outage leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import zstandard
from fastapi.testclient import TestClient
from sqlalchemy import text

from api.app import create_app
from core.errors import DatabaseUnavailableError
from grids.boundaries import map_queries
from grids.maps.map_store import Body

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.db import Database
    from grids.boundaries.records import AreaRecord

PATH = "/v1/maps/responsibility.geojson"


def test_an_unchanged_map_is_answered_304_and_changes_with_its_counts(
    client: TestClient, add_reports: Callable[[str, int, int], None], district: list[AreaRecord]
) -> None:
    first = client.get(PATH, headers={"Accept-Encoding": "identity"})
    tag = first.headers["etag"]
    assert not tag.startswith("W/")
    again = client.get(PATH, headers={"Accept-Encoding": "identity", "If-None-Match": f'"x", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get(PATH, headers={"If-None-Match": tag, "Accept-Encoding": "gzip"}).status_code == 200
    add_reports(next(r.code for r in district if r.level == "grid"), 1, 1)
    client.app.state.services.maps._counts.clear()  # type: ignore[attr-defined]  # noqa: SLF001 (as if a minute had passed)
    assert client.get(PATH, headers={"Accept-Encoding": "identity"}).headers["etag"] != tag


def test_every_encoding_carries_the_same_map_under_its_own_tag(reading: TestClient) -> None:
    plain = reading.get(PATH, headers={"Accept-Encoding": "identity"})
    tags = {plain.headers["etag"]}
    for name in ("gzip", "br", "zstd"):
        answer = reading.get(PATH, headers={"Accept-Encoding": name})
        assert answer.headers["content-encoding"] == name
        assert "Accept-Encoding" in answer.headers["vary"]
        content = answer.content
        if content != plain.content:  # this client has no zstd
            content = zstandard.ZstdDecompressor().decompress(content)
        assert content == plain.content
        tags.add(answer.headers["etag"])
    assert len(tags) == 4


def test_a_copy_is_known_by_any_list_that_names_it(reading: TestClient) -> None:
    tag = reading.get(PATH, headers={"Accept-Encoding": "br"}).headers["etag"]
    for names in ("*", f"W/{tag}", f'"a", {tag} , "b"'):
        answer = reading.get(PATH, headers={"Accept-Encoding": "br", "If-None-Match": names})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.headers["cache-control"] == "no-cache"
    lines = [("Accept-Encoding", "br;q=0.1"), ("If-None-Match", '"a"'), ("If-None-Match", tag)]
    assert reading.get(PATH, headers=lines).status_code == 304
    assert reading.get(PATH, headers={"Accept-Encoding": "br", "If-None-Match": '"a"'}).status_code == 200


def test_a_client_with_a_good_copy_costs_no_writing(reading: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    tag = reading.get(PATH, headers={"Accept-Encoding": "gzip"}).headers["etag"]
    maps = reading.app.state.services.maps  # type: ignore[attr-defined]
    kept, forgotten = maps._bodies, type(maps._bodies)(2**20, Body.size)  # noqa: SLF001
    monkeypatch.setattr(maps, "_bodies", forgotten)
    assert reading.get(PATH, headers={"Accept-Encoding": "gzip", "If-None-Match": tag}).status_code == 304
    assert (kept.held > 0, forgotten.held) == (True, 0)


def test_head_says_what_get_would(reading: TestClient) -> None:
    for path in (PATH, "/v1/tiles/admin/grid/12/3337/1624.mvt"):
        told, given = reading.head(path), reading.get(path)
        assert (told.status_code, told.content) == (200, b"")
        for name in ("etag", "content-length", "content-type", "content-encoding", "vary"):
            assert told.headers.get(name) == given.headers.get(name)


def test_a_level_that_comes_in_pieces_is_the_map_that_comes_at_once(
    reading: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = reading.get(PATH).content
    monkeypatch.setattr(map_queries, "PIECE_ROWS", 7)
    app = create_app(reading.app.state.services.settings)  # type: ignore[attr-defined]
    with TestClient(app) as other:
        assert other.get(PATH).content == whole
        assert len(other.get(PATH, params={"level": "street"}).json()["features"]) == 6
    app = create_app(reading.app.state.services.settings)  # type: ignore[attr-defined]
    with TestClient(app) as tiles_first:
        tiles_first.get("/v1/tiles/admin/grid/12/3337/1624.mvt")
        assert tiles_first.get(PATH).content == whole


def test_what_a_level_holds_is_weighed_as_it_grows(reading: TestClient) -> None:
    app = create_app(reading.app.state.services.settings)  # type: ignore[attr-defined]
    with TestClient(app) as fresh:
        held = [app.state.services.maps._levels.held]  # noqa: SLF001
        for path in (PATH, f"{PATH}?simplify=12", "/v1/tiles/admin/grid/12/3337/1624.mvt", f"{PATH}?simplify=9"):
            fresh.get(path)
            held.append(app.state.services.maps._levels.held)  # noqa: SLF001
    assert held == sorted(set(held))


@pytest.mark.usefixtures("district")
def test_a_unit_with_a_new_name_is_another_map(client: TestClient, database: Database) -> None:
    tag = client.get(PATH).headers["etag"]
    with database.transaction() as session:
        session.execute(text("UPDATE responsible_unit SET name = name || '（新）'"))
    client.app.state.services.maps._levels._values.clear()  # type: ignore[attr-defined]  # noqa: SLF001
    client.app.state.services.maps._tags._values.clear()  # type: ignore[attr-defined]  # noqa: SLF001
    assert client.get(PATH).headers["etag"] != tag


class Away:
    def transaction(self) -> None:
        raise DatabaseUnavailableError

    snapshot = transaction


@pytest.mark.usefixtures("district")
def test_maps_go_on_while_the_database_is_away(client: TestClient) -> None:
    first = client.get(PATH).content
    maps = client.app.state.services.maps  # type: ignore[attr-defined]
    maps._database = Away()  # noqa: SLF001
    assert client.get(PATH).content == first
    assert client.get(PATH, params={"level": "street"}).status_code == 503
