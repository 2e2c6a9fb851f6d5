"""The grid worker's phone in a browser: by thumb, at 360 pixels, in both languages, light and dark."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from core import clock
from governance.tasks import operations as tasks
from governance.tasks.rules import TaskIn
from governance.tasks.states import TaskKind
from tests.factories.phones import Field, do, judge, made_field, note, picture
from tests.factories.sign_in import make_person
from tests.missing import needs_chromium, needs_console

if TYPE_CHECKING:
    from pathlib import Path

    from tests.web.conftest import Console

pytestmark = [needs_chromium, needs_console]


@pytest.fixture(scope="module")
def field(console: Console) -> Field:
    """The console's service with a street, its people and categories."""
    return made_field(console)


def test_a_quick_note_takes_three_taps(field: Field, tmp_path: Path) -> None:
    with field.opened() as page:
        field.sign_in(page, field.worker("马晓明"))
        taps = 0
        with page.expect_file_chooser() as camera:
            page.get_by_role("button", name="随手记").tap()
            taps += 1
        camera.value.set_files(picture(tmp_path, 1, size=(4000, 3000)))
        expect(page.locator("figure img")).to_be_visible()
        page.get_by_text("暴露垃圾", exact=True).first.tap()
        taps += 1
        expect(page.get_by_text("误差约 8 米")).to_be_attached()
        judge(page, "phone-note")
        page.get_by_role("button", name="保存并发送").tap()
        taps += 1
        assert taps == 3
        expect(page.get_by_role("heading", name="今日")).to_be_visible()
        page.goto(f"{field.base}/m/waiting")
        expect(page.get_by_text("已送达", exact=True)).to_be_visible()
        judge(page, "phone-arrived")
        found = page.request.get(f"{field.base}/v1/quick-notes?own=true").json()["items"]
        assert [(one["category"], one["text"], one["accuracy_m"], one["in_own_area"]) for one in found] == [
            ("E0102", "暴露垃圾，已现场处理", 8, True)
        ]
        held = page.request.get(f"{field.base}/v1/reports/{found[0]['number']}/attachments").json()["items"]
        assert [(one["stage"], one["width"], one["height"]) for one in held] == [("before", 1600, 1200)]
        assert held[0]["size_bytes"] <= 400_000


def test_a_case_is_taken_over_visited_and_handled_by_thumb(field: Field, tmp_path: Path) -> None:
    number = field.case("济源路 8 号")
    with field.opened() as page:
        field.sign_in(page, field.worker("宋洁"))
        row = page.get_by_role("link", name="济源路 8 号")
        expect(row).to_contain_text("待接单")
        page.get_by_role("button", name="按距离").tap()
        expect(row).to_contain_text("距此 0 米")
        judge(page, "phone-today")
        row.tap()
        expect(page.get_by_text("路边有一堆垃圾")).to_be_visible()
        amap = page.get_by_role("link", name="用高德地图导航").get_attribute("href") or ""
        assert amap.startswith(f"https://uri.amap.com/navigation?to={field.lon:.6f},{field.lat:.6f},")
        assert (page.get_by_role("link", name="用本机地图导航").get_attribute("href") or "").startswith("geo:")
        judge(page, "phone-case")
        do(page, "接单")
        do(page, "到场")
        page.get_by_role("link", name="处置完成").tap()
        judge(page, "phone-handle", schemes=("light",))
        page.get_by_role("button", name="提交：处置完成").tap()
        expect(page.get_by_text("请先拍处理后的照片")).to_be_visible()
        page.get_by_role("link", name="返回案件").tap()
        do(page, "处置完成", picture(tmp_path, 2))
        steps = page.request.get(f"{field.base}/v1/cases/{number}/history").json()["items"]
        expect(page.get_by_text("案件", exact=False).first).to_be_visible()
        expect(page.locator(".strip .line")).to_have_count(0)
        steps = page.request.get(f"{field.base}/v1/cases/{number}/history").json()["items"]
        assert [one["verb"] for one in steps[-3:]] == ["acknowledge", "visit", "handle"]
        assert steps[-2]["detail"]["distance_m"] < 1
        assert all(one["device_at"] for one in steps[-3:])
        assert steps[-1]["opinion"] == "已清理干净"


def test_a_case_is_given_back_reported_up_and_whistled_for(field: Field) -> None:
    whistled, back = field.case("丹江路 1 号", unit="410106003001"), field.case("丹江路 2 号")
    with field.opened() as page:
        field.sign_in(page, field.worker("邹强"))
        page.get_by_role("link", name="丹江路 1 号").tap()
        do(page, "接单")
        page.get_by_role("link", name="请街道吹哨").tap()
        page.get_by_label("哨的种类").select_option("enforcement")
        page.get_by_label("城市管理局").check()
        page.get_by_label("理由").fill("需要执法部门到场")
        judge(page, "phone-whistle", schemes=("light",))
        page.get_by_role("button", name="提交：请街道吹哨").tap()
        expect(page.get_by_role("heading", name="请街道吹哨")).to_have_count(0)
        page.get_by_role("link", name="今日").tap()
        page.get_by_role("link", name="丹江路 2 号").tap()
        page.get_by_role("link", name="退单").tap()
        page.get_by_label("退单原因").select_option("wrong_duty")
        page.get_by_label("理由").fill("属于供电部门")
        page.get_by_role("button", name="提交：退单").tap()
        expect(page.get_by_role("heading", name="退单")).to_have_count(0)
        expect(page.locator(".strip .line")).to_have_count(0)
        asked = page.request.get(f"{field.base}/v1/cases/{whistled}/history").json()["items"][-1]
        assert (asked["verb"], asked["detail"]["hop"]["to"]) == ("report_up", "410106003")
        assert asked["reason"].endswith("城市管理局）：需要执法部门到场"), asked["reason"]
        assert page.request.get(f"{field.base}/v1/cases/{back}").json()["state"] == "returned"


