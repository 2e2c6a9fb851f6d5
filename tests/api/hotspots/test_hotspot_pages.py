"""What a planner looks at: the map in a browser without a network, with a layer of each method, cards and a slider."""

from __future__ import annotations

import re
import shutil
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from playwright.sync_api import Page, sync_playwright

from governance.hotspots.catalogue import ABOUT, HotspotMethod
from governance.hotspots.notes import NoteCode, note
from presentation.pages.hotspot_clusters import findings
from presentation.pages.hotspot_page import RunView, hotspot_page
from presentation.words import hotspots
from tests import missing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SIDE = 4
TREND = {"start": "2026-03-09", "step_days": 7, "counts": [1, 0, 2, 1, 0, 3, 2, 1, 9, 8, 2, 1]}
WEEKS = [{"first": f"2026-{m:02d}-{d:02d}", "last": "-"} for m, d in [(5, 11), (5, 18), (5, 25)]]


def box(column: int, row: int, size: int = 1) -> shapely.Polygon:
    return shapely.box(
        113.2 + column * 0.003, 34.7 + row * 0.003, 113.2 + (column + size) * 0.003, 34.7 + (row + size) * 0.003
    )


def cluster(method: HotspotMethod, number: int, column: int, category: str | None, **known: Any) -> dict[str, Any]:
    tested = category is not None
    return {
        "method": str(method), "number": number, "category": category, "areas": [f"g0{column}"],
        "geometry": shapely.geometry.mapping(box(column, 0)), "first": "2026-05-11", "last": "2026-05-17",
        "observed": 20, "expected": 4.5 if tested else None, "relative_risk": 4.9 if tested else None,
        "p": 1e-6 if tested else None, "adjusted_p": 3e-5 if tested else None, "recurrence_interval_days": None,
        "radius_m": None, "area_m2": 61_234.0, "stability": None if tested else 0.81, "significant": tested or None,
        "categories": [{"category": "<b>占道</b>", "reports": 20}], "trend": TREND, "samples": [1234567, 99],
        **known,
    }  # fmt: skip


def view(number: int = 1, **changes: Any) -> RunView:
    """A run in which every method found something."""
    codes = [f"g{r}{c}" for r, c in np.ndindex(SIDE, SIDE)]
    names = {"d": "上街区", "s": "济源路街道"} | {code: f"{code}号网格" for code in codes}
    units = [
        {
            "code": code, "reports": k, "gi": int(k == 0), "gi_z": 4.0 - k, "gi_p": 0.01,
            "gi_q": 0.0005 if k == 0 else 0.4,
            "moran": int(k == 0), "moran_kind": "high-high" if k == 0 else "none", "moran_z": 3.0, "moran_p": 0.01,
            "moran_q": 0.02, "emerging": "NEW_HOT" if k == 0 else "NONE", "emerging_steps": [0, -1, int(k == 0)],
        }
        for k, code in enumerate(codes)
    ]  # fmt: skip
    series = [
        {"area": "s", "area_name": "济源路街道", "category": "占道经营", "observed": 30, "expected": 12.4,
         "upper": 20.0, "p": 0.0002, "q": 0.002, "alarm": True},
        {"area": "s", "area_name": "济源路街道", "category": "积水", "observed": 1, "expected": None, "upper": None,
         "p": None, "q": None, "alarm": False},
    ]  # fmt: skip
    result = {
        "period": {"start": "2026-05-11", "end": "2026-06-01"}, "history_start": "2026-03-09",
        "methods": [str(m) for m in HotspotMethod], "levels": ["district", "street", "grid"],
        "areas": [{"code": code, "above": ["d", "s"]} for code in codes], "names": names, "units": units,
        "unit": "grid", "rate_per": "none", "by_category": [],
        "clusters": [
            cluster(HotspotMethod.SCAN, 0, 1, "占道经营"), cluster(HotspotMethod.CONCENTRATION, 0, 1, "占道经营"),
            cluster(HotspotMethod.SCAN, 1, 3, "积水", recurrence_interval_days=4000.0, adjusted_p=0.01,
                    first="2026-05-25", last="2026-05-31"),
            cluster(HotspotMethod.DENSITY, 0, 2, None), cluster(HotspotMethod.HDBSCAN, 0, 2, None),
        ],
        "warning_series": series, "warnings": [{**series[0], "trend": TREND}],
        "emerging_frames": [{**w, "last": date.fromisoformat(w["first"]).replace(
            day=date.fromisoformat(w["first"]).day + 6).isoformat()} for w in WEEKS],
        "input": {"reports": 100, "incidents": 90, "incidents_in_period": 60, "on_pile_ups": 4, "repeat_calls": 3,
                  "patrol": 2, "without_point": 1, "pile_ups": [{"lon": 113.201, "lat": 34.701, "reports": 4}]},
        "notes": [note(NoteCode.PAST_TOO_SHORT, HotspotMethod.WARNING, least_days=60).model_dump()],
    }  # fmt: skip
    shapes = {code: box(int(code[2]), int(code[1])) for code in codes}
    return RunView(number, "行政网格", {**result, **changes}, shapes, {"s": box(0, 0, SIDE)})


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
    assert {ABOUT[method].label for method in HotspotMethod} <= set(labels)
    for method in HotspotMethod:
        label = page.locator(".wg-panel label").filter(has_text=ABOUT[method].label)
        label.locator("input").check()
        legend = label.locator("xpath=following-sibling::div[1]").inner_text()
        assert ABOUT[method].words[:12] in legend
        found = {HotspotMethod.POPULATION: "没有发现", HotspotMethod.SCAN: "2 处"}.get(method, "")
        assert found in legend


