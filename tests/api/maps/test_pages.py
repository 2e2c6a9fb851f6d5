"""The responsibility map as a page that opens without a network."""

from __future__ import annotations

import re
import subprocess
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import shapely

from core import clock
from grids.boundaries import operations
from grids.boundaries.records import AreaRecord
from presentation.pages.features import label_properties
from presentation.pages.responsibility_page import _short
from tests.factories.identity import who
from tests.missing import needs_chromium

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fastapi.testclient import TestClient

    from core.db import Database


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


@needs_chromium
def test_a_browser_without_a_network_draws_every_area(page: str, areas: list[AreaRecord], tmp_path: Path) -> None:
    path = tmp_path / "map.html"
    path.write_text(page)
    done = subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND",
         f"--user-data-dir={tmp_path}/profile", "--virtual-time-budget=3000", "--dump-dom", path.as_uri()],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    grids = sum(record.level == "grid" for record in areas)
    assert done.stdout.count('<path class="leaflet-interactive"') == grids
    assert "wg-panel" in done.stdout
    assert 'class="leaflet-marker-icon wg-name' in done.stdout, "names are written where there is room"


@pytest.mark.usefixtures("district")
def test_the_page_says_until_when_reports_are_counted(
    client: TestClient, add_reports: Callable[[str, int, int], None], page: str
) -> None:
    add_reports("410106001001001", 3, 2)
    asked = clock.now().replace(microsecond=0) + timedelta(seconds=1)
    counted = client.get("/v1/maps/responsibility.html", params={"at": asked.isoformat()}).text
    assert f"上报统计截至 {asked.astimezone(clock.LOCAL):%Y-%m-%d %H:}" in counted
    later = client.get("/v1/maps/responsibility.html", params={"at": "9999-12-31T23:59:59Z"})
    assert later.status_code == 200
    assert f"上报统计截至 {clock.now().astimezone(clock.LOCAL):%Y-%m-%d}" in later.text, "nobody counts ahead"
    assert "上报统计截至" not in page, "without reports there is nothing to count"


def test_the_page_is_in_the_language_that_is_asked_for(reading: TestClient, page: str) -> None:
    for query, headers in (({"lang": "en"}, {}), ({}, {"Accept-Language": "en"})):
        answer = reading.get("/v1/maps/responsibility.html", params=query, headers=headers)
        assert answer.headers["content-language"] == "en"
        assert "Accept-Language" in answer.headers["vary"]
        assert '<html lang="en">' in answer.text
        assert "Responsible unit" in answer.text
        names = re.sub(r'"sources":.*?"layers":', "", answer.text, flags=re.DOTALL)
        assert re.findall(r"[\u4e00-\u9fff]+", names.partition("wanggePane(map_")[2]) == ["行政网格"] * 2
    assert '<html lang="zh-CN">' in page


@pytest.mark.parametrize(
    ("name", "parent", "written_name"),
    [
        ("香园街社区06号网格", "香园街社区居民委员会", "06号网格"),
        ("冯沟村村民委员会", "峡窝镇", "冯沟村"),
        ("济源路街道", "上街区", "济源路街道"),
        ("居民委员会", "", "居民委员会"),
        ("朝阳", "朝阳", "朝阳"),
    ],
)
def test_a_name_on_the_map_is_as_short_as_the_place_allows(name: str, parent: str, written_name: str) -> None:
    assert _short(name, parent) == written_name


def test_a_name_stands_inside_its_area() -> None:
    crescent = shapely.Point(0, 0).buffer(1).difference(shapely.Point(0.5, 0).buffer(1))
    (label,) = label_properties(["月牙"], [crescent])
    assert crescent.covers(shapely.Point(label["at"][1], label["at"][0]))
    assert label_properties([], []) == []


def test_a_name_cannot_break_out_of_the_page(database: Database, client: TestClient) -> None:
    evil = "</script><script>alert(1)</script>"
    area = AreaRecord("grid", "a", evil, shapely.box(113, 34, 113.1, 34.1), None, "u", evil)
    with database.transaction() as session:
        layer = operations.create_layer(session, code="evil", name=evil, levels=["grid"], actor=who("test"))
        operations.publish(
            session, layer=layer, areas=[area], publication=operations.Publication(author=who("test")), lead_s=0.0
        )
    client.app.state.services.releases.refresh()  # type: ignore[attr-defined]
    page = client.get("/v1/maps/responsibility.html", params={"layer": "evil"}).text
    assert "alert(1)" in page
    assert "<script>alert" not in page