def test_a_roll_call_is_answered_by_one_tap(field: Field) -> None:
    with field.console.database.transaction() as session:
        due = clock.now().replace(year=2099)
        given = TaskIn(kind=TaskKind.ROLL_CALL, title="防汛值守", units=["410106003001"], due_at=due)
        task = tasks.issue(session, given, actor=make_person(session, "指挥中心")).task.id
    with field.opened() as page:
        field.sign_in(page, field.worker("石岩"))
        expect(page.get_by_text("点名：防汛值守")).to_be_visible()
        judge(page, "phone-roll-call", schemes=("dark",))
        page.get_by_role("button", name="我已到岗").tap()
        expect(page.get_by_text("点名：防汛值守")).to_have_count(0)
        expect(page.locator(".strip .line")).to_have_count(0)
        part = page.request.get(f"{field.base}/v1/tasks/{task}").json()["units"][0]
        assert part["state"] == "done"


def test_map_month_and_oneself_are_shown_in_both_languages(field: Field) -> None:
    field.case("丹江路 9 号")
    with field.opened() as page:
        field.sign_in(page, field.worker("江涛"))
        page.get_by_role("link", name="地图").tap()
        expect(page.locator("canvas").first).to_be_visible()
        page.wait_for_load_state("networkidle")
        judge(page, "phone-map")
        page.get_by_role("link", name="我的").tap()
        judge(page, "phone-me")
        page.get_by_role("link", name="我的考核").tap()
        expect(page.get_by_text("还没有公布的考核结果")).to_be_visible()
        page.get_by_role("link", name="我的", exact=True).tap()
        page.get_by_label("语言").select_option("en")
        expect(page.get_by_role("heading", name="Me")).to_be_visible()
        judge(page, "phone-me-en", schemes=("dark",))
        page.get_by_role("link", name="Today").tap()
        expect(page.get_by_text("to be acknowledged").first).to_be_visible()
        judge(page, "phone-today-en", schemes=("light",))
        page.get_by_role("link", name="Me", exact=True).tap()
        page.get_by_role("button", name="Sign out").tap()
        expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
        judge(page, "phone-sign-in-en")


def test_two_tabs_with_one_draft_send_it_once(field: Field, tmp_path: Path) -> None:
    with field.opened() as page:
        field.sign_in(page, field.worker("邱敏"))
        with page.expect_file_chooser() as camera:
            page.get_by_role("button", name="随手记").tap()
        camera.value.set_files(picture(tmp_path, 3))
        expect(page.locator("figure img")).to_be_visible()
        page.locator("fieldset label", has_text="道路积水").tap()
        page.get_by_label("说明").fill("西口")
        page.wait_for_timeout(100)
        other = page.context.new_page()
        other.goto(page.url)
        expect(other.get_by_label("说明")).to_have_value("西口")
        page.get_by_role("button", name="保存并发送").tap()
        expect(page.get_by_role("heading", name="今日")).to_be_visible()
        expect(other.get_by_text("已经提交或删除")).to_be_visible()
        page.goto(f"{field.base}/m/waiting")
        expect(page.get_by_text("没有待发送的内容")).to_be_visible(timeout=60_000)
        found = page.request.get(f"{field.base}/v1/quick-notes?own=true").json()["items"]
        assert [one["text"] for one in found] == ["西口"]


def test_a_note_is_sent_after_signing_in_again_by_its_person_alone(field: Field, tmp_path: Path) -> None:
    first, second = field.worker("冯涛"), field.worker("龚雪")
    with field.opened() as page:
        field.sign_in(page, first)
        page.context.clear_cookies()
        note(page, picture(tmp_path, 4))
        strip = page.get_by_role("link", name="登录已失效，重新登录后发送 1 条")
        expect(strip).to_be_visible()
        judge(page, "phone-signed-out", schemes=("light",))
        field.sign_in(page, second, "/m/sign-in")
        page.goto(f"{field.base}/m/waiting")
        expect(page.get_by_text("本机还有其他人未发送的 1 条")).to_be_visible()
        page.context.clear_cookies()
        field.sign_in(page, first, "/m/sign-in")
        page.goto(f"{field.base}/m/waiting")
        expect(page.get_by_text("已送达", exact=True)).to_be_visible()
