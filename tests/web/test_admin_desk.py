"""Administration in a browser: one pattern for all of it; keys and links are shown once, two persons decide."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx2
import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from core import clock
from governance.categories.operations import CategoryIn, state_categories
from governance.categories.queries import in_force
from identity.grants import Grant
from tests.factories.identity import who
from tests.factories.sign_in import make_account
from tests.missing import needs_chromium, needs_console
from tests.web.conftest import Console, judge, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [needs_chromium, needs_console]
SECTIONS = (
    "责任单位",
    "席位",
    "类别与时限",
    "派遣规则",
    "规则参数",
    "通知对象",
    "未送达",
    "来源与坐标系",
    "运行状况",
)


@pytest.fixture(scope="module")
def people(console: Console) -> None:
    """Two administrators, who runs security, and an auditor."""
    roles = {"贺军": "administrator", "贺兰": "administrator", "严明": "security-administrator", "纪实": "auditor"}
    with console.database.transaction() as session:
        for name, role in roles.items():
            make_account(session, console.settings, name, [Grant(role)])


def go(page: Page, section: str) -> None:
    page.get_by_role("navigation", name="系统管理").get_by_role("link", name=section, exact=True).click()
    expect(page.get_by_role("region", name=section)).to_be_visible()


@pytest.mark.usefixtures("people")
def test_every_section_opens_and_units_and_categories_are_stated(console: Console) -> None:
    with console.visit() as page:
        sign_in(page, console, "贺军", "/admin")
        for section in SECTIONS:
            go(page, section)
            expect(page.get_by_role("status").first).to_contain_text("共")
        judge(page, "admin-health")
        go(page, "责任单位")
        page.get_by_role("button", name="新增单位").click()
        for label, words in (("编码", "SJZX"), ("名称", "数据中心")):
            page.get_by_role("form").get_by_label(label, exact=True).fill(words)
        page.get_by_role("form").get_by_role("button", name="新增单位").click()
        expect(page.get_by_text("已完成，记入审计。")).to_be_visible()
        page.get_by_role("button", name="SJZX").click()
        card = page.get_by_role("region", name="数据中心")
        expect(card).to_contain_text("中心")
        judge(page, "admin-unit")
        card.get_by_role("button", name="停用").click()
        card.get_by_role("form").get_by_role("button", name="停用").click()
        expect(card).to_contain_text("不能撤销")
        card.get_by_role("form").get_by_role("button", name="确认：停用").click()
        expect(page.get_by_role("button", name="SJZX")).to_have_count(0)

        _change_a_category(page, console)
        go(page, "派遣规则")
        page.get_by_role("button", name="起草规则").click()
        page.get_by_label("说明").fill("夜间噪音")
        page.get_by_role("form").get_by_role("button", name="起草规则").click()
        expect(page.get_by_text("已完成，记入审计。")).to_be_visible()
        page.locator(".open").first.click()
        card = page.locator(".desk-card")
        card.get_by_role("button", name="按近一年试算").click()
        card.get_by_role("form").get_by_role("button", name="按近一年试算").click()
        expect(card.get_by_role("status")).to_contain_text("去向不同 0")


def _change_a_category(page: Page, console: Console) -> None:
    """Change the name alone: what the form does not ask for stays as it was."""
    with console.database.transaction() as session:
        start = clock.now() - timedelta(days=1)
        given = CategoryIn("E99", "占道", "event", start, public_name="路被占了", on_the_spot=True, limits={})
        state_categories(session, [given], actor=who("admin"))
    go(page, "类别与时限")
    page.get_by_role("button", name="E99").click()
    card = page.locator(".desk-card")
    card.get_by_role("button", name="修改").click()
    card.get_by_role("form").get_by_label("名称", exact=True).fill("占道经营")
    card.get_by_role("form").get_by_role("button", name="修改").click()
    expect(page.get_by_text("已完成，记入审计。")).to_be_visible()
    with console.database.snapshot() as session:
        kept = in_force(session, "E99", clock.now())
    assert (kept.name, kept.public_name, kept.on_the_spot) == ("占道经营", "路被占了", True)


@pytest.mark.usefixtures("people")
def test_a_key_is_shown_once_replaced_and_withdrawn(console: Console) -> None:
    def status(key: str) -> int:
        with httpx2.Client(base_url=console.base, trust_env=False) as http:
            return http.get("/v1/reports", headers={"X-API-Key": key}).status_code

    with console.visit(refused=1) as page:
        sign_in(page, console, "严明", "/admin/keys")
        page.get_by_role("button", name="新建密钥").click()
        form = page.get_by_role("form")
        form.get_by_label("名称").fill("指挥大屏")
        form.get_by_role("button", name="新建密钥").click()
        expect(page.get_by_text("只显示这一次")).to_be_visible()
        first = page.locator(".secret").inner_text()
        assert status(first) == 200
        judge(page, "admin-key")
        form.get_by_label("名称").fill("安全程序")
        form.get_by_label("角色").select_option("administrator")
        form.get_by_role("button", name="新建密钥").click()
        expect(page.get_by_role("alert")).to_contain_text("错误代码")
        page.reload()
        page.get_by_role("button", name="指挥大屏").click()
        assert first not in page.content()
        card = page.get_by_role("region", name="指挥大屏")
        card.get_by_role("button", name="更换密钥").click()
        card.get_by_label("新旧并行天数").fill("0")
        card.get_by_role("form").get_by_role("button", name="更换密钥").click()
        second = card.locator(".secret").inner_text()
        assert second != first
        card.get_by_role("button", name="停用密钥").click()
        card.get_by_role("form").get_by_role("button", name="停用密钥").click()
        card.get_by_role("form").get_by_role("button", name="确认：停用密钥").click()
        expect(page.get_by_role("row", name=re.compile("指挥大屏"))).to_contain_text("已停用")


@pytest.mark.usefixtures("people")
def test_a_value_of_policy_needs_a_second_person(console: Console) -> None:
    with console.visit(refused=1) as page:
        sign_in(page, console, "贺军", "/admin/policies")
        page.get_by_role("button", name="提出参数").click()
        form = page.get_by_role("form")
        form.get_by_label("编码").select_option("extensions")
        form.get_by_label("值").fill("2")
        form.get_by_label("说明").fill("例会决定")
        form.get_by_role("button", name="提出参数").click()
        expect(page.get_by_text("已完成，记入审计。")).to_be_visible()
        page.locator(".open").first.click()
        card = page.locator(".desk-card")
        card.get_by_role("button", name="确认（须由他人）").click()
        card.get_by_role("form").get_by_role("button", name="确认（须由他人）").click()
        expect(card.get_by_role("alert")).to_contain_text("错误代码")
        judge(page, "admin-policy")
    with console.visit() as page:
        sign_in(page, console, "贺兰", "/admin/policies")
        page.locator(".open").first.click()
        card = page.locator(".desk-card")
        card.get_by_role("button", name="确认（须由他人）").click()
        card.get_by_role("form").get_by_role("button", name="确认（须由他人）").click()
        expect(page.get_by_role("row", name=re.compile("延期次数")).first).to_contain_text("生效")


@pytest.mark.usefixtures("people")
def test_a_person_is_added_invited_and_seen_in_the_audit(console: Console) -> None:
    with console.visit() as page:
        sign_in(page, console, "严明", "/admin/people")
        page.get_by_role("button", name="新增人员").click()
        form = page.get_by_role("form")
        form.get_by_label("名称").fill("新来的人")
        form.get_by_label("角色").select_option("viewer")
        form.get_by_role("button", name="新增人员").click()
        expect(page.get_by_text("已完成，记入审计。")).to_be_visible()
        page.get_by_label("筛选").fill("新来的人")
        page.locator(".open").first.click()
        card = page.get_by_role("region", name="新来的人")
        card.get_by_role("button", name="生成登录链接").click()
        card.get_by_role("form").get_by_role("button", name="生成登录链接").click()
        expect(card.locator(".secret")).to_contain_text("token=")
        judge(page, "admin-person")
    with console.visit() as page:
        sign_in(page, console, "纪实", "/admin/audit")
        expect(page.get_by_role("row", name=re.compile("新来的人|account|people")).first).to_be_visible()
        judge(page, "admin-audit")
    with console.database.snapshot() as session:
        assert session.scalar(text("SELECT count(*) FROM audit_entry WHERE detail::text LIKE '%token=%'")) == 0
