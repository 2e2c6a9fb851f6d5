"""The boundaries desk in a browser: drafts are drawn on, checked, reviewed, published by following the screen."""

from __future__ import annotations

import math
import re
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import shapely
from playwright.sync_api import expect

from core import clock
from grids.change_sets import operations, queries
from identity.grants import Grant
from tests.factories.identity import who
from tests.factories.sample import sample_areas
from tests.factories.sign_in import make_account
from tests.missing import needs_chromium, needs_console
from tests.web.conftest import Console, judge, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [needs_chromium, needs_console]
GRIDS: Final = {area.code: area for area in sample_areas() if area.level == "grid"}
PADDING: Final = 64
_METRES: Final = math.pi * 6378137 / 180


def in_metres(lon: float, lat: float) -> tuple[float, float]:
    """Return a place in the map's plane (EPSG:3857)."""
    return lon * _METRES, math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)) * 6378137


class Sheet:
    """Where places of an area are on the screen, once the map shows just that area."""

    def __init__(self, page: Page, code: str) -> None:
        box = page.locator(".canvas").bounding_box()
        assert box is not None
        plane = shapely.transform(GRIDS[code].geom, lambda xy: [in_metres(*place) for place in xy])  # type: ignore[arg-type, return-value]
        west, south, east, north = plane.bounds
        self.page, self.centre = page, ((west + east) / 2, (south + north) / 2)
        self.middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        across, up = box["width"] - 2 * PADDING, box["height"] - 2 * PADDING
        self.resolution = max((east - west) / across, (north - south) / up, 2 * math.pi * 6378137 / 256 / 2**18)

    def at(self, place: tuple[float, float]) -> tuple[float, float]:
        """Return where a place in degrees is on the screen."""
        x, y = in_metres(*place)
        return (
            self.middle[0] + (x - self.centre[0]) / self.resolution,
            self.middle[1] - (y - self.centre[1]) / self.resolution,
        )

    def drag(self, place: tuple[float, float], right: float, down: float) -> None:
        """Drag what is at a place by some pixels."""
        x, y = self.at(place)
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        for step in (0.25, 0.5, 0.75, 1.0):
            self.page.mouse.move(x + right * step, y + down * step)
        self.page.mouse.up()


def shared_vertex() -> tuple[str, tuple[float, float]]:
    """Return a grid of the sample and a place where it meets two others, with long edges to the next vertices."""
    counts: dict[tuple[float, float], int] = {}
    for area in GRIDS.values():
        for place in {tuple(xy) for xy in shapely.get_coordinates(area.geom)}:
            counts[place] = counts.get(place, 0) + 1  # type: ignore[index, arg-type]
    best = (0.0, "", (0.0, 0.0))
    for code, area in GRIDS.items():
        if not isinstance(area.geom, shapely.Polygon) or area.geom.interiors:
            continue
        ring = [tuple(xy) for xy in shapely.get_coordinates(area.geom)]
        size = math.sqrt(area.geom.area)
        for (before, place), after in zip(pairwise(ring), ring[2:], strict=False):
            shortest = min(math.dist(before, place), math.dist(place, after)) / size
            if counts[place] >= 3:  # type: ignore[index]
                best = max(best, (shortest, code, place))  # type: ignore[assignment]
    return best[1], best[2]


def status(page: Page) -> str:
    return page.locator(".status").inner_text()


def open_draft(page: Page, console: Console, login: str, title: str) -> int:
    """Sign in, open a new draft; return its number."""
    sign_in(page, console, login, "/boundaries")
    page.get_by_label("变更事由").fill(title)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/boundaries/\d+"))
    return int(page.url.rpartition("/")[2])


def pick(page: Page, code: str) -> Sheet:
    """Find an area by its code and select it; return where it is on the screen."""
    page.get_by_label("查找区域").fill(code)
    expect(page.get_by_text("共 1 个区域")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="选中的网格")).to_contain_text(code)
    expect(page.locator(".status")).to_contain_text("检查")
    page.wait_for_load_state("networkidle")
    return Sheet(page, code)


def test_a_dragged_vertex_moves_in_all_its_areas_is_undone_and_done_again(console: Console) -> None:
    code, place = shared_vertex()
    with console.database.transaction() as session:
        make_account(session, console.settings, "李娜", [Grant("gis-editor")])
    with console.visit() as page:
        number = open_draft(page, console, "李娜", "移动一处界址点")
        expect(page.get_by_text("共 327 个区域")).to_be_visible()
        sheet = pick(page, code)
        sheet.drag(place, 14, 9)
        expect(page.get_by_role("button", name="还原：移动边界")).to_be_enabled()
        assert status(page).count("平方米") >= 3, "three areas at least have grown or shrunk"
        with console.database.transaction() as session:
            draft = queries.get_change_set(session, number)
            overlay = {c: a for c, a in queries.overlay(session, draft).items() if a is not None and a.level == "grid"}
            edits = [edit.verb for edit in queries.edits(session, draft)]
            report = operations.check(session, change_set_id=number)
        assert edits == ["redraw"]
        assert len(overlay) >= 3
        assert not report.blocks
        assert all(list(place) not in shapely.get_coordinates(a.geom).tolist() for a in overlay.values())
        judge(page, "draft-edited")
        page.keyboard.press("z")
        expect(page.get_by_role("button", name="重做：移动边界")).to_be_enabled()
        page.keyboard.press("Shift+Z")
        expect(page.get_by_role("button", name="还原：移动边界")).to_be_enabled()
        with console.database.transaction() as session:
            again = queries.overlay(session, queries.get_change_set(session, number))
        assert all(shapely.equals_identical(again[c].geom, a.geom) for c, a in overlay.items())  # type: ignore[union-attr]


