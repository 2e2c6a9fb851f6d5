"""What a planner looks at: the map in a browser without a network, with a layer of each method, cards and a slider."""

from __future__ import annotations

import re
import shutil
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from playwright.sync_api import Page, sync_playwright

from governance.hotspots.catalogue import HotspotMethod
from governance.hotspots.notes import NoteCode, note
from governance.hotspots.result_format.model import Area, CategoryCount, Cluster, Period, Span, Unit
from presentation.pages.hotspot_page import RunView, hotspot_page
from presentation.words import days, hotspots
from presentation.words.hotspots import method_label, method_words
from tests import missing
from tests.factories import hotspot_results as make

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import shapely

SIDE = 4
WEEKS = [Span(first=date(2026, 5, day), last=date(2026, 5, day + 6)) for day in (11, 18, 25)]


def box(column: int, row: int, size: int = 1) -> shapely.Polygon:
    return make.square(column, row, size)


def cluster(method: HotspotMethod, number: int, column: int, **known: Any) -> Cluster:
    given = {
        "areas": [f"g0{column}"], "geometry": make.geojson(box(column, 0)), "area_m2": 61_234.0,
        "categories": [CategoryCount(category="<b>占道</b>", reports=20)], "samples": [1234567, 99], **known,
    }  # fmt: skip
    return make.cluster(method, number, **given)


def view(number: int = 1, **changes: Any) -> RunView:
    """A run in which every method found something."""
    codes = [f"g{r}{c}" for r, c in np.ndindex(SIDE, SIDE)]
    names = {"d": "上街区", "s": "济源路街道"} | {code: f"{code}号网格" for code in codes}
    units = [
        Unit(
            code=code,
            reports=k,
            judged={
                HotspotMethod.GI: make.judgement(HotspotMethod.GI, "none" if k else "hot"),
                HotspotMethod.MORAN: make.judgement(HotspotMethod.MORAN, "none" if k else "high-high"),
                HotspotMethod.EMERGING: make.judgement(HotspotMethod.EMERGING, "NONE" if k else "NEW_HOT"),
            },
        )
        for k, code in enumerate(codes)
    ]
    given: dict[str, Any] = {
        "period": Period(start=date(2026, 5, 11), end=date(2026, 6, 1)),
        "levels": ["district", "street", "grid"],
        "areas": [Area(code=code, above=["d", "s"]) for code in codes],
        "names": names,
        "units": units,
        "clusters": [
            cluster(HotspotMethod.SCAN, 0, 1),
            cluster(HotspotMethod.CONCENTRATION, 0, 1),
            cluster(HotspotMethod.SCAN, 1, 3, category="积水", recurrence_interval_days=4000.0, adjusted_p=0.01,
                    first=date(2026, 5, 25), last=date(2026, 5, 31)),
            cluster(HotspotMethod.DENSITY, 0, 2),
            cluster(HotspotMethod.HDBSCAN, 0, 2),
        ],
        "series": [make.series(area="s"), make.series(area="s", alarm=False, category="积水")],
        "steps": WEEKS,
        "notes": [note(NoteCode.PAST_TOO_SHORT, HotspotMethod.WARNING, least_days=60)],
        **changes,
    }  # fmt: skip
    shapes = {code: box(int(code[2]), int(code[1])) for code in codes}
    return RunView(number, "行政网格", make.result(**given), shapes, {"s": box(0, 0, SIDE)})


@pytest.fixture(scope="module")
def browser() -> Iterator[Page]:
    program = shutil.which("chromium")
    if program is None:
        missing.skip(missing.CHROMIUM)
    options = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
               "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND"]  # fmt: skip
    with sync_playwright() as played:
        opened = played.chromium.launch(executable_path=program, args=options)
        yield opened.new_page(viewport={"width": 1440, "height": 900})
        opened.close()


@pytest.fixture
def page(browser: Page, tmp_path: Path) -> Page:
    path = tmp_path / "map.html"
    path.write_bytes(hotspot_page(view()))
    asked: list[str] = []
    browser.on("request", lambda request: asked.append(request.url))
    browser.goto(path.as_uri())
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    return browser


