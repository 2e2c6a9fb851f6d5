"""Every page in a real browser: for keyboards, screen readers, phones, dark rooms and paper."""

from __future__ import annotations

import io
import re
import unicodedata
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from pypdf import PdfReader
from rapidfuzz import fuzz

from presentation.colours import COLOURS
from tests.factories import pages
from tests.factories.browser import opened_browser

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
SELECT_FIRST = """() => {
  const pane = wanggePanes[0];
  for (const layer of pane.config.layers)
    for (const feature of pane.features(layer))
      if (feature.properties.card) { pane.select([feature]); return true; }
  return false;
}"""
FILLED = """() => wanggePanes.map(pane => {
  const b = L.latLngBounds(pane.config.bounds), size = pane.map.getSize();
  const [a, c] = [b.getNorthWest(), b.getSouthEast()].map(at => pane.map.latLngToContainerPoint(at));
  return [a.x >= 0 && a.y >= 0 && c.x <= size.x && c.y <= size.y,
          Math.max((c.x - a.x) / (size.x - 20), (c.y - a.y) / (size.y - 20))];
})"""
SMALL_TARGETS = """() => [...document.querySelectorAll('button, .wg-panel input')]
  .filter(e => e.offsetHeight && !['checkbox', 'radio'].includes(e.type) && e.offsetHeight < 44)
  .map(e => e.outerHTML.slice(0, 80))"""
