"""Whatever stands in a name, a title or a note is shown as text: in a real browser, under the pages' own policy."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

import pytest
import shapely
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Route, sync_playwright

from api.app import create_app
from api.http import headers
from core.settings import Settings
from grids.boundaries import operations
from grids.boundaries.records import AreaRecord
from grids.change_sets import operations as desk
from identity.grants import ROLES, Scope
from tests import missing
from tests.factories.identity import issue_key, who

if TYPE_CHECKING:
    from collections.abc import Iterator

EVIL = (
    """</script><script>pwned=1</script><img src=x onerror="pwned=1">'"><svg onload=pwned=1>"""
    """{{7*'7'}}{% set a = 1 %}{#<!--"""
)
ORIGIN = "http://wangge.test"
OPEN_EVERYTHING = """() => {
  let opened = 0;
  for (const pane of wanggePanes)
    for (const shown of pane.shown.values())
      shown.eachLayer(layer => {
        const at = layer.getBounds ? layer.getBounds().getCenter() : layer.getLatLng();
        layer.fire('mouseover', { latlng: at }, true);
        layer.fire('click', { latlng: at }, true);
        opened += 1;
      });
  const found = document.querySelector('.wg-find option');
  const field = document.querySelector('.wg-find input');
  if (found) { field.value = found.value; field.dispatchEvent(new Event('change')); }
  return opened;
}"""
MAPS = ["/v1/maps/responsibility.html", "/v1/layers/admin/disputed-edges.html", "/v1/change-sets/1/impact.html"]
PAGES = [*MAPS, "/v1/hotspots/topics.html", "/data-quality", "/docs", "/start"]


@pytest.fixture(scope="module")
def client(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A layer, its areas, their units, a draft and reports, all of one hostile name."""
    folder = tmp_path_factory.mktemp("cache")
    settings = Settings(DATABASE_URL=module_database_url, cache_dir=folder, log_level="ERROR")
    with TestClient(create_app(settings), raise_server_exceptions=False) as opened:
        with opened.app.state.services.database.transaction() as session:  # type: ignore[attr-defined]
            layer = operations.create_layer(session, code="admin", name=EVIL, levels=["street", "grid"], actor=who("t"))
            halves = [shapely.box(113.2, 34.7, 113.3, 34.8), shapely.box(113.3, 34.7, 113.4, 34.8)]
            areas = [
                AreaRecord("grid", f"g{i}", EVIL, half, "s", EVIL[:80], EVIL, {EVIL[:40]: EVIL})
                for i, half in enumerate(halves)
            ]
            whole = AreaRecord("street", "s", EVIL, shapely.box(113.2, 34.7, 113.4, 34.8), None, "u", EVIL)
            operations.publish(
                session,
                layer=layer,
                areas=[whole, *areas],
                publication=operations.Publication(author=who(EVIL), note=EVIL),
                lead_s=0.0,
            )
            key = issue_key(session, name=EVIL, scopes=list(Scope), channel="12345")
            assert set(ROLES["administrator"]) <= set(Scope)
        opened.headers["X-API-Key"] = key
        time.sleep(settings.release_poll_s + 0.5)
        for n in range(3):
            report = {"lon": 113.25 + n / 1e3, "lat": 34.75, "category": EVIL[:60], "text": EVIL, "external_id": str(n)}
            assert opened.post("/v1/reports", json=report).status_code == 201
        with opened.app.state.services.database.transaction() as session:  # type: ignore[attr-defined]
            draft = desk.open_draft(session, layer=layer, title=EVIL[:200], author=who("editor")).id
            facts = {"name": EVIL[:90] + "2", "unit_name": EVIL[:90]}
            desk.assign_facts(session, change_set_id=draft, code="g0", facts=facts, actor=who("editor"))
        yield opened


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium")
    if program is None:
        missing.skip(missing.CHROMIUM)
    with sync_playwright() as played:
        opened = played.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_runs_no_script_but_its_own(client: TestClient, browser: Browser, path: str) -> None:
    asked: list[str] = []
    refused: list[str] = []

    def serve(route: Route) -> None:
        url = route.request.url
        asked.append(url)
        if not url.startswith(ORIGIN):
            route.abort()
            return
        answer = client.get(url.removeprefix(ORIGIN))
        headers = {name: value for name, value in answer.headers.items() if name != "content-encoding"}
        route.fulfill(status=answer.status_code, headers=headers, body=answer.content)

    page = browser.new_page()
    page.on("console", lambda message: refused.append(message.text) if "Content Security" in message.text else None)
    page.route("**/*", serve)
    answer = page.goto(f"{ORIGIN}{path}", wait_until="load")
    assert answer is not None
    assert answer.status == 200
    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    opened = page.evaluate(OPEN_EVERYTHING) if path in MAPS else 0
    page.wait_for_timeout(300)
    assert page.evaluate("typeof pwned") == "undefined"
    assert refused == [], "the policy leaves the page's own parts alone"
    assert [url for url in asked if not url.startswith(ORIGIN)] == []
    assert "7777777" not in page.content()
    if path == MAPS[0]:
        assert opened > 0
        assert EVIL in (page.locator(".wg-chosen h2").first.text_content() or "")
        assert page.locator("path.leaflet-interactive").count() >= 2
    page.close()


def test_what_a_basemap_needs_is_allowed_and_nothing_else(client: TestClient) -> None:
    def policy(url: str) -> str:
        return headers._policy(url)[1].decode()  # noqa: SLF001

    assert "img-src 'self' data: blob:;" in policy("")
    assert "img-src 'self' data: blob: https://tiles.example.org;" in policy(
        "https://tiles.example.org/{z}/{x}/{y}.png"
    )
    assert "blob: https://*.example.org;" in policy("https://t{s}.example.org/{z}/{x}/{y}.png?tk=a;script-src *")
    assert "evil" not in policy("https://x; script-src evil/{z}")
    assert client.get("/healthz").headers.get("content-security-policy") is None
    assert client.get("/v1/layers").headers["x-content-type-options"] == "nosniff"