def test_a_click_in_the_list_opens_the_card_of_the_matter(page: Page) -> None:
    page.locator(".wg-entries button").first.click()
    card = page.locator(".leaflet-popup-content").inner_text()
    for words in ("观测", "20 件", "期望", "4.5 件", "相对风险", "4.9 倍", "p 值", "小于 0.0001", "事项区域集中",
                  "主要事项", "<b>占道</b> 20", "每周件数", "尾号 4567"):  # fmt: skip
        assert words in card
    assert "1234567" not in card
    assert page.locator(".leaflet-popup-content svg rect").count() == 12
    page.locator(".wg-entries button").nth(1).click()
    assert "每 11 年一次" in page.locator(".leaflet-popup-content").last.inner_text()


def test_the_slider_shows_only_what_lives_in_that_week(page: Page) -> None:
    assert page.locator(".wg-number").count() == 2
    slide = page.locator(".wg-slider input").first
    counts = []
    for frame in range(3):
        slide.evaluate(f"e => {{ e.value = {frame}; e.oninput() }}")
        counts.append(page.locator(".wg-number").all_inner_texts())
    assert counts == [["1"], [], ["2"]]
    page.locator(".wg-panel label").filter(has_text=ABOUT[HotspotMethod.EMERGING].label).locator("input").check()
    slide.evaluate("e => { e.value = 2; e.oninput() }")
    assert page.locator('path[fill="#ef8a62"]').count() == 1
    slide.evaluate("e => { e.value = 1; e.oninput() }")
    assert page.locator('path[fill="#92c5de"]').count() == SIDE * SIDE


def test_a_street_with_an_alarm_says_observed_expected_and_probability(page: Page) -> None:
    page.locator(".wg-panel label").filter(has_text=ABOUT[HotspotMethod.WARNING].label).locator("input").check()
    page.locator('path[fill="#fc8d59"][fill-opacity="0.55"]').first.dispatch_event("click")
    card = page.locator(".leaflet-popup-content").inner_text()
    assert "1 类事项较往期同样日子显著偏多" in card
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


def test_findings_of_one_category_at_one_place_are_one_matter() -> None:
    found = findings(view().result)
    assert [(m.number, len(m.clusters)) for m in found] == [(1, 2), (2, 1)]


def test_spans_and_probabilities_read_as_people_write_them() -> None:
    assert hotspots.span("2026-05-01", "2026-05-01") == "2026 年 5 月 1 日"
    assert hotspots.span("2026-05-01", "2026-05-31") == "2026 年 5 月 1 日至 31 日"
    assert hotspots.span("2025-12-30", "2026-01-02") == "2025 年 12 月 30 日至 2026 年 1 月 2 日"
    assert [hotspots.probability(p) for p in (0.0, 0.00009, 0.0001, 0.05, 1.0)] == [
        "小于 0.0001", "小于 0.0001", "0.0001", "0.05", "1",
    ]  # fmt: skip
    assert hotspots.rate_words({"rate": 0.0123}, "households") == ("每百户", "1.23 件")
