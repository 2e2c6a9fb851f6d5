"""The console in a browser, as its users work: by mouse and keyboard, on a desk and on a phone, light and dark."""

from __future__ import annotations

from dataclasses import replace

import pyotp
from playwright.sync_api import expect

from core import clock
from grids.boundaries import operations, queries
from grids.change_sets import operations as change_sets
from identity.actors import COMMAND_LINE
from identity.grants import Grant
from identity.sign_in import accounts
from tests.factories.identity import who
from tests.factories.sample import sample_areas
from tests.factories.sign_in import PASSWORD, make_account, make_person
from tests.missing import needs_chromium, needs_console
from tests.web.conftest import Console, judge, sign_in

pytestmark = [needs_chromium, needs_console]


def test_an_invited_person_sets_a_password_signs_in_and_ends_other_sessions(console: Console) -> None:
    with console.database.transaction() as session:
        person = make_person(session, "刘洋", [Grant("gis-editor")])
        made = accounts.invite(session, person=person, settings=console.settings, actor=COMMAND_LINE)
    with console.visit(refused=2) as page:
        page.goto(f"{console.base}/sign-in?next=//evil.example#token={made.token}")
        expect(page.get_by_role("heading", name="设置密码")).to_be_visible()
        assert made.token not in page.url
        judge(page, "invitation")
        page.get_by_label("新密码").fill("12345678901")
        page.get_by_label("再输入一次").fill("other")
        page.get_by_role("button", name="设置密码").click()
        expect(page.get_by_text("两次输入的密码不一致")).to_be_visible()
        page.get_by_label("再输入一次").fill("12345678901")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("错误代码")  # too easy to guess: the service tells why
        for label in ("新密码", "再输入一次"):
            page.get_by_label(label).fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_have_text("密码已设置，请登录。")
        expect(page.get_by_label("登录名")).to_have_value("刘洋")
        page.get_by_label("密码", exact=True).fill("wrong")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("错误代码")
        judge(page, "sign-in-wrong")
        page.get_by_label("密码", exact=True).fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{console.base}/map**")

    with console.visit() as page, console.visit() as elsewhere:
        for one in (page, elsewhere):
            sign_in(one, console, "刘洋", "/account")
            expect(one.get_by_role("heading", name="我的账号")).to_be_visible()
        page.reload()
        rows = page.get_by_role("row")
        expect(rows).to_have_count(4)
        judge(page, "account")
        for left in (3, 2):
            page.get_by_role("button", name="退出该设备").first.click()
            expect(rows).to_have_count(left)
        expect(page.get_by_text("该设备已退出。")).to_be_visible()
        expect(rows.nth(1)).to_contain_text("本机")
        page.get_by_role("button", name="退出登录").click()
        page.wait_for_url("**/sign-in")
        judge(page, "sign-in")
    with console.visit() as page:
        sign_in(page, console, "刘洋", "/account?lang=en")
        expect(page.get_by_role("heading", name="My account")).to_be_visible()
        assert page.locator("html").get_attribute("lang") == "en"
        page.get_by_label("Language").select_option("zh")
        expect(page.get_by_role("heading", name="我的账号")).to_be_visible()


def test_a_session_that_ended_leads_to_signing_in_and_back_to_the_same_place(console: Console) -> None:
    with console.database.transaction() as session:
        make_account(session, console.settings, "王静")
    with console.visit(refused=1) as page:
        sign_in(page, console, "王静", "/account")
        expect(page.get_by_role("heading", name="我的账号")).to_be_visible()
        page.context.clear_cookies()
        page.get_by_role("button", name="退出登录").click()
        page.wait_for_url("**/sign-in?next=/account&ended=1")
        expect(page.get_by_role("status")).to_contain_text("登录已失效")
        page.get_by_label("登录名").fill("王静")
        page.get_by_label("密码", exact=True).fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{console.base}/account")