def test_findings_are_cards_with_repairs_and_a_stale_edit_shows_both_shapes(console: Console) -> None:
    code, place = shared_vertex()
    with console.database.transaction() as session:
        make_account(session, console.settings, "何伟", [Grant("gis-editor")])
    with console.visit(refused=1) as page:
        number = open_draft(page, console, "何伟", "撤一个网格")
        pick(page, code)
        page.get_by_role("button", name="撤网格").click()
        page.get_by_role("button", name=f"撤销“{GRIDS[code].name}”").click()
        card = page.get_by_role("region", name="检查结果")
        expect(card).to_contain_text("1 · 须处理")
        card.get_by_role("button", name="采用此修复").first.hover()
        page.wait_for_load_state("networkidle")
        judge(page, "draft-findings")
        card.get_by_role("button", name="采用此修复").first.click()
        expect(card).to_contain_text("检查：无缺陷")
        for verb in ("修复", "撤销网格"):
            page.get_by_role("button", name=f"还原：{verb}").click()
        expect(card).to_contain_text("尚无更改")
        page.get_by_role("button", name="移界").click()
        sheet = pick(page, code)
        with console.database.transaction() as session:
            facts = {"name": "他人改的名称"}
            operations.assign_facts(session, change_set_id=number, code=code, facts=facts, actor=who("another"))
        sheet.drag(place, 14, 9)
        note = page.get_by_role("alert")
        expect(note).to_contain_text("其他人先保存了更改")
        expect(page.get_by_role("heading", name="他人改的名称")).to_be_visible()
        judge(page, "draft-stale")
        note.get_by_role("button", name="在现在的边界上重做").click()
        expect(page.get_by_role("button", name="还原：移动边界")).to_be_enabled()
        with console.database.transaction() as session:
            verbs = [edit.verb for edit in queries.edits(session, queries.get_change_set(session, number))]
        assert verbs == ["assign", "redraw"]


CLICKS: Final = """sessionStorage.clicks ??= '0';
addEventListener('pointerdown', () => { sessionStorage.clicks = String(1 + Number(sessionStorage.clicks)); }, true);"""


def clicks(page: Page) -> int:
    return int(page.evaluate("sessionStorage.clicks"))


def test_a_border_change_is_published_by_following_the_screen_in_twelve_clicks_at_most(console: Console) -> None:
    code, place = shared_vertex()
    with console.database.transaction() as session:
        make_account(session, console.settings, "孙磊", [Grant("gis-editor")])
        make_account(session, console.settings, "陈静", [Grant("gis-approver")])
    with console.visit() as page, console.visit() as other:
        page.add_init_script(CLICKS)
        other.add_init_script(CLICKS)
        sign_in(page, console, "孙磊")
        page.get_by_role("link", name="边界").click()
        page.get_by_label("变更事由").fill("移动一处界址点并发布")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"/boundaries/\d+"))
        number = int(page.url.rpartition("/")[2])
        pick(page, code).drag(place, 14, 9)
        review = page.get_by_role("region", name="办理")
        review.get_by_role("button", name="提交，由他人批准").click()
        expect(review).to_contain_text("提交人：孙磊")
        expect(page.get_by_role("toolbar")).to_have_count(0)
        judge(page, "draft-submitted")

        sign_in(other, console, "陈静")
        other.get_by_role("link", name="边界").click()
        other.get_by_role("link", name="移动一处界址点并发布").click()
        theirs = other.get_by_role("region", name="办理")
        effects = theirs.get_by_role("region", name="发布后的影响")
        moved = effects.get_by_role("button", name=re.compile("→"))
        expect(moved.first).to_contain_text(re.compile(r"^1 .*→.*平方米"))
        expect(moved.nth(1)).to_contain_text(re.compile("^2 "))
        moved.first.focus()
        other.wait_for_load_state("networkidle")
        judge(other, "draft-impact")
        effects.get_by_role("button", name="变更前").press("Enter")
        expect(effects.get_by_role("button", name="变更前")).to_have_attribute("aria-pressed", "true")
        printed = effects.get_by_role("link", name="打印（PDF）").get_attribute("href")
        assert other.request.get(printed or "").body().startswith(b"%PDF")
        theirs.get_by_role("button", name="批准", exact=True).click()
        theirs.get_by_role("button", name="发布，立即生效（在办改派 0 件）").click()
        expect(theirs).to_contain_text("已发布为版本")
        judge(other, "draft-published")
        assert clicks(page) + clicks(other) <= 12
        with console.database.transaction() as session:
            assert queries.get_change_set(session, number).published_release_id is not None

        # What went wrong is taken back: rolled back where it is in force already.
        theirs.get_by_label("恢复原因").fill("界址点有误")
        other.keyboard.press("Enter")
        expect(theirs).to_contain_text("已按版本 1 的边界发布新版本")


