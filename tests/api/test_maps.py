"""Responsibility maps and vector tiles over HTTP."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import brotli
import pytest
import shapely
import zstandard
from fastapi.testclient import TestClient
from sqlalchemy import text

from api.app import create_app
from api.maps.encoding import choose_encoding, encode
from core import clock
from core.errors import DatabaseUnavailableError
from core.settings import Settings
from grids.boundaries import operations, queries
from grids.boundaries.records import AreaRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from core.db import Database

SAMPLE = Path(__file__).parents[2] / "data/boundaries/shangjie.geojson"
PATH = "/v1/maps/responsibility.geojson"


def sample() -> list[AreaRecord]:
    records = []
    for feature in json.loads(SAMPLE.read_text())["features"]:
        p = feature["properties"]
        geom = shapely.from_geojson(json.dumps(feature["geometry"]))
        records.append(
            AreaRecord(p["level"], p["code"], p["name"], geom, p["parent_code"], p["unit_code"], p["unit_name"])
        )
    return records


def publish_sample(database: Database) -> list[AreaRecord]:
    records = sample()
    with database.transaction() as session:
        layer = operations.create_layer(
            session,
            code="admin",
            name="行政网格",
            levels=["district", "street", "community", "grid"],
            code_rule="gb15",
            actor="test",
        )
        operations.publish(session, layer=layer, areas=records, author="test", lead_s=0.0)
    return records


@pytest.fixture
def district(database: Database) -> list[AreaRecord]:
    return publish_sample(database)


@pytest.fixture(scope="module")
def reading(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client for the tests that only read; they share one published district without reports."""
    folder = tmp_path_factory.mktemp("cache")
    app = create_app(Settings(DATABASE_URL=module_database_url, cache_dir=folder, log_level="ERROR"))
    publish_sample(app.state.database)
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def add_reports(database: Database, make_key: Callable[..., dict[str, str]]) -> Callable[[str, int, int], None]:
    make_key("intake", "hotline")

    def add(grid: str, count: int, days_ago: int) -> None:
        path = [grid[:6], grid[:9], grid[:12], grid]
        with database.transaction() as session:
            session.execute(
                text(
                    "INSERT INTO report (client_id, channel, body_sha256, category, crs, reported_at, received_at,"
                    " layer_id, release_number, method, area_path, reason) SELECT c.id, '12345', '', '积水', 'WGS84',"
                    " :at, :at, l.id, 1, 'covered', :path, '' FROM api_client c, layer l, generate_series(1, :n)"
                    " WHERE c.name = 'hotline'"
                ),
                {"at": clock.now() - timedelta(days=days_ago), "path": path, "n": count},
            )

    return add


def get(client: TestClient, **query: Any) -> dict[str, Any]:
    answer = client.get(PATH, params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/geo+json"
    return dict(answer.json())


def test_every_grid_is_there_with_its_unit_exactly_as_published(reading: TestClient) -> None:
    found = get(reading)
    grids = {r.code: r for r in sample() if r.level == "grid"}
    assert (found["layer"], found["level"], found["release"]) == ("admin", "grid", 1)
    assert [f["id"] for f in found["features"]] == sorted(grids)
    for feature in found["features"]:
        record, properties = grids[feature["id"]], feature["properties"]
        assert properties["unit_code"] == record.unit_code
        assert properties["unit_name"] == record.unit_name
        assert properties["name"] == record.name
        geometry = shapely.from_geojson(json.dumps(feature["geometry"]))
        assert geometry.equals(record.geom)
        assert all(part.exterior.is_ccw for part in geometry.geoms)
    assert "crs" not in found


def test_within_keeps_the_descendants_of_one_area(reading: TestClient) -> None:
    found = get(reading, within="410106001")
    assert found["features"]
    assert all(f["id"].startswith("410106001") for f in found["features"])
    assert [f["id"] for f in get(reading, level="street", within="410106001")["features"]] == ["410106001"]


@pytest.mark.parametrize("zoom", [9, 13])
def test_a_simplified_map_is_smaller_and_still_a_coverage_also_when_filtered(reading: TestClient, zoom: int) -> None:
    exact, simple = reading.get(PATH), reading.get(PATH, params={"simplify": zoom})
    assert len(simple.content) < len(exact.content)
    shapes = {f["id"]: shapely.from_geojson(json.dumps(f["geometry"])) for f in simple.json()["features"]}
    assert shapely.coverage_is_valid(list(shapes.values()))
    for feature in get(reading, simplify=zoom, within="410106002")["features"]:
        assert shapely.from_geojson(json.dumps(feature["geometry"])).equals(shapes[feature["id"]])


def test_reports_are_counted_on_every_level_in_all_and_for_thirty_days(
    client: TestClient, add_reports: Callable[[str, int, int], None], district: list[AreaRecord]
) -> None:
    one, two = [r.code for r in district if r.level == "grid"][:2]
    add_reports(one, 3, 2)
    add_reports(two, 4, 90)
    counts = {f["id"]: f["properties"] for f in get(client)["features"]}
    assert (counts[one]["reports_total"], counts[one]["reports_30d"]) == (3, 3)
    assert (counts[two]["reports_total"], counts[two]["reports_30d"]) == (4, 0)
    assert sum(p["reports_total"] for p in counts.values()) == 7
    whole = get(client, level="district")["features"][0]["properties"]
    assert (whole["reports_total"], whole["reports_30d"]) == (7, 3)


def test_where_no_report_was_ever_placed_counts_are_unknown_not_zero(reading: TestClient) -> None:
    assert get(reading, level="district")["features"][0]["properties"]["reports_total"] is None


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
    client.app.state.maps._counts.clear()  # type: ignore[attr-defined]  # noqa: SLF001 (as if a minute had passed)
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


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "identity"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("identity", "identity"),
        ("gzip;q=0", "identity"),
        ("*", "zstd"),
        ("gzip;q=0.2, identity;q=0.9", "identity"),
        ("br;q=x", "identity"),
    ],
)
def test_the_client_chooses_the_encoding(accept: str | None, expected: str) -> None:
    assert choose_encoding(accept) == expected


