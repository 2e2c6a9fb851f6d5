"""The planner's desk in a browser: runs are asked for and followed, findings questioned, two runs laid side by side."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from playwright.sync_api import expect

from governance.hotspots import execution
from governance.hotspots.catalogue import HotspotMethod
from governance.hotspots.runs import operations
from identity.grants import Grant
from tests.factories.identity import who
from tests.factories.reports import PlacedRow, store_reports
from tests.factories.sample import sample_areas
from tests.factories.sign_in import make_account
from tests.missing import needs_chromium, needs_console
from tests.web.conftest import Console, judge, sign_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

pytestmark = [needs_chromium, needs_console]
PATHS = {area.code: area.parent_code for area in sample_areas()}
GRIDS = [area for area in sample_areas() if area.level == "grid"]
HOT = next(area for area in GRIDS if area.code == "410106003004006")


def path_of(code: str) -> list[str]:
    path: list[str] = []
    wanted: str | None = code
    while wanted:
        path.insert(0, wanted)
        wanted = PATHS.get(wanted)
    return path


def calls() -> Iterator[PlacedRow]:
    """Calls of four months all over the district, and many more of one kind in one grid in late May."""
    random = np.random.default_rng(5)
    for index in range(260):
        area = HOT if index < 50 else GRIDS[int(random.integers(len(GRIDS)))]
        middle = shapely.Point(shapely.get_coordinates(shapely.point_on_surface(area.geom))[0])
        point = middle.buffer(0.0006).exterior.interpolate(float(random.random()), normalized=True)
        days = int(random.integers(1, 10) if index < 50 else random.integers(0, 120))
        at = datetime(2026, 5, 31, 4, tzinfo=UTC) - timedelta(days=days)
        kind = "占道经营" if index < 50 or index % 2 else "暴露垃圾"
        yield PlacedRow(point.x, point.y, path_of(area.code), at=at, category=kind, phone=f"139{index:08d}")


@pytest.fixture(scope="module")
def runs(console: Console) -> list[int]:
    """Two finished runs over May and April, and a planner 吴桐."""
    methods = [HotspotMethod.GI, HotspotMethod.SCAN, HotspotMethod.DENSITY, HotspotMethod.WARNING]
    made: list[int] = []
    with console.database.transaction() as session:
        make_account(session, console.settings, "吴桐", [Grant("planner")])
        store_reports(session, calls())
        for first, behind in ((date(2026, 4, 1), date(2026, 5, 1)), (date(2026, 5, 1), date(2026, 6, 1))):
            run = operations.request_run(
                session, layer="admin", period=(first, behind), methods=methods, actor=who("test"),
                parameters={"replicates": 99},
            )  # fmt: skip
            made.append(run.id)
    for run_id in made:
        execution.execute_run(console.database, run_id)
    return made


def press_on(page: Page, x: float, y: float) -> None:
    box = page.locator(".canvas").first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * x, box["y"] + box["height"] * y)


def test_findings_are_read_questioned_and_laid_beside_another_run(console: Console, runs: list[int]) -> None:
    with console.visit() as page:
        sign_in(page, console, "吴桐", "/planner")
        page.get_by_role("button", name=re.compile(f"第 {runs[1]} 次")).click()
        expect(page.get_by_role("status")).to_contain_text(re.compile(r"共 [1-9]\d* 项"))
        first = page.get_by_role("button", name=re.compile("^1 "))
        first.click()
        card = page.locator(".desk-card")
        for words in ("实际", "预期", "相对风险", "偶然出现的可能", "样例上报"):
            expect(card).to_contain_text(words)
        expect(card.locator("svg rect").last).to_be_visible()
        page.wait_for_load_state("networkidle")
        judge(page, "planner-finding")
        assert "finding=1" in page.url
        page.keyboard.press("Escape")
        expect(card).to_have_count(0)

        # Any place may be asked about; one outside of all clusters is told why it is none.
        page.get_by_role("button", name="看全区").click()
        press_on(page, 0.5, 0.3)
        expect(card).to_contain_text("为什么是（不是）热点")
        for words in ("z = ", "不在此方法的任何聚集区内", "往期不足"):
            expect(card).to_contain_text(words)
        judge(page, "planner-why")
        page.keyboard.press("Escape")

        # The weeks of the period, by keyboard.
        page.get_by_label(re.compile("整个时段")).press("ArrowRight")
        expect(page.get_by_text("2026-05-01 至 2026-05-07 仍存在的聚集区")).to_be_visible()

        # Another month beside it moves in step.
        page.locator("summary", has_text="运行记录").click()
        page.get_by_role("button", name="并排对比").click()
        expect(page.locator(".canvas")).to_have_count(2)
        expect(page.locator(".source").nth(1)).to_contain_text(f"第 {runs[0]} 次运行")
        page.get_by_role("button", name="放大").first.click()
        page.wait_for_timeout(600)
        scales = page.locator(".ol-scale-line-inner").all_inner_texts()
        assert len(set(scales)) == 1
        page.wait_for_load_state("networkidle")
        judge(page, "planner-beside")
        with page.expect_download() as picture:
            page.get_by_role("button", name="存为 PNG").click()
        assert picture.value.suggested_filename == f"hotspots-{runs[1]}.png"
        with page.expect_download() as table:
            page.get_by_role("link", name="csv").first.click()
        assert table.value.suggested_filename.endswith(".csv")


def test_a_run_is_asked_for_followed_and_cancelled(console: Console, runs: list[int]) -> None:
    with console.visit() as page:
        sign_in(page, console, "吴桐", "/planner")
        expect(page.get_by_role("button", name=re.compile(f"第 {runs[1]} 次"))).to_be_visible()
        page.get_by_role("button", name="新建运行").click()
        page.get_by_role("button", name="快速查看").click()
        page.get_by_label("起始日期").fill("2026-05-01")
        page.get_by_label("结束日期（不含当日）").fill("2026-06-01")
        page.get_by_label("限定类别").fill("占道经营")
        judge(page, "planner-new")
        asking = page.get_by_role("button", name="运行 2026-05-01 至 2026-06-01")
        asking.click()
        queued = page.get_by_role("button", name=re.compile("排队中"))
        expect(queued).to_have_count(1)
        number = int(re.findall(r"第 (\d+) 次", queued.inner_text())[0])
        execution.execute_run(console.database, number)
        opened = page.get_by_role("button", name=re.compile(f"第 {number} 次.*已完成", re.DOTALL))
        opened.click(timeout=20_000)
        expect(page.get_by_role("heading", name="发现清单")).to_be_visible()
        page.get_by_role("button", name="全部运行").click()
        page.get_by_role("button", name="新建运行").click()
        page.get_by_role("button", name="快速查看").click()
        page.get_by_role("button", name=re.compile("^运行 ")).click()
        page.get_by_role("button", name=re.compile("^取消第")).click()
        expect(page.get_by_role("button", name=re.compile("已取消"))).to_have_count(1)


@pytest.mark.usefixtures("runs")
def test_a_topic_is_given_an_owner_and_resolved_and_its_notice_is_there(console: Console) -> None:
    with console.database.transaction() as session:
        methods = [HotspotMethod.CONCENTRATION, HotspotMethod.SCAN, HotspotMethod.WARNING]
        run = operations.request_run(
            session, layer="admin", period=(date(2026, 5, 1), date(2026, 6, 1)), methods=methods, kind="monthly",
            actor=who("test"), parameters={"replicates": 99},
        ).id  # fmt: skip
    execution.execute_run(console.database, run)
    with console.visit() as page:
        sign_in(page, console, "吴桐", "/planner/topics")
        page.get_by_role("region", name="跟踪中").get_by_role("button").first.click()
        card = page.locator(".desk-card")
        card.get_by_label("责任单位").fill("城市管理局")
        card.get_by_label("措施").fill("夜间巡查")
        card.get_by_label("回访日期").fill("2026-12-31")
        card.get_by_role("button", name="保存").click()
        expect(card).to_contain_text("已保存")
        expect(card).to_contain_text("人工处理")
        judge(page, "planner-topics")
        card.get_by_role("button", name="标为已解决").click()
        expect(page.get_by_role("region", name="已解决")).to_contain_text("城市管理局")
        with page.context.expect_page() as opened:
            page.get_by_role("link", name="预览").click()
        expect(opened.value.locator("body")).to_contain_text("责任单位")
        assert (
            page.get_by_role("link", name="PDF").get_attribute("href")
            == f"{console.base}/v1/hotspots/runs/{run}/notice.pdf?lang=zh"
        )