def test_nobody_approves_what_they_drew_and_what_is_to_come_is_withdrawn_by_two(console: Console) -> None:
    """What is sent back says why."""
    code, _ = shared_vertex()
    with console.database.transaction() as session:
        make_account(session, console.settings, "杨帆", [Grant("gis-editor"), Grant("gis-approver")])
        make_account(session, console.settings, "吴迪", [Grant("gis-approver")])
    with console.visit(refused=1) as page, console.visit() as other:
        open_draft(page, console, "杨帆", "改名")
        pick(page, code)
        review, theirs = (one.get_by_role("region", name="办理") for one in (page, other))
        page.get_by_role("button", name="属性").click()
        page.get_by_label("名称", exact=True).fill("二十里铺社区新02号网格")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="还原：修改属性")).to_be_enabled()
        review.get_by_role("button", name="提交，由他人批准").click()
        review.get_by_role("button", name="批准", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("须由他人批准")
        sign_in(other, console, "吴迪", page.url.removeprefix(console.base))
        theirs.get_by_label("退回原因").fill("名称与规范不符")
        other.keyboard.press("Enter")
        expect(other.locator(".bar .state")).to_have_text("起草中")
        page.reload()
        page.wait_for_load_state("networkidle")
        expect(page.locator(".ask")).to_contain_text("名称与规范不符")
        review.get_by_role("button", name="提交，由他人批准").click()
        expect(review).to_contain_text("提交人：杨帆")
        other.reload()
        other.wait_for_load_state("networkidle")
        tomorrow = (clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT09:00")
        theirs.get_by_label("生效时间").fill(tomorrow)
        theirs.get_by_role("button", name="批准", exact=True).click()
        theirs.get_by_role("button", name=re.compile("发布，.*起生效")).click()
        expect(theirs.get_by_role("button", name="批准撤回该版本")).to_be_visible()
        page.reload()
        page.wait_for_load_state("networkidle")
        review.get_by_label("撤回原因").fill("日期有误")
        page.keyboard.press("Enter")
        expect(review).to_contain_text("须由他人批准")
        theirs.get_by_role("button", name="批准撤回该版本").click()
        expect(other.locator(".bar .state")).to_have_text("起草中")


def test_an_area_is_split_by_a_drawn_line_and_its_parts_are_merged_by_keys(console: Console) -> None:
    code, _ = shared_vertex()
    with console.database.transaction() as session:
        make_account(session, console.settings, "郑爽", [Grant("gis-editor")])
    with console.visit() as page:
        number = open_draft(page, console, "郑爽", "拆分再合并")
        sheet = pick(page, code)
        west, south, east, north = GRIDS[code].geom.bounds  # type: ignore[union-attr]
        page.locator(".canvas").focus()
        page.keyboard.press("s")
        middle = (south + north) / 2
        page.mouse.click(*sheet.at((west - (east - west) / 8, middle)))
        page.mouse.dblclick(*sheet.at((east - (east - west) / 3, middle)))
        expect(page.locator(".status")).to_contain_text("没有切开网格")
        page.mouse.click(*sheet.at((west - (east - west) / 8, middle)))
        page.mouse.dblclick(*sheet.at((east + (east - west) / 8, middle)))
        expect(page.get_by_role("button", name="还原：拆分")).to_be_enabled()
        with console.database.transaction() as session:
            overlay = queries.overlay(session, queries.get_change_set(session, number))
            made = sorted(c for c, a in overlay.items() if a is not None and a.level == "grid" and c not in GRIDS)
        assert overlay[code] is None
        assert len(made) == 2
        for key, part in (("v", made[0]), ("m", made[1])):
            page.locator(".canvas").focus()
            page.keyboard.press(key)
            page.get_by_label("查找区域").fill(part)
            expect(page.get_by_text("共 1 个区域")).to_be_visible()
            page.keyboard.press("Enter")
        judge(page, "draft-merging")
        page.get_by_role("button", name=re.compile("将 2 个网格合并为")).press("Enter")
        expect(page.get_by_role("button", name="还原：合并")).to_be_enabled()
        expect(page.get_by_role("region", name="检查结果")).to_contain_text("检查：无缺陷")