def test_a_second_step_is_set_up_and_asked_for(console: Console) -> None:
    with console.database.transaction() as session:
        make_account(session, console.settings, "赵敏")
    with console.visit(refused=2) as page:
        sign_in(page, console, "赵敏", "/account")
        page.get_by_role("button", name="启用第二步验证").click()
        page.get_by_label("当前密码").first.fill(PASSWORD)
        page.keyboard.press("Enter")
        secret = page.locator(".secret").inner_text()
        totp, now = pyotp.TOTP(secret), int(clock.now().timestamp())
        page.get_by_label("验证码", exact=True).fill(totp.at(now - 30))
        page.keyboard.press("Enter")
        expect(page.get_by_text("恢复码只显示这一次")).to_be_visible()
        code = page.locator(".codes li").first.inner_text()
        judge(page, "second-step")
        page.get_by_role("button", name="退出登录").click()
        page.wait_for_url("**/sign-in")
        sign_in(page, console, "赵敏", "/account")
        expect(page.get_by_role("heading", name="第二步验证")).to_be_visible()
        judge(page, "second-step-asked")
        page.get_by_label("验证码").fill("no code")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_be_visible()
        page.get_by_label("验证码").fill(code)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{console.base}/account")


def test_a_new_build_and_a_lost_network_are_told(console: Console) -> None:
    with console.visit() as page:
        page.goto(f"{console.base}/sign-in")
        told = {"build": "000000000000", "signed_in": False, "training": False, "openid": True, "basemap_url": None}
        expect(page.get_by_label("登录名")).to_be_visible()
        page.route(
            "**/v1/console", lambda route: route.fulfill(json=told | {"default_layer": "admin", "sample": False})
        )
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(page.get_by_text("系统已更新")).to_be_visible()
        page.context.set_offline(True)
        expect(page.get_by_text("网络已断开")).to_be_visible()
        page.context.set_offline(False)
        page.get_by_role("button", name="重新载入").click()
        expect(page.get_by_role("link", name="使用统一身份认证登录")).to_have_attribute(
            "href", f"{console.base}/sign-in/openid?next=%2F"
        )


def test_areas_are_found_by_name_and_code_on_the_list_and_the_map(console: Console) -> None:
    with console.database.transaction() as session:
        make_account(session, console.settings, "孙丽", [Grant("gis-editor")])
    with console.visit() as page:
        sign_in(page, console, "孙丽")
        expect(page.get_by_text("共 327 个区域")).to_be_visible()
        page.get_by_label("查找区域").fill("41010600100100")
        page.keyboard.press("Enter")
        card = page.get_by_role("region", name=page.locator(".card h2").inner_text())
        expect(card).to_contain_text("平方米")
        code = card.locator("dd").first.inner_text()
        assert f"area={code}" in page.url
        page.locator("canvas").first.wait_for()
        judge(page, "map")
        page.keyboard.press("Escape")
        expect(card).to_have_count(0)
        page.go_back()
        expect(page.locator(".card dd").first).to_have_text(code)
        page.get_by_label("层级").select_option("street")
        expect(page.get_by_text("共 6 个区域")).to_be_visible()
        expect(page.locator(".card")).to_have_count(0)
        box = page.locator(".canvas").bounding_box()
        assert box is not None
        page.wait_for_function("document.querySelectorAll('canvas').length > 0")
        page.wait_for_load_state("networkidle")
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        expect(page.locator(".card")).to_be_visible()
        judge(page, "map-streets")
        page.get_by_label("时点").fill("2020-01-01")
        expect(page.get_by_text("该图层在此时点还没有生效的版本").first).to_be_visible()
        expect(page.get_by_text("不能编辑")).to_be_visible()
        judge(page, "map-past")
        page.get_by_role("button", name="回到现在").click()
        expect(page.get_by_text("共 6 个区域")).to_be_visible()


def test_two_days_are_compared_by_a_list_of_changes(console: Console) -> None:
    before = clock.now().isoformat().replace("+00:00", "Z")
    grids = [area for area in sample_areas() if area.level == "grid"]
    renamed = replace(grids[0], name="更名后的网格")
    others = [area for area in sample_areas() if area.code != renamed.code]
    with console.database.transaction() as session:
        make_account(session, console.settings, "周强", [Grant("gis-editor")])
        layer, publication = queries.get_layer(session, "admin"), operations.Publication(author=who("test"))
        operations.publish(session, layer=layer, areas=[renamed, *others], publication=publication, lead_s=0.0)
    with console.visit() as page:
        sign_in(page, console, "周强", f"/map?beside={before}")
        expect(page.get_by_text("1 个区域有变化")).to_be_visible()
        page.get_by_role("button", name=f"变更 更名后的网格 {renamed.code}").press("Enter")
        expect(page.locator(".card h2")).to_have_text("更名后的网格")
        expect(page.locator(".card ol li")).to_have_count(2)
        expect(page.get_by_label("图例")).to_contain_text("变更")
        page.wait_for_load_state("networkidle")
        judge(page, "map-compared")
        page.get_by_role("button", name="结束比较").click()
        expect(page.get_by_text("共 327 个区域")).to_be_visible()