def test_encodings_can_be_read_by_others() -> None:
    body = bytes(range(256)) * 30_000
    assert gzip.decompress(encode(body, "gzip")) == body
    assert brotli.decompress(encode(body, "br")) == body
    assert zstandard.ZstdDecompressor().decompress(encode(body, "zstd")) == body
    assert gzip.decompress(encode(b"", "gzip")) == b""


@pytest.mark.usefixtures("district")
def test_a_past_instant_is_answered_from_its_release(client: TestClient, database: Database) -> None:
    before = clock.now()
    records = [r for r in sample() if r.level != "grid"]
    with database.transaction() as session:
        layer = queries.get_layer(session, "admin")
        operations.publish(session, layer=layer, areas=records, author="test", lead_s=0.0)
    client.app.state.maps._in_force.clear()  # type: ignore[attr-defined]  # noqa: SLF001 (as if a second had passed)
    assert get(client)["features"] == []
    then = get(client, at=before.isoformat())
    assert then["release"] == 1
    assert len(then["features"]) > 300


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"layer": "nowhere"}, 404),
        ({"level": "planet"}, 404),
        ({"within": "999"}, 404),
        ({"at": "1999-01-01T00:00:00Z"}, 404),
        ({"at": "2026-01-01T00:00:00"}, 400),
        ({"simplify": "23"}, 400),
        ({"within": "a\x00b"}, 400),
    ],
)
def test_wrong_questions_are_problems(reading: TestClient, query: dict[str, str], status: int) -> None:
    answer = reading.get(PATH, params=query)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


class Away:
    def transaction(self) -> None:
        raise DatabaseUnavailableError

    snapshot = transaction


@pytest.mark.usefixtures("district")
def test_maps_go_on_while_the_database_is_away(client: TestClient) -> None:
    first = client.get(PATH).content
    maps = client.app.state.maps  # type: ignore[attr-defined]
    maps._database = Away()  # noqa: SLF001
    maps._in_force["admin"]._good_until = 0.0  # noqa: SLF001 (as if a second had passed)
    assert client.get(PATH).content == first
    assert client.get(PATH, params={"level": "street"}).status_code == 503


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


OUTWARD = re.compile(
    r"""(?:src|href|action)\s*=\s*["']?(?:https?:)?//|url\(\s*["']?(?:https?:)?//|@import|fetch\(|XMLHttpRequest""",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def page(reading: TestClient) -> str:
    answer = reading.get("/v1/maps/responsibility.html", headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    return answer.text


def test_the_page_asks_nothing_of_any_network(page: str) -> None:
    # Leaflet's own link to its home page is text in a control that the page switches off.
    text = page.replace('href="https://leafletjs.com"', "")
    assert OUTWARD.search(text) is None
    assert "responsibility" in page


@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs chromium")
def test_a_browser_without_a_network_draws_every_area(page: str, tmp_path: Path) -> None:
    path = tmp_path / "map.html"
    path.write_text(page)
    done = subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND",
         f"--user-data-dir={tmp_path}/profile", "--virtual-time-budget=3000", "--dump-dom", path.as_uri()],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    grids = sum(record.level == "grid" for record in sample())
    assert done.stdout.count('<path class="leaflet-interactive"') == grids
    assert "wg-panel" in done.stdout


def test_a_name_cannot_break_out_of_the_page(database: Database, client: TestClient) -> None:
    evil = "</script><script>alert(1)</script>"
    area = AreaRecord("grid", "a", evil, shapely.box(113, 34, 113.1, 34.1), None, "u", evil)
    with database.transaction() as session:
        layer = operations.create_layer(session, code="evil", name=evil, levels=["grid"], actor="test")
        operations.publish(session, layer=layer, areas=[area], author="test", lead_s=0.0)
    page = client.get("/v1/maps/responsibility.html", params={"layer": "evil"}).text
    assert "alert(1)" in page
    assert "<script>alert" not in page