BOXES = """selector => [...document.querySelectorAll(selector)].map(e => e.getBoundingClientRect())
  .filter(b => b.width).map(b => [b.left, b.top, b.right, b.bottom])"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with opened_browser() as opened:
        yield opened


@pytest.mark.parametrize("name", list(pages.PAGES))
def test_a_page_serves_everybody(browser: Browser, name: str, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(pages.PAGES[name]())
    errors: list[str] = []
    asked: list[str] = []
    is_map = name in pages.MAPS
    with browser.new_page(viewport=WIDE) as page:
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        assert page.locator("html").get_attribute("lang") == "zh-CN"
        viewport = page.locator("meta[name=viewport]").get_attribute("content") or ""
        assert not re.search(r"user-scalable|maximum-scale", viewport), "readers may zoom"
        if is_map:
            check_first_view(page)
            check_keyboard(page)
        page.evaluate(SELECT_FIRST if is_map else "true")
        check_axe(page)
        page.emulate_media(color_scheme="dark")
        scheme = page.evaluate("getComputedStyle(document.documentElement).colorScheme")
        assert "dark" in scheme or name == "notice", "dark where the reader prefers that, but for a paper"
        if is_map:
            check_print(page)
        page.set_viewport_size(PHONE)
        page.goto(f"{path.as_uri()}?phone")
        if is_map:
            check_phone(page)
        check_axe(page)
    assert errors == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


def test_the_board_links_each_topic_to_the_map_of_its_run() -> None:
    board = pages.board().decode()
    links = re.findall(r'href="([^"]+)"', board)
    areas = f"{pages.COMMUNITY}001,{pages.COMMUNITY}002"
    assert f"../maps/hotspots.html?run=2#areas={areas}".replace(",", "%2C") in [
        link.replace(",", "%2C") for link in links
    ]
    assert len(links) == 3, "the topic below the standard was not found by that run"


def check_axe(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0, "nothing has to be scrolled sideways"


def check_first_view(page: Page) -> None:
    panes = page.locator(".wg-pane").count()
    assert page.locator(".wg-north").count() == panes
    bars = page.locator(".leaflet-control-scale-line").all_inner_texts()
    assert all(re.fullmatch(r"\d+ (米|公里)", words) for words in bars)
    assert all("示例" in words for words in page.locator(".leaflet-control-attribution").all_inner_texts())
    assert page.locator(".wg-sample").all_inner_texts() == ["示例数据"] * panes
    labels = page.evaluate(BOXES, ".wg-name, .wg-number")
    assert overlapping(labels) == []
    assert overlapping(labels, page.evaluate(BOXES, ".leaflet-control")) == []
    assert labels
    filled = page.evaluate(FILLED)
    assert all(inside and share > 0.9 for inside, share in filled), "all of it is in view and fills the free space"


def check_keyboard(page: Page) -> None:
    stops = []
    for _ in range(2):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("[document.activeElement.tagName, document.activeElement.className]"))
    assert stops == [["BUTTON", "wg-fold"], ["INPUT", ""]], "the search field is the second stop"
    field = page.locator(".wg-find input").first
    names = page.locator(".wg-find datalist").first.locator("option")
    wanted = names.last.get_attribute("value") or ""
    field.fill(wanted)
    field.press("Enter")
    card = page.locator(".wg-chosen:not([hidden])")
    assert wanted.partition("（")[0] in card.inner_text()
    assert card.evaluate("e => e === document.activeElement")
    page.keyboard.press("Escape")
    assert card.count() == 0
    assert field.evaluate("e => e === document.activeElement"), "Escape leads back"
    field.fill("没有这个地方")
    field.press("Enter")
    assert "没有找到" in page.locator(".wg-find [role=status]").first.inner_text()


def check_print(page: Page) -> None:
    written = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    width, height = (float(side) for side in written.pages[0].mediabox[2:])
    assert width > height, "landscape, as the map is"
    text = plain("".join(sheet.extract_text() for sheet in written.pages))
    parts = ".wg-panel h1, .wg-entries button, .wg-legend:not([hidden]) span, .wg-notes p"
    for words in page.locator(parts).all_text_contents():
        assert fuzz.partial_ratio(plain(words), text) > 75, f"{words} is printed"
    streams = [one for one in map(written.get_object, range(1, written.trailer["/Size"])) if hasattr(one, "get_data")]
    found = [colour for one in streams for colour in re.findall(rb"([\d.]+) ([\d.]+) ([\d.]+) rg", one.get_data())]
    printed = {tuple(round(float(part) * 255) for part in colour) for colour in found}
    swatches = page.locator(".wg-legend:not([hidden]) i:not(.hatch)")
    names = {value[6:-1] for value in swatches.evaluate_all("all => all.map(e => e.style.getPropertyValue('--fill'))")}
    assert names
    for color in names:
        value = COLOURS[color].light
        assert tuple(int(value[at : at + 2], 16) for at in (1, 3, 5)) in printed, f"{color} is printed as on paper"


def check_phone(page: Page) -> None:
    assert page.evaluate(SELECT_FIRST)
    parts = page.evaluate(BOXES, ".wg-panel, .wg-stage, .wg-chosen, .wg-switch")
    assert overlapping(parts) == [], "the card, the panel and the map share the screen"
    assert all(right - left <= 390 and bottom <= 845 for left, _, right, bottom in parts)
    ((_, top, _, bottom),) = page.evaluate(BOXES, ".wg-stage")
    assert bottom - top > 250, "the map stays the largest part"
    assert page.evaluate(SMALL_TARGETS) == []
    labels = page.evaluate(BOXES, ".wg-name, .wg-number")
    assert overlapping(labels) == []
    if page.locator("main.two").count():
        page.locator(".wg-switch button").nth(1).click()
        assert [pane.is_visible() for pane in page.locator(".wg-pane").all()] == [False, True]


def plain(words: str) -> str:
    """Text without blanks and without the radicals that a font's signs are taken for in PDF."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", words))


def overlapping(boxes: list[list[float]], others: list[list[float]] | None = None) -> list[tuple[int, int]]:
    """Pairs of boxes that share more than a pixel; with others, of each with those."""
    return [
        (i, j)
        for i, (left, top, right, bottom) in enumerate(boxes)
        for j, (a, b, c, d) in enumerate(boxes if others is None else others)
        if (others is not None or j > i) and min(right, c) - max(left, a) > 1 and min(bottom, d) - max(top, b) > 1
    ]


def test_an_address_selects_areas(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(pages.PAGES["impact"]())
    one, other = f"{pages.COMMUNITY}001", f"{pages.COMMUNITY}002"
    with browser.new_page(viewport=WIDE) as page:
        page.goto(f"{path.as_uri()}#areas={one}")
        assert one in page.locator(".wg-chosen").first.inner_text()
        assert f"areas={one}" in page.url
        page.goto(f"{path.as_uri()}?again#areas={one},{other}")
        assert page.locator(".wg-chosen:not([hidden])").count() == 0, "of several none has the card"
        assert page.locator(".wg-pane").first.locator('path[stroke="var(--selected)"]').count() == 2