def test_the_palette_goes_to_desks_drafts_and_areas_by_keyboard_alone(console: Console) -> None:
    """By name, code or first letters; it tells a screen reader which entry is active."""
    with console.database.transaction() as session:
        make_account(session, console.settings, "冯雪", [Grant("gis-editor")])
        layer = queries.get_layer(session, "admin")
        change_sets.open_draft(session, layer=layer, title="济源路调整", author=who("another"))
    with console.visit() as page:
        sign_in(page, console, "冯雪", "/account")
        expect(page.get_by_role("heading", name="我的账号")).to_be_visible()
        page.keyboard.press("Control+k")
        field = page.get_by_role("combobox", name="查找案件、上报、任务、人员、区域、变更单、工作台和命令")
        expect(field).to_be_focused()
        page.keyboard.type("jyl")
        options = page.get_by_role("dialog").get_by_role("option")
        expect(options.first).to_contain_text("变更单济源路调整")
        expect(options.nth(1)).to_contain_text("区域济源路")
        judge(page, "palette")
        page.keyboard.press("ArrowDown")
        expect(options.nth(1)).to_have_attribute("aria-selected", "true")
        assert field.get_attribute("aria-activedescendant") == options.nth(1).get_attribute("id")
        page.keyboard.press("Enter")
        page.wait_for_url("**/map?**area=**")
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.get_by_role("button", name="查找").click()
        page.keyboard.type("济源路调整")
        expect(options).to_have_count(1)
        page.keyboard.press("Enter")
        page.wait_for_url("**/boundaries/*")
        page.wait_for_load_state("networkidle")
        expect(page.get_by_role("toolbar")).to_be_visible()
        page.keyboard.press("Control+k")
        expect(field).to_be_focused()
        page.keyboard.type("拆分")
        expect(options.first).to_contain_text("命令拆分")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="拆分")).to_have_attribute("aria-pressed", "true")
        page.keyboard.press("Control+k")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)


def test_drafts_that_others_open_and_change_are_shown_at_once(console: Console) -> None:
    with console.database.transaction() as session:
        make_account(session, console.settings, "沈洁", [Grant("gis-editor")])
    with console.visit(live=True) as page:
        sign_in(page, console, "沈洁", "/boundaries")
        expect(page.get_by_role("heading", name="边界变更单")).to_be_visible()
        page.wait_for_timeout(1000)
        with console.database.transaction() as session:
            layer = queries.get_layer(session, "admin")
            draft = change_sets.open_draft(session, layer=layer, title="他人刚新建的", author=who("another")).id
        page.get_by_role("link", name="他人刚新建的").click(timeout=60_000)
        expect(page.get_by_role("region", name="检查结果")).to_contain_text("尚无更改")
        page.wait_for_timeout(1000)
        code = next(area.code for area in sample_areas() if area.level == "grid")
        with console.database.transaction() as session:
            facts = {"name": "他人改的名称"}
            change_sets.assign_facts(session, change_set_id=draft, code=code, facts=facts, actor=who("another"))
        expect(page.locator(".status")).to_contain_text("已载入最新内容", timeout=60_000)
        expect(page.get_by_role("button", name="他人改的名称")).to_be_visible()


def test_lengths_and_areas_are_measured_on_the_map_and_nothing_is_selected_by_it(console: Console) -> None:
    with console.database.transaction() as session:
        make_account(session, console.settings, "邓超", [Grant("gis-editor")])
    with console.visit() as page:
        sign_in(page, console, "邓超", "/map?level=street")
        expect(page.get_by_text("共 6 个区域")).to_be_visible()
        page.wait_for_load_state("networkidle")
        box = page.locator(".canvas").bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.get_by_role("button", name="量测").click()
        told = page.locator(".measure").get_by_role("status")
        expect(told).to_contain_text("双击结束")
        for right, down in ((-120, -80), (120, -80)):
            page.mouse.click(x + right, y + down)
        page.mouse.dblclick(x + 120, y + 80)
        expect(told).to_contain_text("长度")
        expect(told).to_contain_text("围成")
        judge(page, "map-measured")
        page.wait_for_timeout(400)  # a single click would be told after 250 ms
        expect(page.locator(".card")).to_have_count(0)
        page.keyboard.press("Escape")
        expect(told).to_have_count(0)
        page.mouse.click(x, y)
        expect(page.locator(".card")).to_be_visible()