def test_there_is_a_layer_for_each_method_with_its_legend_in_words(page: Page) -> None:
    labels = [words.strip() for words in page.locator(".wg-panel label").all_inner_texts()]
    assert {method_label(method) for method in HotspotMethod} <= set(labels)
    for method in HotspotMethod:
        label = page.locator(".wg-panel label").filter(has_text=method_label(method))
        label.locator("input").check()
        legend = label.locator("xpath=following-sibling::div[1]").inner_text()
        assert method_words(method, "words")[:12] in legend
        found = {HotspotMethod.POPULATION: "没有发现", HotspotMethod.SCAN: "2 处"}.get(method, "")
        assert found in legend


def test_a_click_in_the_list_opens_the_card_of_the_matter(page: Page) -> None:
    page.locator(".wg-entries button").first.click()
    card = page.locator(".wg-chosen").inner_text()
    for words in ("观测", "20 件", "期望", "4.5 件", "相对风险", "4.9 倍", "p 值", "小于 0.0001", "区域集中",
                  "主要类别", "<b>占道</b> 20", "每周件数", "尾号 4567"):  # fmt: skip
        assert words in card
    assert "1234567" not in card
    assert page.locator(".wg-chosen svg rect").count() == 12
    page.locator(".wg-entries button").nth(1).click()
    assert "每 11 年一次" in page.locator(".wg-chosen").inner_text()


def test_the_slider_shows_only_what_lives_in_that_week(page: Page) -> None:
    assert page.locator(".wg-number").count() == 2
    slide = page.locator(".wg-slider input").first
    counts = []
    for frame in range(3):
        slide.evaluate(f"e => {{ e.value = {frame}; e.oninput() }}")
        counts.append(page.locator(".wg-number").all_inner_texts())
    assert counts == [["1"], [], ["2"]]
    page.locator(".wg-panel label").filter(has_text=method_label(HotspotMethod.EMERGING)).locator("input").check()
    slide.evaluate("e => { e.value = 2; e.oninput() }")
    assert page.locator('path[fill="var(--step-high)"]').count() == 1
    slide.evaluate("e => { e.value = 1; e.oninput() }")
    assert page.locator('path[fill="var(--step-low)"]').count() == SIDE * SIDE


def test_a_street_with_an_alarm_says_observed_expected_and_probability(page: Page) -> None:
    page.locator(".wg-panel label").filter(has_text=method_label(HotspotMethod.WARNING)).locator("input").check()
    page.locator('path[fill="var(--warning-alarm-sure)"]').first.dispatch_event("click")
    card = page.locator(".wg-chosen").inner_text()
    assert "1 类上报较往期同样日子显著偏多" in card
    assert re.search(r"占道经营\s+30\s+12\.4\s+20\.0\s+0\.0002", card)
    assert "往期不足，未判断" in card


def test_two_periods_stand_side_by_side_and_move_together(browser: Page, tmp_path: Path) -> None:
    path = tmp_path / "both.html"
    path.write_bytes(hotspot_page(view(2), view(1, clusters=[])))
    browser.goto(path.as_uri())
    assert browser.locator(".wg-panel").count() == 2
    assert "没有超出偶然的聚集" in browser.locator(".wg-panel").nth(1).inner_text()
    before = browser.locator(".leaflet-control-scale-line").all_inner_texts()
    browser.locator(".leaflet-control-zoom-in").first.click()
    browser.wait_for_timeout(600)
    after = browser.locator(".leaflet-control-scale-line").all_inner_texts()
    assert before[0] == before[1]
    assert after[0] == after[1] != before[0]


def test_no_english_word_of_the_code_reaches_a_reader(page: Page) -> None:
    page.locator(".wg-panel summary").click()
    said = page.locator(".wg-panel").inner_text()
    words = set(re.findall(r"[A-Za-z][A-Za-z_-]{2,}", said))
    assert words <= {"DBSCAN", "HDBSCAN", "ST-DBSCAN"}


def test_spans_and_probabilities_read_as_people_write_them() -> None:
    assert days.span("2026-05-01", "2026-05-01") == "2026 年 5 月 1 日"
    assert days.span("2026-05-01", "2026-05-31") == "2026 年 5 月 1 日至 31 日"
    assert days.span("2025-12-30", "2026-01-02") == "2025 年 12 月 30 日至 2026 年 1 月 2 日"
    assert [hotspots.probability(p) for p in (0.0, 0.00009, 0.0001, 0.05, 1.0)] == [
        "小于 0.0001", "小于 0.0001", "0.0001", "0.05", "1",
    ]  # fmt: skip
    assert hotspots.rate_words(0.0123, "households") == ("每百户", "1.23 件")
