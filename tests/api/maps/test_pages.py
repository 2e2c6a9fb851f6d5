"""The responsibility map as a page that opens without a network."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
import shapely

from grids.boundaries import operations
from grids.boundaries.records import AreaRecord

if TYPE_CHECKING:
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


@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs chromium")
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


def test_a_name_cannot_break_out_of_the_page(database: Database, client: TestClient) -> None:
    evil = "</script><script>alert(1)</script>"
    area = AreaRecord("grid", "a", evil, shapely.box(113, 34, 113.1, 34.1), None, "u", evil)
    with database.transaction() as session:
        layer = operations.create_layer(session, code="evil", name=evil, levels=["grid"], actor="test")
        operations.publish(session, layer=layer, areas=[area], author="test", lead_s=0.0)
    page = client.get("/v1/maps/responsibility.html", params={"layer": "evil"}).text
    assert "alert(1)" in page
    assert "<script>alert" not in page
